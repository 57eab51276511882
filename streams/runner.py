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
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from streams import ledger
from streams.lease import lease
from tidings.clock import Clock
from tidings.codec import decode
from tidings.errors import PermanentError, StorageError, TransientError
from tidings.records import DeadLetter, Record
from tidings.steps import Done, Fold, Log, Map, Outcome, Sink, Step
from tidings.storage import connect, transaction

logger = logging.getLogger(__name__)

#: Records of one batch: 100 and more make a FULL commit cheap.
BATCH_RECORDS_MAX = 200
#: A map does all the heavy work: small batches keep it prompt, also in stopping.
MAP_RECORDS_MAX = 40
#: How long a step waits for new records before it looks at what else is due.
WAIT_SECONDS = 0.5
#: Waits between attempts of a sink whose other side is in trouble.
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

#: Longest error kept with a dead letter.
ERROR_MAX = 2000

Apply = Callable[[int, Record], list[Record] | Outcome]
#: How one record ended: outputs, an outcome, or a dead letter.
End = list[Record] | Outcome | DeadLetter

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
    """Run `step` until `setting.stop` is set. Raises StepBusyError if another process runs it."""
    with lease(setting.folder / f"{step.name}.lock", step.name):
        turn = open_step(step, setting)
        while not setting.stop.is_set():
            turn(WAIT_SECONDS)
        _finish(step)


def drain(step: Step, setting: Setting) -> int:
    """Run `step` until its source has no more; gives the number of records read."""
    with lease(setting.folder / f"{step.name}.lock", step.name):
        turn = open_step(step, setting)
        read = 0
        while n := turn(0.0):
            read += n
        _finish(step)
        return read


def _finish(step: Step) -> None:
    if isinstance(step, Sink) and step.finish:
        step.finish()


def open_step(step: Step, setting: Setting) -> Callable[[float], int]:
    """A function that takes one batch, waiting for it at most so many seconds, and gives the number of records read."""
    match step:
        case Map():
            return lambda wait: _map_batch(step, setting, wait)
        case Fold():
            state = connect(state_path(setting.folder, step), ledger.SCHEMA + step.schema)
            return lambda wait: _fold_batch(step, setting, state, wait)
        case Sink():
            return _sink_turn(step, setting)


def state_path(folder: Path, fold: Fold) -> Path:
    """The SQLite file that holds a fold's state and position."""
    return folder / f"{fold.name}.sqlite"


def _map_batch(step: Map, setting: Setting, wait: float) -> int:
    rows = setting.log.read(step.source, setting.log.position(step.name), MAP_RECORDS_MAX, wait)
    if rows:
        taken = [_taken(step, setting, offset, body, _single(step)) for offset, body in rows]
        counts = _counted(taken)
        done = Done(reader=step.name, offset=rows[-1][0], counts=counts)
        setting.log.append(step.sink, _outputs(taken), done=done)
        _report(step, setting, counts)
    return len(rows)


def _fold_batch(step: Fold, setting: Setting, state: sqlite3.Connection, wait: float) -> int:
    rows = setting.log.read(step.source, ledger.position(state, step.name), BATCH_RECORDS_MAX, wait)
    if rows:
        with transaction(state):
            taken = [_taken(step, setting, offset, body, _in_savepoint(step, state)) for offset, body in rows]
            counts = _counted(taken)
            setting.log.append(step.sink, _outputs(taken))
            ledger.advance(state, step.name, rows[-1][0], counts)
        _report(step, setting, counts)
    return len(rows)


def _sink_turn(step: Sink, setting: Setting) -> Callable[[float], int]:
    # What cannot be decoded never reaches the sink, so a position of its own can lag behind what is dealt with.
    reached = -1

    def turn(wait: float) -> int:
        nonlocal reached
        position = max(reached, step.position() if step.position else setting.log.position(step.name))
        rows = setting.log.read(step.source, position, BATCH_RECORDS_MAX, wait)
        if rows:
            if not _sink_batch(step, setting, rows):
                return 0
            reached = rows[-1][0]
        if step.due:
            step.due()
        return len(rows)

    return turn


def _sink_batch(step: Sink, setting: Setting, rows: Sequence[tuple[int, bytes]]) -> bool:
    """Write one batch and remember it; false if the process was told to stop before it was written."""
    taken = [_taken(step, setting, offset, body, lambda _, record: [record]) for offset, body in rows]
    records = [(offset, end[0]) for (offset, _), end in zip(rows, taken, strict=True) if isinstance(end, list)]
    if not _written(step, setting, records):
        return False
    counts = _counted(taken)
    setting.log.append(step.source, [], done=Done(reader=step.name, offset=rows[-1][0], counts=counts))
    _report(step, setting, counts)
    return True


def _written(step: Sink, setting: Setting, records: Sequence[tuple[int, Record]]) -> bool:
    """Write until it works: a sink's other side may be away for hours. False if the process was told to stop first."""
    for pause in itertools.chain(BACKOFF_SECONDS, itertools.repeat(BACKOFF_SECONDS[-1])):
        try:
            step.write(records)
            return True
        except TransientError as error:
            wait = error.retry_after_seconds or pause
            logger.warning(
                f"{step.name} cannot write: {error}; next attempt in {wait:g} s",
                extra={"action": "sink_waits", "step": step.name, "reason": str(error)},
            )
            if setting.stop.wait(wait):
                return False
    raise AssertionError("the pauses never end")


def _single(step: Map) -> Apply:
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


def _taken(step: Step, setting: Setting, offset: int, body: bytes, apply: Apply) -> End:
    """One record's end. What cannot be taken is appended to the dead letters and the rest goes on."""
    try:
        return apply(offset, decode(body))
    except (StorageError, sqlite3.Error):
        raise  # the disk's fault, not the record's: stop, and take it again
    except PermanentError as error:
        fault = str(error)
        logger.warning(f"{step.name} cannot take record {offset} of {step.source}: {fault}", extra=_dead(step, fault))
    except Exception as error:  # a defect of ours: this record must not stop the others, and someone must act
        fault = f"{type(error).__name__}: {error}"
        logger.exception(f"{step.name} failed on record {offset} of {step.source}", extra=_dead(step, fault))
    letter = DeadLetter(
        topic=step.source, position=offset, step=step.name, at=setting.clock(), error=fault[:ERROR_MAX], body=body
    )
    setting.log.append("dead-letters", [letter])
    return letter


def _dead(step: Step, fault: str) -> dict[str, str]:
    return {"action": "record_dead", "step": step.name, "reason": fault[:ERROR_MAX]}


def _outputs(taken: Sequence[End]) -> list[Record]:
    return [record for end in taken if isinstance(end, list) for record in end]


def _counted(taken: Sequence[End]) -> Counter[str]:
    """in = records read; every one of them is out (once, however many records it gave), dead, or an outcome word."""
    words = (
        "dead" if isinstance(end, DeadLetter) else end.word if isinstance(end, Outcome) else "out" for end in taken
    )
    return Counter({"in": len(taken)}) + Counter(words)


def _report(step: Step, setting: Setting, counts: Counter[str]) -> None:
    setting.observe(step.name, counts)
    logger.info(
        f"{step.name}: " + ", ".join(f"{n} {word}" for word, n in counts.items()),
        extra={"action": "batch", "step": step.name, **counts},
    )
