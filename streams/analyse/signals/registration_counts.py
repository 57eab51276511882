"""How many products, certificates or applications regulators decided on, and how that number grew."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from streams.analyse.cues import is_forecast, is_growth
from streams.analyse.frames import Frame, Head, Heads
from streams.analyse.quantities import Found
from streams.analyse.signals.registration_terms import Action, authority_of, class_in, pathway_in
from tidings.records import Registration

#: "items" are counted without a noun: what was counted before them in the same sentence or the last.
_COUNTED = ("products", "applications", "items")

#: Families are actions. "other" takes a figure away.
HEADS = Heads(
    other=(
        r"\b(?:clinical trials?|hospitals?|recall\w*|fines?|exports?|market|revenue|employees|countries"
        r"|launch\w*|tenders?)\b"
        r"|召回|抽检|检查|罚|集采|采购|中选|市场|营收|收入|出口|在研|上市公司|标准|专利|飞行检查|新品|推出"
    ),
    designated=(
        r"\bdesignated\b|innovative device status|breakthrough (?:device )?designations?"
        r"|进入(?:创新)?[^，。;]{0,16}(?:特别审查|审批|通道)|纳入[^，。;]{0,10}优先审批"
    ),
    accepted=r"\baccepted\b[^.;]{0,30}applications?|(?:共|已)?受理(?!号|点)",
    renewed=r"\brenew(?:ed|als?)\b|批准延续注册|延续注册获批|准予延续注册",
    revoked=r"\b(?:revoked|cancelled|canceled|withdrawn)\b|注销|吊销|撤销",
    refused=r"\b(?:refused|rejected)\b|不予注册",
    approved=(
        r"\bapproved\b|\bcleared\b|\bapprovals?\b|\bregistrations?\b|\bregistered\b|\bclearances?\b|\bauthori[sz]ed\b"
        r"|(?:共|已|累计|合计)?批准(?:注册|上市)?|获批(?:上市|准)?(?:数量)?|获准(?:注册|上市)|首次注册(?:数量)?"
        r"|注册证(?:数量)?|注册数量|三类证|优先审批|准予注册|获证|(?:取得|获得|获|拿到)[^，。;]{0,20}?(?:认证|注册"
        r"|许可|批准|证书|准入)"
    ),
)
_CARRIED = re.compile(r"^(?:其中|此外|同期|另|Of these|Of them|Only|\d|Among)|of these\b|of them\b|当中", re.IGNORECASE)
_NO_COUNT = re.compile(
    r"\b(?:at least two valid|per|each|every|if|must|should|would|will|plans?|aims?|could|(?-i:may)|might"
    r"|expect\w*|hopes?)\b|应当|必须|不得|计划|力争|目标|预计|每",
    re.IGNORECASE,
)


def find(frame: Frame) -> Iterator[Registration]:
    """Counts of decisions, one signal a number; a breakdown ("其中") carries on what was counted before it."""
    heads = HEADS.find(frame)
    for found in frame.quantities:
        head = (
            _accepted(frame, found, heads)
            or frame.head_of(found, heads)
            or _behind(frame, found, heads)
            or _carried(frame)
        )
        if head is None or head.family == "other" or _NO_COUNT.search(frame.text, *frame.clause(found.start)):
            continue
        if found.quantity.unit in _COUNTED or (found.quantity.unit == "percent" and _grows(frame, found, head)):
            counted = _counted_before(frame, found) if found.quantity.unit == "items" else found
            if counted:
                yield _signal(frame, counted, head)


def _counted_before(frame: Frame, found: Found) -> Found | None:
    """Give items without a noun the unit of the last products or applications counted before them."""
    earlier = [*(frame.previous.quantities if _carried(frame) and frame.previous else ()), *frame.quantities]
    units = [f.quantity.unit for f in earlier if f.quantity.unit in _COUNTED[:2] and (f.start < found.start)]
    return Found(replace(found.quantity, unit=units[-1]), found.start, found.end) if units else None


def goes_on(frame: Frame) -> bool:
    """True if the sentence breaks down what the one before it counted."""
    return _carried(frame) is not None


def _accepted(frame: Frame, found: Found, heads: list[Head]) -> Head | None:
    """Applications are accepted, whatever they ask for: 受理首次注册、延续注册申请合计…项."""
    if found.quantity.unit != "applications":
        return None
    return next((h for h in heads if h.family == "accepted" and h.end <= found.start), None)


def _behind(frame: Frame, found: Found, heads: list[Head]) -> Head | None:
    """A passive behind its number: "21 products were approved", 4个产品注册证予以注销."""
    _, end = frame.clause(found.start)
    return next(
        (h for h in heads if found.end - 14 <= h.start and h.end <= min(end, found.end + 30) and h.family != "other"),
        None,
    )


def _carried(frame: Frame) -> Head | None:
    previous = frame.previous
    if previous is None or frame.is_first_of_line or not _CARRIED.search(frame.words):
        return None
    return next((h for h in reversed(HEADS.find(previous)) if h.family != "other"), None)


def _grows(frame: Frame, found: Found, head: Head) -> bool:
    """True if the figure is the growth of a number of decisions."""
    before = frame.text[max(frame.start, head.start - 40) : found.start]
    number = re.search(
        r"\bnumber of\b|registrations|approvals|clearances|获批数量|注册数量|批准数量|数量|首次注册|获批|批准",
        before,
        re.IGNORECASE,
    )
    return bool(number) and is_growth(frame, found) and frame.start <= head.start < frame.end


def _signal(frame: Frame, found: Found, head: Head) -> Registration:
    here = frame.start <= head.start < frame.end
    authority, region, stated = authority_of(frame, found.start, found.end)
    start, end = frame.clause(found.start)
    before = [f.end for f in frame.quantities if start <= f.end <= found.start]
    words = frame.text[max([start, *before]) : end if len(before) == len(_in(frame, start, end)) - 1 else found.end]
    period = frame.period_of(found, growth=found.quantity.unit == "percent") or _now(frame)
    action: Action = head.family  # type: ignore[assignment]
    return Registration(
        companies=_companies(frame, found),
        evidence=frame.evidence(
            head.start if here and head.start < found.start else found.start, max(found.end, head.end if here else 0)
        ),
        devices=frame.devices_in(start, end),
        regions=(region,) if region else (),
        quantity=found.quantity,
        period=period,
        forecast=is_forecast(frame, found.start, period),
        confidence=_confidence(frame, found, authority, stated, here, period),
        authority=authority,
        action=action,
        device_class=class_in(words),
        pathway=pathway_in(words),
    )


def _in(frame: Frame, start: int, end: int) -> list[Found]:
    return [f for f in frame.quantities if start <= f.start < end]


_HOLDS = re.compile(r"取得|获得|拥有|持有|新增|\b(?:holds?|has|obtained|received|won)\b", re.IGNORECASE)


def _companies(frame: Frame, found: Found) -> tuple[str, ...]:
    """Whose decisions were counted: the companies named before the number; for what a firm holds, the one last
    named."""
    return frame.companies_of(found.start, carried=bool(_HOLDS.search(frame.text, *frame.clause(found.start))))


def _now(frame: Frame) -> str | None:
    """The day of publication, for an official sentence that does what it says: 现…予以注销."""
    published = frame.document.published
    return (
        published.isoformat()
        if published and re.match(r"[^。]{0,80}现(?:对|将|予以|决定)[^。]*予以", frame.words)
        else None
    )


def _is_breakdown(frame: Frame, found: Found) -> bool:
    """True if the sentence begins "其中", "of these" and the number is no larger than the one it is a part of."""
    before = frame.previous
    if before is None or not _PART_OF.match(frame.words):
        return False
    whole = [f.quantity.value for f in before.quantities if f.quantity.unit in (found.quantity.unit, "products")]
    return bool(whole) and found.quantity.value <= max(whole)


_PART_OF = re.compile(r"其中|Of (?:these|them|those|the total)\b|Among (?:these|them)\b", re.IGNORECASE)


def _confidence(
    frame: Frame, found: Found, authority: str | None, stated: bool, here: bool, period: str | None
) -> float:
    if authority is None:
        return 0.4
    if not here and not _is_breakdown(frame, found):
        return 0.65
    if period is None:
        return 0.6
    return 0.85 if stated or frame.document.about_china else 0.6
