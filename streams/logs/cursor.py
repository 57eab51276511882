"""Reading one partition by position, alone or as the one member of a group that has it."""

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, OffsetOutOfRangeError

from streams.logs.broker import translated
from tidings.brokers import RECORD_BYTES_MAX, Brokers
from tidings.errors import LostPositionError, StorageError

#: One fetch brings at most this much: pages may be 10 MB each.
FETCH_BYTES_MAX = 32_000_000
#: How long a reader that knows of more waits for it.
FETCH_SECONDS = 30.0
#: A process that is silent for this long has lost its place to another.
SESSION_SECONDS = 10.0
#: One batch may take this long, deliveries to slow servers included, before the place is lost.
BATCH_SECONDS_MAX = 600.0

_CONSUMER: Mapping[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "fetch_max_bytes": FETCH_BYTES_MAX,
    "max_partition_fetch_bytes": RECORD_BYTES_MAX + 1_000_000,
    "allow_auto_create_topics": False,
    "metrics_enabled": False,
    "reconnect_backoff_max_ms": 1_000,
}
_MEMBER: Mapping[str, Any] = {
    "session_timeout_ms": int(SESSION_SECONDS * 1000),
    "heartbeat_interval_ms": int(SESSION_SECONDS * 1000 / 5),
    "max_poll_interval_ms": int(BATCH_SECONDS_MAX * 1000),
}


def open_consumer(brokers: Brokers, **more: Any) -> KafkaConsumer:
    """A consumer that commits nothing and never moves by itself."""
    with translated(brokers):
        return KafkaConsumer(**brokers.options(), **_CONSUMER, **more)


class Edges:
    """Where partitions begin and end. Any number of threads.

    A consumer of its own: on one that fetches, a question waits until the fetch under way is answered.
    """

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers
        self._lock = threading.Lock()
        self._consumer: KafkaConsumer | None = None

    def end(self, at: TopicPartition) -> int:
        """Offset of the newest record; -1 if there is none."""
        with self._asking() as consumer:
            return int(consumer.end_offsets([at])[at]) - 1

    def first(self, at: TopicPartition) -> int:
        """Offset of the oldest record that is kept."""
        with self._asking() as consumer:
            return int(consumer.beginning_offsets([at])[at])

    def partitions(self, topic: str) -> list[int]:
        """Numbers of the topic's partitions; [] if it is not there."""
        with self._asking() as consumer:
            return sorted(consumer.partitions_for_topic(topic) or ())

    @contextmanager
    def _asking(self) -> Iterator[KafkaConsumer]:
        with self._lock, translated(self._brokers):
            if self._consumer is None:
                self._consumer = open_consumer(self._brokers)
            yield self._consumer


class Cursor:
    """One partition, read from wherever one asks. For one thread."""

    def __init__(
        self, brokers: Brokers, at: TopicPartition, edges: Edges, consumer: KafkaConsumer | None = None
    ) -> None:
        self._brokers, self.at, self._edges = brokers, at, edges
        self._consumer = consumer or open_consumer(brokers)
        if consumer is None:
            self._consumer.assign([at])
        #: Offset that the consumer gives next; None: it has to be told.
        self._next: int | None = None

    def read(self, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        """As `Log.read`."""
        with self._in_range(after):
            self._seek(after)
            polled = self._poll(limit, wait_seconds)
            if not polled and not wait_seconds and self._edges.end(self.at) > after:
                polled = self._waited(after, limit)
        return [(record.offset, record.value) for record in polled]

    def _waited(self, after: int, limit: int) -> Sequence[Any]:
        """There is more: what came back empty was a fetch under way."""
        if polled := self._poll(limit, FETCH_SECONDS):
            return polled
        raise StorageError(f"Kafka did not give what follows {after} of {self.at.topic} in {FETCH_SECONDS:.0f} s")

    def stamp(self, after: int) -> float | None:
        """When the record that follows `after` was appended, in seconds since 1970; None if there is none."""
        with self._in_range(after):
            self._seek(after)
            polled = self._poll(1, FETCH_SECONDS) if self._edges.end(self.at) > after else []
        return polled[0].timestamp / 1000 if polled else None

    def _poll(self, limit: int, wait_seconds: float) -> Sequence[Any]:
        records: Sequence[Any] = self._consumer.poll(int(wait_seconds * 1000), limit).get(self.at, ())
        if records:
            self._next = records[-1].offset + 1
        return records

    def _seek(self, after: int) -> None:
        """The consumer's next record is the one that follows `after`."""
        if self._next != after + 1:  # a seek throws away what was fetched ahead
            self._consumer.seek(self.at, after + 1)
            self._next = after + 1

    @contextmanager
    def _in_range(self, after: int) -> Iterator[None]:
        """Raises LostPositionError if what follows `after` is gone."""
        try:
            with translated(self._brokers, passing=OffsetOutOfRangeError):
                yield
        except OffsetOutOfRangeError as error:
            self._next = None
            raise self._lost(after) from error

    def _lost(self, after: int) -> LostPositionError:
        first = self._edges.first(self.at)
        if after + 1 < first:
            return LostPositionError(
                f"{self.at.topic} begins at offset {first}, and what follows {after} is gone: it was not kept for as "
                "long as this reader was away. Restore a newer state (`tidings state restore`)"
            )
        return LostPositionError(
            f"{self.at.topic} ends at offset {self._edges.end(self.at)}, before the position {after} kept here: "
            "another log, or one that lost its end. See KAFKA_BOOTSTRAP and TIDINGS_TOPIC_PREFIX, or move TIDINGS_DATA"
        )


class Member(Cursor):
    """A `Reader` by group membership: Kafka gives the partition to one member of the group, for as long as it lives."""

    def __init__(self, brokers: Brokers, at: TopicPartition, edges: Edges, group: str, name: str | None) -> None:
        consumer = open_consumer(brokers, group_id=group, group_instance_id=name, **_MEMBER)
        super().__init__(brokers, at, edges, consumer)
        self._after = -1
        with translated(brokers):
            self._consumer.subscribe([at.topic], listener=_Seat(self))
            self._consumer.topics()  # else the look at the topic's partitions, after joining, means joining again

    def read(self, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        """As `Reader.read`. Without a wait there is still the time that taking a free place needs."""
        self._after = after
        if not self.held():
            self._take(wait_seconds or SESSION_SECONDS + 5)
        return super().read(after, limit, wait_seconds) if self.held() else []

    def held(self) -> bool:
        """See Reader."""
        return self.at in self._consumer.assignment()

    def seat(self) -> None:
        """The place has become ours: go on from where our own work is, whatever the group remembers."""
        self._next = self._after + 1
        self._consumer.seek(self.at, self._next)

    def ask_again(self) -> None:
        """Ask for the place once more."""
        self._consumer._coordinator.request_rejoin()

    def close(self) -> None:
        """Leave the group, so that another has the place at once."""
        with suppress(KafkaError):
            self._consumer.close(timeout_ms=1_000)

    def _take(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._in_range(self._after):
            while not self.held() and time.monotonic() < deadline:
                # The place comes within a poll, seldom with records; those are read again after a seek.
                if self._consumer.poll(min(100, int(seconds * 1000)), 1):
                    self._next = None


class _Seat(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python is not typed
    def __init__(self, member: Member) -> None:
        self._member = member

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        if self._member.at in assigned:
            self._member.seat()

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """The runner asks `held` before it does more."""
        # kafka-python 3.0.12 forgets a rebalance that its own look at the topic's partitions began, once a poll ends
        # before the rebalance does, and then stands outside the group for ever. Asked for, it is not forgotten.
        self._member.ask_again()
