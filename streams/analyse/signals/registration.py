"""registration: a regulator granted, accepted, designated, renewed, refused, suspended or revoked; or a count of these.

Three finders: acts told in a sentence (acts), counts of acts in a sentence (counts), and rows of official tables and
numbered
lists, where the heading above says what was done (listed).
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from msgspec.structs import replace

from streams.analyse.frames import Document, Frame
from streams.analyse.signals import registration_acts, registration_counts, registration_lists
from streams.analyse.signals.registration_products import filed_in
from tidings.records import Registration

#: A sentence without one of these tells of no decision; the finder never looks at it.
TRIGGERS = re.compile(
    r"\bapprov\w+|\bclear(?:s|ed|ance|ances)\b|\bauthori[sz]\w+|\bcertificat\w+|510\(k\)|\bCE mark\w*"
    r"|\bdesignat\w+|\bregist\w+|\brevok\w+|\bwithdr\w+|\bgreen light\b|innovati\w+ (?:approval|device|status)"
    r"|pathway"
    r"|批准|获批|获准|注册|认证|许可|三类证|受理|注销|吊销|撤销|特别审查|审批|使用清单|EUL|授权|绿色通道|突破性|拿证|准入|510\(k\)"
    r"|CE",
    re.IGNORECASE,
)


def find(document: Document) -> Iterator[Registration]:
    """Counts, acts, rows and list items of the body."""
    counts: list[Registration] = []
    acts: list[Registration] = []
    for frame in document.frames:
        if frame.is_row or not (
            TRIGGERS.search(frame.text, frame.start, frame.end) or registration_counts.goes_on(frame)
        ):
            continue
        found = list(registration_counts.find(frame))
        counts += found
        if not found or filed_in(frame):
            acts += [_carried(frame, act, acts) for act in registration_acts.find(frame)]
    yield from counts
    yield from _once(acts)
    yield from chain(registration_lists.rows_of(document), registration_lists.items_of(document))


def _carried(frame: Frame, act: Registration, earlier: list[Registration]) -> Registration:
    """Give "该产品" and what follows it on the line the product and companies that an earlier act named."""
    line = frame.text[frame.text.rfind("\n", 0, frame.start) + 1 : frame.end]
    last = next((a for a in reversed(earlier) if a.product), None)
    if act.product or last is None or not _SAME.search(line):
        return act
    return replace(act, product=last.product, companies=act.companies or last.companies, confidence=0.7)


_SAME = re.compile(r"该(?:产品|器械|系统|设备|款|试剂)|\b(?:the|this) (?:product|device|system)\b", re.IGNORECASE)


def _once(acts: list[Registration]) -> Iterator[Registration]:
    """Leave out an act told again: the same product, or no product where the same was said of one.

    An act of which neither product nor company is known says nothing, unless it is a first.
    """
    told: dict[tuple[str, str | None, str | None], Registration] = {}
    named = {(act.action, act.authority) for act in acts if act.product}
    firsts = {(act.action, act.authority) for act in acts if act.product and act.first_of_kind}
    for act in acts:
        key = (act.action, act.authority, act.product)
        vague = act.product is None and (
            key[:2] in firsts if act.first_of_kind else key[:2] in named or not act.companies
        )
        if not vague and (key not in told or _says(act) > _says(told[key])):
            told[key] = act
    yield from told.values()


def _says(act: Registration) -> int:
    """How much an act tells; of two tellings of one act the fuller stays."""
    return sum(map(bool, (act.companies, act.period, act.first_of_kind, act.device_class)))


#: Own sentences, each with the signals that it must give; [] where nothing may be found. docs/signals.md shows them, a
#: test runs them.
EXAMPLES: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "On 3 March 2021 the FDA granted 510(k) clearance to Mindray for its TE Air handheld ultrasound system.",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Mindray",),
                "product": "TE Air handheld ultrasound system",
                "pathway": "510k",
                "period": "2021-03-03",
            }
        ],
    ),
    (
        "2024年5月6日，国家药监局批准了威高的“骨科导航定位系统”创新产品注册申请。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Weigao",),
                "product": "骨科导航定位系统",
                "pathway": "innovative",
                "period": "2024-05-06",
            }
        ],
    ),
    (
        "先健科技自主研发的左心耳封堵器系统于2022年3月获得CE认证。",
        [
            {
                "action": "approved",
                "authority": "CE",
                "companies": ("LifeTech Scientific",),
                "product": "左心耳封堵器系统",
                "period": "2022-03",
            }
        ],
    ),
    (
        "2023年4月，国家药监局共批准注册医疗器械产品156个，其中，境内第三类医疗器械产品101个。",
        [
            {"action": "approved", "authority": "NMPA", "quantity": "156 products", "period": "2023-04"},
            {
                "action": "approved",
                "authority": "NMPA",
                "quantity": "101 products",
                "period": "2023-04",
                "device_class": "III",
            },
        ],
    ),
    ("乐普医疗的冠脉支架尚未获得国家药监局批准。", []),
    ("Edwards expects FDA approval of its mitral valve next year.", []),
    ("申请人取得第三类医疗器械注册证后，方可上市销售。", []),
]
