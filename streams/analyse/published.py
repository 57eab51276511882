"""When a page says it was published: the places where pages say it, in order of trust."""

import functools
import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser

from streams.analyse import dates, markup
from streams.analyse.dateforms import AHEAD_MAX
from streams.analyse.metadata import Metadata
from tidings.layout import Layout
from tidings.records import Page, Published

#: How much of the text around the title may hold the date.
HEAD_CHARACTERS_MAX = 800
#: What htmldate reads in bounded time.
LAST_RESORT_CHARACTERS_MAX = 1_000_000
#: A dateline ("2025年4月15日") stands within the last lines of a notice.
LAST_LINES = 5

#: The government-website standard (国办发〔2017〕47号), Open Graph, Dublin Core and what news systems use.
_META = (
    "pubdate", "article:published_time", "og:article:published_time", "og:published_time", "firstpublishedtime",
    "publishdate", "publish_date", "publish-date", "publication_date", "publicationdate", "datepublished",
    "article.published", "parsely-pub-date", "sailthru.date", "bt:pubdate", "dc.date.issued", "dcterms.issued",
    "dcterms.date", "dc.date", "dcterms.created", "dc.date.created", "citation_publication_date",
    "weibo:article:create_at", "release_date", "date",
)  # fmt: skip
_TIMES = (
    "[itemprop~=datePublished]/@datetime", "[itemprop~=datePublished]/@content", "time[pubdate]/@datetime",
    "article time[datetime]/@datetime", "main time[datetime]/@datetime", "h1 ~ * time[datetime]/@datetime",
)  # fmt: skip
_URL_STAMP = re.compile(r"/(20\d{12})\d{0,3}\.s?html?(?:$|\?)")
_URL_DAY = re.compile(
    r"(?:/t|/)(20\d{2})(0[1-9]|1[0-2])(\d{2})(?:[_/-]|\.s?html?)|/(20\d{2})[/-](\d{1,2})[/-](\d{1,2})(?:[/_.-]|$)"
)
_URL_MONTH = re.compile(r"/(20\d{2})/?(0[1-9]|1[0-2])/")
_CHINA = "+08:00"


def published(
    page: Page,
    layout: Layout | None,
    tree: LexborHTMLParser | None,
    metadata: Metadata | None,
    *,
    html: str = "",
    head: str,
    body: str,
) -> Published | None:
    """The date of publication; None if the page does not state one, or one more than 24 hours after it was fetched.

    `head`: the text around the title; `html`: the page, for a last look by htmldate.
    Of several places the most trusted decides on the day; a less trusted one may add the time of that day.
    Trust: the source's own selectors, JSON-LD, meta, <time>, the list page, the address, the text.
    """
    zone = default_zone(layout, body)
    read = functools.partial(dates.parse, zone=zone, fetched_at=page.fetched_at)
    best: Published | None = None
    for found, text in _slots(page, layout, tree, metadata):
        best = _better(best, read(text, found=found))
    best = _better(best, _in_url(page, zone))
    if best is None or best.precision in ("month", "year"):
        best = _better(best, _in_text(page, zone, head, body.split("\n")))
    return best or _last_resort(page, zone, html)


def default_zone(layout: Layout | None, text: str) -> str:
    """The offset of times without one: the source's, else China's for a Chinese text, else UTC."""
    if layout is not None:
        return layout.timezone
    return _CHINA if re.search(r"[\u4e00-\u9fff]{4}", text[:1_000]) else "+00:00"


def _better(best: Published | None, other: Published | None) -> Published | None:
    if best is None:
        return other
    return other if other is not None and dates.refines(other, best) else best


def _slots(
    page: Page, layout: Layout | None, tree: LexborHTMLParser | None, metadata: Metadata | None
) -> Iterator[tuple[str, str]]:
    """(where, text) of each place that is made for a date."""
    if tree is not None and layout and (hit := markup.first_text(tree, layout.date)):
        tag = hit[1].tag
        yield tag if tag in ("meta", "time") else "text", hit[0]
    if metadata is not None:
        yield "json-ld", metadata.article_text("datePublished")
        yield from (("meta", value) for name in _META if (value := metadata.meta.get(name)))
    if tree is not None and (hit := markup.first_text(tree, _TIMES)):
        yield "time", hit[0]
    if page.listed is not None:
        yield "list", page.listed.date


def _in_url(page: Page, zone: str) -> Published | None:
    """t20240517_, /2024/5/17/, /2024-05/17/, 17 digits of a file name; else the month of /202405/."""
    if match := _URL_STAMP.search(page.url):
        return dates.stamp(match[1], zone, page.fetched_at, "url")
    if match := _URL_DAY.search(page.url):
        year, month, of_month = [part for part in match.groups() if part]
        return dates.day(year, month, of_month, zone, page.fetched_at, "url")
    if match := _URL_MONTH.search(page.url):
        return dates.day(match[1], match[2], "", zone, page.fetched_at, "url")
    return None


def _last_resort(page: Page, zone: str, html: str) -> Published | None:
    """What htmldate finds in odd places. It guesses the first of a month: such a day must stand in the page."""
    if not html or len(html) > LAST_RESORT_CHARACTERS_MAX:
        return None
    from htmldate import find_date  # 300 ms to import, needed for a page in ten

    earliest, latest = f"{dates.YEAR_MIN}-01-01", (page.fetched_at + AHEAD_MAX).date().isoformat()
    # Without a latest date htmldate asks the clock.
    day = find_date(html, extensive_search=False, original_date=True, min_date=earliest, max_date=latest)
    if not day or (day.endswith("-01") and not re.search(day.replace("-", r"[-/.]?"), html)):
        return None
    return dates.parse(day, zone=zone, fetched_at=page.fetched_at, found="text")


def _in_text(page: Page, zone: str, head: str, lines: Sequence[str]) -> Published | None:
    look = functools.partial(dates.search, zone=zone, fetched_at=page.fetched_at, found="text")
    if date := look(head[:HEAD_CHARACTERS_MAX]) or look("\n".join(lines[:3])[:HEAD_CHARACTERS_MAX]):
        return date
    ends = (dates.alone(line, zone=zone, fetched_at=page.fetched_at, found="text") for line in lines[-LAST_LINES:])
    return next((date for date in ends if date is not None), None)
