"""What stands at the head of an article: its title, who wrote it, and the lines around."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.analyse import markup, prose
from streams.analyse.metadata import Metadata, plain
from tidings.layout import Layout
from tidings.records import Listed

TITLE_CHARACTERS_MAX = 500
ORIGIN_CHARACTERS_MAX = 60
#: The head is the first element around the title that holds this much more than the title.
HEAD_BESIDE_MIN = 20
HEAD_LEVELS_MAX = 5
HEAD_CHARACTERS_MAX = 1_500
TITLE_ELEMENTS_MAX = 100

_TITLE_ELEMENTS = "h1, h2, h3, [class*=title], [class*=Title], [id*=title]"

#: Between a title and the site's name: "Title - Site", "标题_栏目_网站".
_SUFFIX = re.compile(r"\s+[-–—|·»]\s+|\s*[|_]\s*|(?<=[\u4e00-\u9fff）”])\s*-{1,2}\s*(?=[\u4e00-\u9fff])")
_CUT = re.compile(r"\s*(?:…|\.\.\.)\s*$")
_ORIGIN = re.compile(
    r"(?:信息来源|文章来源|稿件来源|新闻来源|内容来源|来源|來源)\s*[:：]\s*(?P<zh>[^\s|【】（）()<>:：;；]{2,60})"
    r"|\b(?:Source|SOURCE)\s*:\s*(?P<en>[A-Z][^|\n<>:;]{1,60})"
)
_WIRE = re.compile(r"^SOURCE:?\s+(?P<en>[A-Z][^\n]{1,80})$", re.MULTILINE)
#: A label of the next field glued to a name ("新华社发布时间").
_NEXT_FIELD = re.compile(r"(?:发布|时间|日期|作者|编辑|责任|浏览|阅读|点击|字体|字号|分享|打印).*$")
#: "This site": says no more than the source itself.
_SELF = frozenset({"本站", "本网", "本网站", "本站原创", "原创", "本网原创", "本刊", "网站"})


def title(tree: LexborHTMLParser, metadata: Metadata, layout: Layout | None, listed: Listed | None) -> str:
    """The title, as one line of plain text; "" if nothing names one.

    By the source's selectors, the standard meta tag, Open Graph, JSON-LD, <h1>, <title> without the site's name, the
    list page; the list's where the page's is the same but cut.
    """
    of_list = plain(listed.title) if listed else ""
    found = next((text for text in map(plain, _titles(tree, metadata, layout)) if text), of_list)[:TITLE_CHARACTERS_MAX]
    stem = _CUT.sub("", found)
    return of_list if stem != found and len(of_list) > len(stem) and of_list.startswith(stem) else found


def origin(tree: LexborHTMLParser, metadata: Metadata, layout: Layout | None, head: str, body: str) -> str | None:
    """Who wrote it: the source's selectors, ContentSource, a line "来源：" or "Source:", JSON-LD; None if nobody says.

    "本站" (this site) is nobody.
    """
    for text in _origins(tree, metadata, layout, head, body):
        name = _NEXT_FIELD.sub("", plain(text)).strip(" :：-—|,，。.")[:ORIGIN_CHARACTERS_MAX]
        if name:
            return None if name in _SELF else name
    return None


def head(tree: LexborHTMLParser, title: str) -> str:
    """The text around the title: date, origin and author stand there. The page's first lines if no element holds it."""
    node = next((node for node in tree.css(_TITLE_ELEMENTS)[:TITLE_ELEMENTS_MAX] if _holds(node, title)), None)
    for _ in range(HEAD_LEVELS_MAX):
        if node is None or node.tag == "body":
            break
        text = prose.render(node, characters_max=HEAD_CHARACTERS_MAX)
        if len(text) > len(title) + HEAD_BESIDE_MIN:
            return text
        node = node.parent
    return prose.render(tree.body, characters_max=HEAD_CHARACTERS_MAX) if tree.body is not None else ""


def _holds(node: LexborNode, title: str) -> bool:
    return bool(title) and title in plain(node.text())


def _titles(tree: LexborHTMLParser, metadata: Metadata, layout: Layout | None) -> Iterator[str]:
    if layout and (hit := markup.first_text(tree, layout.title)):
        yield hit[0]
    site = metadata.first("sitename", "og:site_name")
    yield metadata.first("articletitle")
    yield _without(plain(metadata.first("og:title")), site)
    yield metadata.article_text("headline")
    whole = plain(node.text()) if (node := tree.css_first("title")) is not None else ""
    headings = [text for text in (plain(node.text()) for node in tree.css("h1")) if text and text != site]
    yield max((text for text in headings if text in whole), key=len, default=headings[0] if headings else "")
    yield _without_site(whole, site)


def _without_site(text: str, site: str) -> str:
    """`text` without the names of site and column behind it; a guess where the page does not name its site."""
    text = plain(text)
    if site:
        return _without(text, site)
    parts = [part for part in _SUFFIX.split(text) if part]
    return parts[0] if len(parts) > 1 and len(parts[0]) >= len(parts[-1]) else text


def _without(text: str, site: str) -> str:
    """`text` without the site's own name behind a mark; "… — and plans a US trial" is part of a title."""
    parts = _SUFFIX.split(text)
    return text[: text.rindex(site)].rstrip(" -–—|·»_") if site and len(parts) > 1 and parts[-1] == site else text


def _origins(tree: LexborHTMLParser, metadata: Metadata, layout: Layout | None, head: str, body: str) -> Iterator[str]:
    if layout and (hit := markup.first_text(tree, layout.origin)):
        labelled = _ORIGIN.search(hit[0])
        yield (labelled["zh"] or labelled["en"]) if labelled else hit[0]
    yield metadata.first("contentsource", "content-source", "source")
    for match in (_ORIGIN.search(head), _WIRE.search(body[-300:]), _ORIGIN.search(f"{body[:300]}\n{body[-300:]}")):
        if match:
            yield match.groupdict().get("zh") or match["en"]
    yield metadata.article_text("publisher")
