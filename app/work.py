"""`tidings work`: every step in a thread of its own, one process for all of them."""

import logging
import threading
import time
from typing import TYPE_CHECKING

from app.ticker import tick
from streams.runner import Setting, run
from tidings.errors import StepBusyError, TidingsError
from tidings.steps import Step

if TYPE_CHECKING:
    from app.wiring import Service

logger = logging.getLogger(__name__)

#: How often time and rule files are looked at.
LOOK_SECONDS = 0.5
#: How long all steps together may take to finish their batch when told to stop; whatever they leave, they resume.
STOP_SECONDS = 1.2


def work(service: "Service", stop: threading.Event) -> int:
    """Run all steps until `stop` is set or one of them fails; gives the exit status.

    Rules are put in force, and a first tick appended, before any step begins: the first article is judged by them.
    """
    service.refresh_rules()
    tick(service.log, service.clock(), service.values["tick_seconds"])
    setting = service.setting(stop)
    failed: list[str] = []
    threads = [
        threading.Thread(target=_run, args=(step, setting, failed), name=step.name, daemon=True)
        for step in service.own_steps
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(LOOK_SECONDS):
        tick(service.log, service.clock(), service.values["tick_seconds"])
        service.refresh_rules()
        service.backup_if_due()
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return 1 if failed else 0


def _run(step: Step, setting: Setting, failed: list[str]) -> None:
    """One step's thread. If it fails, the whole process stops: a service without one of its steps is not well."""
    try:
        run(step, setting)
    except StepBusyError as error:
        logger.error(str(error), extra={"action": "step_busy", "step": step.name})
        failed.append(step.name)
    except TidingsError as error:
        logger.exception(f"{step.name} stopped: {error}", extra={"action": "step_stopped", "step": step.name})
        failed.append(step.name)
    except BaseException:
        logger.exception(f"{step.name} failed", extra={"action": "step_failed", "step": step.name})
        failed.append(step.name)
        raise
    finally:
        setting.stop.set()
