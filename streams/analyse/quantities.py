"""Figures in running text, in base units and exact: money, percent, percentage points, and counts with what is counted.

A number alone is none: it needs a currency, a percent sign or a counted noun. So "1.5T", "64排", 第三类, 十四五,
years and registration numbers are left alone. The units are listed in docs/signals.md.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from streams.analyse.plain import plain
from streams.analyse.units import AFTER, BEFORE, COUNTED_BEFORE_ZH, COUNTED_EN, COUNTED_ZH, RATIO, TIMES
from tidings.records import Quantity

Approx = Literal["over", "under", "about"]


@dataclass(frozen=True, slots=True)
class Found:
    """A figure and where it stands: code points [start, end), approximation words left out."""

    quantity: Quantity
    start: int
    end: int


def parse(text: str) -> Quantity | None:
    """The first quantity in `text`, in base units; None if there is none.

    "RMB 2 billion" -> 2000000000 CNY; "over 60 countries" -> 60 countries, approx "over"; "四成" -> 40 percent.
    """
    found = find(text)
    return found[0].quantity if found else None


def find(text: str) -> list[Found]:
    """All quantities of `text` in order, in either language. A conversion in brackets is left out."""
    text = plain(text)
    found = [f for m in _FIGURE.finditer(text) for one in _parts(text, m) if (f := _figure(text, one))]
    found += [f for m in _WORDS.finditer(text) if (f := _in_words(text, m))]
    found += [f for m in _TENTHS.finditer(text) if (f := _tenths(text, m))]
    found.sort(key=lambda f: (f.start, -f.end))
    return [f for f in found if not _converted(text, f, found)]


# -- the grammar ------------------------------------------------------------------------------------------------------

#: No longer than any real figure: what is longer is a code.
_NUMBER = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?(?!\d)|\d{1,15}(?:\.\d{1,9})?(?!\d)"
_TIMES_RE = (
    r"\s?(?:thousand|million|billion|trillion|crore|lakh)\b|\s?(?:mn|bn|tn|m|b|k|M|B|K)(?![A-Za-z])|\s?(?:十万|百万"
    r"|千万|十亿|百亿|千亿|万亿|千|万|亿)"
)


def _any(words: dict[str, str]) -> str:
    return "|".join(
        re.escape(w) + (r"\b" if w[-1].isalpha() and w.isascii() else "") for w in sorted(words, key=len, reverse=True)
    )


_FIGURE = re.compile(
    rf"(?P<before>(?<![A-Za-z])(?:{'|'.join(map(re.escape, sorted(BEFORE, key=len, reverse=True)))}))?\s?"
    rf"(?P<minus>(?<![\d\w])[-−])?(?P<n>(?<![\w.])(?:{_NUMBER})"
    rf"|(?<=[\u3000-\u9fffＡ-￿A-Za-z$€£¥₩₹\-−])(?<![A-Za-z]\d)(?:{_NUMBER}))"
    rf"(?P<x>{_TIMES_RE})?(?P<more>多|余|\+)?(?P<x2>万|亿)?"
    rf"(?:(?P<unit1>%|元|美元|港元|欧元)?\s?(?P<link>-|–|—|~|至|到|to"
    rf"|and)\s?(?(before)(?P<before2>{'|'.join(map(re.escape, sorted(BEFORE, key=len, reverse=True)))})?\s?)"
    rf"(?P<n2>{_NUMBER})(?P<y>{_TIMES_RE})?)?"
    rf"(?P<after>\s?(?:{_any(RATIO)}|{_any(AFTER)}))?"
)


def _parts(text: str, m: re.Match[str]) -> list[re.Match[str]]:
    """The match itself, or what stands on either side of its "to" where that is no range: a change, or two figures."""
    if not m["n2"] or _is_range(text, m):
        return [m]
    second = m.start("before2") if m["before2"] else m.start("n2")
    sides = (_FIGURE.match(text, m.start(), m.start("link")), _FIGURE.match(text, second))
    return [side for side in sides if side]


def _is_range(text: str, m: re.Match[str]) -> bool:
    """ "3-4 billion", "between 3 and 4": rising, and not from the one to the other."""
    before = text[max(0, m.start() - 12) : m.start() + 1]
    if re.search(r"(?:\bfrom|[从由自])\s?(?:about |around |约)?.?$", before) or (
        m["link"] == "and" and "between" not in before
    ):
        return False
    return _decimal(m["n"], m["x"] or m["y"]) < _decimal(m["n2"], m["y"])


def _figure(text: str, m: re.Match[str]) -> Found | None:
    before, after = m["before"], (m["after"] or "").strip()
    start, end = m.start("before") if before else (m.start("minus") if m["minus"] else m.start("n")), m.end()
    if not _free(text, start, end, m):
        return None
    value = _decimal(m["n"], m["x"]) * TIMES[m["x2"] or ""]
    upper = _decimal(m["n2"], m["y"]) if m["n2"] else None
    if upper is not None:
        value, upper = _range(m, value, upper)
    unit = BEFORE.get(before or "") or AFTER.get(after) or RATIO.get(after)
    if unit and before and after in RATIO:
        unit = RATIO[after]
    if unit is None:
        return _counted(text, m, value, upper, start, end)
    if unit == "basis_points":
        value, unit = value / 100, "percentage_points"
    if m["minus"]:
        value = -value
    elif unit.startswith("percent") and _falls(text, start, end):
        value, upper = -value, -upper if upper is not None else None
    return Found(Quantity(value=exact(value), upper=upper, unit=unit, approx=_approx(text, start, end, m)), start, end)


def _decimal(digits: str, times: str | None) -> Decimal:
    return Decimal(digits.replace(",", "")) * TIMES[(times or "").strip()]


def exact(value: Decimal) -> Decimal:
    """The same number without needless zeros or exponents."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def _range(m: re.Match[str], low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """Both figures of a range; the first takes the multiplier of the second if it has none of its own."""
    return (low * TIMES[m["y"].strip()] if m["y"] and not m["x"] else low), exact(high)


def _free(text: str, start: int, end: int, m: re.Match[str]) -> bool:
    """False where the digits belong to a name, a number, an ordinal, a year or a date."""
    prior, rest = text[max(0, start - 1) : start], text[end : end + 2]
    if prior and prior in "第〔[#.,/":
        return prior in ".," and not text[max(0, start - 2) : start - 1].isdigit()
    if not m["before"] and prior and (prior.isascii() and prior.isalnum()):
        return False
    if rest[:1].isascii() and rest[:1].isalpha() and not (m["after"] or (m["x"] or "").strip()):
        return False
    return not (rest.startswith(("年", "月", "号", "排")) and not m["x"])


_RISE_FALL = re.compile(
    r"(?P<down>\bfell\b|\bfalls?\b|\bfallen\b|\bfalling\b|declin\w+|decreas\w+|\bdropp?\w*|\bdown\b|\bslid\b"
    r"|\bslump\w*|\bshrank\b|\bshr[iu]nk\w*|\bplung\w+|contract(?:ed|ing)\b|reduc\w+"
    r"|\bcut\b|下降|减少|下滑|降低|下跌|跌|缩水|萎缩|回落|减幅|降幅|同比降|环比降|负增长|年减)"
    r"|(?P<up>\brose\b|\brise\w*|\bgrew\b|\bgrow\w*|increas\w+|\bup\b|\bclimb\w+|\bsurg\w+|\bgain\w*|\bjump\w+"
    r"|\bshare\b|account\w+|增长|增加|上升|上涨|提高|提升|增幅|增速|年增|占|达|为|expand\w+|\bCAGR\b)"
)
_LOWER = re.compile(
    r"\s*(?:\w+ )?(?:lower|less|decline|decrease|drop|fall|reduction|fewer|below (?:the|a) year)\b|的?(?:降幅|跌幅"
    r"|下降)"
)


def _falls(text: str, start: int, end: int) -> bool:
    """True if the nearest verb of the clause before a ratio, or the word right after it, says that something fell."""
    if _LOWER.match(text, end):
        return True
    clause = re.split(r"[,，;；。:(]|\. |\bwhile\b|\bbut\b", text[max(0, start - 48) : start])[-1]
    verbs = list(_RISE_FALL.finditer(clause))
    return bool(verbs) and verbs[-1]["down"] is not None


_APPROX_BEFORE = re.compile(
    r"(?:(?P<over>over|more than|at least|exceed(?:s|ed|ing)?|above|upwards? of|surpass(?:es|ed|ing)?|north of"
    r"|超过?|逾|突破|高于|不低于|至少|越过|大于|超出)"
    r"|(?P<under>under|less than|below|up to|no more than|不足|不到|低于|最高|至多|不超过)"
    r"|(?P<about>about|around|approximately|approx\.|roughly|some|nearly|almost|close to|约|近|接近|大约|将近|大概))"
    r"\s?(?:a |一|为|达|人民币|到)?\s?$",
    re.IGNORECASE,
)
_APPROX_AFTER = re.compile(
    r"\s?(?:(?P<over>以上|多(?=[\u4e00-\u9fff])|余(?=[\u4e00-\u9fff])|or more|and above|\+)|(?P<under>以下|以内"
    r"|or less)"
    r"|(?P<about>左右|上下|or so))"
)


def _approx(text: str, start: int, end: int, m: re.Match[str] | None = None) -> Approx | None:
    if m is not None and "more" in m.re.groupindex and m["more"]:
        return "over"
    hit = _APPROX_BEFORE.search(text, max(0, start - 18), start) or _APPROX_AFTER.match(text, end)
    if not hit:
        return None
    return "over" if hit["over"] else "under" if hit["under"] else "about"


def _converted(text: str, found: Found, others: list[Found]) -> bool:
    """True for money in brackets right after money of another currency: "12 billion yuan (US$1.7 billion)"."""
    if not re.search(
        r"\((?:or |about |around |approximately |约合?|折合?约?|合)?\s*$", text[max(0, found.start - 14) : found.start]
    ):
        return False
    return any(
        0 <= found.start - o.end <= 14
        and o.quantity.unit != found.quantity.unit
        and o.quantity.unit.isupper()
        and found.quantity.unit.isupper()
        for o in others
    )


# -- counts -----------------------------------------------------------------------------------------------------------

_BETWEEN_EN = (
    r"(?:\s(?!the\b|of\b|in\b|to\b|and\b|or\b|for\b|were\b|was\b|are\b|is\b|per\b|from\b|by\b|at\b|on\b|with\b"
    r"|percent\b|years?\b|months?\b)[A-Za-z][\w/\-]*){0,4}?"
)
_NOUN_EN = re.compile(rf"{_BETWEEN_EN}\s(?P<noun>{_any(COUNTED_EN)})")


def _counted(text: str, m: re.Match[str], value: Decimal, upper: Decimal | None, start: int, end: int) -> Found | None:
    noun = _noun(text, start, end, value)
    if noun is None:
        return None
    unit, noun_end = noun
    approx = _approx(text, start, end, m)
    return Found(Quantity(value=exact(value), upper=upper, unit=unit, approx=approx), start, noun_end)


def _noun(text: str, start: int, end: int, value: Decimal) -> tuple[str, int] | None:
    """Unit of what is counted, and where its noun ends; None if nothing known is counted ("每两台" counts nothing)."""
    if text[start - 1 : start] == "每":
        return None
    if english := _NOUN_EN.match(text, end):
        if 1900 <= value <= 2100 and re.search(
            r"(?:\b[A-Z][a-z]{2,8}|\b[Ii]n|\b[Bb]y|\b[Ss]ince|\b[Ff]rom|\bto|\b[Oo]f|\b[Uu]ntil)\s$",
            text[max(0, start - 10) : start],
        ):
            return None
        return COUNTED_EN[english["noun"].lower()], english.end()
    for prior, counter, unit in COUNTED_BEFORE_ZH:
        hit = counter.match(text, end)
        if hit and prior.search(text, max(0, start - 14), start):
            return unit, hit.end()
    for pattern, unit in COUNTED_ZH:
        if hit := pattern.match(text, end):
            return unit, hit.end()
    return None


# -- numbers in words -------------------------------------------------------------------------------------------------

_DIGIT_EN = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty"
    "|sixty|seventy|eighty|ninety"
)
_WORDS = re.compile(
    rf"\b(?P<en>(?:{_DIGIT_EN})(?:[ -](?:{_DIGIT_EN}|hundred|thousand|and(?= (?:{_DIGIT_EN}))))*)\b"
    r"|(?P<zh>(?<![第十百千万亿一二三四五六七八九〇零两、])[一二三四五六七八九十两百千][一二三四五六七八九十百千万零两]*)(?=个|家|款|项|张|台|套|例|国)"
    r"|(?P<grew>\b(?:(?:more than |nearly |almost )?(?:doubled|tripled|trebled|quadrupled|halved)\b)"
    r"|翻了?(?P<fold>一|两|三)?番|增长了?(?P<more>\d+(?:\.\d+)?)倍)"
)
_GREW = {"doubled": 100, "tripled": 200, "trebled": 200, "quadrupled": 300, "halved": -50}
_FOLDS = {"一": 100, "两": 300, "三": 700, None: 100}


def _in_words(text: str, m: re.Match[str]) -> Found | None:
    start, end = m.span()
    if m["grew"]:
        return _grew(text, m)
    value = _spelled(m["en"], "en") if m["en"] else _spelled(m["zh"], "zh")
    if value is None or (m["en"] and re.match(r"\s?-", text[end:])):
        return None
    noun = _noun(text, start, end, value)
    # Chinese numerals are everyday words (一个, 三家): they count only what the contract counts.
    if noun is None or (m["zh"] and value < 2):
        return None
    return Found(Quantity(value=exact(value), unit=noun[0], approx=_approx(text, start, end)), start, noun[1])


def _grew(text: str, m: re.Match[str]) -> Found:
    if m["more"]:
        value = Decimal(m["more"]) * 100
    else:
        word = m["grew"].split()[-1]
        value = Decimal(_GREW[word]) if word in _GREW else Decimal(_FOLDS[m["fold"]])
    over = m["grew"].startswith("more than ")
    approx: Approx | None = (
        "over" if over else "about" if m["grew"].startswith(("nearly", "almost")) else _approx(text, m.start(), m.end())
    )
    return Found(Quantity(value=exact(value), unit="percent", approx=approx), m.start(), m.end())


def _spelled(words: str, language: str) -> Decimal | None:
    """The value of a number in words; None if they are none ("one hundred hundred")."""
    try:
        if language == "zh":
            import cn2an  # type: ignore[import-untyped]

            return Decimal(str(cn2an.cn2an(words if words[0] not in "百千" else "一" + words, "smart")))
        from text_to_num import text2num  # type: ignore[import-untyped]

        return Decimal(text2num(words.lower(), "en"))
    except ValueError:
        return None


_TENTHS = re.compile(r"(?P<n>[一二三四五六七八九两]|\d)成(?P<half>半)?(?![为立员熟功本都人长交型分份果效品绩像])")
_TENTH = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}


def _tenths(text: str, m: re.Match[str]) -> Found | None:
    """四成 is 40 percent."""
    if m.start() and text[m.start() - 1] in "第完组构达变形生合":
        return None
    tens = Decimal(int(m["n"]) if m["n"].isdigit() else _TENTH[m["n"]]) * 10 + (5 if m["half"] else 0)
    value = -tens if _falls(text, m.start(), m.end()) else tens
    return Found(Quantity(value=value, unit="percent", approx=_approx(text, m.start(), m.end())), m.start(), m.end())
