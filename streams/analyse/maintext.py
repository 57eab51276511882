"""Find the part of a page that is the article, where no source file says which it is.

Containers that content systems are known to use come first, then the element whose paragraphs carry the most text.
Where both find little, trafilatura looks again: slower by a factor of ten, and better on odd pages.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.analyse import prose
from streams.analyse.tables import is_data

#: Below this, in Latin letters, a second opinion is worth its time.
SURE_LETTERS_MIN = 700
#: The second opinion is taken only on pages that it can read in bounded time.
SECOND_OPINION_CHARACTERS_MAX = 1_000_000
#: It is believed where it finds so many times as much: our own reading keeps tables and lists better.
SECOND_OPINION_GAIN_MIN = 2.0
#: A Han character carries the text of about this many letters.
HAN_WEIGHT = 3
#: A paragraph shorter than this, or with more than this share of it in links, says nothing about where the article is.
PARAGRAPH_LETTERS_MIN = 25
LINK_SHARE_MAX = 0.5
#: A block with at least this share of its text in links is a list of links.
LINK_LIST_SHARE_MIN = 0.8
#: With this share of its text in links, what the second opinion found is the site, not the article.
MENU_SHARE_MAX = 0.25
LINKS_MAX = 2_000
#: An element named like furniture that holds more paragraphs is no furniture ("comment" can be a column's name).
FURNITURE_PARAGRAPHS_MAX = 3
#: A form that says more than this holds the article, not a subscription box.
FORM_LETTERS_MAX = 400

_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "header"})
_FURNITURE_TAGS = frozenset({"figcaption", "header"})

#: What government and news content systems call the article's element.
_KNOWN = (
    "[itemprop~=articleBody]",
    ".TRS_Editor, .TRS_UEDITOR, .trs_editor_view, #UCAP-CONTENT, #zoom, #zoomcon, #ivs_content, #con_con, .ccontent",
    ".pages_content, .article-content, .article_content, .articleContent, .article-body, .article__body",
    ".entry-content, .post-content, .story-body, .zw-content, .news_content, .newsContent, #artibody",
    "#ArticleBody, #js_content",
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:share|social|related|recommend\w*|newsletter|subscri\w+|promo\w*|advert\w*|ads?|sponsor\w*"
    r"|breadcrumbs?|comments?|disqus|sidebar|toolbar|copyright|pagination|pager|tags?|byline|author-bio|cookie\w*"
    r"|consent|paywall|popup|modal|most-read|more-news|read-more|footer|menu|navbar|crumbs?|fenxiang|xgxw|dqwz)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, kw_only=True)
class Found:
    """The article's text, and its element; the element is None where only the second opinion found it."""

    text: str
    element: LexborNode | None


def find(tree: LexborHTMLParser, html: str, removed: Container[int] = ()) -> Found:
    """The article of a page; text "" if the page has none.

    `html`: what `tree` was parsed from. `removed`: `mem_id` of elements that are not of the article.
    """
    element = _known(tree) or _densest(tree)
    text = ""
    if element is not None:
        text = prose.render(element, skip=lambda node: node.mem_id in removed or is_furniture(node))
    if weight(text) >= SURE_LETTERS_MIN or len(html) > SECOND_OPINION_CHARACTERS_MAX:
        return Found(text=text, element=element)
    second = _without_menus(_second_opinion(html), tree)
    if weight(second) > SECOND_OPINION_GAIN_MIN * weight(text):
        return Found(text=second, element=None)
    if not text and tree.body is not None and tree.css_first("a, img, iframe, frame") is None:
        return Found(text=prose.render(tree.body), element=tree.body)  # without links there is no furniture
    return Found(text=text, element=element)


def _without_menus(text: str, tree: LexborHTMLParser) -> str:
    """`text` without lines that are nothing but a link; "" if no paragraph is left, or links make up much of it."""
    links = [prose.tidy(node.text()) for node in tree.css("a")[:LINKS_MAX]]
    names = set(links)
    lines = [line for line in text.split("\n") if line not in names]
    kept = "\n".join(lines)
    linked = sum(weight(link) for link in links if link in kept)
    paragraphs = any(weight(line) >= PARAGRAPH_LETTERS_MIN for line in lines)
    return kept if paragraphs and linked <= MENU_SHARE_MAX * weight(kept) else ""


def weight(text: str) -> int:
    """How much `text` says, in Latin letters."""
    return len(text) + (HAN_WEIGHT - 1) * len(_HAN.findall(text))


def is_furniture(node: LexborNode) -> bool:
    """True for what stands in an article's element without being of it: captions, share buttons, related links."""
    if node.tag == "form":  # some systems wrap the whole page in one
        return weight(node.text()) < FORM_LETTERS_MAX
    return node.tag in _FURNITURE_TAGS or _is_named_furniture(node) or _is_link_list(node)


def _is_named_furniture(node: LexborNode) -> bool:
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return len(names) > 1 and bool(_FURNITURE.search(names)) and len(node.css("p")) <= FURNITURE_PARAGRAPHS_MAX


def _is_link_list(node: LexborNode) -> bool:
    """True for "read more" and the like: all but a few letters are in links."""
    if node.tag not in ("ul", "ol", "div", "p", "section") or not (links := node.css("a")):
        return False
    return sum(len(link.text()) for link in links) > LINK_LIST_SHARE_MIN * len(" ".join(node.text().split()))


def _known(tree: LexborHTMLParser) -> LexborNode | None:
    for selector in _KNOWN:
        found = [(weight(node.text()), -i, node) for i, node in enumerate(tree.css(selector))]
        best = max(found, key=lambda item: item[:2], default=None)
        if best and best[0] >= 2 * PARAGRAPH_LETTERS_MIN:
            return best[2]
    return None


def _densest(tree: LexborHTMLParser) -> LexborNode | None:
    """The element that holds the most text in paragraphs and tables of its own, and half of what its children hold."""
    scores: dict[int, float] = {}
    elements: dict[int, LexborNode] = {}
    for holder, score in _paragraphs(tree):
        for share, element in ((1.0, holder), (0.5, holder.parent)):
            if element is not None and element.tag not in ("html", None):
                scores[element.mem_id] = scores.get(element.mem_id, 0.0) + score * share
                elements[element.mem_id] = element
    best = max(scores, key=lambda key: scores[key], default=None)
    return elements[best] if best is not None else None


def _paragraphs(tree: LexborHTMLParser) -> Iterator[tuple[LexborNode, float]]:
    """For each block of running text outside navigation: the element that holds it, and how much it says."""
    aside: dict[int, bool] = {}
    for node in tree.css("p, pre, blockquote, table, td, div, section, article"):
        whole = node.tag in ("p", "pre", "blockquote", "table")
        own = node.text(deep=whole)
        letters = weight(" ".join(own.split())) if len(own) >= PARAGRAPH_LETTERS_MIN / HAN_WEIGHT else 0
        if letters < PARAGRAPH_LETTERS_MIN or _is_aside(node, aside) or (node.tag == "table" and not is_data(node)):
            continue
        if sum(weight(link.text()) for link in node.css("a")) <= LINK_SHARE_MAX * letters:
            # A block that breaks its own lines is an article's element, one that does not is a paragraph.
            holder = node if not whole and node.css_first("br") is not None else node.parent
            if holder is not None:
                yield holder, 1 + letters / 100


def _is_aside(node: LexborNode, known: dict[int, bool]) -> bool:
    """True within navigation, a footer, or something hidden. `known`: what was found of elements before."""
    path: list[int] = []
    above: LexborNode | None = node
    found = False
    while above is not None and above.tag != "body":
        if (verdict := known.get(above.mem_id)) is not None:
            found = verdict
            break
        path.append(above.mem_id)
        if above.tag in _ASIDE_TAGS or prose.is_hidden(above) or _is_named_furniture(above):
            found = True
            break
        above = above.parent
    known.update(dict.fromkeys(path, found))
    return found


def _second_opinion(html: str) -> str:
    from trafilatura import bare_extraction  # 600 ms to import, needed for a page in five

    document = bare_extraction(html, fast=True, include_comments=False, with_metadata=False)
    body = getattr(document, "body", None)
    return "\n".join(_lines(body)) if body is not None else ""


def _lines(body: Any) -> Iterator[str]:
    """Trafilatura's tree, in our own form: a paragraph or an item a line, a row with tabs."""
    for element in body.iter("p", "head", "item", "row", "quote", "code"):
        if element.tag == "row":
            cells = [prose.tidy(" ".join(cell.itertext())) for cell in element.iter("cell")]
            yield "\t".join(cells)
        elif not any(above.tag in ("row", "p", "item", "quote") for above in element.iterancestors()):
            for line in "".join(_with_breaks(element)).split("\n"):
                if line := prose.tidy(line):
                    yield line


def _with_breaks(element: Any) -> Iterator[str]:
    for part in element.iter():
        if part is not element and part.tag in ("lb", "p", "item"):
            yield "\n"
        yield part.text or ""
        if part is not element:
            yield part.tail or ""
