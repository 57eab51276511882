"""`tidings replay intake`: an exported intake put onto an empty log, record by record, at the same offsets."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.rule import READER, fingerprint
from tidings.codec import decode
from tidings.errors import RecordError, TidingsError
from tidings.records import Control, Record, Tick
from tidings.steps import Done

if TYPE_CHECKING:
    from app.wiring import Service

BATCH_RECORDS = 500


def replay(service: "Service", path: Path) -> int:
    """Append what `tidings export intake` printed; killed half-way, the same command goes on where it stopped.

    The rules and the time that it ends with are in force then, so that `tidings work` adds none of its own. Line n
    becomes offset n, or decisions would not be the same. Raises TidingsError if intake holds anything else.
    """
    there = service.log.end("intake") + 1
    _check_same(service, path, there)
    taken = there
    lines = islice(_lines(path), there, None)
    while batch := list(islice(lines, BATCH_RECORDS)):
        service.log.append("intake", batch)
        taken += len(batch)
        click.echo(f"{taken} on intake", err=True)
    for reader, offset in dict(filter(None, map(_known, _lines(path)))).items():
        service.log.append("intake", [], done=Done(reader=reader, offset=offset))
    click.echo(f"{taken - there} appended, {there} were there", err=True)
    return 0


def _known(record: Record) -> tuple[str, int] | None:
    """What `tidings work` would look up before it appends the like itself: the rules in force, the last tick."""
    match record:
        case Control(act="rules"):
            return READER, fingerprint(record)
        case Tick():
            return "ticks", int(record.at.timestamp())
    return None


def _check_same(service: "Service", path: Path, there: int) -> None:
    """What is on intake already must be how the file begins."""
    after = -1
    lines = _lines(path)
    while rows := service.log.read("intake", after, BATCH_RECORDS, 0.0):
        for offset, body in rows:
            if decode(body) != next(lines, None):
                raise TidingsError(
                    f"intake holds {there} records and its offset {offset} is not line {offset + 1} of {path}: "
                    "replay onto an empty log (another TIDINGS_TOPIC_PREFIX, another TIDINGS_DATA)"
                )
        after = rows[-1][0]


def _lines(path: Path) -> Iterator[Record]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield decode(line)
            except RecordError as error:
                raise RecordError(f"{path}, line {number}: {error}") from error
