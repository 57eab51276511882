"""Know a process again: a number alone may by then be another's."""

import os
import signal
import time
from pathlib import Path

from msgspec import Struct

PROC = Path("/proc")
LOOK_SECONDS = 0.05
#: What the system needs to end a process that was killed, on a busy machine.
KILL_SECONDS_MAX = 10


class Identity(Struct, frozen=True):
    """One process of this machine."""

    pid: int
    #: When it was started, in ticks since the system was.
    started: int


def identify(pid: int) -> Identity | None:
    """Who has this number now; None if nobody, or one that has ended and only waits to be reaped."""
    try:
        stat = (PROC / str(pid) / "stat").read_text("ascii", "replace")
    except OSError:
        return None
    # The name, in brackets, may hold anything; behind it: the state, then the rest. Source: proc(5).
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else Identity(pid, int(rest[18]))


def identity_of(pid: int | None) -> Identity:
    """Of a process that is known to run."""
    identity = identify(pid) if pid else None
    assert identity, f"process {pid} does not run"
    return identity


def alive(identity: Identity) -> bool:
    """Whether that very process still runs."""
    return identify(identity.pid) == identity


def end(identity: Identity, seconds_max: float) -> None:
    """SIGTERM, and SIGKILL for one that has not ended after `seconds_max`. Harmless if it has ended."""
    if not _sent(identity, signal.SIGTERM):
        return
    if not _gone(identity, seconds_max) and _sent(identity, signal.SIGKILL):
        _gone(identity, KILL_SECONDS_MAX)


def _gone(identity: Identity, seconds_max: float) -> bool:
    deadline = time.monotonic() + seconds_max
    while alive(identity):
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _sent(identity: Identity, number: signal.Signals) -> bool:
    """False if the process had ended."""
    if not alive(identity):
        return False
    try:
        os.kill(identity.pid, number)
    except ProcessLookupError:
        return False
    return True
