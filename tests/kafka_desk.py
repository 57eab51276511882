"""One installation's topics on a real Kafka, under a prefix of their own."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition
from making import later

from streams.logs import topics
from streams.logs.kafka import KafkaLog
from tidings.brokers import Brokers
from tidings.records import Event


@dataclass(frozen=True, kw_only=True)
class Desk:
    brokers: Brokers
    log: KafkaLog

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which another process finds it."""
        return {"KAFKA_BOOTSTRAP": self.brokers.bootstrap, "TIDINGS_TOPIC_PREFIX": self.brokers.prefix}

    def tell(self, *numbers: int) -> None:
        """Append events to the topic events; a number is an event's place in the order."""
        self.log.append("events", [event(n) for n in numbers])

    def committed(self, group: str, topic: str = "events") -> int | None:
        """Offset at which a group that follows goes on; None if it has done nothing."""
        consumer = KafkaConsumer(**self.brokers.options(), group_id=f"{self.brokers.prefix}follow-{group}")
        try:
            return consumer.committed(TopicPartition(self.brokers.prefix + topic, 0))
        finally:
            consumer.close(autocommit=False)


def event(n: int) -> Event:
    return Event(pos=(n, 0), at=later(n), kind="tick")


@contextmanager
def desk(bootstrap: str) -> Iterator[Desk]:
    """Its topics as `tidings topics apply` makes them, pages with two partitions."""
    brokers = Brokers(bootstrap=bootstrap, prefix=f"desk-{uuid.uuid4().hex[:8]}-")
    topics.apply(brokers, topics.wanted(brokers, pages_partitions=2, pages_days=90))
    log = KafkaLog(brokers)
    try:
        yield Desk(brokers=brokers, log=log)
    finally:
        log.close()
