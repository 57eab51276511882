"""registration: a regulator granted, accepted, designated, renewed, refused, suspended or revoked; or a count of these.

Three finders: acts told in a sentence (acts), counts of acts in a sentence (counts), and rows of official tables and
numbered
lists, where the heading above says what was done (listed).
"""

import re
from collections.abc import Iterator
from itertools import chain

from msgspec.structs import replace

from streams.analyse.frames import Document, Frame
from streams.analyse.signals import registration_acts, registration_counts, registration_lists
from streams.analyse.signals.registration_details import SENTENCES_LATER_MAX, completed, details_of
from streams.analyse.signals.registration_examples import EXAMPLES
from streams.analyse.signals.registration_products import filed_in
from tidings.records import Registration

__all__ = ["EXAMPLES", "TRIGGERS", "find"]

#: A sentence without one of these tells of no decision; the finder never looks at it.
TRIGGERS = re.compile(
    r"\bapprov\w+|\bclear(?:s|ed|ance|ances)\b|\bauthori[sz]\w+|\bcertificat\w+|510\(k\)|\bCE mark\w*"
    r"|\bdesignat\w+|\bregist\w+|\brevok\w+|\bwithdr\w+|\bgreen light\b|\bgreenlit\b|innovati\w+ (?:approval|device"
    r"|status)"
    r"|pathway|De Novo|\bPMA\b|\bnod\b|\blicen[cs]\w+|\breject\w+|\brefus\w+|\bdenied\b|\baccept(?:s|ed)\b"
    r"|\brescind\w+|\bsuspend\w+"
    r"|批准|核准|准予|获批|获准|注册|认证|许可|三类证|受理|注销|吊销|撤销|特别审查|审批|使用清单|EUL|授权|绿色通道|突破性|拿证|准入|510\(k\)"
    r"|CE",
    re.IGNORECASE,
)


def find(document: Document) -> Iterator[Registration]:
    """Counts, acts, rows and list items of the body."""
    counts: list[Registration] = []
    acts: list[Registration] = []
    last, age = 0, 0  # where the acts of the sentence that last named a product begin; sentences since
    for frame in document.frames:
        age += 1
        if frame.is_row:
            continue
        if TRIGGERS.search(frame.text, frame.start, frame.end) or registration_counts.goes_on(frame):
            found = list(registration_counts.find(frame))
            counts += found
            told = list(registration_acts.find(frame)) if not found or filed_in(frame) else []
            if any(act.product for act in told):
                last, age = len(acts), 0
            acts += [_carried(frame, act, acts) for act in told]
        if 0 < age <= SENTENCES_LATER_MAX and len(acts) == last + 1 and (details := details_of(frame)):
            acts[last] = completed(acts[last], details)
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
