"""Keep the parts of the service running, each a process of its own; start again what dies, later each time."""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

#: Wait before the nth start in a row of a part that keeps dying.
BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
#: A part that lived this long has recovered: its next death counts as the first.
SETTLED_SECONDS = 60.0
LOOK_SECONDS = 0.1
#: How long a part may take to stop before it is killed: whatever it was doing, it survives that.
STOP_SECONDS = 1.5


@dataclass(kw_only=True)
class Part:
    """One supervised process."""

    name: str
    command: Sequence[str]
    #: Started once this is true: a part may need another to have begun.
    after: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    due: float = field(default_factory=time.monotonic)


def supervise(
    parts: Sequence[Part],
    stop: threading.Event,
    *,
    restart_seconds_max: float,
    stop_seconds: float = STOP_SECONDS,
) -> None:
    """Run all parts until `stop` is set, then end them: SIGTERM, and SIGKILL for one that does not listen.

    `restart_seconds_max`: the longest wait before a part that keeps dying is started again.
    """
    try:
        while not stop.is_set():
            for part in parts:
                _look(part, restart_seconds_max)
            stop.wait(LOOK_SECONDS)
    finally:
        _end(parts, stop_seconds)


def _look(part: Part, restart_seconds_max: float) -> None:
    if part.process is None:
        if time.monotonic() >= part.due and part.after():
            _start(part)
    elif part.process.poll() is not None:
        _bury(part, restart_seconds_max)


def _start(part: Part) -> None:
    # A session of its own: Ctrl-C at the terminal reaches the supervisor alone, which then stops the parts in order.
    # The pipe is never written to: it ends when this process does, however it ends, and the part then stops too.
    part.process = subprocess.Popen(part.command, start_new_session=True, stdin=subprocess.PIPE)
    part.started = time.monotonic()
    logger.info(
        f"{part.name} started (process {part.process.pid})", extra={"action": "part_started", "part": part.name}
    )


def _bury(part: Part, restart_seconds_max: float) -> None:
    assert part.process is not None
    part.deaths = 1 if time.monotonic() - part.started > SETTLED_SECONDS else part.deaths + 1
    pause = min(restart_seconds_max, BACKOFF_SECONDS[min(part.deaths, len(BACKOFF_SECONDS)) - 1])
    logger.warning(
        f"{part.name} ended ({_how(part.process.returncode)}); starting it again in {pause:g} s",
        extra={"action": "part_died", "part": part.name, "reason": _how(part.process.returncode)},
    )
    part.process, part.due = None, time.monotonic() + pause


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def _end(parts: Sequence[Part], seconds: float) -> None:
    running = [part.process for part in parts if part.process and part.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning(f"process {process.pid} did not stop in {seconds:g} s and was killed")
            process.kill()
            process.wait()
