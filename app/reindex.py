"""`tidings reindex`: the search index anew, from the log."""

import threading
from typing import TYPE_CHECKING

import click

from app.ingest import Progress
from app.settle import settle
from streams.lease import lease

if TYPE_CHECKING:
    from app.wiring import Service


def reindex(service: "Service") -> int:
    """Empty the index and write every event of the log into it again. Raises StepBusyError while `work` runs.

    Killed half-way, it goes on when it or `work` is started again: the index knows how far it is.
    """
    [step] = [step for step in service.steps if step.name == "index"]
    with lease(service.state / "index.lock", "index"):
        service.index.clear()
    settle([step], service.setting(threading.Event()), service.status, Progress())
    click.echo(f"{service.content.catch_up().articles} articles are searchable", err=True)
    return 0
