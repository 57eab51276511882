"""The demo's own place on Kafka and Elasticsearch, which others may use too.

A fresh folder is a fresh demo: it draws a new prefix for its topics, and what an earlier demo of the same folder left
behind is removed. Kafka forgets the consumer groups of that one by itself.
"""

import json
import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from kafka import KafkaAdminClient

from app.wiring import Service as Installation
from deploy.demo.addresses import Addresses
from streams.logs.broker import reach, translated
from streams.logs.topics import apply, found
from tidings.brokers import Brokers
from tidings.errors import ConfigError
from tidings.records import content_id

ANALYSE_WORKERS = 2
#: Longer than embedded: a poll takes longer through the steps, and the service is idle between two.
POLL_SECONDS = 2
#: In the demo's folder: the prefix that it drew.
MEMORY = "desk.json"
REQUEST_SECONDS_MAX = 15

#: The installation that these settings, and what else the environment says, describe.
Installed = Callable[[Mapping[str, str]], Installation]


def take(folder: Path, addresses: Addresses, installed: Installed) -> Mapping[str, str]:
    """What the service's settings say of its place, and how it works there; the topics are there when it returns.

    Raises TidingsError if a server does not answer, or is not the one on which the demo in `folder` was played.
    """
    place = f"demo-{content_id(socket.gethostname(), str(folder))[:8]}-"
    prefix = _remembered(folder / MEMORY)
    settings = _settings(addresses, place, prefix or f"{place}{secrets.token_hex(4)}.")
    installation = installed(settings)
    if prefix:
        _check_there(installation, folder)
    else:
        _begin(installation, place)
        (folder / MEMORY).write_text(json.dumps({"prefix": settings["TIDINGS_TOPIC_PREFIX"]}), "utf-8")
    return settings


def _settings(addresses: Addresses, place: str, prefix: str) -> Mapping[str, str]:
    return {
        "TIDINGS_MODE": "distributed",
        "KAFKA_BOOTSTRAP": addresses.kafka,
        "ELASTICSEARCH_URL": addresses.elasticsearch,
        "TIDINGS_TOPIC_PREFIX": prefix,
        # Cleared where a prefix is drawn, and made again from the log wherever it is missing: it needs no name anew.
        "TIDINGS_INDEX": place.rstrip("-"),
        "TIDINGS_ANALYSE_WORKERS": str(ANALYSE_WORKERS),
        "TIDINGS_POLL_SECONDS": str(POLL_SECONDS),
    }


def _remembered(path: Path) -> str | None:
    """The prefix that was drawn; None in a fresh folder."""
    try:
        return str(json.loads(path.read_text("utf-8"))["prefix"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: not the demo's memory of its topics; delete the folder to begin anew") from error


def _check_there(installation: Installation, folder: Path) -> None:
    """The states in `folder` belong to a log: on another Kafka they would wait for records that never come."""
    if not all(topic.partitions for topic in found(installation.brokers, installation.topics)):
        raise ConfigError(
            f"{folder}: this demo's topics are not on Kafka at {installation.brokers.bootstrap}; "
            "name the Kafka that has them in KAFKA_BOOTSTRAP, or delete the folder to begin anew"
        )


def _begin(installation: Installation, place: str) -> None:
    _remove_topics(installation.brokers, place)
    with closing(installation.index) as index:
        index.clear()
    apply(installation.brokers, installation.topics)


def _remove_topics(brokers: Brokers, place: str) -> None:
    reach(brokers)
    with translated(brokers):
        admin = KafkaAdminClient(**brokers.options(), request_timeout_ms=REQUEST_SECONDS_MAX * 1000)
        try:
            if left := [topic for topic in admin.list_topics() if topic.startswith(place)]:
                admin.delete_topics(left)
        finally:
            admin.close()
