"""What the words around a figure say of it: that it is expected, that something grew by it, that something grew from
it."""

import re

from streams.analyse.frames import DATED_BEHIND, Frame
from streams.analyse.quantities import Found

#: What speaks of the future, of a plan or of a condition.
FORECAST = re.compile(
    r"\b(?:expect\w*|project(?:ed|s|ion)|forecast\w*|will|would|anticipat\w*|predict\w*|estimated to|set to"
    r"|poised|likely|could|is to|are to|target\w*|by the end of the decade|going to|on track|outlook)\b"
    r"|预计|预测|预期|有望|将(?!其|军)|料(?=达|将)|望达|目标|力争|争取|可达",
    re.IGNORECASE,
)


def is_forecast(frame: Frame, at: int, period: str | None) -> bool:
    """True if the clause of `at` (or what leads up to it) looks ahead, or its time lies after the article's own."""
    published = frame.document.published
    last = [int(year) for year in re.findall(r"\d{4}(?=$|[-/])", period or "") if 1900 <= int(year) <= 2200][-1:]
    if published and last and last[0] != published.year:
        return last[0] > published.year
    clause = frame.clause(at)
    before = [c for c in frame.clauses if c[1] <= clause[0]]
    start = before[-1][0] if before and clause[1] - before[-1][0] < 60 else clause[0]
    return bool(FORECAST.search(frame.text, start, at) or _EXPECTED_BEHIND.match(frame.text, at, clause[1]))


_EXPECTED_BEHIND = re.compile(r"[^,;]{0,40}?\b(?:is|are) (?:expected|projected|forecast|estimated)\b", re.IGNORECASE)

GROWTH = re.compile(
    r"\b(?:grew|grow\w*|increas\w+|rose|rise\w*|up|climb\w*|surg\w+|gain\w*|jump\w*|expand\w*|fell|fall\w*"
    r"|declin\w*|decreas\w*|contract(?:s|ed|ing)\b|dropp?\w*|down|slid|shr[aiu]nk|higher|lower|more than (?:a year"
    r"|in|the year)|less than in|year-on-year"
    r"|yoy|doubled|tripled|halved|growth|went up|went down|less than a year)\b|增长|增加|上升|提升|增幅|增速|同比"
    r"|下降|减少|下滑|降低"
    r"|降幅|年增|年减|增了|减了|翻|多了|少了|上涨|扩大|收窄|环比|倍",
    re.IGNORECASE,
)


def is_growth(frame: Frame, found: Found) -> bool:
    """True if the figure's clause says that something grew or fell by it."""
    start, end = frame.clause(found.start)
    return bool(GROWTH.search(frame.text, max(start, found.start - 60), min(end, found.end + 40)))


def is_start(frame: Frame, found: Found) -> bool:
    """True for the undated figure that another one grew from: "from 30% to 35%". It says nothing of any time."""
    if not _FROM.search(frame.text, max(frame.start, found.start - 10), found.start):
        return False
    return not any(
        w.start >= found.end and DATED_BEHIND.fullmatch(frame.text, found.end, w.start) for w in frame.periods
    ) and not any(0 <= found.start - w.end <= 2 for w in frame.periods)


_FROM = re.compile(r"(?:\bfrom\s(?:about |around |some )?|[从由](?:约|的)?)$", re.IGNORECASE)
