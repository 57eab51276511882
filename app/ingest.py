"""`tidings ingest`: files taken in as pages, seen through to the index and the channels."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.inputs import pages
from app.status import Status
from app.stopping import stop_on_signals
from tidings.errors import PageError
from tidings.records import Page

if TYPE_CHECKING:
    from app.wiring import Service

BATCH_PAGES = 200
#: Progress is told this often (seconds).
TELL_SECONDS = 2.0


def ingest(service: "Service", files: Sequence[Path], *, live: bool, source: str) -> int:
    """Append every article as a page, then see all steps through; exit status 1 if one was bad, which is named."""
    stop = stop_on_signals()
    faults = taken = 0
    for batch in _batches(_pages(service, files, live, source)):
        good = [page for page in batch if isinstance(page, Page)]
        for fault in (page for page in batch if isinstance(page, PageError)):
            faults += 1
            click.echo(f"tidings: {fault}", err=True)
        service.log.append("pages", good)
        taken += len(good)
        if stop.is_set():
            break
    click.echo(f"{taken} taken in" + (" silently" if not live else ""), err=True)
    # Distributed, `tidings work` and the workers do it: here the steps would take their places.
    service.settle(stop, Progress(), only_wait=service.distributed)
    _tell(service.status(), stop)
    return 1 if faults else 0


def _pages(service: "Service", files: Sequence[Path], live: bool, source: str) -> Iterator[Page | PageError]:
    for file in files:
        try:
            yield from pages(file, service.clock(), live=live, source=source)
        except OSError as error:
            yield PageError(f"{file}: {error.strerror}")


def _batches(found: Iterable[Page | PageError]) -> Iterator[list[Page | PageError]]:
    rest = iter(found)
    while batch := list(islice(rest, BATCH_PAGES)):
        yield batch


class Progress:
    """Tells how much is left, at most every two seconds."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, status: Status) -> None:
        if time.monotonic() - self._told >= TELL_SECONDS:
            self._told = time.monotonic()
            click.echo(", ".join(f"{step.name}: {step.behind} left" for step in status.steps if step.behind), err=True)


def _tell(status: Status, stop: threading.Event) -> None:
    if stop.is_set():
        click.echo("stopped; `tidings work --once` goes on from here", err=True)
        return
    waiting = status.receipts.get("retry", 0) + status.receipts.get("pending", 0)
    sent, dead = status.receipts.get("sent", 0), status.receipts.get("dead", 0)
    click.echo(f"searchable; notifications so far: {sent} sent, {waiting} waiting, {dead} dead", err=True)
