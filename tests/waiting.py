"""Wait for something outside this process, for a bounded time."""

import time
from collections.abc import Callable

LOOK_SECONDS = 0.05


def wait_until(true: Callable[[], bool], seconds_max: float) -> None:
    """Look until it is true. Fails after `seconds_max`."""
    deadline = time.monotonic() + seconds_max
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds_max:g} s"
        time.sleep(LOOK_SECONDS)
