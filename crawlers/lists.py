"""The list of a source: its first page, and older ones until one shows an item that was there last time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import msgspec
from scrapy.http import Response

from crawlers.faults import BlockedError
from crawlers.memory import Memory
from crawlers.remembered import Validators, validators_of
from crawlers.rows import Row
from crawlers.source import Source
from crawlers.spiders import feed, listing
from tidings.challenge import challenge
from tidings.clock import Clock
from tidings.errors import PermanentError, TransientError
from tidings.records import content_id

#: Fetches an address with further request headers, redirects followed. Raises PermanentError or TransientError.
Fetch = Callable[[str, Mapping[str, str]], Awaitable[Response]]

#: Statuses with which an archive says that it ends here.
_NO_SUCH_PAGE = (404, 410)


@dataclass(frozen=True, kw_only=True)
class ListRead:
    """What one list said."""

    #: Under which its validators are remembered.
    key: str
    #: Newest first, as on the list; each item once.
    rows: tuple[Row, ...] = ()
    #: True if the server said that nothing has changed since the last complete poll.
    unchanged: bool = False
    #: True if it is unchanged, or shows an item that was known when the last complete poll ended: then what is new on
    #: it is news, and not the past.
    overlapped: bool = False
    validators: Validators = field(default_factory=Validators)


async def read(source: Source, start: str, fetch: Fetch, memory: Memory, clock: Clock) -> ListRead:
    """Read the list that begins at `start`.

    Raises BlockedError for a challenge; PermanentError or TransientError for anything else that is no list.
    """
    # Of this source as it is read today: an unchanged list that is read otherwise may hold something new.
    key = content_id(source.name, start, msgspec.json.encode(source.list).decode(), source.max_items)
    response = await fetch(start, memory.validators(key, clock()).headers)
    if response.status == 304:
        return ListRead(key=key, unchanged=True, overlapped=True)
    rows = read_rows(source, response)
    if len(rows) < source.min_rows:
        wanted = f"{len(rows)} rows, want at least {source.min_rows}"
        raise PermanentError(f"{start}: {wanted}: the page is laid out anew, or the selectors are wrong")
    page = response
    for number in range(2, source.paging.limit + 1):
        overlapped = bool(memory.settled(source.name, (row.url for row in rows)))
        url = listing.next_page(source, start, page, number)
        if overlapped or url is None or len(rows) >= source.max_items:
            break
        page = await fetch(url, {})
        older = [] if page.status in _NO_SUCH_PAGE else _without(rows, read_rows(source, page, len(rows)))
        if not older:
            break
        rows += older
    rows = rows[: source.max_items]
    overlapped = bool(memory.settled(source.name, (row.url for row in rows)))
    return ListRead(
        key=key,
        rows=tuple(rows),
        overlapped=overlapped,
        validators=validators_of(response),
    )


def read_rows(source: Source, response: Response, first_place: int = 0) -> list[Row]:
    """The rows of one list page. Raises BlockedError, PermanentError, TransientError."""
    if why := challenge(response.status, response.body):
        raise BlockedError(f"{response.url}: {why}")
    if response.status not in (200, 203):
        raise TransientError(f"{response.url}: answers {response.status}")
    reader = feed.read if source.kind == "feed" else listing.read
    return reader(source, response, first_place)


def _without(rows: list[Row], older: list[Row]) -> list[Row]:
    """`older` without what `rows` has: nothing, if the server ignores the page number and gives the same page again."""
    have = {row.url for row in rows}
    return [row for row in older if row.url not in have]
