"""export: goods, revenue or presence abroad."""

import re
from collections.abc import Iterator

from streams.analyse.cues import is_forecast, is_growth, is_start
from streams.analyse.frames import Document, Frame, Head, Heads
from streams.analyse.quantities import Found
from streams.analyse.signals.export_customs import customs
from streams.analyse.signals.export_examples import EXAMPLES
from tidings.records import Export

__all__ = ["EXAMPLES", "HEADS", "TRIGGERS", "find"]

#: A sentence without one of these says nothing of trade or of business abroad; the finder never looks at it.
TRIGGERS = re.compile(
    r"\bexport\w*|\bimport\w*|\bshipp?(?:ed|ing|ments?)\b|\btrade\b|overseas|international|foreign|abroad"
    r"|outside|other countries|\bcountries\b|\bcustomers in\b|\bsales of\b"
    r"|出口|进口|外贸|贸易|海外|境外|国外|国际|国家|顺差|逆差|销往|外销|出海|同期|其中",
    re.IGNORECASE,
)

#: What was imported, up to its value in money: 进口内窥镜2.1亿美元.
_GOODS_ZH = r"[^，。;\d]{0,14}\d[\d.,]*\s?(?:多|余)?[百千万亿]*(?:美元|元|欧元|人民币)"
_ABROAD_EN = r"(?:overseas|international|foreign|non-Chinese|non-domestic|export|ex-China)"
#: Families are the first half of the metric. "other" takes a figure away: what is earned at home, a profit, a price.
HEADS = Heads(
    overseas=(
        rf"{_ABROAD_EN}(?: (?:market|business|product))?(?:s|es)?(?: and \w+)? (?:sales|revenues?|income"
        rf"|turnover)(?: revenues?)?|{_ABROAD_EN} (?:business|operations)\b"
        rf"|{_ABROAD_EN} (?:markets?|customers)(?= (?:contribut|account|generat|made up|brought|deliver))"
        rf"|share of (?:its |the |their |group )?(?:revenues?|sales|turnover)[^,.;%\d]{{0,40}}?(?:abroad|overseas"
        rf"|outside (?:of )?[A-Z]\w+)"
        rf"|(?:sales|revenues?|turnover|income)(?: generated| earned)? (?:from )?(?:in "
        rf"|from )?"
        rf"(?:other countries|abroad|overseas(?: markets)?|international markets|foreign markets"
        rf"|outside (?:of )?(?:mainland )?China)|(?:external )?customers in (?:the )?(?!China|mainland)[A-Z]\w+"
        r"|(?:海外|境外|国外|国际|外销)(?:市场|地区|业务|销售|主营|主营业务)*(?:实现|贡献|取得)?的?(?:营业)?(?:收入"
        r"|营收|销售收入|销售额|业绩)|出口(?:销售)?(?:收入|营收)|(?:出口|外销|海外|境外|国际)(?:业务|销售)*(?=占比"
        r"|比重|比例)|(?:海外|境外|国际)客户"
    ),
    order=r"(?:overseas|export|foreign|international) orders?\b|(?:海外|境外|国际|国外|出口)订单",
    trade=(
        r"imports and exports|exports and imports|(?:two-way|bilateral|foreign|total) trade\b|(?:total |foreign "
        r"|two-way |bilateral )?trade (?:value|volume"
        r"|turnover)|进出口(?:贸易)?(?:总额|总值|额|值|规模)?|贸易总?额|外贸总?额"
    ),
    balance=r"trade (?:surplus|deficit)|(?:贸易)?(?:顺差|逆差)",
    other=(
        r"domestic(?: \w+)? (?:sales|revenue)|\b(?:net |gross |operating )?profits?\b|margins?|\bmarkets?\b"
        r"|market size|\bprices?\b|\bR&D\b|invest\w+|funding|tariffs?|\bduty\b|\bduties\b|total revenues?"
        r"|(?<!sales )\brevenues?\b|\bsales\b(?! of [\w ,&-]{3,60} to )"
        r"|procurement|\bfines?\b|\bdemand\b|\bexport(?:er|ing)\w*|export (?:controls?|licen[cs]\w+|ban\w*"
        r"|certificat\w+|tax rebate)|\bimported\b(?! \$|\s?[\d¥€]|[\w ,&-]{0,60}\bworth\b)|\bimporters?\b"
        r"|(?:国内|境内|内销)(?:销售|市场|业务|营业)*(?:收入|营收|销售额)|净利润|利润|毛利率?|研发|市场规模|市场"
        r"|投资额?|融资|募资|价格|单价|关税|税率|产值|产量|产能"
        rf"|进口(?!总?额|总?值|金额|货值|规模|了|约|\d|{_GOODS_ZH}|[^，。;\d]{{0,14}}同比)|(?<!海外)(?<!境外)营业?收入|营收|销售额"
        r"|出口(?:退税|管制|许可|企业|商会|商品|产品|国|商|监管|质量|禁令|市场)|订单|中标|采购"
    ),
    export=(
        r"\bexports?\b(?: value| volume)?|\bexported\b|overseas shipments|(?:Chinese |outbound )?shipments? of"
        r"|\bshipped\b|\bsales of [\w ,&-]{3,60}? to (?=[A-Z])"
        r"|出口(?:贸易)?(?:总?额|总?值|金额|货值|规模|总?量)?|外销"
    ),
    **{
        "import": (
            r"\bimports?\b(?: value| volume)?|\bimported\b|进口(?:总?额|总?值|金额|货值|规模)?(?=了|约|\d"
            r"|[^，。]{0,12})"
        )
    },
)

#: What says that a number of countries is a presence: sold in, exported to, covers.
_PRESENT = re.compile(
    r"\b(?:sold|sells?|available|present|presence|export\w*|covers?|covered|covering|distribut\w+|reach\w*"
    r"|operat\w+|serv\w+|used|in use|at work|active|treats?|implanted|found|install\w*|shipp?\w*|market(?:ed|s)"
    r"|customers|footprint|subsidiaries|offices|network"
    r"|enter(?:ed|s)|deliver\w*|supplie[sd])\b|出口|远销|销往|销售|覆盖|进入|业务|遍布|遍及|服务于?|分布|装机|应用于"
    r"|落地|布局|走进|触达|客户",
    re.IGNORECASE,
)
_NOT_PRESENT = re.compile(
    r"\b(?:members?|signed|signatories|participat\w+|attend\w*|delegat\w+|stud(?:y|ies)|trials?|patents?"
    r"|approv\w+|regist\w+|cleared|among|recall\w*|spread|virus|outbreak|warning|lack\w*)\b|参会|参展|参加|成员|签署|专利|临床|获批|注册|批准|认证|准入|与会",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\bshare\b|\bproportion\b|account\w* for|represent\w*|contribut\w+|\bmade up\b|per ?cent of (?:its |total "
    r"|the )|% of (?:its |total |the |all )|占|比重|份额",
    re.IGNORECASE,
)
#: 占总营收的51%: the whole that a share is of is not what has the share.
_OF_REVENUE = re.compile(
    r"占(?:公司|总|全部|其|整体|同期|集团|当期)*(?:主营业务|主营|营业|销售)?(?:总?收入|总?营收"
    r"|总?销售额)(?:总额)?(?:的|比重|比例|比|为|达|约|至|到|升至|提升|提高|增至|上升|已|近|超过?|\s)*$"
)
#: "62% of revenue outside China" is a share of all revenue; "62% of overseas sales" is a part of those, and none.
_PART_OF = re.compile(r"\sof\s(?:its\s|total\s|group\s|the\s)*(?:revenues?|sales|turnover|income)\s", re.IGNORECASE)
_CARRIED = re.compile(r"^(?:其中|同期|此外|含|Of (?:this|that|which)|That (?:is|was)|This (?:is|was))", re.IGNORECASE)
_THE_FIGURE = re.compile(
    r"\b(?:the|this|that) (?:figure|total) (?:was|is|stood|came|reached|rose|fell)\b|这一(?:数字|金额)", re.IGNORECASE
)
#: How many sentences later "the figure" still means the same one.
CARRIED_SENTENCES_MAX = 4


def find(document: Document) -> Iterator[Export]:
    """Figures of trade and of business abroad, sentence by sentence; then the rows of customs tables."""
    for frame in document.frames:
        if (
            frame.quantities
            and not frame.is_row
            and (_goes_on(frame) or TRIGGERS.search(frame.text, frame.start, frame.end))
        ):
            yield from _of_sentence(frame, HEADS.find(frame) or _carried(frame))
    yield from customs(document)


def _carried(frame: Frame) -> list[Head]:
    """The heads of the sentence that this one speaks on of; [] if it speaks on of none."""
    before: Frame | None = frame
    for _ in range(CARRIED_SENTENCES_MAX):
        if before is None or not (_goes_on(before) or _THE_FIGURE.search(frame.words)):
            return []
        before = before.previous
        if before is not None and (heads := [h for h in HEADS.find(before) if h.family != "other"]):
            return heads
    return []


def _goes_on(frame: Frame) -> bool:
    """True if the sentence speaks on of what one before it did: "the figure"; or the last one: "其中", a semicolon
    between them."""
    if _THE_FIGURE.search(frame.words):
        return True
    if frame.is_first_of_line or frame.previous is None:
        return False
    return bool(_CARRIED.search(frame.words)) or frame.previous.words.endswith(("；", ";"))


def _of_sentence(frame: Frame, heads: list[Head]) -> Iterator[Export]:
    for found in frame.quantities:
        if found.quantity.unit == "countries":
            if _is_presence(frame, found):
                yield _signal(frame, found, None, "countries")
            continue
        here = [h for h in heads if h.start >= frame.start]
        whole = _OF_REVENUE.search(frame.text, max(frame.start, found.start - 30), found.start)
        here = [h for h in here if not whole or h.end <= whole.start()]
        part = [
            h
            for h in here
            if h.family == "overseas" and _PART_OF.match(frame.text, found.end, h.end) and h.start - found.end < 20
        ]
        if part and found.quantity.unit == "percent":
            yield _signal(frame, found, part[0], "overseas_revenue_share")
            continue
        head = frame.head_of(found, here) if here else (heads[-1] if heads else None)
        if head and head.family != "other" and not is_start(frame, found) and (metric := _metric(frame, found, head)):
            yield _signal(frame, found, head, metric)


_MONEY = {"overseas": "overseas_revenue", "balance": "trade_balance", "order": "order"}


def _metric(frame: Frame, found: Found, head: Head) -> str | None:
    unit, family = found.quantity.unit, head.family
    if unit.isupper():
        return _MONEY.get(family, f"{family}_value")
    if unit == "units" and family == "export":
        return "shipment"
    if unit == "customers" and family == "overseas":
        return "customers"
    if not unit.startswith("percent"):
        return None
    if family == "order":
        return None
    if family == "overseas" and (_is_share(frame, found, head) or unit == "percentage_points"):
        return "overseas_revenue_share"
    if unit == "percent" and family != "balance" and is_growth(frame, found) and not _is_share(frame, found, head):
        return "overseas_revenue_growth" if family == "overseas" else f"{family}_growth"
    return None


def _is_share(frame: Frame, found: Found, head: Head) -> bool:
    start, end = frame.clause(found.start)
    first = min(max(head.end - 1, frame.start), start) if 0 <= found.start - head.end < 60 else start
    between = frame.text[max(first, head.end if first < start else first) : found.start]
    return bool(
        _SHARE.search(between)
        or re.match(
            r"\s?(?:of (?:its|total|the|all)|的(?:占比|比重|收入|营收))", frame.text[found.end : end + 1], re.IGNORECASE
        )
    )


def _is_presence(frame: Frame, found: Found) -> bool:
    """True if a company, its products or a country's goods are said to be in so many countries."""
    start, end = frame.clause(found.start)
    around = frame.text[max(frame.start, start - 40) : min(frame.end, end)]
    if found.quantity.value < 2 or _NOT_PRESENT.search(frame.text, start, end):
        return False
    return bool(_PRESENT.search(around))


def _signal(frame: Frame, found: Found, head: Head | None, metric: str) -> Export:
    growth = metric.endswith(("growth", "share"))
    period = frame.period_of(found, growth=growth, carried=metric not in ("countries", "overseas_revenue_share"))
    start = head.start if head and frame.start <= head.start < found.start else found.start
    companies = _companies(frame, start, metric)
    if metric == "countries" and companies:
        start = _subject(frame, found, companies)
    evidence = frame.evidence(start, max(found.end, head.end if head and head.start >= found.end else 0))
    forecast = is_forecast(frame, found.start, period)
    return Export(
        evidence=evidence,
        companies=companies,
        devices=frame.devices_in(evidence.start, evidence.end),
        regions=_regions(frame, found, metric, companies),
        quantity=found.quantity,
        period=period,
        forecast=forecast,
        confidence=_confidence(frame, head, metric, companies, period, forecast),
        metric=metric,
    )


def _companies(frame: Frame, at: int, metric: str) -> tuple[str, ...]:
    """Who sells abroad. A country's trade figures have no company unless one is named before them."""
    if metric.startswith(("overseas", "countries", "customers")):
        return frame.companies_of(at, carried=True)
    before = [
        n
        for n in frame.named("company", frame.start, at)
        if not re.search(r"according to|says?|said|数据|统计", frame.text[n.end : n.end + 8])
    ]
    return (before[-1].name,) if before else ()


def _subject(frame: Frame, found: Found, companies: tuple[str, ...]) -> int:
    """Where the company stands, if in the clause of the figure; else the figure."""
    start, _ = frame.clause(found.start)
    return next((n.start for n in frame.named("company", start, found.start) if n.name in companies), found.start)


def _regions(frame: Frame, found: Found, metric: str, companies: tuple[str, ...]) -> tuple[str, ...]:
    if metric == "countries":
        return ("GLOBAL",)
    _, end = frame.clause(found.start)
    named = [
        n for n in frame.named("region", frame.start, end) if not _OUTSIDE.search(frame.text, frame.start, n.start)
    ]
    here = tuple(dict.fromkeys(n.name for n in named))
    if here or companies:
        return tuple(r for r in here if r != "GLOBAL") or here
    return ("CN",) if frame.document.about_china else ()


_OUTSIDE = re.compile(r"\boutside (?:of )?(?:the |mainland )?$", re.IGNORECASE)


def _confidence(
    frame: Frame, head: Head | None, metric: str, companies: tuple[str, ...], period: str | None, forecast: bool
) -> float:
    if metric.startswith(("overseas", "customers")) and not companies:
        return 0.5
    if metric == "countries":
        return 0.85 if companies else 0.6
    if head is not None and not frame.start <= head.start < frame.end:
        return 0.7  # the head stands in an earlier sentence
    if period is None and not metric.startswith("overseas_revenue_share"):
        return 0.7
    return 0.8 if forecast else 0.9
