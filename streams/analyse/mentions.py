"""Which companies, devices, authorities and regions a text names, and where.

Names of the lexicon are found by one automaton; of names that overlap, the first and longest wins, so that a company's
name
is never taken for the place or the product in it. A legal form ("Co., Ltd.", 有限公司) gives away companies that no
lexicon has.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import daachorse

from streams.analyse import spoken_names
from streams.analyse.plain import lowered, plain
from tidings.lexicon import Entry, Kind, Lexicon


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text: code points [start, end)."""

    kind: Kind
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Form:
    """One written form; without entries it is a guard: a longer word that only looks like a name."""

    text: str
    entries: tuple[Entry, ...]


class Finder(Protocol):
    """Finds all names in a text, in order. `context`: the rest of the article, which may tell what an ambiguous form
    means."""

    def __call__(self, text: str, context: str = "") -> list[Named]: ...


def finder(lexicon: Lexicon) -> Finder:
    """A function that finds all names in a text, in the order in which they stand. Building it takes a tenth of a
    second."""
    forms = _forms(lexicon)
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick([lowered(form.text) for form in forms])
    legal = _legal_names(lexicon.places)

    def find(text: str, context: str = "") -> list[Named]:
        even = plain(text)
        small = lowered(even)
        found = [
            (s, e, forms[i]) for s, e, i in automaton.find_overlapping(small) if _stands_alone(even, s, e, forms[i])
        ]
        found = _longest(found)
        near = small + lowered(plain(context))
        sure = {entry.name for _, _, form in found for entry in form.entries if form.text not in entry.ambiguous}
        known = [
            Named(entry.kind, entry.name, start, end)
            for start, end, form in found
            for entry in form.entries
            if form.text not in entry.ambiguous
            or entry.name in sure
            or any(lowered(plain(word)) in near for word in entry.near)
        ]
        return _with_legal_names(known, chain(legal(even), spoken_names.find(even, plain(context))), text)

    return find


def _forms(lexicon: Lexicon) -> list[_Form]:
    entries: dict[str, dict[str, Entry]] = {}
    for entry in lexicon.entries:
        for written in entry.written:
            entries.setdefault(plain(written), {})[entry.kind + entry.name] = entry
        for longer in entry.not_in:
            entries.setdefault(plain(longer), {})
    return [_Form(text, tuple(by_name.values())) for text, by_name in entries.items()]


def _stands_alone(text: str, start: int, end: int, form: _Form) -> bool:
    """Latin words must not be cut out of longer ones; short names in capitals must be in capitals (US is not us)."""
    if form.text.isupper() and len(form.text) <= 5 and form.text.isascii() and text[start:end] != form.text:
        return False
    if start and _latin(text[start]) and _latin(text[start - 1]):
        return False
    if end == len(text) or not (_latin(text[end - 1]) and _latin(text[end])):
        return True
    plural = re.compile(r"e?s(?![0-9A-Za-z])")
    return bool(plural.match(text, end)) and (not form.entries or form.entries[0].kind in ("device", "region"))


def _latin(character: str) -> bool:
    return character.isalnum() and not "\u3400" <= character <= "\u9fff"


def _longest(found: list[tuple[int, int, _Form]]) -> list[tuple[int, int, _Form]]:
    kept, reached = [], 0
    for start, end, form in sorted(found, key=lambda match: (match[0], -match[1])):
        if start >= reached:
            kept.append((start, end, form))
            reached = end
    return kept


# -- legal names ------------------------------------------------------------------------------------------------------

_FORM_ZH = r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|股份公司)|(?:工业|実業|株式)会社"
_NAME_ZH = re.compile(rf"[\u4e00-\u9fffA-Za-z0-9()·&]{{2,40}}?(?:{_FORM_ZH})")
#: Words before a name that a run of Chinese characters does not set apart. A single character that is also part of
#: common words and names (神经, 基因, 向阳, 泰和) cuts only outside them.
_BEFORE_ZH = re.compile(
    r"\([一二三四五六七八九十0-9]+\)|批准了?|根据|关于|以及|其中|子公司|控股|旗下|来自|名称|申请人|注册人|生产商"
    r"|代理人|供应商|采购人|代理机构|企业|单位|现?(?:予以)?(?:注销|撤销|吊销|暂停)了?|处罚|责令|约谈|受理了?|准予|同意|授予了?|给予"
    r"|收购了?|投资了?|携手|联合|委托|依法|通报|决定对"
    r"|公司(?=[\u4e00-\u9fff]{2})"
    r"|(?<!神)经(?!导管|皮|颅|鼻|络|纬|济|营|典)|(?<!数)据|向(?!阳|导|前|上)|(?<!基)因|(?<!华)(?<!创)为|按(?!摩)|如(?!皋|东|意|海|新)"
    r"|(?<![泰祥中康仁共融永义宏广同谦瑞])和(?!佳|美|瑞|泰|康|信|盛|众|润|源|平|顺|谐|合|创|心|光|正|铂|邦|元|利)"
    r"|使(?!命)|从(?!容)|于(?!洪)|及(?!时)|(?<!自)由|并(?!联)|对(?!外)|将(?!军)|获(?!得)|与(?!众)|[是给让的了在被称]"
)
_FORM_EN = (
    r"(?:Co\.,? ?(?:Ltd|Limited|Inc)\.?|Company Limited|Co\. LLC|Pty\.? Ltd\.?|Pte\.? Ltd\.?|Ltd\.?|Limited"
    r"|Inc\.?|Incorporated"
    r"|Corp\.?|Corporation|LLC|L\.L\.C\.|GmbH(?: & Co\. KG)?|AG|S\.?A\.?S?|S\.p\.A\.|S\.r\.l\.|plc|PLC|B\.V\."
    r"|N\.V\.|AB|A/S|AS|Oy|KK|Co\.)"
)
_NAME_EN = re.compile(
    rf"(?<![A-Za-z])(?:(?!(?:The|In|By|At|On|From|And|For|Of|But|While|When|After|January|February|March|April|May"
    rf"|June|July|August|September|October|November|December|Today)\b)[A-Z][\w&'.\-®™]*(?:,? (?:of |and |& )?"
    rf"|,? \([A-Z][\w ]+\),? ?)){{1,7}}?"
    rf"{_FORM_EN}(?![A-Za-z])"
)


def _legal_names(places: tuple[str, ...]) -> Callable[[str], Iterator[tuple[int, int]]]:
    place = re.compile("|".join(map(re.escape, places))) if places else None

    def find(text: str) -> Iterator[tuple[int, int]]:
        if "公司" in text or "会社" in text:
            yield from ((_begin(text, m.start(), m.end(), place), m.end()) for m in _NAME_ZH.finditer(text))
        yield from (match.span() for match in _NAME_EN.finditer(text))

    return find


def _begin(text: str, start: int, end: int, place: re.Pattern[str] | None) -> int:
    """Where the name in text[start:end] begins: at the last place that a word which cannot belong to it precedes, else
    after the last word
    that cannot belong to it (every one of those is also part of some name: 泰和, 神经)."""
    cuts = [start] + [
        m.end()
        for m in _BEFORE_ZH.finditer(text, start, end - 6)
        if text.count("(", m.end(), end) == text.count(")", m.end(), end)
    ]
    if place is None:
        return cuts[-1]
    return next((cut for cut in reversed(cuts) if place.match(text, cut)), cuts[-1])


def _with_legal_names(known: list[Named], legal: Iterator[tuple[int, int]], text: str) -> list[Named]:
    """Add companies by their legal form. A legal name around a known company's is that company (its group)."""
    names = known
    for start, end in legal:
        if end - start < 4 or "某" in text[start:end]:  # 某电子商务有限公司 keeps its name to itself
            continue
        inside = [n for n in names if n.kind == "company" and n.start < end and n.end > start]
        if inside and (inside[0].start < start or inside[0].end > end):
            continue
        name = inside[0].name if inside else " ".join(text[start:end].split()).rstrip(",")
        names = [n for n in names if n.end <= start or n.start >= end]
        names.append(Named("company", name, start, end))
    return sorted(names, key=lambda named: (named.start, named.end, named.kind, named.name))
