"""How one record ends at a step: outputs, an outcome, or a dead letter. The same for the runner and for Faust."""

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence

from tidings.clock import Clock
from tidings.codec import decode
from tidings.errors import PermanentError, StorageError
from tidings.records import DeadLetter, Record
from tidings.steps import Outcome

logger = logging.getLogger(__name__)

#: Longest error kept with a dead letter.
ERROR_MAX = 2000

Apply = Callable[[int, Record], list[Record] | Outcome]
End = list[Record] | Outcome | DeadLetter


def ended(step: str, part: str, offset: int, body: bytes, apply: Apply, clock: Clock) -> End:
    """Apply a step to one record of a topic's part. What cannot be taken is a dead letter, and the rest goes on.

    Raises StorageError and sqlite3.Error: the disk's fault, not the record's, which is to be taken again.
    """
    try:
        return apply(offset, decode(body))
    except (StorageError, sqlite3.Error):
        raise
    except PermanentError as error:
        fault = str(error)
        logger.warning(f"{step} cannot take record {offset} of {part}: {fault}", extra=_dead(step, fault))
    except Exception as error:  # a defect of ours: this record must not stop the others, and someone must act
        fault = f"{type(error).__name__}: {error}"
        logger.exception(f"{step} failed on record {offset} of {part}", extra=_dead(step, fault))
    return DeadLetter(topic=part, position=offset, step=step, at=clock(), error=fault[:ERROR_MAX], body=body)


def _dead(step: str, fault: str) -> dict[str, str]:
    return {"action": "record_dead", "step": step, "reason": fault[:ERROR_MAX]}


def outputs(ends: Sequence[End]) -> list[Record]:
    """What goes to the step's own sink."""
    return [record for end in ends if isinstance(end, list) for record in end]


def letters(ends: Sequence[End]) -> list[DeadLetter]:
    """What goes to the dead letters."""
    return [end for end in ends if isinstance(end, DeadLetter)]


def counted(ends: Sequence[End]) -> Counter[str]:
    """in = records read; every one of them is out (once, however many records it gave), dead, or an outcome word."""
    words = ("dead" if isinstance(end, DeadLetter) else end.word if isinstance(end, Outcome) else "out" for end in ends)
    return Counter({"in": len(ends)}) + Counter(words)
