"""See records through to the end: run the steps here, or wait for the process that runs them."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.status import Status
from streams.runner import Setting, drain
from tidings.errors import StepBusyError, TidingsError
from tidings.steps import Step

WAIT_SECONDS_MAX = 3600.0
LOOK_SECONDS = 0.1


def settle(
    steps: Sequence[Step],
    setting: Setting,
    status: Callable[[], Status],
    progress: Callable[[Status], None] = lambda _: None,
    *,
    upto: Sequence[Step] = (),
) -> None:
    """Return when none of these steps, nor of those `upto`, has anything left to do.

    A step that another process runs is waited for. Raises TidingsError when that takes longer than an hour.
    """
    names = {step.name for step in (*steps, *upto)}
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        for step in steps:
            _try(step, setting)
            if setting.stop.is_set():
                return
        if setting.stop.is_set():
            return
        now = status()
        progress(now)
        if all(step.behind == 0 for step in now.steps if step.name in names):
            return
        if time.monotonic() > deadline:
            raise TidingsError(f"the steps are still behind after {WAIT_SECONDS_MAX:.0f} s: see `tidings status`")
        time.sleep(LOOK_SECONDS)


def _try(step: Step, setting: Setting) -> None:
    with suppress(StepBusyError):  # the running service does it
        drain(step, setting)
