"""RSS and Atom feeds, by feedparser: for titles, links and the date as it is printed, never for its own dates.

feedparser guesses at dates it does not know ("2024年8月20日" becomes a day of the current month) and reads CST as
US Central: the raw string goes on to analysis, which knows the source's zone.
"""

import re
from collections.abc import Iterator
from typing import Any

from scrapy.http import Response
from w3lib.html import remove_tags, replace_entities

from crawlers.remembered import header
from crawlers.rows import Found, Row, rows
from crawlers.source import Source
from tidings.errors import PermanentError

#: A declared entity has no use in a feed, but for bombs and for reading our files.
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)


def read(source: Source, response: Response, first_place: int = 0) -> list[Row]:
    """The items of a feed. Raises PermanentError if it is none, or declares entities."""
    import feedparser  # type: ignore[import-untyped]

    # Without the zero bytes of UTF-16 and UTF-32.
    if _ENTITY.search(response.body.replace(b"\0", b"")):
        raise PermanentError(f"{response.url}: the feed declares entities, which are refused")
    parsed = feedparser.parse(
        response.body,
        response_headers={"content-type": header(response, "Content-Type") or ""},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not parsed.get("version") and not parsed.entries:
        fault = f" ({parsed.bozo_exception})" if parsed.bozo else ""
        raise PermanentError(f"{response.url}: no feed{fault}"[:300])
    return rows(source, _found(response, parsed.entries), first_place)


def _found(response: Response, entries: list[Any]) -> Iterator[Found]:
    for entry in entries:
        link = _link(entry)
        if link:
            date = str(entry.get("published") or entry.get("updated") or "")
            yield Found(link=response.urljoin(link), title=_plain(str(entry.get("title") or "")), date=date)


def _link(entry: Any) -> str:
    """The item's link, or its guid where that is an address; "" for neither. feedparser takes any guid for a link."""
    if entry.get("link") and entry.get("links"):
        return str(entry["link"]).strip()
    guid = str(entry.get("id") or "").strip()
    return guid if guid.startswith("http") else ""


def _plain(title: str) -> str:
    """A title without markup: some feeds escape it once too often."""
    return " ".join(replace_entities(remove_tags(replace_entities(title))).split())
