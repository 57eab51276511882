"""Read one page: from bytes as they came to a title, a text, a date, a language. No I/O, no clock.

A page's markup is a stranger's: all that leaves here is plain text.
"""

import re
from typing import Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser

from streams.analyse import attachments, charset, headings, ingested, maintext, markup, prose
from streams.analyse import metadata as page_metadata
from streams.analyse.language import language
from streams.analyse.published import default_zone, published
from tidings.challenge import challenge
from tidings.errors import PageError
from tidings.layout import Layout
from tidings.records import Attachment, Language, Page, Published
from tidings.steps import Outcome
from tidings.urls import canonical

#: The most that a page may hold.
BODY_BYTES_MAX = 10_000_000
#: A page that says "not found" says little else.
NOT_FOUND_LETTERS_MAX = 600

#: So many lines of a text may still be of its head; a line of fields is at most so long.
HEAD_LINES_MAX = 4
FIELDS_CHARACTERS_MAX = 150

_FIELDS = re.compile(
    r"(?:发布|更新|发文|成文)?(?:时间|日期)\s*[:：]|(?:信息|文章|稿件)?来源\s*[:：]|(?:作者|编辑|字体|字号|浏览)\s*[:：【\[]"
)
_COUNTER = re.compile(r"(?:浏览|阅读|点击|访问)(?:量|次数|数)?\s*[:：]\s*\d|\b(?:[Vv]iews|[Rr]eads)\s*:\s*\d")

_HTML = ("text/html", "application/xhtml+xml")
_NOT_FOUND = re.compile(
    r"(?:页面|網頁|网页|頁面|文章|内容|信息|地址)[^。]{0,20}(?:不存在|已被?删除|已变更|找不到)|找不到[^。]{0,10}(?:页面|網頁|网页|頁面)"
    r"|page (?:was |is |could |can)?(?:not|n't)(?: be)? found|404 not found|\b404 error\b|\berror 404\b"
    r"|(?:page|article|link)\b[^.]{0,40} (?:no longer (?:available|exists?)|does(?: not|n't) exist|has been removed)",
    re.IGNORECASE,
)


class Reading(Struct, frozen=True, kw_only=True):
    """What a page says, before anything is made of it."""

    #: Canonical.
    url: str
    title: str
    #: A paragraph, a list item or a table row (cells with tabs between them) a line.
    body: str
    #: Who wrote it, where the page says so; else the source's name.
    origin: str
    language: Language
    published: Published | None
    attachments: tuple[Attachment, ...] = ()


def read(page: Page, layout: Layout | None) -> Reading | Outcome:
    """What `page` says, by its source's `layout` where that finds something, else by the page's own structure.

    An Outcome if there is no article: "blocked" (a challenge), "not-found" (the page says so, whatever its status),
    "no-text" (an image, an empty shell, frames). Raises PageError for what cannot be read: more than 10 MB, bytes that
    are no text, elements nested without end, a content type that is not read.
    """
    if len(page.body) > BODY_BYTES_MAX:
        raise PageError(f"{page.url}: {len(page.body)} bytes; want at most {BODY_BYTES_MAX}")
    if page.content_type == ingested.CONTENT_TYPE:
        return _ingested(page, layout)
    if reason := challenge(page.status, page.body):
        return Outcome(word="blocked", detail=reason)
    if page.status in (404, 410):
        return Outcome(word="not-found", detail=f"status {page.status}")
    kind = _kind(page)
    text = charset.decode(page.body, header=page.charset, override=layout.charset if layout else None, subject=page.url)
    return _html(page, layout, text) if kind == "html" else _plain(page, layout, text)


def _kind(page: Page) -> Literal["html", "plain"]:
    """By the content type, or by the first bytes where a server says something else of HTML."""
    if page.content_type.lower() in _HTML or re.match(rb"\s*<(?:!doctype html|html)\b", page.body[:200], re.IGNORECASE):
        return "html"
    if page.content_type.lower() == "text/plain":
        return "plain"
    raise PageError(f'{page.url}: content type "{page.content_type}" is not read; want HTML or plain text')


def _html(page: Page, layout: Layout | None, text: str) -> Reading | Outcome:
    tree = markup.parse(text, page.url)
    metadata = page_metadata.read(tree)
    title = headings.title(tree, metadata, layout, page.listed)
    found = _article(tree, text, layout)
    if reason := _not_found(title, found.text, tree, layout):
        return Outcome(word="not-found", detail=reason)
    body = _without_head(found.text, title)
    files = attachments.find(tree, found.element, page.url)
    if not body and not (files and found.element is not None):
        return Outcome(word="no-text", detail=_why_empty(tree))
    head = headings.head(tree, title)
    return Reading(
        url=_canonical(page, tree),
        title=title,
        body=body,
        origin=headings.origin(tree, metadata, layout, head, found.text) or page.source,
        language=language(f"{title}\n{body}", layout.language if layout else None),
        published=published(page, layout, tree, metadata, html=text, head=head, body=found.text),
        attachments=files,
    )


def _plain(page: Page, layout: Layout | None, text: str) -> Reading | Outcome:
    """A text file: its first line is the title."""
    lines = [line for line in map(prose.tidy, text.splitlines()) if line]
    if not lines:
        return Outcome(word="no-text", detail="an empty file")
    title, body = lines[0], "\n".join(lines[1:] or lines)
    return Reading(
        url=canonical(page.url),
        title=title,
        body=body,
        origin=page.source,
        language=language(f"{title}\n{body}", layout.language if layout else None),
        published=published(page, layout, None, None, head=title, body=body),
    )


def _ingested(page: Page, layout: Layout | None) -> Reading | Outcome:
    article = ingested.read(page)
    title, body = ingested.title(article), ingested.body(article)
    if not body:
        return Outcome(word="no-text", detail='"text" is empty')
    return Reading(
        url=canonical(article.url or page.url),
        title=title,
        body=body,
        origin=page.source,
        language=language(f"{title}\n{body}", layout.language if layout else None),
        published=ingested.published(article, page, default_zone(layout, body)),
    )


def _article(tree: LexborHTMLParser, text: str, layout: Layout | None) -> maintext.Found:
    """The article's text: by the source's selectors, else by the page's structure."""
    removed = {node.mem_id for css in layout.remove for node in markup.select(tree, css)} if layout else set()
    element = markup.first_node(tree, layout.body) if layout else None
    if element is not None and (body := prose.render(element, skip=lambda node: node.mem_id in removed)):
        return maintext.Found(text=body, element=element)
    return maintext.find(tree, text, removed)


def _not_found(title: str, text: str, tree: LexborHTMLParser, layout: Layout | None) -> str | None:
    """The words by which a short page says that it does not exist; None if it says no such thing."""
    if maintext.weight(text) > NOT_FOUND_LETTERS_MAX:
        return None
    whole = prose.render(tree.body) if tree.body is not None else ""
    said = f"{title}\n{whole if maintext.weight(whole) <= 2 * NOT_FOUND_LETTERS_MAX else text}"
    if word := next((word for word in (layout.not_found if layout else ()) if word in said), None):
        return word
    match = _NOT_FOUND.search(said)
    return match[0] if match else None


def _why_empty(tree: LexborHTMLParser) -> str:
    for css, reason in (("frame, iframe", "the text is in a frame"), ("img", "the text is an image")):
        if tree.css_first(css) is not None:
            return reason
    return "the page holds no text"


def _without_head(body: str, title: str) -> str:
    """`body` without first lines that repeat the title or hold the fields under it: a view counter is no revision."""
    lines = body.split("\n")
    head = min(HEAD_LINES_MAX, len(lines) - 1)
    return "\n".join([line for line in lines[:head] if line != title and not _is_fields(line)] + lines[head:])


def _is_fields(line: str) -> bool:
    return len(line) <= FIELDS_CHARACTERS_MAX and bool(_FIELDS.match(line) or _COUNTER.search(line))


def _canonical(page: Page, tree: LexborHTMLParser) -> str:
    """The page's address, with the scheme and without the parameters that its rel=canonical drops.

    A canonical link is believed on the same host and path only, and never when it drops a figure: pages that name
    their list, or themselves without `?id=12`, are too many.
    """
    own = canonical(page.url)
    node = tree.css_first("link[rel=canonical][href]")
    if node is None:
        return own
    try:
        stated = canonical(urljoin(page.url, (node.attributes.get("href") or "").strip()))
    except (PageError, ValueError):
        return own
    a, b = urlsplit(own), urlsplit(stated)
    same = (a.hostname, a.port, a.path.rstrip("/")) == (b.hostname, b.port, b.path.rstrip("/"))
    return stated if same and _figures(a.query) <= _figures(b.query) else own


def _figures(query: str) -> set[str]:
    return {pair for pair in query.split("&") if re.search(r"\d", pair)}
