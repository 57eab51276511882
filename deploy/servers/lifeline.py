"""What a server lives by: its standard input. Nothing is ever written to it; when it ends, the server ends.

Whoever holds the other end keeps the server alive, and need do nothing to end it: the system closes what a killed
process held. Each function opens one line: (the server's end, the end to hold here, or None).
"""

import os
from collections.abc import Callable
from pathlib import Path

Line = tuple[int, int | None]
Lifeline = Callable[[], Line]


def this_process() -> Line:
    """The server ends with the process that started it."""
    return os.pipe()


def holder_of(fifo: Path) -> Lifeline:
    """The server ends when no process holds `fifo` open for writing. One must, when this is called."""
    return lambda: (os.open(fifo, os.O_RDONLY), None)


def itself(fifo: Path) -> Lifeline:
    """The server lives until it is stopped: it holds both ends. `fifo` is made if it is not there."""

    def opened() -> Line:
        if not fifo.exists():
            os.mkfifo(fifo, 0o600)
        return os.open(fifo, os.O_RDWR), None

    return opened
