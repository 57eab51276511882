"""The whole of the abstractions: a log of records, and three kinds of step over it.

A *map* is pure and runs anywhere, in any order. A *fold* sees one topic in one order and keeps state in SQLite,
committed together with its position. A *sink* writes to the world outside and is idempotent by id.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from tidings.records import Record

Topic = Literal["pages", "intake", "events", "signals", "notifications", "receipts", "dead-letters"]
TOPICS: tuple[Topic, ...] = ("pages", "intake", "events", "signals", "notifications", "receipts", "dead-letters")

#: What became of a record that gave no output. A new word needs a line in docs/operate.md.
OutcomeWord = Literal[
    "unchanged",  # the same revision again
    "repeated",  # a record that this reader has already had (pos not greater than its last)
    "not-found",  # the page says that it does not exist
    "blocked",  # a challenge page where an article should be
    "no-text",  # nothing to read: an image, an empty shell
    "no-rule",  # no rule wanted it
    "silent",  # a rule wanted it, but the record was not live
    "told",  # the rule has already told this story
    "ignored",  # not a kind that this step deals with
]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A record ended here, on purpose."""

    word: OutcomeWord
    #: For people: which rule, which revision.
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A reader has dealt with everything up to an offset of its source."""

    reader: str
    offset: int
    #: How the records since its last offset ended: "in", "out", "dead" and the outcome words.
    counts: Mapping[str, int] = field(default_factory=dict)


class Reader(Protocol):
    """The one reader of its name on a part of a topic, the process that has the place; the others stand by."""

    def read(self, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        """As `Log.read`; [] while another process has the place."""

    def held(self) -> bool:
        """Is the place ours, as far as we know?"""


def place(step: str, part: str) -> str:
    """The reader as which a step's position in one part of its source is kept: "analyse", "analyse pages/3"."""
    return f"{step} {part}" if "/" in part else step


class Log(Protocol):
    """Records on named topics. Drivers: streams/logs/sqlite.py (one file), streams/logs/kafka.py.

    A topic has one part, named as itself, or several, "pages/0", "pages/1": each has an order and offsets of its own.
    Only "pages" may have several; what one address says stays in one of them.
    """

    def append(self, topic: Topic, records: Sequence[Record], *, done: Done | None = None) -> None:
        """Add `records`; durable when it returns, order kept. After a crash a caller may append the same again.

        `done` is remembered with the records (SQLite: in the same transaction; Kafka: right after).
        Raises StorageError when the disk is full or the brokers do not confirm.
        """

    def parts(self, topic: Topic) -> tuple[str, ...]:
        """The parts of the topic, by which it is read."""

    def read(self, part: str, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        """Up to `limit` (offset, record bytes) with offset > `after`, oldest first; [] if none came within the wait.

        Raises LostPositionError if the log no longer holds what follows `after`.
        """

    def reader(self, name: str, part: str) -> AbstractContextManager[Reader]:
        """Take the place of the reader `name` on `part`, or stand by for it."""

    def first(self, part: str) -> int:
        """Offset of the oldest record that is kept; 0 as long as nothing was dropped."""

    def end(self, part: str) -> int:
        """Offset of the newest record; -1 if there is none."""

    def position(self, reader: str) -> int:
        """The offset that `reader` last gave as done; -1 if it never did."""

    def counts(self, reader: str) -> dict[str, int]:
        """The sum of the counts that `reader` gave with its offsets."""

    def appended_at(self, part: str, after: int) -> datetime | None:
        """When the first record after offset `after` was appended (UTC); None if there is none."""


@dataclass(frozen=True, kw_only=True)
class Map:
    """A pure step: no I/O, no clock, no chance."""

    name: str
    source: Topic
    sink: Topic
    #: Raises PermanentError for input that cannot be read: it becomes a dead letter.
    apply: Callable[[Record], Record | Outcome]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """An ordered step: its outputs are a function of (state, position, record)."""

    name: str
    source: Topic
    sink: Topic
    #: CREATE TABLE statements of its state.
    schema: str
    #: Changes the state through the connection and returns outputs, or an Outcome when there is none.
    #: Never commits. Raises PermanentError for input that cannot be taken.
    apply: Callable[[sqlite3.Connection, int, Record], list[Record] | Outcome]


@dataclass(frozen=True, kw_only=True)
class Sink:
    """A step that writes to the world outside."""

    name: str
    source: Topic
    #: Takes (offset, record) in order; idempotent by id; durable when it returns.
    #: Raises TransientError to be called again with the same records.
    write: Callable[[Sequence[tuple[int, Record]]], None]
    #: Where it has got to, if it keeps that itself, with what it writes; None: the log remembers.
    position: Callable[[], int] | None = None
    #: Called after each batch and while waiting: what falls due without a new record, such as a retry.
    due: Callable[[], None] | None = None
    #: Called when the step is left: a last word on what is under way. Returns within a bounded time.
    finish: Callable[[], None] | None = None


Step = Map | Fold | Sink
