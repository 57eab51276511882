"""`tidings sources`: the source files as they stand, and what they make of their fixtures."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from streams.analyse import printed_date
from tidings.errors import NotFoundError
from tidings.records import Article, signal_type
from tidings.steps import Outcome

if TYPE_CHECKING:
    from app.wiring import Service
    from crawlers.check import Report


def listed(service: "Service") -> int:
    """Print every source, then what is wrong with the bad files; exit status 1 if one is bad."""
    sources, errors = service.loaded_sources()
    for source in sources:
        state = f"every {source.every_minutes:g} min" if source.state == "enabled" else f"disabled: {source.reason}"
        click.echo(f"{source.name:<24} {source.kind:<8} {state:<18} {source.title.en}  {source.start[0]}")
    for error in errors:
        click.echo(f"WRONG {error}", err=True)
    return 1 if errors else 0


def tested(service: "Service", name: str | None, *, live: bool) -> int:
    """Try one source, or all, offline against their fixtures; exit status 1 if one has a problem.

    `live`: look at the site itself instead. Stores nothing either way. Raises NotFoundError for an unknown name.
    """
    sources, errors = service.loaded_sources()
    chosen = [source for source in sources if name in (None, source.name)]
    if not chosen and not errors:
        raise NotFoundError(f"source {name} is not there; `tidings sources list` shows those that are")
    reports = [service.tried_source(source, live=live) for source in chosen]
    for report in reports:
        for line in _told(report):
            click.echo(line)
    for error in errors:
        click.echo(f"WRONG {error}", err=True)
    return 1 if errors or any(report.problems for report in reports) else 0


def _told(report: "Report") -> Iterator[str]:
    yield f"{report.source}: {len(report.rows)} rows, {len(report.articles)} articles"
    for row in report.rows:
        yield f"  row      {row.listed.date or 'no date':<24} {row.listed.title}  {row.link}"
    for page, read in report.articles:
        yield f"  article  {_article(read)}  {page.url}"
    for problem in report.problems:
        yield f"  WRONG    {problem}"


def _article(read: object) -> str:
    match read:
        case Article():
            published = printed_date(read.published) or "no date"
            found = ", ".join(signal_type(signal) for signal in read.signals) or "no signal"
            return f"{published} {read.language} {read.title} [{found}]"
        case Outcome():
            return f"{read.word} {read.detail}"
    return str(read)
