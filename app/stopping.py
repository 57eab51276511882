"""How a process is told to stop: SIGINT, SIGTERM, or the end of the process that started it."""

import logging
import os
import signal
import threading
import time

logger = logging.getLogger(__name__)

#: No orderly end takes longer; whatever else is waited for, nothing acknowledged depends on it.
STOP_SECONDS_MAX = 8.0
#: A process that has not stopped this long after its parent ended is ended: nothing it does needs an orderly end.
ORPHAN_SECONDS = 2.0


def stop_on_signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set. Call in the main thread.

    A process that stays longer than STOP_SECONDS_MAX after that, waiting for a server that is away, is ended.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_in_time, args=(stop,), daemon=True, name="end-in-time").start()
    return stop


def _end_in_time(stop: threading.Event) -> None:
    stop.wait()
    time.sleep(STOP_SECONDS_MAX)
    logger.warning(f"not stopped in {STOP_SECONDS_MAX:g} s: ended; nothing acknowledged is lost")
    os._exit(1)


def stop_with_parent() -> None:
    """Send this process SIGTERM when its standard input ends: the supervisor's pipe ends with the supervisor."""
    threading.Thread(target=_watch, daemon=True, name="watch-parent").start()


def _watch() -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock, held here for good, would abort the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHAN_SECONDS)
    os._exit(1)
