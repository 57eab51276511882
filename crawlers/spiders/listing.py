"""HTML list pages, by the selectors of the source file."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from parsel import Selector
from scrapy.http import HtmlResponse, Response
from scrapy.http.response.text import TextResponse

from crawlers.remembered import header
from crawlers.rows import Found, Row, rows
from crawlers.source import ListLayout, Source
from tidings.errors import PermanentError


def read(source: Source, response: Response, first_place: int = 0) -> list[Row]:
    """The rows of a list page. Raises PermanentError if it is no HTML."""
    return rows(source, _found(source.list, _html(response, source.list.charset)), first_place)


def next_page(source: Source, first_url: str, response: Response, number: int) -> str | None:
    """The address of list page `number` (2, 3, ...) of the list that begins at `first_url`; None if there is none.

    `response`: the page before it.
    """
    paging = source.paging
    if paging.mode == "none":
        return None
    if paging.mode == "next-link":
        page = _html(response, source.list.charset)
        link = first(page.selector, [_with_href(selector) for selector in paging.next])
        return page.urljoin(link) if link else None
    start = urlsplit(first_url)
    if paging.mode == "query-n":
        query = [
            (name, value) for name, value in parse_qsl(start.query, keep_blank_values=True) if name != paging.parameter
        ]
        return urlunsplit(start._replace(query=urlencode([*query, (paging.parameter, str(number))])))
    index = number if paging.mode == "index-n" else number - 1
    folder, _, file = start.path.rpartition("/")
    stem, dot, ending = (file or "index.html").rpartition(".")
    return urlunsplit(start._replace(path=f"{folder}/{stem}_{index}{dot}{ending}"))


def first(node: Selector, selectors: Sequence[str]) -> str:
    """The text or attribute that the first fitting selector finds in `node`, white space joined; "" if none does.

    "." is the node itself, "./@href" an attribute of it.
    """
    for selector in selectors:
        css, _, name = selector.partition("/@")
        for hit in [node] if css == "." else node.css(css):
            text = hit.attrib.get(name, "") if name else "".join(hit.xpath(".//text()").getall())
            if text := " ".join(text.split()):
                return text
    return ""


def _found(layout: ListLayout, page: TextResponse) -> Iterator[Found]:
    for node in page.selector.css(layout.rows):
        # An address may be broken over lines in the markup; spaces within it are escaped later.
        link = first(node, layout.url).replace("\\", "/")
        if link and not link.startswith("#"):
            date = _date(first(node, layout.date), layout.date_pattern)
            yield Found(link=page.urljoin(link), title=first(node, layout.title), date=date)


def _date(text: str, pattern: str | None) -> str:
    """What `pattern` finds in `text`: its groups joined by "-", or the whole match."""
    if pattern is None:
        return text
    match = re.search(pattern, text)
    return "-".join(match.groups()) or match[0] if match else ""


def _html(response: Response, charset: str | None) -> TextResponse:
    kind = header(response, "Content-Type") or ""
    # What Scrapy takes for HTML by the address alone may be anything.
    if "html" not in kind.lower() and not response.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise PermanentError(f"{response.url}: the list is {kind or 'without a content type'}, want HTML")
    if not isinstance(response, HtmlResponse):
        response = HtmlResponse(response.url, headers=response.headers, body=response.body)
    return response.replace(encoding=charset) if charset else response


def _with_href(selector: str) -> str:
    return selector if "/@" in selector else f"{selector}/@href"
