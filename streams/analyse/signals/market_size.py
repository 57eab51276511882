"""market_size: the size or growth of a market or of an industry's revenue."""

import re
from collections.abc import Iterator

from streams.analyse.cues import FORECAST, is_forecast, is_growth, is_start
from streams.analyse.frames import CARRIED_SENTENCES_MAX, Document, Frame, Head, Heads
from streams.analyse.quantities import Found
from streams.analyse.signals.market_size_examples import EXAMPLES
from tidings.records import MarketSize

__all__ = ["EXAMPLES", "HEADS", "TRIGGERS", "find"]

#: A sentence without one of these says nothing of a market; the finder never looks at it.
TRIGGERS = re.compile(
    r"\bmarkets?\b|\bindustry\b|\bsector\b|\bCAGR\b|compound annual|市场|行业|产业|复合增长|复合年增长", re.IGNORECASE
)

#: "other" takes a figure away from a market: a share of it, a price in it, what one firm earns in it.
HEADS = Heads(
    market=(
        r"market size|size of the market|total market value of|\bmarket\b(?! (?:shares?|leader\w*|cap\w*|access"
        r"|approval|position|value|entry|authori\w+|price|launch|research|intelligence|surveillance)\b)"
        r"|\bmarkets\b(?= (?:was|were|grew|rose|will|is|are|reached|totall?ed|worth)\b)"
        r"|(?:industry|sector)(?:'s)? (?:revenues?|sales|output|turnover)|revenues? (?:of"
        r"|from) the (?:\w+ ){0,3}(?:industry|sector)|\b(?:industry|sector)(?= (?:is|was) (?:worth|valued))"
        r"|\b(?:industry|sector) (?:had|has|earned|posted|generated|booked)(?: combined| total)? (?:revenues?|sales"
        r"|turnover)"
        r"|市场总?规模|市场容量|市场空间|(?:行业|产业)(?:总体|整体)?规模|市场(?:总额|价值|销售额|销售规模)|(?:行业"
        r"|产业)(?:主营业务|主营|营业)?(?:收入|营业额)|(?:行业|产业)总?产值"
        r"|市场(?!份额|占有率|化|监管|价格|均价|售价|主体|需求|营销|准入|部)"
    ),
    other=(
        r"market (?:share|leader|cap\w*|value|price)|\b(?:revenues?|sales|turnover)\b|profits?|margins?"
        r"|\bprices?\b|\bcosts?\b|invest\w+|funding|financing"
        r"|\bexports?\b|\bimports?\b|\bshipments\b|\bshares?\b|\bfine\b|\bloans?\b|\bstake\b|\bIPO\b|spending"
        r"|\bpatients?\b"
        r"|市场份额|市场占有率|市占率|占比|比重|份额|渗透率|国产化率|(?<!行业)(?<!产业)(?<!业务)营业?收入|营收"
        r"|净利润|利润|毛利率?|研发投入|投资额?|融资|募资|市值|出口|进口"
        r"|价格|均价|售价|报价|单价|销量|中标|罚款|订单"
    ),
)

CAGR = re.compile(
    r"\bCAGR\b|compound(?:ed)? annual|annual growth rate|(?:a year(?! earlier| ago| before)|annually|per year"
    r"|each year|annual growth)\b"
    r"|复合(?:年均?)?增长率?|年复合|年均(?:复合)?增[长速]|复合增速",
    re.IGNORECASE,
)
#: What ties money to a market: it reaches, is worth, is valued at. Without one of these it is some other money.
_IS_WORTH = re.compile(
    r"\b(?:reach\w*|hit\w*|total\w*|valu\w+|worth|exceed\w*|surpass\w*|st(?:ood|ands)|estimated|projected"
    r"|expected|forecast|grow\w*|rose|climb\w*|was|is|be|of|at|to|from|top\w*|amount\w*)\b"
    r"|达|为|约|突破|超|逾|近|至|从|由|到|有望|料|规模|越过|接近|是",
    re.IGNORECASE,
)


def find(document: Document) -> Iterator[MarketSize]:
    """Every market figure of the body; a market without a name of its own is the one last named."""
    segment, regions = _of_title(document)
    carried: Head | None = None
    for frame in document.frames:
        if frame.is_row or not (
            TRIGGERS.search(frame.text, frame.start, frame.end) or (carried and _SPEAKS_ON.match(frame.words))
        ):
            carried = None
            continue
        heads = HEADS.find(frame) or ([carried] if carried and _SPEAKS_ON.match(frame.words) else [])
        for market in heads:
            if market.family == "market" and market.start >= frame.start:
                segment, regions = _segment(frame, market) or segment, _regions(frame, market, market.start) or regions
        carried = next((h for h in reversed(heads) if h.family == "market"), None)
        for found in frame.quantities:
            head = frame.head_of(found, heads) or _behind(frame, found)
            if not (metric := _metric(frame, found, head)):
                continue
            named = _named(frame, found, head)
            segment = named or segment or _device_words(frame)
            regions = _regions(frame, head, found.start) or regions
            yield _signal(frame, found, head, metric, segment, regions, bool(named))


def _metric(frame: Frame, found: Found, head: Head | None) -> str | None:
    unit = found.quantity.unit
    if is_start(frame, found) or (head and (_is_of_a_firm(frame, head) or _is_in_market(frame, head))):
        return None
    if head is not None and head.family == "other":
        return (
            "cagr"
            if unit == "percent" and _GROWS.search(frame.text, frame.clause(found.start)[0], found.start)
            else None
        )
    start, end = frame.clause(found.start)
    if unit == "percent":
        if CAGR.search(frame.text, max(start, found.start - 50), min(end, found.end + 25)):
            return "cagr" if head or _near_market(frame) else None
        return "growth" if head and is_growth(frame, found) and not _share(frame, found) else None
    if (
        unit.isupper()
        and head
        and head.end <= found.start
        and (_IS_WORTH.search(frame.text, max(head.start, frame.start), found.start) or found.start - head.end <= 3)
    ):
        return "size"
    return "size" if unit.isupper() and head and head.start >= found.end else None


#: "Home dialysis machines are growing at a CAGR of": a market, though not called one.
_GROWS = re.compile(
    r"(?P<what>[a-z][\w/\- ]{3,60}?) (?:is|are|was|were|will|has been|have been)(?: \w+){0,3}? (?:grow\w*"
    r"|expand\w*) at an? (?:\w+ )?CAGR of\s?(?:about |around |over )?$",
    re.IGNORECASE,
)


def _is_of_a_firm(frame: Frame, head: Head) -> bool:
    """True for "its European market grew 24%": what a firm sells there, not the size of a market."""
    if head.start < frame.start or not frame.named("company", frame.start, head.start):
        return False
    return _segment(frame, head) is None and not re.search(
        r"according to|数据|统计|预测|据", frame.text[frame.start : head.start]
    )


def _is_in_market(frame: Frame, head: Head) -> bool:
    """True for "prices in the pump market fell", "shares on the market": what happens in a market, not its size."""
    start, _ = frame.clause(head.start)
    return head.family == "market" and bool(_IN_MARKET.search(frame.text, start, head.start))


_IN_MARKET = re.compile(
    r"\b(?:prices?|shares?|stocks?|competition|costs?|margins?|exports?|imports?|wages|leader|rank\w*"
    r"|position)\b(?: \w+){0,3}"
    r" (?:in|on|of|for|into)(?: [\w'-]+){0,6}\s?$",
    re.IGNORECASE,
)


def _behind(frame: Frame, found: Found) -> Head | None:
    """The market behind a rate that it is expected to grow by: "growth of 8% is forecast for the stent market"."""
    if found.quantity.unit != "percent":
        return None
    return next(
        (
            h
            for h in HEADS.find(frame)
            if h.family == "market" and _EXPECTED_FOR.fullmatch(frame.text, found.end, h.start)
        ),
        None,
    )


_EXPECTED_FOR = re.compile(
    r" (?:(?:is|was|are|were|has been) )?(?:expected|forecast|seen|projected|recorded|predicted"
    r"|likely)?(?: a year)? ?(?:in|for) (?:[\w'-]+ ){1,6}",
    re.IGNORECASE,
)


def _share(frame: Frame, found: Found) -> bool:
    """True if the figure is a part of the market, not its growth."""
    start, end = frame.clause(found.start)
    return bool(
        re.search(
            r"\bshare\b|\bof the (?:market|total)\b|account\w* for|represent\w*|占|份额",
            frame.text[start:end],
            re.IGNORECASE,
        )
    )


def _near_market(frame: Frame) -> bool:
    previous = frame.previous
    return (
        previous is not None
        and not frame.is_first_of_line
        and bool(TRIGGERS.search(previous.text, previous.start, previous.end))
    )


def _signal(
    frame: Frame,
    found: Found,
    head: Head | None,
    metric: str,
    segment: str | None,
    regions: tuple[str, ...],
    named: bool,
) -> MarketSize:
    period = _years(frame, found) if metric == "cagr" else frame.period_of(found, growth=metric == "growth")
    start = min(found.start, head.start) if head and head.start >= frame.start else found.start
    evidence = frame.evidence(start, max(found.end, head.end if head and head.start >= found.end else 0))
    return MarketSize(
        evidence=evidence,
        devices=frame.devices_in(evidence.start, evidence.end),
        regions=regions or (("CN",) if frame.document.about_china else ()),
        quantity=found.quantity,
        period=period,
        forecast=_forecast(frame, found, metric, period),
        confidence=_confidence(frame, head, segment, period, named),
        segment=segment,
        metric=metric,  # type: ignore[arg-type]
    )


def _forecast(frame: Frame, found: Found, metric: str, period: str | None) -> bool:
    """A compound rate looks ahead if its sentence does; what a market grows *from* does not."""
    if metric == "cagr":
        return is_forecast(frame, found.start, period) or bool(FORECAST.search(frame.text, frame.start, frame.end))
    if metric == "size" and _STARTING.search(frame.text, max(frame.start, found.start - 8), found.start):
        return False
    return is_forecast(frame, found.start, period)


_STARTING = re.compile(r"(?:\bfrom (?:about |some )?|[从由](?:约|的)?)$", re.IGNORECASE)
#: A sentence that speaks on of the market of the one before it.
_SPEAKS_ON = re.compile(
    r"(?:By (?:20\d\d|then), )?(?:it|this|that|the figure|that figure|this figure)\b|(?:到|预计)?(?:20\d\d年)?(?:这一"
    r"|该)(?:数字|规模)|(?:对应|期间|年均)",
    re.IGNORECASE,
)


def _confidence(frame: Frame, head: Head | None, segment: str | None, period: str | None, named: bool) -> float:
    if head is None or segment is None:
        return 0.6
    if head.start < frame.start:
        return 0.75
    if period is None:
        return 0.7
    return 0.9 if named else 0.8


def _years(frame: Frame, found: Found) -> str | None:
    """The span of a compound rate: an interval that stands there, else from the first to the last year of the
    sentence."""
    intervals = [w.value for w in frame.periods if "/" in w.value]
    if intervals:
        return intervals[-1]
    years = sorted({w.first_year for w in frame.periods})
    if len(years) > 1:
        return f"{years[0]}/{years[-1]}"
    return frame.period_of(found, growth=True)


# -- which market -----------------------------------------------------------------------------------------------------

_BEFORE_EN = re.compile(r"(?:[\w&'./+\-]+\s){1,9}$")
#: Words that a market's name does not run across, when read backwards from "market".
_EDGE_EN = re.compile(
    r"(?:.*\s|^)(?:the|a|an|of|for|that|this|which|its|their|our|to|by|on|from|with|as|says?|said|and the|where"
    r"|when|while|is|was|are|were|has|have|than|s|core|overall|whole|entire"
    r"|in(?! vitro))\s",
    re.IGNORECASE,
)
_AFTER_EN = re.compile(
    r"\s(?:for|in) ((?!20\d\d|China|the world|the (?:first|second|third|fourth|last|next|past|coming|country|region)"
    r"|Europe|Asia|this|that)"
    r"[A-Za-z][\w\- ]{3,50}?)(?=\s(?:in(?! vitro)|was|were|is|are|has|had|will|would|could|should|may|might|to|at|by"
    r"|which|that|and|from"
    r"|until|since|between|over|reach\w*|grew|grow\w*|stood|rose|hit|worth|shrank|fell|dropped|declined|contracted|expand\w*|climbed"
    r"|surged|jumped|totall?ed|amounted|exceed\w*|topped|approached|doubled|tripled|slid|valued)\b|[,.;(])"
)
_EDGE_ZH = re.compile(
    r".*(?:[，。；:、“”\"'《》\s]|\d年|\d月|期间|显示|预计|预测|认为|指出|统计|数据|报告|其中|而|使|令|推动|带动"
    r"|目前|当前|整个|整体|未来|届时|同期|对应"
    r"|的(?=[全国我中])|看|在|到|从|去年|今年|过去[一二三四五六七八九十]年)"
)
_REGION_WORDS = re.compile(
    r"^(?:(?:the|global|worldwide|world|international|overseas|domestic|Chinese|China's?|China|U\.?S\.?|American"
    r"|European|Europe's|local|national|total)\s+)+"
    r"|^(?:全球|世界|国际|海外|国内|中国|我国|全国|国产)+",
    re.IGNORECASE,
)


def _named(frame: Frame, found: Found, head: Head | None) -> str | None:
    grows = _GROWS.search(frame.text, frame.clause(found.start)[0], found.start)
    if grows and not (head and head.family == "market" and head.start >= grows.start()):
        return re.sub(r"^(?:and|while|the) ", "", grows["what"], flags=re.IGNORECASE)
    return _segment(frame, head) if head and head.start >= frame.start else None


def _device_words(frame: Frame) -> str | None:
    """The last device named in the line so far, else in the title, where no market was named at all."""
    where: Frame | None = frame
    for _ in range(CARRIED_SENTENCES_MAX):
        if where is None or (devices := where.named("device")):
            break
        where = None if where.is_first_of_line else where.previous
    if where is None:
        where = next((f for f in frame.document.titles if f.named("device")), None)
    devices = where.named("device") if where else []
    return where.text[devices[-1].start : devices[-1].end] if where and devices else None


def _segment(frame: Frame, head: Head) -> str | None:
    """The name of the market, without its region; None if the sentence gives none."""
    start = max(frame.start, head.start - 80)
    before = frame.text[start : head.start]
    if re.search(r"[\u4e00-\u9fff]", frame.text[head.start : head.end]):
        name = _EDGE_ZH.sub("", before)[-24:]
    else:
        after = _AFTER_EN.match(frame.text, head.end)
        if after and not any(n.kind == "region" and n.start == after.start(1) for n in frame.names):
            return re.sub(r"^(?:the|a|an) ", "", after[1])
        words = _BEFORE_EN.search(before)
        name = _EDGE_EN.sub("", words[0]) if words else ""
        name = re.sub(r"^.*(?:'s|')\s", "", name)
    if any(name.strip() == frame.text[n.start : n.end] for n in frame.named("region")):
        return None
    name = _REGION_WORDS.sub("", name.strip()).strip(" 的'")
    return name if _is_name(name) else None


def _is_name(name: str) -> bool:
    return len(name) >= 2 and not re.fullmatch(
        r"[\d\W]+|(?:in|and|core|three|two|new|this|that|annual|key|major|these|both|main|home|large|largest"
        r"|whole|entire|capital|stock)(?:\s\w+)?",
        name,
        re.IGNORECASE,
    )


def _regions(frame: Frame, head: Head | None, at: int) -> tuple[str, ...]:
    """The region named with the market: nearest before its head, else in the figure's clause."""
    if head and (before := frame.regions_in(max(frame.start, head.start - 60), head.start)):
        return before[-1:]
    start, end = frame.clause(at)
    return frame.regions_in(start, end)[:1]


def _of_title(document: Document) -> tuple[str | None, tuple[str, ...]]:
    for frame in document.titles:
        for head in HEADS.find(frame):
            if head.family == "market" and (name := _segment(frame, head)):
                return name, frame.regions_in(frame.start, head.start)[-1:]
    return None, ()
