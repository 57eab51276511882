"""The whole of the abstractions: a log of records, and three kinds of step over it.

A *map* is pure and runs anywhere, in any order. A *fold* sees one topic in one order and keeps state in SQLite,
committed together with its position. A *sink* writes to the world outside and is idempotent by id.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from tidings.records import Record

Topic = Literal["pages", "intake", "events", "notifications", "receipts", "dead-letters"]
TOPICS: tuple[Topic, ...] = ("pages", "intake", "events", "notifications", "receipts", "dead-letters")

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


class Log(Protocol):
    """Records on named topics. Drivers: streams/logs/sqlite.py (one file), streams/logs/kafka.py."""

    def append(self, topic: Topic, records: Sequence[Record], *, done: Done | None = None) -> None:
        """Add `records`; durable when it returns, order kept. After a crash a caller may append the same again.

        `done` is remembered with the records (SQLite: in the same transaction; Kafka: right after).
        Raises StorageError when the disk is full.
        """

    def read(self, topic: Topic, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        """Up to `limit` (offset, record bytes) with offset > `after`, oldest first; [] if none came within the wait."""

    def end(self, topic: Topic) -> int:
        """Offset of the newest record; -1 if there is none."""

    def position(self, reader: str) -> int:
        """The offset that `reader` last gave as done; -1 if it never did."""

    def counts(self, reader: str) -> dict[str, int]:
        """The sum of the counts that `reader` gave with its offsets."""

    def appended_at(self, topic: Topic, after: int) -> datetime | None:
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
