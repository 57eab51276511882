"""How a process is told to stop: SIGINT, SIGTERM, or the end of the process that started it."""

import os
import signal
import threading
import time

#: A process that has not stopped this long after its parent ended is ended: nothing it does needs an orderly end.
ORPHAN_SECONDS = 2.0


def stop_on_signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set. Call in the main thread."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def stop_with_parent() -> None:
    """Send this process SIGTERM when its standard input ends: the supervisor's pipe ends with the supervisor."""
    threading.Thread(target=_watch, daemon=True, name="watch-parent").start()


def _watch() -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock, held here for good, would abort the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHAN_SECONDS)
    os._exit(1)
