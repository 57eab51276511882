"""Sources: what is polled, how often, and how its lists and pages are laid out. One YAML file each.

docs/sources.md explains every key. robots.txt is always obeyed: there is no key for it.
"""

from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from tidings.layout import Layout


class Title(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people call the source."""

    en: str
    zh: str = ""


class ListLayout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the rows of a list page are. A feed needs `allow` and `deny` at most.

    A selector is CSS, with "/@name" appended for an attribute; of several the first that finds something wins.
    """

    #: One element for each item.
    rows: str = ""
    #: Within a row.
    url: tuple[str, ...] = ("a/@href",)
    title: tuple[str, ...] = ("a/@title", "a")
    date: tuple[str, ...] = ()
    #: What of the date's text is the date: its groups joined by "-", or the whole match.
    date_pattern: str | None = None
    #: Regular expressions on the canonical address, which has no tracking parameters: an item must match `allow`
    #: and must not match `deny`.
    allow: str | None = None
    deny: str | None = None
    #: Overrides what server and page say, e.g. "gb18030"; None believes them.
    charset: str | None = None


class Paging(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach older list pages; they are read until one shows an item already known."""

    #: "index-n": page 2 is index_2.html; "index-minus-one": page 2 is index_1.html; "query-n": page 2 is ?page=2.
    mode: Literal["none", "index-n", "index-minus-one", "next-link", "query-n"] = "none"
    #: List pages read at one poll, at most.
    limit: int = 3
    #: Selector of the link to the next page, for "next-link".
    next: tuple[str, ...] = ()
    #: Name of the parameter, for "query-n".
    parameter: str = "page"


class Recheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pages are fetched again while they are young, for corrections."""

    #: 0: never.
    days: float = 0
    every_minutes: int = 360


class Detail(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Article pages: the part of `tidings.layout.Layout` that a source file may set."""

    charset: str | None = None
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list page or feed (or several of one publisher that are laid out alike), polled as one."""

    #: The file's name without ".yaml".
    name: str
    kind: Literal["feed", "listing"]
    start: tuple[str, ...]
    title: Title
    owner: Literal[
        "regulator", "government", "exchange", "company", "media", "wire", "association", "institution", "demo"
    ]
    #: ISO 3166-1 alpha-2.
    country: str
    #: BCP 47.
    language: str
    #: Offset in which bare dates are read: "+08:00".
    timezone: str = "+00:00"
    state: Literal["enabled", "disabled"] = "enabled"
    #: Why it is disabled; "" while it is enabled.
    reason: str = ""
    #: Who looked at robots.txt, list and page by hand, when, and what came of it.
    checked: str = ""
    every_minutes: int
    #: Between two requests to one host.
    delay_seconds: float
    #: True if its addresses may be private, loopback or link-local.
    allow_private: bool = False
    #: Fewer rows mean that the page has changed, not that there is no news: the poll fails.
    min_rows: int = 1
    #: Items beyond this many of one list are not looked at.
    max_items: int = 100
    list: ListLayout = ListLayout()
    paging: Paging = Paging()
    recheck: Recheck = Recheck()
    detail: Detail = Detail()

    @property
    def layout(self) -> Layout:
        """How to read its article pages."""
        detail = self.detail
        return Layout(
            language=self.language,
            timezone=self.timezone,
            charset=detail.charset,
            title=detail.title,
            body=detail.body,
            date=detail.date,
            origin=detail.origin,
            remove=detail.remove,
            not_found=detail.not_found,
        )

    @property
    def host(self) -> str:
        """Where its first list is: sources of one host are never polled at the same time."""
        return urlsplit(self.start[0]).hostname or ""
