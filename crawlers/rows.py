"""A row of a list: one item, and what the list says of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawlers.source import Source
from tidings.errors import PageError
from tidings.records import Listed
from tidings.urls import canonical


@dataclass(frozen=True, kw_only=True)
class Row:
    """One item of a list page or feed."""

    #: Under which the item is known.
    url: str
    #: As listed, made absolute: what is fetched.
    link: str
    listed: Listed


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a list page holds of an item before it is judged."""

    link: str
    title: str
    date: str


def rows(source: Source, found: Iterator[Found], first_place: int = 0) -> list[Row]:
    """The items that `source` wants, each once, in the order of the list; places count on from `first_place`.

    An item that is linked twice (its picture, then its headline) has the title and date of whichever has them.
    """
    kept: dict[str, Row] = {}
    for item in found:
        url = _wanted(source, item.link)
        if url is None:
            continue
        before = kept.get(url)
        place = before.listed.place if before else first_place + len(kept)
        title, date = (before.listed.title, before.listed.date) if before else ("", "")
        listed = Listed(title=title or item.title, date=date or item.date, place=place)
        kept[url] = Row(url=url, link=before.link if before else item.link, listed=listed)
    return list(kept.values())


def _wanted(source: Source, link: str) -> str | None:
    """The canonical address of `link`; None if it leads to no page (`javascript:`, `mailto:`) or is not wanted."""
    if not re.match(r"https?://", link, re.IGNORECASE):
        return None
    try:
        url = canonical(link)
    except PageError:
        return None
    if source.list.allow and not re.search(source.list.allow, url):
        return None
    return None if source.list.deny and re.search(source.list.deny, url) else url
