"""`tidings run`: the whole service, its parts supervised."""

import sys
from typing import TYPE_CHECKING

from app.stopping import stop_on_signals
from app.supervisor import Part, supervise

if TYPE_CHECKING:
    from app.wiring import Service


def run_service(service: "Service") -> int:
    """Supervise work, crawl and serve until told to stop; gives the exit status. Raises StorageError.

    The crawler waits until the rules are in force and time has begun to tick, so that the first page is judged by them.
    """
    stop = stop_on_signals()
    parts = [
        Part(name="work", command=_command("work")),
        Part(name="crawl", command=_command("crawl"), after=lambda: _began(service)),
        Part(name="serve", command=_command("serve")),
    ]
    supervise(parts, stop, restart_seconds_max=service.values["restart_seconds_max"])
    return 0


def _began(service: "Service") -> bool:
    return all(service.log.position(reader) >= 0 for reader in ("rules", "ticks"))


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", name, "--with-parent"]
