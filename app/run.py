"""`tidings run`: the whole service, its parts supervised."""

import sys
from typing import TYPE_CHECKING

from app.stopping import stop_on_signals
from app.supervisor import STOP_SECONDS, Part, supervise

if TYPE_CHECKING:
    from app.wiring import Service


#: Parts that talk to Kafka and Elasticsearch take their leave there.
DISTRIBUTED_STOP_SECONDS = 5.0


def run_service(service: "Service") -> int:
    """Supervise work, crawl and serve until told to stop; gives the exit status. Raises StorageError.

    The crawler waits until the rules are in force and time has begun to tick, so that the first page is judged by them.
    """
    stop = stop_on_signals()
    if service.distributed:
        from streams.logs.topics import apply

        apply(service.brokers, service.topics)
    parts = [
        Part(name="work", command=_command("work")),
        *_workers(service),
        Part(name="crawl", command=_command("crawl"), after=lambda: _began(service)),
        Part(name="serve", command=_command("serve")),
    ]
    stop_seconds = DISTRIBUTED_STOP_SECONDS if service.distributed else STOP_SECONDS
    supervise(parts, stop, restart_seconds_max=service.values["restart_seconds_max"], stop_seconds=stop_seconds)
    return 0


def _workers(service: "Service") -> list[Part]:
    """The analyse workers, each under a name that stays; embedded, `work` analyses."""
    number = service.values["analyse_workers"] if service.distributed else 0
    own = service.values["worker"] or service.own_name
    names = [f"{own}-{n}" for n in range(1, number + 1)]
    return [
        Part(name=f"analyse-{n}", command=_command("analyse-worker", "--name", name)) for n, name in enumerate(names, 1)
    ]


def _began(service: "Service") -> bool:
    return all(service.log.position(reader) >= 0 for reader in ("rules", "ticks"))


def _command(name: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", name, "--with-parent", *options]
