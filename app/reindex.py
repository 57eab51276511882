"""`tidings reindex`: the search index anew, from the log."""

import threading
from collections import Counter
from typing import TYPE_CHECKING

import click

from app.ingest import Progress
from app.settle import settle
from app.stopping import stop_on_signals
from search.sink import index_events
from streams.lease import lease
from streams.runner import Setting, drain
from tidings.errors import TidingsError
from tidings.steps import Sink

if TYPE_CHECKING:
    from app.wiring import Service

#: Progress is told about so often (records).
TELL_RECORDS = 5_000


def reindex(service: "Service") -> int:
    """Write every event of the log into an empty index. Raises StepBusyError (embedded) while `work` runs.

    Embedded, the one index is emptied and filled, and what was killed half-way goes on at the next start.
    In Elasticsearch a new index is filled beside the old one, which answers until the new one takes its place in one
    step; `tidings work` may run, and goes on from where the new index is.
    """
    if service.distributed:
        _beside(service)
    else:
        [step] = [step for step in service.steps if step.name == "index"]
        with lease(service.state / "index.lock", "index"):
            service.index.clear()
        settle([step], service.setting(threading.Event()), service.status, Progress())
    click.echo(f"{service.content.catch_up().articles} articles are searchable", err=True)
    return 0


def _beside(service: "Service") -> None:
    from search.elastic import ElasticIndex

    assert isinstance(service.index, ElasticIndex)
    stop = stop_on_signals()
    setting = Setting(log=service.log, folder=service.state, clock=service.clock, stop=stop, observe=_Tell())
    with service.index.rebuilt() as fresh:
        drain(Sink(name="reindex", source="events", write=index_events(fresh), position=fresh.upto), setting)
        if stop.is_set():
            raise TidingsError("stopped: the old index stays; `tidings reindex` begins anew")


class _Tell:
    """Says now and then how many events are in."""

    def __init__(self) -> None:
        self._read = self._told = 0

    def __call__(self, step: str, counts: Counter[str]) -> None:
        self._read += counts["in"]
        if self._read - self._told >= TELL_RECORDS:
            self._told = self._read
            click.echo(f"{self._read} events are in the new index", err=True)
