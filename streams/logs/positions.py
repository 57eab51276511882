"""How far each reader is and how its records ended: the newest word of each on the compacted topic "positions"."""

import threading
import time

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from streams.logs.broker import translated
from streams.logs.cursor import Edges, open_consumer
from tidings.brokers import Brokers
from tidings.steps import Done

TOPIC = "positions"
FETCH_MILLISECONDS = 2_000
CATCH_UP_SECONDS = 60.0


class _Place(msgspec.Struct, frozen=True):
    offset: int = -1
    counts: dict[str, int] = {}


_decoder = msgspec.json.Decoder(_Place)


class Positions:
    """A view of the topic that catches up whenever it is asked; any number of threads."""

    def __init__(self, brokers: Brokers, edges: Edges) -> None:
        self._brokers, self._edges = brokers, edges
        self._at = TopicPartition(brokers.prefix + TOPIC, 0)
        self._consumer: KafkaConsumer | None = None
        self._lock = threading.Lock()
        self._next = 0
        self._places: dict[str, _Place] = {}

    def position(self, reader: str) -> int:
        """The last offset that the reader gave as done; -1 if it never did."""
        return self._place(reader).offset

    def counts(self, reader: str) -> dict[str, int]:
        """The sums of what it gave."""
        return dict(self._place(reader).counts)

    def advanced(self, done: Done) -> tuple[bytes, bytes]:
        """Key and value that say it: to be appended by the one process that reads under this name."""
        before = self._place(done.reader).counts
        words = sorted(before.keys() | {word for word, n in done.counts.items() if n})
        counts = {word: before.get(word, 0) + done.counts.get(word, 0) for word in words}
        return done.reader.encode(), msgspec.json.encode(_Place(offset=done.offset, counts=counts))

    def _place(self, reader: str) -> _Place:
        with self._lock, translated(self._brokers):
            self._catch_up()
            return self._places.get(reader, _Place())

    def _opened(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = open_consumer(self._brokers)
            self._consumer.assign([self._at])
            self._consumer.seek(self._at, 0)
        return self._consumer

    def _catch_up(self) -> None:
        consumer = self._opened()
        # Compaction leaves holes: the end is reached by offset, never by counting.
        end = self._edges.end(self._at) + 1
        deadline = time.monotonic() + CATCH_UP_SECONDS
        while self._next < end:
            if time.monotonic() > deadline:
                raise KafkaTimeoutError(f"{self._at.topic} could not be read in {CATCH_UP_SECONDS:.0f} s")
            for record in consumer.poll(FETCH_MILLISECONDS).get(self._at, ()):
                self._places[record.key.decode()] = _decoder.decode(record.value)
            self._next = consumer.position(self._at) or 0
