"""The log on Kafka: topics of one partition, all but "pages", read by position; Kafka's group offsets decide nothing.

Whoever reads keeps its position with its own work, or, through `append`, on the compacted topic "positions".
A consumer group is only the place in which one process reads while others stand by.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaProducer, TopicPartition

from streams.logs.broker import reach, translated
from streams.logs.cursor import Cursor, Edges, Member
from streams.logs.message import Headers, headers, key, value
from streams.logs.positions import TOPIC, Positions
from tidings.brokers import RECORD_BYTES_MAX, Brokers
from tidings.errors import StorageError
from tidings.records import Record
from tidings.steps import Done, Reader, Topic

#: How long the brokers may take to confirm what was appended; they may be restarted meanwhile.
CONFIRM_SECONDS = 60.0

_PRODUCER: Mapping[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "zstd",
    "batch_size": 262_144,
    "linger_ms": 2,
    "max_request_size": RECORD_BYTES_MAX,
    "delivery_timeout_ms": int(CONFIRM_SECONDS * 1000),
    "max_block_ms": int(CONFIRM_SECONDS * 1000),
    "request_timeout_ms": 15_000,
    "allow_auto_create_topics": False,
    "metrics_enabled": False,
    "reconnect_backoff_max_ms": 1_000,
}

#: Key, value, headers.
Message = tuple[bytes | None, bytes | None, Headers]


class KafkaLog:
    """A `tidings.steps.Log`. Any number of threads may share one; each reads through consumers of its own."""

    def __init__(self, brokers: Brokers, *, member: str | None = None) -> None:
        """`member`: who we are in every group, the same after a restart: a killed reader has its place back at once.

        Raises StorageError if no broker answers.
        """
        reach(brokers)
        self._brokers, self._name = brokers, member
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._producer: KafkaProducer | None = None
        self._pages: tuple[str, ...] = ()
        self._edges = Edges(brokers)
        self._positions = Positions(brokers, self._edges)

    def append(self, topic: Topic, records: Sequence[Record], *, done: Done | None = None) -> None:
        """See Log. `done` is sent once the records are confirmed: a crash between the two repeats them."""
        self._send(topic, [(key(record), value(record), headers(record)) for record in records])
        if done:
            self._send(TOPIC, [(*self._positions.advanced(done), [])])

    def parts(self, topic: Topic) -> tuple[str, ...]:
        """See Log."""
        if topic != "pages":
            return (topic,)
        if not self._pages:
            found = self._edges.partitions(self._brokers.prefix + topic)
            if not found:
                raise StorageError(
                    f"topic {self._brokers.prefix + topic} is not on {self._brokers.bootstrap}: "
                    "`tidings topics apply` makes it"
                )
            self._pages = tuple(f"{topic}/{number}" for number in found)
        return self._pages

    def read(self, part: str, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        """See Log."""
        return self._cursor(part).read(after, limit, wait_seconds)

    @contextmanager
    def reader(self, name: str, part: str) -> Iterator[Reader]:
        """See Log."""
        group = self._brokers.prefix + name
        member = Member(self._brokers, self._at(part), self._edges, group, self._name)
        try:
            yield member
        finally:
            member.close()

    def first(self, part: str) -> int:
        """See Log."""
        return self._edges.first(self._at(part))

    def end(self, part: str) -> int:
        """See Log."""
        return self._edges.end(self._at(part))

    def position(self, reader: str) -> int:
        """See Log."""
        return self._positions.position(reader)

    def counts(self, reader: str) -> dict[str, int]:
        """See Log."""
        return self._positions.counts(reader)

    def appended_at(self, part: str, after: int) -> datetime | None:
        """See Log."""
        stamp = self._cursor(part).stamp(after)
        return None if stamp is None else datetime.fromtimestamp(stamp, UTC)

    def close(self) -> None:
        """Let go of the brokers; what was appended is confirmed already."""
        if self._producer:
            self._producer.close(timeout=1)

    def _send(self, topic: str, messages: Sequence[Message]) -> None:
        """Every message, in order, confirmed when it returns."""
        if not messages:
            return
        name = self._brokers.prefix + topic
        with translated(self._brokers):
            producer = self._sending()
            sent = [producer.send(name, key=key, value=value, headers=more) for key, value, more in messages]
            for future in sent:
                future.get(timeout=CONFIRM_SECONDS + 5)

    def _sending(self) -> KafkaProducer:
        with self._lock:
            if self._producer is None:
                self._producer = KafkaProducer(**self._brokers.options(), **_PRODUCER)
            return self._producer

    def _at(self, part: str) -> TopicPartition:
        topic, _, number = part.partition("/")
        return TopicPartition(self._brokers.prefix + topic, int(number or 0))

    def _cursor(self, part: str) -> Cursor:
        """This thread's own."""
        cursors: dict[str, Cursor] = self._mine.__dict__.setdefault("cursors", {})
        if part not in cursors:
            cursors[part] = Cursor(self._brokers, self._at(part), self._edges)
        return cursors[part]
