"""Follow a topic on Kafka from a program of one's own: `from tidings import follow`. docs/consume.md is its manual.

Kafka keeps how far a group is, and with it the `pos` of the last record, so that a repeat behind it is known as one.
"""

import logging
import os
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    KafkaTimeoutError,
    LogTruncationError,
    OffsetOutOfRangeError,
    RetriableError,
    SaslAuthenticationFailedError,
)
from kafka.structs import OffsetAndMetadata

from tidings import settings
from tidings.brokers import RECORD_BYTES_MAX, Brokers, brokers
from tidings.clock import system_clock
from tidings.codec import decode
from tidings.errors import ConfigError, LostPositionError, NotFoundError, RecordError, StorageError, TidingsError
from tidings.moments import moment
from tidings.records import Pos, Record, Tombstone
from tidings.steps import TOPICS, Topic

logger = logging.getLogger(__name__)

#: Between Kafka's prefix and the group's own name: Tidings' own steps are groups too, and must not lose their places.
GROUP = "follow-"

REACH_SECONDS = 30.0
#: A member of the group that was silent for this long has lost its place to another.
SESSION_SECONDS = 10.0
#: The bodies for one fetch may take this long: 12 s for each of them.
TURNS_SECONDS_MAX = 600.0
RECORDS_MAX = 50
COMMIT_SECONDS = 1.0
#: How long one question to the brokers may take.
ASK_SECONDS = 5.0
WAIT_SECONDS = 1.0
#: The same while there is no place to read from: one that has just been given stands still until the wait is over.
JOIN_SECONDS = 0.1
#: After so much silence the brokers are asked whether they are there; and a complaint is not repeated sooner.
SILENCE_SECONDS = 30.0

#: One fact has one key and one event several facts: here the last value of a key counts, and a repeat changes nothing.
KEYED: Topic = "signals"

_CONSUMER: Mapping[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "session_timeout_ms": int(SESSION_SECONDS * 1000),
    "heartbeat_interval_ms": int(SESSION_SECONDS * 1000 / 5),
    "max_poll_interval_ms": int(TURNS_SECONDS_MAX * 1000),
    "max_poll_records": RECORDS_MAX,
    "max_partition_fetch_bytes": RECORD_BYTES_MAX + 1_000_000,
    "allow_auto_create_topics": False,
    "bootstrap_timeout_ms": int(REACH_SECONDS * 1000),
    "reconnect_backoff_max_ms": 1_000,
    "metrics_enabled": False,
}

Start = datetime | Literal["start", "now"]


def follow(
    topic: Topic,
    *,
    group: str,
    since: datetime | str | None = None,
    bootstrap: str | None = None,
    prefix: str | None = None,
    stop_at_end: bool = False,
) -> Generator[Record, None, None]:
    """The records of a topic, in order, for ever; each is done when the next one is asked for.

    `group`: who you are. Kafka keeps what a group has done; of several processes of one group one reads, the others
    stand by (on `pages` they share). `since`: where a group begins that has done nothing yet: "start" (the default),
    "now", "90m", "12h", "2d", a time or its ISO text (without a zone: UTC). `bootstrap`, `prefix`: instead of
    KAFKA_BOOTSTRAP and TIDINGS_TOPIC_PREFIX; the other settings come from the environment.
    `stop_at_end`: end behind the newest record there was when the reading began.

    What is done is committed every second, while nothing is waiting, and when the loop is left. So a kill repeats about
    a second's records and skips none; a record whose body raised, or left the loop, comes again.
    A record with the pos of an earlier one is dropped. On `signals` a withdrawn one comes as a Tombstone.

    Raises NotFoundError (no such topic), ConfigError (arguments, settings, rights), StorageError (no broker answers
    within 30 s; later it waits), NewerRecordError and RecordError (naming the offset), and LostPositionError (what
    follows the group's position is no longer kept).
    """
    if topic not in TOPICS:
        raise NotFoundError(f"there is no topic {topic!r}; want one of {', '.join(TOPICS)}")
    if not group:
        raise ConfigError("group is empty; want a name for who reads, such as 'crm'")
    return _Following(_brokers(bootstrap, prefix), topic, group, start_of(since)).records(stop_at_end)


def start_of(since: datetime | str | None) -> Start:
    """What `since` means now."""
    match since:
        case None | "start":
            return "start"
        case "now":
            return "now"
        case datetime():
            return since if since.tzinfo else since.replace(tzinfo=UTC)
    told = moment(since, system_clock())
    if told is None:
        raise ConfigError(f"since is {since!r}; want start, now, 90m, 12h, 2d or a time such as 2026-11-24")
    return told


def _brokers(bootstrap: str | None, prefix: str | None) -> Brokers:
    said = brokers(settings.load(os.environ))
    return replace(said, bootstrap=bootstrap or said.bootstrap, prefix=said.prefix if prefix is None else prefix)


@dataclass(kw_only=True)
class _Place:
    """How far the loop is in one partition."""

    #: Offset behind the last record that is done.
    next: int
    #: Of the last record that is done, and, in Kafka, the metadata of the commit.
    pos: Pos | None
    #: What Kafka has of `next`; None: nothing.
    committed: int | None
    #: Offset behind the newest record when the place was taken.
    end: int


class _Following:
    """One loop of one member of the group."""

    def __init__(self, brokers: Brokers, topic: Topic, group: str, start: Start) -> None:
        self._brokers, self._topic, self._start = brokers, topic, start
        self._name, self._group = brokers.prefix + topic, f"{brokers.prefix}{GROUP}{group}"
        self._places: dict[TopicPartition, _Place] = {}
        self._committed_at = self._complained_at = self._heard_at = float("-inf")

    def records(self, stop_at_end: bool) -> Generator[Record, None, None]:
        self._consumer = self._opened()
        self._seat = _Seat(self._consumer)
        try:
            self._join()
            while True:
                waiting = self._polled(0)
                if not waiting:
                    self._commit()
                    if stop_at_end and self._at_end():
                        return
                    waiting = self._polled(WAIT_SECONDS if self._seat.taken else JOIN_SECONDS)
                for message in waiting:
                    yield from self._turn(message)
        finally:
            self._commit()
            # Out of the group, so that another member has the place at once.
            with suppress(KafkaError):
                self._consumer.close(autocommit=False, timeout_ms=_ms(ASK_SECONDS))

    # -- one record ---------------------------------------------------------------------------------------------------

    def _turn(self, message: Any) -> Iterator[Record]:
        """Hand the record out, unless it is a repeat; when the caller comes back it is done."""
        place = self._places[TopicPartition(message.topic, message.partition)]
        record = _record(message)
        pos: Pos | None = None if self._topic == KEYED else getattr(record, "pos", None)
        if not (pos and place.pos and pos <= place.pos):
            yield record
            place.pos = pos or place.pos
        place.next = message.offset + 1
        if time.monotonic() - self._committed_at >= COMMIT_SECONDS:
            self._commit()

    def _commit(self) -> None:
        """Tell Kafka what is done. If it cannot be told now it is told later, or done again by whoever comes next."""
        self._committed_at = time.monotonic()
        ours = {at: self._places[at] for at in self._seat.taken}
        fresh = {at: place for at, place in ours.items() if place.next != place.committed}
        if not fresh:
            return
        try:
            self._consumer.commit({at: _commitment(place) for at, place in fresh.items()}, _ms(ASK_SECONDS))
        except KafkaError as error:
            self._complain("what is done could not be committed", error)
            return
        for place in fresh.values():
            place.committed = place.next

    # -- the place in the group ---------------------------------------------------------------------------------------

    def _opened(self) -> KafkaConsumer:
        try:
            return KafkaConsumer(**self._brokers.options(), **_CONSUMER, group_id=self._group)
        except KafkaError as error:
            raise _explained(error, self._brokers) from error

    def _join(self) -> None:
        # Subscribed first: the answer on topics then brings this topic's partitions, and the first assignment stands.
        self._consumer.subscribe([self._name], listener=self._seat)
        try:
            names = self._consumer.topics()
        except KafkaError as error:
            raise _explained(error, self._brokers) from error
        if self._name not in names:
            raise self._absent(names)

    def _absent(self, names: Collection[str]) -> NotFoundError:
        there = [topic for topic in TOPICS if self._brokers.prefix + topic in names]
        return NotFoundError(
            f"topic {self._name} is not on {self._brokers.bootstrap} for us; of Tidings' topics there are with this "
            f"prefix: {', '.join(there) or 'none'}. Set TIDINGS_TOPIC_PREFIX; `tidings topics apply` makes topics"
        )

    def _polled(self, seconds: float) -> list[Any]:
        """The next records, once the places that we were given are taken; [] if none came, or the brokers are away."""
        try:
            polled = self._consumer.poll(_ms(seconds))
            for at in list(self._seat.given):
                self._take(at)
            self._listen(bool(polled))
        except (OffsetOutOfRangeError, LogTruncationError) as error:
            raise self._overtaken() from error
        except RetriableError as error:
            self._complain("waiting for the brokers", error)
            time.sleep(WAIT_SECONDS)
            return []
        except KafkaError as error:
            raise _explained(error, self._brokers) from error
        return [message for messages in polled.values() for message in messages]

    def _listen(self, heard: bool) -> None:
        """Tell a quiet topic from absent brokers, of which the client gives no sign to its caller."""
        silent = time.monotonic() - self._heard_at
        if not heard and silent >= SILENCE_SECONDS:
            self._bounds(TopicPartition(self._name, 0))
        if heard or silent >= SILENCE_SECONDS:
            self._heard_at = time.monotonic()

    def _take(self, at: TopicPartition) -> None:
        """Go on in the partition behind what is done, by us or by whoever had it before."""
        said = self._consumer.committed(at, metadata=True, timeout_ms=_ms(ASK_SECONDS))
        ours = self._places.get(at)
        if ours is None or (said and said.offset > ours.next):
            first, end = self._bounds(at)
            if said and not first <= said.offset <= end:
                raise self._lost(at, said.offset, first, end)
            self._places[at] = ours = _Place(
                next=said.offset if said else self._begin(at, first, end),
                pos=_pos(said.metadata) if said else None,
                committed=said.offset if said else None,
                end=end,
            )
        self._consumer.seek(at, ours.next)
        self._consumer.resume(at)
        self._seat.given.discard(at)
        self._seat.taken.add(at)
        # A group that began "now" and is killed before its first record must not begin at a later "now".
        self._commit()

    def _begin(self, at: TopicPartition, first: int, end: int) -> int:
        """Offset at which a group begins that has done nothing yet."""
        if not isinstance(self._start, datetime):
            return first if self._start == "start" else end
        asked = {at: max(0, _ms(self._start.timestamp()))}
        found = self._consumer.offsets_for_times(asked, timeout_ms=_ms(ASK_SECONDS))[at]
        return int(found.offset) if found else end

    def _at_end(self) -> bool:
        taken = self._seat.taken
        return bool(taken) and all((self._consumer.position(at) or 0) >= self._places[at].end for at in taken)

    def _bounds(self, at: TopicPartition) -> tuple[int, int]:
        """Offset of the oldest record that is kept, and the one behind the newest."""
        wait = _ms(ASK_SECONDS)
        return int(self._consumer.beginning_offsets([at], wait)[at]), int(self._consumer.end_offsets([at], wait)[at])

    # -- what is wrong ------------------------------------------------------------------------------------------------

    def _overtaken(self) -> LostPositionError:
        """The record that is to be read next is not there: find out which."""
        bounds = {at: (self._places[at].next, *self._bounds(at)) for at in self._seat.taken}
        lost = (self._lost(at, *where) for at, where in bounds.items() if not where[1] <= where[0] <= where[2])
        return next(lost, LostPositionError(f"{self._name} no longer holds what group {self._group} was to read next"))

    def _lost(self, at: TopicPartition, position: int, first: int, end: int) -> LostPositionError:
        return LostPositionError(
            f"group {self._group} goes on at offset {position} of {at.topic} partition {at.partition}, which holds "
            f"{first} to {end - 1}: the records between are gone, or it is another log. Take another group name, "
            "or move this group with Kafka's own kafka-consumer-groups"
        )

    def _complain(self, what: str, error: KafkaError) -> None:
        now = time.monotonic()
        if now - self._complained_at >= SILENCE_SECONDS:
            self._complained_at = now
            more = {"action": "follow_waits", "topic": self._name, "reason": str(error)}
            logger.warning("%s, group %s on %s: %s", what, self._group, self._name, error, extra=more)


class _Seat(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """Which partitions we have been given, and which of them the loop has taken up.

    It is called while the loop polls, on the client's own thread, which must not wait for an answer: a partition
    stands still until the loop has asked where to go on.
    """

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self.given: set[TopicPartition] = set()
        self.taken: set[TopicPartition] = set()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        for at in assigned:
            self._consumer.pause(at)
            # Some position, or the client looks for one and fails where the group has none.
            self._consumer.seek(at, 0)
        self.given |= set(assigned)

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        self.given -= set(revoked)
        self.taken -= set(revoked)
        # kafka-python 3.0.12 forgets a rebalance that its own look at the topic's partitions began, once a poll ends
        # before the rebalance does, and then stands outside the group for ever. Asked for, it is not forgotten.
        self._consumer._coordinator.request_rejoin()


def _record(message: Any) -> Record:
    """The record in a message; a null value is a tombstone for the message's key."""
    if message.value is None:
        return Tombstone(key=(message.key or b"").decode())
    try:
        return decode(message.value)
    except RecordError as error:
        where = f"{message.topic} partition {message.partition} offset {message.offset}"
        raise type(error)(f"{where}: {error}") from error


def _commitment(place: _Place) -> OffsetAndMetadata:
    return OffsetAndMetadata(place.next, msgspec.json.encode(place.pos).decode() if place.pos else "", -1)


def _pos(metadata: str | None) -> Pos | None:
    """The pos that a commit remembers; None where another tool has moved the group."""
    try:
        return msgspec.json.decode(metadata or "null", type=Pos | None)
    except msgspec.DecodeError:
        return None


def _explained(error: KafkaError, brokers: Brokers) -> TidingsError:
    """What Kafka's error means to whoever follows."""
    if isinstance(error, AuthorizationError | SaslAuthenticationFailedError):
        return ConfigError(f"Kafka at {brokers.bootstrap} refuses us ({error}): check KAFKA_USER and its rights")
    if isinstance(error, KafkaTimeoutError):
        return StorageError(
            f"no Kafka broker at {brokers.bootstrap} answered within {REACH_SECONDS:.0f} s: "
            "start it, or set KAFKA_BOOTSTRAP"
        )
    return StorageError(f"Kafka at {brokers.bootstrap} does not do what was asked: {error}")


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
