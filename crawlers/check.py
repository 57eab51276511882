"""What a source file makes of a site: its rows and, through a reader, its articles. Stores nothing.

Offline against the source's fixture, which holds pages in the shape of the real ones and what they must give; or,
for a new source, against the site itself.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import yaml
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes

from crawlers.crawl import prepare, with_scrapy
from crawlers.lists import Fetch
from crawlers.memory import Memory
from crawlers.poll import Polled, poll
from crawlers.robots import RobotsCache
from crawlers.rows import Row
from crawlers.settings import user_agent
from crawlers.source import Paging, Source
from tidings.clock import Clock
from tidings.errors import ConfigError, PermanentError
from tidings.records import Article, Page, Poll

HERE = Path(__file__).parent / "fixtures"
#: Pages fetched from a real site for one look at it.
LIVE_PAGES_MAX = 3

_TYPES = {".html": "text/html", ".xml": "application/rss+xml"}

#: Analysis of one page, as the service does it: an Article, or whatever else becomes of a page.
Reader = Callable[[Page], object]


class ExpectedRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row as the list must be read."""

    url: str
    title: str
    date: str = ""


class ExpectedArticle(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must be read out of one page; None and () ask nothing."""

    url: str
    title: str | None = None
    #: The calendar date that the page prints.
    published: str | None = None
    contains: tuple[str, ...] = ()


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """expected.yaml of a fixture."""

    #: When the pages are said to have been fetched.
    fetched_at: datetime
    #: Address -> file of the fixture that is served for it; anything else is 404.
    pages: dict[str, str]
    rows: tuple[ExpectedRow, ...]
    articles: tuple[ExpectedArticle, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found."""

    source: str
    poll: Poll
    rows: tuple[Row, ...]
    #: Each page with what the reader made of it.
    articles: tuple[tuple[Page, object], ...]
    #: What differs from the fixture's expectations, or went wrong; () if all is well.
    problems: tuple[str, ...]


def check_source(source: Source, folder: Path, reader: Reader) -> Report:
    """Poll `source` against its fixture in `folder` (with expected.yaml) and compare. Raises ConfigError."""
    expected = _expected(folder)
    polled, pages = asyncio.run(_look(source, _offline(folder, expected), lambda: expected.fetched_at))
    report = _report(source, polled, pages, reader)
    faults = [*_row_faults(report.rows, expected), *_articles_faults(report.articles, expected)]
    return replace(report, problems=(*report.problems, *faults))


def look_at_site(source: Source, reader: Reader, clock: Clock, *, contact: str = "") -> Report:
    """Poll the site itself for its list and the newest `LIVE_PAGES_MAX` pages, as politely as the service does."""
    short = msgspec.structs.replace(source, paging=Paging(), max_items=min(source.max_items, LIVE_PAGES_MAX))
    looks: list[tuple[Polled, list[Page]]] = []

    async def work(fetch: Fetch) -> None:
        looks.append(await _look(short, fetch, clock))

    async def run() -> None:
        await with_scrapy(short, work, agent=user_agent(contact), robots=RobotsCache())

    loop = prepare()
    loop.run_until_complete(loop.create_task(run()))
    [(polled, pages)] = looks
    return _report(source, polled, pages, reader)


def _report(source: Source, polled: Polled, pages: list[Page], reader: Reader) -> Report:
    record = polled.poll
    problems = [f"poll {record.result}: {record.detail}"] if record.result != "ok" or record.detail else []
    articles: list[tuple[Page, object]] = []
    for page in pages:
        try:
            articles.append((page, reader(page)))
        except PermanentError as error:
            problems.append(f"{page.url}: cannot be read: {error}")
    return Report(source=source.name, poll=record, rows=polled.rows, articles=tuple(articles), problems=tuple(problems))


async def _look(source: Source, fetch: Fetch, clock: Clock) -> tuple[Polled, list[Page]]:
    """A poll that is forgotten, and its pages."""
    pages: list[Page] = []
    memory = Memory(None)

    async def append(page: Page) -> None:
        pages.append(page)

    try:
        return await poll(source, fetch=fetch, append=append, memory=memory, clock=clock), pages
    finally:
        memory.close()


def _expected(folder: Path) -> Expected:
    path = folder / "expected.yaml"
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Expected)
    except FileNotFoundError as error:
        raise ConfigError(f"{folder.name}: no fixture; want {path} (see docs/sources.md)") from error
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ConfigError(f"{folder.name}/expected.yaml: {' '.join(str(error).split())[:300]}") from error


def _offline(folder: Path, expected: Expected) -> Fetch:
    async def fetch(url: str, headers: Mapping[str, str]) -> Response:
        name = expected.pages.get(url)
        body = (folder / name).read_bytes() if name else b"<p>There is no such page in the fixture.</p>"
        answered = Headers({"Content-Type": _TYPES.get(Path(name or ".html").suffix, "application/octet-stream")})
        kind = responsetypes.from_args(headers=answered, url=url, body=body)
        return kind(url, status=200 if name else 404, headers=answered, body=body, request=Request(url))

    return fetch


def _row_faults(rows: Sequence[Row], expected: Expected) -> Iterator[str]:
    got = [ExpectedRow(url=row.url, title=row.listed.title, date=row.listed.date) for row in rows]
    for place in range(max(len(got), len(expected.rows))):
        have = got[place] if place < len(got) else None
        want = expected.rows[place] if place < len(expected.rows) else None
        if have != want:
            yield f"row {place} is {_shown(have)}; want {_shown(want)}"


def _shown(row: ExpectedRow | None) -> str:
    return f"{row.url} {row.title!r} {row.date!r}" if row else "missing"


def _articles_faults(articles: Sequence[tuple[Page, object]], expected: Expected) -> Iterator[str]:
    read = {article.url: article for _, article in articles if isinstance(article, Article)}
    for each in expected.articles:
        article = read.get(each.url)
        if article is None:
            yield f"{each.url}: no article came of it"
        else:
            yield from _article_faults(each, article)


def _article_faults(expected: ExpectedArticle, article: Article) -> Iterator[str]:
    if expected.title not in (None, article.title):
        yield f"{expected.url}: title is {article.title!r}; want {expected.title!r}"
    if expected.published not in (None, printed := _printed_date(article)):
        yield f"{expected.url}: published is {printed}; want {expected.published}"
    for text in expected.contains:
        if text not in article.body:
            yield f"{expected.url}: the body lacks {text!r}"


def _printed_date(article: Article) -> str | None:
    """The calendar date as the page prints it: in its own zone."""
    if article.published is None:
        return None
    sign = -1 if article.published.zone.startswith("-") else 1
    hours, minutes = article.published.zone[1:].split(":")
    printed = article.published.value + sign * timedelta(hours=int(hours), minutes=int(minutes))
    return printed.date().isoformat()
