"""`tidings audit`: did every page end as an article on intake, a counted outcome or a dead letter?

What a page's end should be is known again at any time: analysis is a pure function of the page. So pages that are not
on intake are analysed once more, and only one that gives an article, or that no dead letter names, is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from app.export import readable
from app.printing import print_json
from tidings.errors import ConfigError, PageError, PermanentError
from tidings.moments import moment
from tidings.records import Article, DeadLetter, Page, Poll, Record, content_id
from tidings.steps import Done, Log, Outcome, place
from tidings.urls import canonical

if TYPE_CHECKING:
    from app.wiring import Service

#: Step and reader under whose name the audit's counts are kept.
READER = "audit"


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What was found."""

    #: Pages and polls that analysis is past.
    checked: int
    #: Those that it has still before it.
    waiting: int
    #: (part, offset, record) of those that ended nowhere.
    missing: tuple[tuple[str, int, Record], ...]


def audit(service: "Service", since: datetime | None) -> Audit:
    """Compare pages that were fetched `since` then (None: all that are kept) with what became of them."""
    ended = _ended(service.log)
    dead = {(letter.topic, letter.position) for letter in _letters(service.log)}
    checked = waiting = 0
    missing: list[tuple[str, int, Record]] = []
    for part, offset, record in _asked(service.log, since):
        if offset > service.log.position(place("analyse", part)):
            waiting += 1
            continue
        checked += 1
        if not ended & _names(record) and (part, offset) not in dead and _should_be_there(service, record, ended):
            missing.append((part, offset, record))
    return Audit(checked=checked, waiting=waiting, missing=tuple(missing))


def audited(service: "Service", since: str | None, *, mend: bool, as_json: bool) -> int:
    """Print what was found and append what is missing to pages again; exit status 1 if something was.

    `since`: as people write it, None for all that are kept. Raises ConfigError if it is no moment.
    """
    start = None if since is None else moment(since, service.clock())
    if since is not None and start is None:
        raise ConfigError(f"--since is {since!r}; want 90m, 12h, 2d or a time such as 2026-11-24")
    found = audit(service, start)
    if mend and found.missing:
        service.log.append("pages", [record for _, _, record in found.missing])
    counts = {"in": found.checked, "missing": len(found.missing)}
    service.log.append("pages", [], done=Done(reader=READER, offset=int(service.clock().timestamp()), counts=counts))
    if as_json:
        places = [f"{part}:{offset}" for part, offset, _ in found.missing]
        print_json({"checked": found.checked, "waiting": found.waiting, "missing": places})
    else:
        for part, offset, record in found.missing:
            click.echo(f"missing: {part}:{offset} {getattr(record, 'url', record)}")
        appended = ", appended to pages again" if mend and found.missing else ""
        click.echo(f"{found.checked} checked, {found.waiting} still waiting, {len(found.missing)} missing{appended}")
    return 1 if found.missing else 0


def _ended(log: Log) -> set[str]:
    """Names of all that intake has."""
    return {name for _, _, record in readable(log, "intake") for name in _names(record)}


def _names(record: Record) -> set[str]:
    """What tells a page's article, or a poll, from every other on both topics."""
    match record:
        case Page():
            try:
                return {f"{content_id(canonical(record.url))} {record.fetched_at.isoformat()}"}
            except PageError:
                return set()
        case Article():
            return {f"{record.id} {record.fetched_at.isoformat()}"}
        case Poll():
            return {f"poll {record.source} {record.at.isoformat()}"}
    return set()


def _letters(log: Log) -> Iterator[DeadLetter]:
    return (letter for _, _, letter in readable(log, "dead-letters") if isinstance(letter, DeadLetter))


def _asked(log: Log, since: datetime | None) -> Iterator[tuple[str, int, Record]]:
    for part, offset, record in readable(log, "pages"):
        at = _at(record)
        if since is None or at is None or at >= since:
            yield part, offset, record


def _at(record: Record) -> datetime | None:
    """When it was fetched; None for a record that pages should not hold."""
    match record:
        case Page():
            return record.fetched_at
        case Poll():
            return record.at
    return None


def _should_be_there(service: "Service", record: Record, ended: set[str]) -> bool:
    """What the page's analysis gives now is an article that intake lacks, or a fault that no dead letter tells of."""
    try:
        made = service.analyse(record)
    except PermanentError:
        return True
    return not isinstance(made, Outcome) and not ended & _names(made)
