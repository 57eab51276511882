"""Is a broker there, and what Kafka's errors mean to whoever runs Tidings."""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import (
    GroupAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from tidings.brokers import Brokers
from tidings.errors import ConfigError, PermanentError, StorageError

logger = logging.getLogger(__name__)

#: How long a starting process waits for a broker before it gives up; whoever supervises it starts it again.
REACH_SECONDS = 15.0
LOOK_SECONDS = 0.2
CONNECT_SECONDS = 2.0


def reach(brokers: Brokers, seconds: float = REACH_SECONDS) -> None:
    """Return once a broker takes a connection. Raises StorageError if none does in time.

    A client of kafka-python that is made while the port is closed finds the broker late: so look first.
    """
    deadline = time.monotonic() + seconds
    while not any(_answers(address) for address in brokers.addresses):
        if time.monotonic() > deadline:
            raise StorageError(f"no Kafka broker answers at {brokers.bootstrap}: start it, or set KAFKA_BOOTSTRAP")
        time.sleep(LOOK_SECONDS)


def answers(brokers: Brokers) -> bool:
    """Does any broker take a connection now?"""
    return any(_answers(address) for address in brokers.addresses)


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError(f"KAFKA_BOOTSTRAP has {address!r}; want host:port, comma between brokers")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


@contextmanager
def translated(brokers: Brokers, *, passing: tuple[type[KafkaError], ...] | type[KafkaError] = ()) -> Iterator[None]:
    """Kafka's errors as ours, with what to do about them; those of `passing` as they are."""
    try:
        yield
    except passing:
        raise
    except (SaslAuthenticationFailedError, TopicAuthorizationFailedError, GroupAuthorizationFailedError) as error:
        raise ConfigError(
            f"Kafka at {brokers.bootstrap} refuses us ({error}): see KAFKA_USER and its rights"
        ) from error
    except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
        raise PermanentError(f"Kafka at {brokers.bootstrap} takes no record of that size ({error})") from error
    except UnknownTopicOrPartitionError as error:
        raise StorageError(f"a topic is not on {brokers.bootstrap}: `tidings topics apply` makes it") from error
    except KafkaError as error:
        raise StorageError(
            f"Kafka at {brokers.bootstrap} does not do what was asked ({type(error).__name__}: {error}): "
            "nothing acknowledged is lost; see that its brokers run and have space"
        ) from error
