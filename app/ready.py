"""Is the service fit to work, and if not, what should be done: one list of findings for /readyz, doctor and people."""

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.status import Status

#: Older than this, the oldest unfinished record is worth a look.
LAG_SECONDS_MAX = 300.0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at."""

    subject: str
    ok: bool
    #: What was seen, and, where it is not well, what to do.
    says: str


def disk(data: Path, free_mb_min: int) -> Finding:
    """Free space where the log and the index live."""
    free = shutil.disk_usage(data if data.exists() else data.parent).free // 1_000_000
    ok = free >= free_mb_min
    return Finding(
        subject="disk",
        ok=ok,
        says=f"{free} MB free" + ("" if ok else f"; want {free_mb_min}: free space, the log cannot grow without it"),
    )


def lags(status: Status) -> Iterator[Finding]:
    """Every step's age of the oldest unfinished record."""
    for step in status.steps:
        ok = step.lag_seconds <= LAG_SECONDS_MAX
        says = f"{step.behind} records behind, the oldest {step.lag_seconds:.0f} s old"
        yield Finding(subject=step.name, ok=ok, says=says + ("" if ok else ": is `tidings work` running and well?"))


def dead_letters(status: Status) -> Finding:
    """Records that nobody has dealt with."""
    ok = status.dead_open == 0
    return Finding(
        subject="dead letters", ok=ok, says=f"{status.dead_open} open" + ("" if ok else ": `tidings dead-letters list`")
    )


def running(state: Path, names: Sequence[str]) -> Iterator[Finding]:
    """Which steps a process is running just now, by their locks."""
    for name in names:
        held = _held(state / f"{name}.lock")
        yield Finding(subject=f"{name} runs", ok=held, says="yes" if held else "no: start `tidings run`")


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
