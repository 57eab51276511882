"""HTML as a tree, within limits: what a page can cost is bounded before it is parsed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from tidings.errors import ConfigError, PageError

#: Elements inside one another. The parser's time grows with the square of it; browsers stop at 512.
NESTING_MAX = 3_000
#: Elements that the parser would make up again for unclosed <b>, <font>, ... in every later block.
REOPENED_MAX = 500_000
#: Attributes of one element; the parser compares each with each.
ATTRIBUTES_MAX = 10_000
#: A page with fewer tags and bytes than these cannot pass the limits above by much, and is not looked at.
UNCHECKED_TAGS_MAX = 3_000
UNCHECKED_BYTES_MAX = 128_000

#: A tag as the HTML standard reads it (13.2.5.6 ff.): a ">" in a quoted value does not end it. Nothing backtracks.
_TAG = re.compile(
    r"<!--.*?(?:--!?>|\Z)|<(/?)([a-zA-Z][^\s/>]*+)"
    r"((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>\"'][^\s>]*+)?+)?+)*+)>?",
    re.DOTALL,
)
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"}
)
#: Closed by their own kind: a list of a thousand unclosed <li> nests nothing.
_SELF_CLOSING = frozenset(
    {"p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "html", "body", "head"}
)
_REOPENED = frozenset({"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})


def parse(html: str, subject: str) -> LexborHTMLParser:
    """The tree of `html`. Raises PageError, naming `subject`, for one too deep or too large for bounded time."""
    tags = html.count("<")
    if tags > UNCHECKED_TAGS_MAX or len(html) > UNCHECKED_BYTES_MAX:
        _check(html, subject)
    return LexborHTMLParser(html)


def first_text(tree: LexborHTMLParser, selectors: Sequence[str]) -> tuple[str, LexborNode] | None:
    """What the first of `selectors` that finds something finds, and where. None if none does."""
    for selector in selectors:
        css, attribute = _parts(selector)
        for node in select(tree, css):
            value = node.attributes.get(attribute) if attribute else node.text()
            if value and value.strip():
                return value.strip(), node
    return None


def first_node(tree: LexborHTMLParser, selectors: Sequence[str]) -> LexborNode | None:
    """The element with the most text among those that the first fruitful selector finds: a look-alike box is short."""
    for selector in selectors:
        found = [(len(node.text().strip()), -i, node) for i, node in enumerate(select(tree, _parts(selector)[0]))]
        best = max(found, key=lambda item: item[:2], default=None)
        if best and best[0]:
            return best[2]
    return None


def select(tree: LexborHTMLParser, css: str) -> list[LexborNode]:
    """Elements that `css` matches, in document order. Raises ConfigError for a selector that is no CSS."""
    try:
        return tree.css(css)
    except SelectolaxError as error:
        raise ConfigError(
            f'selector "{css}" is not CSS; want one such as "div.content" or "meta[name=x]/@content"'
        ) from error


def _parts(selector: str) -> tuple[str, str | None]:
    css, _, attribute = selector.partition("/@")
    return css, attribute or None


def _check(html: str, subject: str) -> None:
    """Follow the tags as the parser would, roughly and in linear time."""
    open_now: Counter[str] = Counter()
    nested = reopening = reopened = 0
    for closes, name, attributes in _tags(html):
        if name in _VOID or name in _SELF_CLOSING:
            reopened += reopening
        elif not closes:
            open_now[name] += 1
            nested += 1
            reopened += reopening
            reopening += name in _REOPENED
        elif open_now[name]:
            open_now[name] -= 1
            nested -= 1
            reopening -= name in _REOPENED
        if nested > NESTING_MAX:
            raise PageError(
                f"{subject}: more than {NESTING_MAX} elements stand inside one another; no reader shows that"
            )
        if reopened > REOPENED_MAX:
            raise PageError(f"{subject}: unclosed elements would be repeated more than {REOPENED_MAX} times")
        if attributes > ATTRIBUTES_MAX:
            raise PageError(f"{subject}: an element has more than {ATTRIBUTES_MAX} attributes")


def _tags(html: str) -> Iterator[tuple[bool, str, int]]:
    """(closing, name, about how many attributes) of each tag; what stands in scripts and styles is none."""
    at = 0
    while match := _TAG.search(html, at):
        at = max(match.end(), at + 1)
        if match[2] is None:
            continue
        name = match[2].lower()
        yield bool(match[1]), name, len(match[3].split()) if len(match[3]) > ATTRIBUTES_MAX else 0
        if name in _RAW and not match[1]:
            end = re.compile(rf"</{name}\b", re.IGNORECASE).search(html, at)
            at = end.start() if end else len(html)
