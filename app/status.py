"""How far every step is, and how its records ended: read from the log and the states, by any process at any time."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from streams import ledger
from streams.runner import state_path
from tidings.codec import decode
from tidings.errors import RecordError, TransientError
from tidings.records import DeadLetter, Notification, Receipt, Record
from tidings.steps import TOPICS, Fold, Log, Sink, Step, Topic, place

READ_MAX = 1000


@dataclass(frozen=True, kw_only=True)
class StepStatus:
    """One step's place."""

    name: str
    #: Records of its source not yet dealt with.
    behind: int
    #: Age of the oldest of them; 0 if there is none.
    lag_seconds: float
    #: "in", "out", "dead" and outcome words.
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Status:
    """The whole service's place."""

    steps: tuple[StepStatus, ...]
    #: Records appended to each topic so far.
    topics: dict[Topic, int]
    dead_open: int
    #: Pages that `tidings audit` has "checked" and found "missing" so far.
    audit: dict[str, int]
    #: Notifications by the state of their last receipt; "pending" without one.
    receipts: dict[str, int]

    @property
    def idle(self) -> bool:
        """True if no step has anything left to do and nothing waits to be sent again."""
        waiting = self.receipts.get("pending", 0) + self.receipts.get("retry", 0)
        return waiting == 0 and all(step.behind == 0 for step in self.steps)


class StatusReader:
    """Reads the status again and again; remembers what it has read of topics that only grow."""

    def __init__(self, log: Log, folder: Path, steps: Sequence[Step]) -> None:
        self._log, self._folder, self._steps = log, folder, steps
        self._receipts: dict[str, str] = {}
        self._letters: dict[tuple[str, int, str], str | None] = {}
        self._notifications: set[str] = set()
        self._read: dict[Topic, int] = {"notifications": -1, "receipts": -1, "dead-letters": -1}

    def read(self, now: datetime) -> Status:
        """The status at this moment."""
        self._catch_up()
        audit = self._log.counts("audit")
        states = Counter(self._receipts.get(id, "pending") for id in self._notifications)
        return Status(
            steps=tuple(self._step(step, now) for step in self._steps),
            topics={topic: sum(self._log.end(part) + 1 for part in self._log.parts(topic)) for topic in TOPICS},
            dead_open=sum(1 for resolved in self._letters.values() if resolved is None),
            audit={"checked": audit.get("in", 0), "missing": audit.get("missing", 0)},
            receipts=dict(states),
        )

    def _step(self, step: Step, now: datetime) -> StepStatus:
        places = {part: self._place(step, part) for part in self._log.parts(step.source)}
        behind = {part: self._log.end(part) - position for part, (position, _) in places.items()}
        oldest = [self._log.appended_at(part, places[part][0]) for part, n in behind.items() if n > 0]
        return StepStatus(
            name=step.name,
            behind=sum(max(0, n) for n in behind.values()),
            lag_seconds=max((max(0.0, (now - at).total_seconds()) for at in oldest if at), default=0.0),
            counts=dict(sum((Counter(counts) for _, counts in places.values()), Counter())),
        )

    def _place(self, step: Step, part: str) -> tuple[int, dict[str, int]]:
        match step:
            case Fold():
                return _fold_place(state_path(self._folder, step), step.name)
            case Sink() if step.position:
                with suppress(TransientError):  # its other side is away: the log knows about how far it was
                    return step.position(), self._log.counts(step.name)
        reader = place(step.name, part)
        return self._log.position(reader), self._log.counts(reader)

    def _catch_up(self) -> None:
        for topic in self._read:
            while rows := self._log.read(topic, self._read[topic], READ_MAX, 0.0):
                for offset, body in rows:
                    self._read[topic] = offset
                    with suppress(RecordError):  # the step that reads it makes a dead letter of it
                        self._take(decode(body))

    def _take(self, record: Record) -> None:
        match record:
            case Notification():
                self._notifications.add(record.id)
            case Receipt():
                self._receipts[record.notification] = record.state
            case DeadLetter():
                self._letters[record.topic, record.position, record.step] = record.resolved


def _fold_place(path: Path, name: str) -> tuple[int, dict[str, int]]:
    if not path.exists():
        return -1, {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as state:
        try:
            return ledger.position(state, name), ledger.counts(state, name)
        except sqlite3.OperationalError:  # the fold is just making its tables
            return -1, {}
