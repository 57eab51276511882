"""Which time a text speaks of, as ISO 8601 in the coarsest form that is true.

Day, month, half year, quarter, year, or an interval with both ends included ("2015/2023", "2015/.."). Relative words
(去年, "last year", "in May") are resolved against the article's date of publication; without one they are not found.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from streams.analyse.plain import plain


@dataclass(frozen=True, slots=True)
class When:
    """A time and where it stands: code points [start, end)."""

    value: str
    start: int
    end: int

    @property
    def first_year(self) -> int:
        """Year in which it begins."""
        return int(self.value[:4])

    @property
    def last_year(self) -> int:
        """Year in which it ends; an open interval's is the one in which it begins."""
        end = self.value.rpartition("/")[2]
        return int(end[:4]) if end[:1].isdigit() else self.first_year


def find(text: str, published: date | None) -> list[When]:
    """All times in `text` in order, in either language; of two that overlap, the first and longest.

    `published`: the date printed on the article; None leaves relative times out.
    """
    text = plain(text)
    found = []
    for match in _ANY.finditer(text):
        value = _READ[str(match.lastgroup)](match, published)
        if value:
            found.append(When(value, match.start(), match.end()))
    return found


# -- values -----------------------------------------------------------------------------------------------------------


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(year: int, month: int) -> str | None:
    return f"{year:04}-{month:02}" if 1 <= month <= 12 and 1900 <= year <= 2200 else None


def _months(year: int, first: int, last: int, last_year: int | None = None) -> str | None:
    start, end = _month(year, first), _month(last_year or year, last)
    return f"{start}/{end}" if start and end and start < end else None


def _years(first: int, last: int) -> str | None:
    if last < 100:
        last += first // 100 * 100
    return f"{first}/{last}" if 1900 <= first < last <= 2200 else None


def _latest(published: date, month: int) -> int:
    """The year of a month named without one: the last such month that has begun when the article appeared."""
    return published.year if month <= published.month else published.year - 1


# -- grammar ----------------------------------------------------------------------------------------------------------

_NUMERAL = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"首": 1, "两": 2}
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun"
    "|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\\.?"
)
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ORDINALS = "|".join(_ORDINAL)
_PLANS = {"十二五": "2011/2015", "十三五": "2016/2020", "十四五": "2021/2025", "十五五": "2026/2030"}
_PLANS_EN = {"12th": "2011/2015", "13th": "2016/2020", "14th": "2021/2025", "15th": "2026/2030"}
_YEAR_ZH = (
    r"(?:(?:19|20)\d\d(?:年(?!第?\d+号|\(?第\d)|(?=[-/.]\d\d?月))|去年|上年|今年|本年|前年|明年|民国\d{2,3}年"
    r"|(?<!\d)1[01]\d年(?=\d{1,2}月))"
)
_YEAR_EN = r"(?:19|20)\d\d"
_RELATIVE = {"去年": -1, "上年": -1, "今年": 0, "本年": 0, "前年": -2, "明年": 1, "last": -1, "this": 0, "next": 1}


def _year(text: str | None, published: date | None) -> int | None:
    """The year that `text` names; a year left out is that of publication."""
    if not text:
        return published.year if published else None
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits[0]) + (1911 if int(digits[0]) < 200 else 0)
    return published.year + _RELATIVE[text] if published else None


def _in_english(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.lower().rstrip(".")[:3]))


def _zh_day(m: re.Match[str], published: date | None) -> str | None:
    month, day = int(m["zd_m"]), int(m["zd_d"])
    year = _year(m["zd_y"], published)
    if year and published and not m["zd_y"] and date(year, min(month, 12), 1) > published + timedelta(days=31):
        year -= 1
    return _day(year, month, day) if year else None


def _zh_since(m: re.Match[str], published: date | None) -> str | None:
    year = _year(m["zs_y"], published)
    last = _year(m["zs_y2"], published) if m["zs_y2"] else year
    return _months(year, int(m["zs_m"]), int(m["zs_m2"] or 12), last) if year and last else None


def _zh_months(m: re.Match[str], published: date | None) -> str | None:
    year = _year(m["zr_y"], published)
    if year is None:
        return None
    if m["zr_first"]:
        count = _NUMERAL.get(m["zr_first"]) or int(m["zr_first"])
        return _months(year, 1, count)
    return _months(year, int(m["zr_a"]), int(m["zr_b"]))


def _zh_part(m: re.Match[str], published: date | None) -> str | None:
    year, part = _year(m["zp_y"], published), m["zp_part"]
    if year is None:
        return None
    if "半年" in part:
        return f"{year}-H{1 if '上' in part else 2}"
    if part.startswith("前"):
        return _months(year, 1, 3 * _NUMERAL.get(part[1], 3))
    figure = re.search(r"[一二三四首1-4]", part)
    return f"{year}-Q{_NUMERAL.get(figure[0]) or int(figure[0])}" if figure else None


def _zh_month(m: re.Match[str], published: date | None) -> str | None:
    month = int(m["zm_m"])
    year = _year(m["zm_y"], published)
    if year and published and not m["zm_y"] and 1 <= month <= 12:
        year = _latest(published, month)
    return _month(year, month) if year else None


def _zh_future(m: re.Match[str], published: date | None) -> str | None:
    """今后五年 said in 2024 is 2024/2028."""
    count = _NUMERAL.get(m["zf_n"]) or (int(m["zf_n"]) if m["zf_n"].isdigit() else 0)
    return _years(published.year, published.year + count - 1) if published and 2 <= count <= 30 else None


def _en_day(m: re.Match[str], published: date | None) -> str | None:
    month, day = _in_english(m["ed_m"] or m["ed_m2"]), int(m["ed_d"] or m["ed_d2"])
    year = int(m["ed_y"]) if m["ed_y"] else (_latest(published, month) if published else None)
    return _day(year, month, day) if year else None


def _en_months(m: re.Match[str], published: date | None) -> str | None:
    if m["er_n"]:
        words = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
        count = words.index(m["er_n"]) + 2 if m["er_n"] in words else int(m["er_n"]) if m["er_n"].isdigit() else 0
        year = int(m["er_ny"]) if m["er_ny"] else (published.year if published else None)
        return _months(year, 1, count) if year else None
    last = int(m["er_y"])
    first = int(m["er_y0"]) if m["er_y0"] else last
    return _months(first, _in_english(m["er_a"]), _in_english(m["er_b"]), last)


def _en_half(m: re.Match[str], published: date | None) -> str | None:
    number = (m["eh_o"] and _ORDINAL[m["eh_o"].lower()]) or int(m["eh_n"] or m["eh_n2"])
    text = m["eh_y"] or m["eh_y2"] or m["eh_y3"]
    year = (2000 + int(text) if len(text) == 2 else int(text)) if text else (published.year if published else None)
    return f"{year}-H{number}" if year and number in (1, 2) else None


def _en_quarter(m: re.Match[str], published: date | None) -> str | None:
    if m["eq_three"]:
        year = int(m["eq_ty"]) if m["eq_ty"] else (published.year if published else None)
        return _months(year, 1, 3 * ("one", "two", "three").index(m["eq_three"]) + 3) if year else None
    number = (m["eq_o"] and _ORDINAL[m["eq_o"].lower()]) or int(m["eq_n"])
    text = m["eq_y"]
    year = (2000 + int(text) if len(text) == 2 else int(text)) if text else (published.year if published else None)
    return f"{year}-Q{number}" if year and 1 <= number <= 4 else None


def _en_month(m: re.Match[str], published: date | None) -> str | None:
    month = _in_english(m["em_m"])
    if not m["em_y"] and not _AFTER_PREPOSITION.search(m.string, max(0, m.start() - 8), m.start()):
        return None  # "May" the verb, "March" the walk
    year = int(m["em_y"]) if m["em_y"] else (_latest(published, month) if published else None)
    return _month(year, month) if year else None


_AFTER_PREPOSITION = re.compile(r"\b(?:in|of|since|by|until|during|from|late|early|mid|last)[ -]$", re.IGNORECASE)


def _en_relative(m: re.Match[str], published: date | None) -> str | None:
    if published is None:
        return None
    word = m["el"].lower()
    if word in ("yesterday", "today"):
        return (published - timedelta(days=word == "yesterday")).isoformat()
    return str(published.year + _RELATIVE[word.split()[0]])


def _year_only(m: re.Match[str], published: date | None) -> str | None:
    year = _year(m["y"], published)
    return str(year) if year and 1900 <= year <= 2200 else None


_Read = Callable[[re.Match[str], date | None], str | None]
_DASH = r"\s?(?:-|–|—|~|至|到)\s?"


def _rules() -> Iterator[tuple[str, str, _Read]]:
    """(name, pattern, reading), longer forms first. The group of the rule's own name is its last, so lastgroup names
    it."""
    yield (
        "iso",
        r"(?<![\d./-])(?P<i_d>(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?![\d-])",
        lambda m, _: m["i_d"],
    )
    yield "zs", (
        rf"(?:自|从)?(?P<zs_y>{_YEAR_ZH})(?P<zs_m>\d{{1,2}})月份?{_DASH}(?:(?P<zs_y2>{_YEAR_ZH})(?P<zs_m2>\d{{1,2}})月(?![\d日])|当?年[底末])"
    ), _zh_since  # fmt: skip
    yield "zd", rf"(?P<zd_y>{_YEAR_ZH})?(?<![\d.])(?P<zd_m>\d{{1,2}})月(?P<zd_d>\d{{1,2}})日", _zh_day
    yield "zr", (
        rf"(?P<zr_y>{_YEAR_ZH})?(?:前(?P<zr_first>[\d两三四五六七八九十]{{1,2}})个?月"
        rf"|(?<!\d)(?P<zr_a>\d{{1,2}})月?份?{_DASH}(?P<zr_b>\d{{1,2}})月)"
    ), _zh_months  # fmt: skip
    yield (
        "zp",
        rf"(?P<zp_y>{_YEAR_ZH})?(?:度)?(?P<zp_part>[上下]半年|前[两三]季度?|第?[一二三四1-4]季度|首季|[一二三四]季报)",
        _zh_part,
    )
    yield "zm", rf"(?P<zm_y>{_YEAR_ZH})?(?<![\d.])(?P<zm_m>\d{{1,2}})月(?![\d日])", _zh_month
    yield (
        "zy",
        rf"(?:自|从)?(?P<zy_a>(?:19|20)\d\d)年?{_DASH}(?P<zy_b>(?:19|20)\d\d)年?(?!\d|月)",
        lambda m, _: _years(int(m["zy_a"]), int(m["zy_b"])),
    )
    yield "zplan", r"[“\"]?(?P<zplan_p>十[二三四五]五)[”\"]?(?:规划|时期|期间)?", lambda m, _: _PLANS[m["zplan_p"]]
    yield "zf", r"(?:未来|今后)(?P<zf_n>[两三四五六七八九十]|\d{1,2})年", _zh_future
    yield "eplan", r"(?P<eplan_p>1[2-5]th) Five-Year Plan", lambda m, _: _PLANS_EN[m["eplan_p"]]
    yield (
        "ed",
        rf"\b(?:(?P<ed_m>{_MONTH})\s(?P<ed_d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%])|(?P<ed_d2>\d{{1,2}})(?:st|nd|rd"
        rf"|th)?\s(?P<ed_m2>{_MONTH}))(?:,?\s(?P<ed_y>{_YEAR_EN}))?",
        _en_day,
    )
    yield "er", (
        rf"\b(?:(?:from\s)?(?:between\s(?=.{{3,25}}\sand\s))?(?P<er_a>{_MONTH})(?:\s(?P<er_y0>{_YEAR_EN}))?(?:\s?[-–—]\s?|\sto\s|(?<=.)\sand\s(?={_MONTH}\s{_YEAR_EN})|\sthrough\s)(?P<er_b>{_MONTH})\s(?P<er_y>{_YEAR_EN})"
        rf"|first (?P<er_n>two|three|four|five|six|seven|eight|nine|ten|eleven"
        rf"|\d{{1,2}}) months(?: of (?P<er_ny>{_YEAR_EN}))?)"
    ), _en_months  # fmt: skip
    yield (
        "eh",
        rf"\b(?:(?P<eh_o>[Ff]irst|[Ss]econd)[ -]half(?: of)?(?: (?P<eh_y>{_YEAR_EN}))?"
        rf"|H(?P<eh_n>[12])(?: (?P<eh_y2>{_YEAR_EN}))|(?P<eh_n2>[12])H(?P<eh_y3>(?:20)?\d\d))\b",
        _en_half,
    )
    yield "eq", (
        rf"\b(?:first (?P<eq_three>two|three) quarters(?: of (?P<eq_ty>{_YEAR_EN}))?|(?:Q(?P<eq_n>[1-4])"
        rf"|(?P<eq_o>(?i:{_ORDINALS}))[ -]quarter)(?:(?: of| in)?(?: fiscal)? ?(?P<eq_y>{_YEAR_EN}))?)\b"
    ), _en_quarter  # fmt: skip
    yield "ey", (
        rf"\b(?:(?:from|between|during)\s)?(?P<ey_a>{_YEAR_EN})(?:\s?[-–—]\s?|\sto\s|\sand\s"
        rf"|\sthrough\s)(?P<ey_b>{_YEAR_EN}|\d\d(?![\d%,.]\d|\s?%|\s(?:percent|million|billion|per)))\b"
    ), lambda m, _: _years(int(m["ey_a"]), int(m["ey_b"]))  # fmt: skip
    yield "zsince", r"(?:自|从)?(?P<zsince_y>(?:19|20)\d\d)年(?:以来|起)", lambda m, _: f"{m['zsince_y']}/.."
    yield "esince", rf"\b[Ss]ince (?P<esince_y>{_YEAR_EN})\b", lambda m, _: f"{m['esince_y']}/.."
    yield (
        "efy",
        rf"\b(?:FY ?|fiscal(?: year)? |year ended (?:{_MONTH} \d{{1,2}},? "
        rf"|\d{{1,2}} {_MONTH},? ))(?P<efy_y>{_YEAR_EN})\b",
        lambda m, _: m["efy_y"],
    )
    yield "em", rf"\b(?P<em_m>{_MONTH})(?:,?\s(?P<em_y>{_YEAR_EN}))?(?![\w'])", _en_month
    yield "erel", r"\b(?P<el>[Ll]ast year|[Tt]his year|[Nn]ext year|[Yy]esterday|[Tt]oday)\b(?!'s)", _en_relative
    yield (
        "year",
        rf"(?P<y>{_YEAR_ZH}|(?<![\w.,/$#-]){_YEAR_EN}(?=E?\b|[\u4e00-\u9fff])(?!年)(?!\.\d|[,]\d{{3}}|/\d))",
        _year_only,
    )


_RULES = tuple(_rules())
#: Where a time can begin at all: a third of the work of looking for one.
_BEGINS = (
    r"(?:(?=[\d自从去上下今本前明民第首一二三四十“\"未])"
    r"|(?<![A-Za-z])(?=[Ff]i|[Ff]r|[Bb]e|[Dd]u|[Ss]e|[Ss]i|[Tt]h|[Tt]o|[Ll]a|[Nn]e|[Yy]e|H[12]|Q[1-4]|FY"
    r"|[JFMASOND][aepuco]))"
)
_ANY = re.compile(_BEGINS + "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in _RULES) + ")")
_READ: dict[str, _Read] = {name: read for name, _, read in _RULES}
