"""Run one step: read a batch, apply, write the outputs, remember how far. The same loop for every step and every log.

Order of effects, so that a kill between any two of them loses nothing:
map   outputs and position in one append (SQLite log: one transaction);
fold  outputs appended first, then state and position committed together: a crash before the commit gives the same
      outputs again, with the same `pos`, which readers drop;
sink  written first, then the position: what is written twice is written under the same id.
"""

import itertools
import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from streams import ledger
from streams.ends import Apply, End, counted, ended, letters, outputs
from streams.lease import lease
from tidings.clock import Clock
from tidings.errors import TransientError
from tidings.records import Record
from tidings.steps import Done, Fold, Log, Map, Outcome, Reader, Sink, Step
from tidings.storage import connect, transaction

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Records of one batch: 100 and more make a FULL commit cheap.
BATCH_RECORDS_MAX = 200
#: A map does all the heavy work: small batches keep it prompt, also in stopping.
MAP_RECORDS_MAX = 40
#: How long a step waits for new records before it looks at what else is due.
WAIT_SECONDS = 0.5
#: A fold that is far behind tells this often how far it is.
TELL_SECONDS = 5.0
#: Waits between attempts of a sink whose other side is in trouble.
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

#: Told of every batch: (step, counts); "in", "out", "dead" and outcome words.
Observe = Callable[[str, Counter[str]], None]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all steps of one process share."""

    log: Log
    #: Holds a state file for each fold and a lock file for each step.
    folder: Path
    clock: Clock
    stop: threading.Event
    observe: Observe = lambda step, counts: None


def run(step: Step, setting: Setting) -> None:
    """Run `step` until `setting.stop` is set. Raises StepBusyError if another process on this folder runs it."""
    with opened(step, setting) as turn:
        while not setting.stop.is_set():
            turn(WAIT_SECONDS)


def drain(step: Step, setting: Setting) -> int:
    """Run `step` until its source has no more; gives the number of records read."""
    with opened(step, setting) as turn:
        read = 0
        while (n := turn(0.0)) and not setting.stop.is_set():
            read += n
        return read


@contextmanager
def opened(step: Step, setting: Setting) -> Iterator[Callable[[float], int]]:
    """A function that takes one batch, waiting for it at most so many seconds, and gives the number of records read."""
    [part] = setting.log.parts(step.source)
    with (
        lease(setting.folder / f"{step.name}.lock", step.name),
        setting.log.reader(step.name, part) as reader,
    ):
        yield _turn(step, setting, reader)
        if isinstance(step, Sink) and step.finish:
            step.finish()


def _turn(step: Step, setting: Setting, reader: Reader) -> Callable[[float], int]:
    match step:
        case Map():
            return lambda wait: _map_batch(step, setting, reader, wait)
        case Fold():
            return _fold_turn(step, setting, reader)
        case Sink():
            return _sink_turn(step, setting, reader)


def state_path(folder: Path, fold: Fold) -> Path:
    """The SQLite file that holds a fold's state and position."""
    return folder / f"{fold.name}.sqlite"


def _map_batch(step: Map, setting: Setting, reader: Reader, wait: float) -> int:
    rows = reader.read(setting.log.position(step.name), MAP_RECORDS_MAX, wait)
    if rows:
        ends = _ends(step, setting, rows, single(step))
        done = Done(reader=step.name, offset=rows[-1][0], counts=counted(ends))
        setting.log.append(step.sink, outputs(ends), done=done)
        _report(step, setting, ends)
    return len(rows)


def _fold_turn(step: Fold, setting: Setting, reader: Reader) -> Callable[[float], int]:
    state = connect(state_path(setting.folder, step), ledger.SCHEMA + step.schema)
    tell_at = 0.0

    def turn(wait: float) -> int:
        nonlocal tell_at
        read = _fold_batch(step, setting, reader, state, wait)
        if read == BATCH_RECORDS_MAX and time.monotonic() >= tell_at:
            _tell_distance(step, setting, ledger.position(state, step.name))
            tell_at = time.monotonic() + TELL_SECONDS
        return read

    return turn


def _tell_distance(step: Fold, setting: Setting, position: int) -> None:
    """A whole batch was there to take: a fold that catches up, or replays after its state was lost."""
    end = setting.log.end(step.source)
    logger.info(
        f"{step.name} replaying: {position + 1} of {end + 1} records of {step.source}",
        extra={"action": "replaying", "step": step.name, "position": position, "end": end},
    )


def _fold_batch(step: Fold, setting: Setting, reader: Reader, state: sqlite3.Connection, wait: float) -> int:
    rows = reader.read(ledger.position(state, step.name), BATCH_RECORDS_MAX, wait)
    if rows:
        with transaction(state):
            ends = _ends(step, setting, rows, _in_savepoint(step, state))
            setting.log.append(step.sink, outputs(ends))
            ledger.advance(state, step.name, rows[-1][0], counted(ends))
        _report(step, setting, ends)
    return len(rows)


def _sink_turn(step: Sink, setting: Setting, reader: Reader) -> Callable[[float], int]:
    # What cannot be decoded never reaches the sink, so a position of its own can lag behind what is dealt with.
    reached = known = -1

    def turn(wait: float) -> int:
        nonlocal reached, known
        own = _patiently(step, setting, step.position) if step.position else setting.log.position(step.name)
        if own is None:
            return 0
        if own < known:  # another index has taken its place, and lacks what came meanwhile
            reached = -1
        known = own
        rows = reader.read(max(reached, own), BATCH_RECORDS_MAX, wait)
        if rows:
            if not _sink_batch(step, setting, rows):
                return 0
            reached = rows[-1][0]
        if step.due and reader.held():
            step.due()
        return len(rows)

    return turn


def _sink_batch(step: Sink, setting: Setting, rows: Sequence[tuple[int, bytes]]) -> bool:
    """Write one batch and remember it; false if the process was told to stop before it was written."""
    ends = _ends(step, setting, rows, lambda _, record: [record])
    records = [(offset, end[0]) for (offset, _), end in zip(rows, ends, strict=True) if isinstance(end, list)]

    def write() -> bool:
        step.write(records)
        return True

    if not _patiently(step, setting, write):
        return False
    done = Done(reader=step.name, offset=rows[-1][0], counts=counted(ends))
    setting.log.append(step.source, [], done=done)
    _report(step, setting, ends)
    return True


def _ends(step: Step, setting: Setting, rows: Sequence[tuple[int, bytes]], apply: Apply) -> list[End]:
    """How each record ends; the dead letters are in the log when it returns."""
    ends = [ended(step.name, step.source, offset, body, apply, setting.clock) for offset, body in rows]
    if dead := letters(ends):
        setting.log.append("dead-letters", dead)
    return ends


def _patiently(step: Sink, setting: Setting, ask: Callable[[], T]) -> T | None:
    """Ask until it works: a sink's other side may be away for hours. None if the process was told to stop first."""
    for pause in itertools.chain(BACKOFF_SECONDS, itertools.repeat(BACKOFF_SECONDS[-1])):
        try:
            return ask()
        except TransientError as error:
            wait = error.retry_after_seconds or pause
            logger.warning(
                f"{step.name} cannot write: {error}; next attempt in {wait:g} s",
                extra={"action": "sink_waits", "step": step.name, "reason": str(error)},
            )
            if setting.stop.wait(wait):
                return None
    raise AssertionError("the pauses never end")


def single(step: Map) -> Apply:
    """The map's one output, or its outcome, for one record."""

    def apply(offset: int, record: Record) -> list[Record] | Outcome:
        result = step.apply(record)
        return result if isinstance(result, Outcome) else [result]

    return apply


def _in_savepoint(step: Fold, state: sqlite3.Connection) -> Apply:
    """Apply so that a record which turns out bad half-way leaves no trace in the state."""

    def apply(offset: int, record: Record) -> list[Record] | Outcome:
        state.execute("SAVEPOINT record")
        try:
            return step.apply(state, offset, record)
        except BaseException:
            state.execute("ROLLBACK TO record")
            raise
        finally:
            state.execute("RELEASE record")

    return apply


def _report(step: Step, setting: Setting, ends: Sequence[End]) -> None:
    counts = counted(ends)
    setting.observe(step.name, counts)
    logger.info(
        f"{step.name}: " + ", ".join(f"{n} {word}" for word, n in counts.items()),
        extra={"action": "batch", "step": step.name, **counts},
    )
