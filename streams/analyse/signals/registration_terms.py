"""What a text says of a decision beside the act: who decided, which class, by which way, whether it was a first."""

import re
from dataclasses import dataclass
from typing import Literal

from streams.analyse import identifiers
from streams.analyse.frames import Frame
from streams.analyse.mentions import Named
from tidings.lexicon import Entry

Action = Literal["approved", "accepted", "designated", "renewed", "refused", "suspended", "revoked"]
DeviceClass = Literal["I", "II", "III"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Products and companies of an act."""

    #: One for each product named; () if none is.
    products: tuple[str, ...]
    companies: tuple[str, ...]


def authority_of(frame: Frame, start: int, end: int) -> tuple[str | None, str | None, bool]:
    """(authority, its region, whether the sentence states it) of an act at [start, end).

    Where a sentence about China names none, it is the NMPA: no one else grants a Chinese 注册证 of class III.
    """
    regulators = [n for n in frame.named("authority") if _regulates(frame, n)]
    here = frame.clause(start)
    same = [n for n in regulators if here[0] <= n.start < here[1]]
    inside = same or [n for n in regulators if n.start >= start - 40 and n.end <= end + 60] or regulators
    if inside:
        entry = frame.document.authorities[min(inside, key=lambda n: distance(n, start, end)).name]
        return entry.name, entry.region, True
    number = next((n.value for n in frame.numbers if n.kind == "registration"), "")
    prefix = identifiers.authority_prefix(number) if number else None
    if (
        of_title := {n.name for f in frame.document.titles for n in f.named("authority") if _regulates(frame, n)}
    ) and len(of_title) == 1:
        entry = frame.document.authorities[of_title.pop()]
        return entry.name, entry.region, True
    if prefix and (issuer := frame.document.lexicon.authorities_by_prefix.get(prefix)):
        return issuer.name, issuer.region, True
    regions = frame.regions_in(*frame.clause(start))
    said = _REGULATOR.search(frame.text, *frame.clause(start))
    if said and not regions and (spoken_of := _spoken_of(frame)):
        return spoken_of.name, spoken_of.region, True
    if regions and "CN" not in regions:
        return _REGULATOR_OF.get(regions[0]), "EU" if regions[0] == "EUROPE" else regions[0], bool(said)
    if frame.document.chinese or frame.document.about_china or "CN" in regions:
        return (
            "NMPA",
            "CN",
            bool(
                said
                or re.search(
                    r"注册证|三类证|第三类|Ⅲ类|III类|特别审查|创新医疗器械|绿色通道|优先审批|(?:获批|批准|获准)上市|在(?:中国|华|国内|我国|境内)[^，。]{0,6}获批",
                    frame.words,
                )
            ),
        )
    return None, None, False


#: How many sentences back "the agency" may have been named.
CARRIED_SENTENCES_MAX = 4
#: A regulator that the sentence does not name; with a country, it is that country's.
_REGULATOR = re.compile(
    r"\b(?:regulators?|watchdog|health (?:ministry|authorit(?:y|ies))|the (?:agency|administration|authority))\b"
    r"|药监部门|药品监管(?:部门|机构)|监管机构|该局|该机构",
    re.IGNORECASE,
)
#: Whose approval a device needs where; docs/signals.md gives the names.
_REGULATOR_OF = {
    "AU": "TGA",
    "BR": "ANVISA",
    "CA": "Health Canada",
    "CH": "Swissmedic",
    "CN": "NMPA",
    "EU": "CE",
    "EUROPE": "CE",
    "GB": "MHRA",
    "IN": "CDSCO",
    "JP": "PMDA",
    "KR": "MFDS",
    "MX": "COFEPRIS",
    "SA": "SFDA (Saudi Arabia)",
    "SG": "HSA",
    "TW": "TFDA",
    "US": "FDA",
}


def _spoken_of(frame: Frame) -> Entry | None:
    """The regulator last named in the sentences before: what "the agency" stands for."""
    before = frame.previous
    for _ in range(CARRIED_SENTENCES_MAX):
        if before is None:
            return None
        if named := [n for n in before.named("authority") if _regulates(before, n)]:
            return frame.document.authorities[named[-1].name]
        before = before.previous
    return None


_NO_REGULATORS = {
    "NHSA",
    "State Council",
    "MIIT",
    "NDRC",
    "MOFCOM",
    "GACC",
    "USTR",
    "CMS",
    "European Commission",
    "SAMR",
    "MDCG",
    "NHC",
}


def _regulates(frame: Frame, name: Named) -> bool:
    return name.name not in _NO_REGULATORS


def distance(name: Named, start: int, end: int) -> int:
    """Code points between a name and [start, end); 0 where they touch."""
    return max(0, start - name.end, name.start - end)


def class_in(text: str) -> DeviceClass | None:
    """The one device class that `text` names; None if it names none or several."""
    found = {_CLASS[m["zh"] or m["en"].upper()] for m in _CLASSES.finditer(text)}
    return found.pop() if len(found) == 1 else None


_CLASSES = re.compile(
    r"第?(?P<zh>[一二三ⅠⅡⅢ]|III|II|I)类(?:“?证|医疗器械|“|创新|注册|器械|产品|体外|(?=[，。；;]|$))"
    r"|\bClass (?P<en>III|II|I)\b",
    re.IGNORECASE,
)
_CLASS: dict[str, DeviceClass] = {
    "一": "I",
    "二": "II",
    "三": "III",
    "Ⅰ": "I",
    "Ⅱ": "II",
    "Ⅲ": "III",
    "I": "I",
    "II": "II",
    "III": "III",
}


def pathway_in(text: str) -> str | None:
    """The pathway that `text` names; None if it names none."""
    return next((name for pattern, name in _PATHWAYS if pattern.search(text)), None)


_PATHWAYS = [
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"应急审批|应急使用|紧急使用|emergency use", "emergency"),
        (r"附条件|conditional", "conditional"),
        (r"突破性|breakthrough", "breakthrough"),
        (r"优先审批|优先审评|priority (?:review|approval)", "priority"),
        (r"510\(k\)", "510k"),
        (r"\bDe Novo\b", "de-novo"),
        (r"\bPMA\b|pre-?market approval", "pma"),
        (
            r"创新(?:医疗)?器械|创新产品|特别审查|创新通道|绿色通道|innovation approval"
            r"|innovative (?:medical )?devices?"
            r"|special (?:review|approval)",
            "innovative",
        ),
    )
]


def is_first(text: str) -> bool:
    """True if the approval is said to be the first of its kind."""
    return bool(_FIRST.search(text))


_FIRST = re.compile(
    r"首个(?!交易|季)|首款|首张|首例获批|首次批准|首获|国内首|全国首|中国首|唯一|\bfirst\b[^.;]{0,50}\b(?:approv\w+"
    r"|clear\w+|certificate"
    r"|authori[sz]\w+|registration)\b|\b(?:approv\w+|clear\w+"
    r"|authori[sz]\w+)\b[^.;]{0,60}\b(?:for the first time|the first)\b",
    re.IGNORECASE,
)


def is_first_approved(text: str) -> bool:
    """True if it says 首个获批 of the product, which is the approval's first although it stands in another clause."""
    return bool(_FIRST_APPROVED.search(text))


_FIRST_APPROVED = re.compile(r"(?:首个|首款|首例|唯一)(?:获批|获准|获得批准|通过审批)")
