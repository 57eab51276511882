"""One poll of one source, from its list to the record of it. Knows nothing of the network: `fetch` does.

The list first, with its validators; then the pages that are not yet known, oldest first, one at a time, each appended
as soon as it is read; then young pages again, for corrections; then the Poll, which says that it is complete.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from scrapy.http import Response

from crawlers import lists
from crawlers.faults import BlockedError
from crawlers.lists import Fetch, ListRead
from crawlers.memory import Memory, digest
from crawlers.producer import LogAwayError
from crawlers.remembered import Hints, Known, Misses, header, validators_of
from crawlers.rows import Row
from crawlers.source import Source
from tidings.challenge import challenge
from tidings.clock import Clock
from tidings.errors import PermanentError, TransientError
from tidings.records import Listed, Page, Poll
from tidings.urls import canonical

logger = logging.getLogger(__name__)

#: Durable in the log when it returns, and in the memory too. Raises LogAwayError: the page is safe, but not there.
Append = Callable[[Page], Awaitable[None]]

#: So many pages in a row that could not be had for a passing reason: the host is down, the rest is left for later.
MISSES_IN_A_ROW_MAX = 5


@dataclass(frozen=True, kw_only=True)
class Missed:
    """An item that could not be fetched."""

    why: str
    live: bool


@dataclass(kw_only=True)
class Polling:
    """A poll under way."""

    source: Source
    fetch: Fetch
    append: Append
    memory: Memory
    clock: Clock
    recheck_seconds: float
    #: Items that could not be fetched: canonical address -> why, and whether they would have been live.
    missed: dict[str, Missed] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Polled:
    """A finished poll."""

    poll: Poll
    #: What the lists showed, newest first; () if they could not be read.
    rows: tuple[Row, ...] = ()
    #: To remember once the record is in the log.
    hints: Hints = field(default_factory=Hints)


async def poll(
    source: Source,
    *,
    fetch: Fetch,
    append: Append,
    memory: Memory,
    clock: Clock,
    recheck_seconds: float | None = None,
) -> Polled:
    """Poll `source` once. Whatever the site does ends in the Poll, and so does a log that is away.

    Only StorageError gets out: what cannot be remembered.

    recheck_seconds: how long a young page is left alone, instead of what the source says.
    """
    if recheck_seconds is None:
        recheck_seconds = source.recheck.every_minutes * 60.0
    polling = Polling(
        source=source,
        fetch=fetch,
        append=append,
        memory=memory,
        clock=clock,
        recheck_seconds=recheck_seconds,
    )
    try:
        read = [await lists.read(source, start, fetch, memory, clock) for start in source.start]
        await _new_pages(polling, read)
        await _young_pages(polling, read)
    except BlockedError as error:
        return Polled(poll=Poll(source=source.name, at=clock(), result="blocked", detail=str(error)))
    except (PermanentError, TransientError, LogAwayError) as error:
        return Polled(poll=Poll(source=source.name, at=clock(), result="failed", detail=str(error)))
    return _finish(polling, read)


async def _new_pages(polling: Polling, read: list[ListRead]) -> None:
    """Append the pages of the lists that are not in the log yet. Raises BlockedError, TransientError, LogAwayError."""
    missed = polling.memory.missed(polling.source.name)
    in_a_row = 0
    for each in read:
        for row in _wanted(polling.memory, each, missed):
            # An item that was missed while its source was silent stays silent.
            live = each.overlapped and (row.url not in missed or missed[row.url].live)
            try:
                await _new_page(polling, row, live=live)
                in_a_row = 0
            except (PermanentError, TransientError) as error:
                _miss(polling, row, error, live=live)
                in_a_row = in_a_row + 1 if isinstance(error, TransientError) else 0
                if in_a_row >= MISSES_IN_A_ROW_MAX:
                    raise TransientError(f"{in_a_row} pages in a row could not be fetched, at last {error}") from error


def _wanted(memory: Memory, read: ListRead, missed: Mapping[str, Misses]) -> list[Row]:
    """What is to be fetched, oldest first: the last row of a list is its oldest."""
    rows = [row for row in reversed(read.rows) if memory.known(row.url) is None]
    return [row for row in rows if row.url not in missed or not missed[row.url].given_up]


async def _new_page(polling: Polling, row: Row, *, live: bool) -> None:
    response = await polling.fetch(row.link, {})
    check_article(response)
    final = canonical(response.url)
    if final != row.url:
        polling.memory.keep_alias(row.url, final)
        known = polling.memory.known(final)
        if known and known.digest == digest(response.body):
            return
    await _append(polling, response, row.listed, live=live)


def check_article(response: Response) -> None:
    """Raise BlockedError for a challenge, PermanentError or TransientError for any other answer that is no page."""
    if why := challenge(response.status, response.body):
        raise BlockedError(f"{response.url}: {why}")
    if response.status in (200, 203):
        return
    kind = TransientError if response.status in (408, 429) or response.status >= 500 else PermanentError
    raise kind(f"{response.url}: answers {response.status}")


async def _append(polling: Polling, response: Response, listed: Listed, *, live: bool) -> None:
    content_type, _, parameters = (header(response, "Content-Type") or "").partition(";")
    page = Page(
        source=polling.source.name,
        url=response.url,
        fetched_at=polling.clock(),
        status=response.status,
        content_type=content_type.strip().lower(),
        charset=_charset(parameters),
        body=response.body,
        listed=listed,
        live=live,
    )
    await polling.append(page)
    if polling.source.recheck.days:
        polling.memory.keep_validators({canonical(response.url): validators_of(response)}, polling.clock())


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            return value.strip().strip("\"'")
    return None


def _miss(polling: Polling, row: Row, error: Exception, *, live: bool) -> None:
    polling.missed[row.url] = Missed(why=str(error), live=live)
    logger.warning(
        "%s",
        error,
        extra={"action": "page_missed", "source": polling.source.name, "url": row.link, "reason": str(error)},
    )


async def _young_pages(polling: Polling, read: list[ListRead]) -> None:
    """Fetch pages that may still change, and append those that have. Raises BlockedError, LogAwayError."""
    source, now = polling.source, polling.clock()
    if not source.recheck.days:
        return
    young = polling.memory.young(
        source.name,
        first_after=now - timedelta(days=source.recheck.days),
        seen_before=now - timedelta(seconds=polling.recheck_seconds),
        limit=source.max_items,
    )
    listed = {row.url: row.listed for each in read for row in each.rows}
    live = all(each.overlapped for each in read)
    for known in young:
        await _young_page(polling, known, listed.get(known.url, known.listed), live=live)


async def _young_page(polling: Polling, known: Known, listed: Listed, *, live: bool) -> None:
    asked = polling.memory.validators(known.url, polling.clock())
    try:
        response = await polling.fetch(known.link, asked.headers)
        if response.status != 304:
            check_article(response)
    except (PermanentError, TransientError) as error:
        # What is in the log stays as it is; a page that has gone is no correction.
        logger.info("%s", error, extra={"action": "recheck_missed", "source": polling.source.name, "url": known.link})
    else:
        if response.status != 304 and digest(response.body) != known.digest and canonical(response.url) == known.url:
            logger.info("%s changed", known.link, extra={"action": "page_changed", "source": polling.source.name})
            await _append(polling, response, listed, live=live)
            return
    polling.memory.keep_seen(known.url, polling.clock())


def _finish(polling: Polling, read: list[ListRead]) -> Polled:
    source = polling.source
    rows = {row.url: row for each in read for row in each.rows}
    settled = polling.memory.settled(source.name, rows)
    given_up = {url for url, misses in polling.memory.missed(source.name).items() if misses.given_up}
    record = Poll(
        source=source.name,
        at=polling.clock(),
        result="unchanged" if all(each.unchanged for each in read) else "ok",
        listed=len(rows),
        new=len(rows.keys() - settled - given_up),
        overlapped=all(each.overlapped for each in read),
        detail=_detail(polling),
    )
    if not record.overlapped and polling.memory.standing(source.name).has_settled:
        logger.warning(
            "%s: no listed item is known: what came since the last poll may have been missed; this poll is silent",
            source.name,
            extra={"action": "gap", "source": source.name},
        )
    validators = {} if polling.missed else {each.key: each.validators for each in read if not each.unchanged}
    missed = {url: each.live for url, each in polling.missed.items()}
    hints = Hints(validators=validators, missed=missed)
    return Polled(poll=record, rows=tuple(rows.values()), hints=hints)


def _detail(polling: Polling) -> str:
    if not polling.missed:
        return ""
    return f"{len(polling.missed)} could not be fetched: {next(iter(polling.missed.values())).why}"
