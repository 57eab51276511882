"""What a page says of itself for machines: meta tags and JSON-LD. Claims of a stranger: text, never markup."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from streams.analyse import prose

JSON_LD_BLOCKS_MAX = 50
JSON_LD_OBJECTS_MAX = 2_000
VALUE_CHARACTERS_MAX = 2_000
#: Text that was escaped more often than this stays as it is.
UNESCAPES_MAX = 3

_ARTICLE = re.compile(r"Article|BlogPosting|Report|PressRelease|LiveBlog")
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What was found; names of meta tags in lower case, the first of a name wins."""

    meta: dict[str, str]
    #: The JSON-LD object that describes the article; {} if there is none.
    article: dict[str, Any]

    def first(self, *names: str) -> str:
        """The value of the first of these meta tags that has one; "" if none has."""
        return next((value for name in names if (value := self.meta.get(name))), "")

    def article_text(self, name: str) -> str:
        """A text of the JSON-LD article, or the name of the thing that stands there; "" if there is none."""
        value = self.article.get(name)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        return value[:VALUE_CHARACTERS_MAX] if isinstance(value, str) else ""


def read(tree: LexborHTMLParser) -> Metadata:
    """The metadata of a page. A JSON-LD block that is broken is passed over, the others count."""
    meta: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        if value := (attributes.get("content") or "").strip()[:VALUE_CHARACTERS_MAX]:
            meta.setdefault(name.strip().lower(), value)
    objects = list(_objects(tree))
    typed = (thing for thing in objects if _ARTICLE.search(str(thing.get("@type"))))
    return Metadata(meta=meta, article=next(typed, next((o for o in objects if "datePublished" in o), {})))


def plain(text: str) -> str:
    """`text` from a title or an attribute as words on one line: entities unescaped, however often, and tags gone."""
    for _ in range(UNESCAPES_MAX):
        before, text = text, _MARKUP.sub("", html.unescape(text))
        if before == text:
            break
    return prose.tidy(text)


def _objects(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Every object of every JSON-LD block, outer ones first."""
    waiting: list[Any] = []
    for node in tree.css('script[type="application/ld+json"]')[:JSON_LD_BLOCKS_MAX]:
        try:
            waiting.append(json.loads(node.text(), strict=False))
        except (ValueError, RecursionError):
            continue
    for _ in range(JSON_LD_OBJECTS_MAX):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, dict):
            yield thing
            waiting.extend(thing.values())
        elif isinstance(thing, list):
            waiting.extend(thing)
