"""Whose what an act is about: the product, by the words that stand around the act, and the companies."""

import re
from dataclasses import dataclass

from streams.analyse.frames import Frame
from streams.analyse.signals.registration_terms import distance


@dataclass(frozen=True, slots=True)
class Subject:
    """Products and companies of an act."""

    #: One for each product named; () if none is.
    products: tuple[str, ...]
    companies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """One product of a list that names each with its firm; where both stand."""

    product: str
    company: str
    start: int
    end: int


def filed_in(frame: Frame) -> list[Filed]:
    """The products of "甲公司申报的“甲系统”，乙公司申报的“乙系统”"; [] unless there are at least two."""
    found = []
    for company in frame.named("company"):
        if told := _FILED.match(frame.text, company.end, frame.end):
            found.append(Filed(told["product"].strip(), company.name, company.start, told.end()))
    return found if len(found) > 1 else []


_FILED = re.compile(r"(?:申报|申请|生产|研制|研发)?的[“\"「](?P<product>[^”\"」]{2,60})[”\"」]")


def subject_of(frame: Frame, match: re.Match[str]) -> Subject:
    """The subject of the act that `match` found in the sentence."""
    return _subject_zh(frame, match) if frame.document.chinese else _subject_en(frame, match)


# -- Chinese ----------------------------------------------------------------------------------------------------------

_QUOTED_ZH = re.compile(r"(?<!称)[“\"「『]([^”\"」』]{2,40})[”\"」』]")
_TOLD_ZH = re.compile(r"产品名称(?:为|是|:)\s?[“\"]?([^，。;”\"]{2,40})")
_STRIP_ZH = re.compile(
    r"^(?:[的之]|旗下|全资|控股|子公司|公司|该公司|自主|研发|研制|生产|申报|独立|开发|设计|国产|一款|一项|首款|首个"
    r"|首张|国内|全国|全球|新一代|产品|其|该|本|这款|该款|核心|用于"
    r"|及其|等|为|凭借?|以|由|将|\d{4}年|\d{1,2}月|\d{1,2}日|近日|日前|今日|，|、|：|:|\s)+"
)
_TAIL_ZH = re.compile(
    r"(?:[的了]|正式|已经|已|也|均|都|近日|日前|今日|今天|当日|成功|先后|顺利|再次|率先|又|最近|刚刚|目前|于|在|自"
    r"|\d{4}年|今年|去年|\d{1,2}月|\d{1,2}日|等产品"
    r"|系列产品|产品|注册|上市|被|经|获|并|首次|便|就|直到|在[^，。]{2,30}?(?:等地|等国|境内|市场|等国家和地区)|，"
    r"|\s|一举|相继|陆续|分别|双双|喜)+$"
)
_BRAND = re.compile(
    r"(?=[a-z]{0,2}[A-Z])[A-Za-z][A-Za-z0-9]*(?:[ \-®™]*[A-Za-z0-9®™+]+){0,5}(?<!FDA)(?<!CE)(?<!NMPA)(?<!MDR)"
)
_PRODUCT_END_ZH = re.compile(
    r"(?:系统|仪|仪器|机|设备|装置|软件|试剂盒?|检测盒|导管|支架|瓣膜|假体|机器人|球囊|导丝|封堵器|起搏器|除颤器"
    r"|传感器|晶状体|敷料|缝合器|吻合器|呼吸机|监护仪|刀|针|泵|镜|CT|MR"
    r"|MRI|PET/CT|DR|平台|器|膜|螺钉|钢板|植入体|贴片|材料|补片|钉|治疗头|探头|诊断|CTFFR|诊断产品"
    r"|支架系统|检测)(?:\([^()]{1,30}\))?$"
)


def _subject_zh(frame: Frame, match: re.Match[str]) -> Subject:
    """What stands before the act (X公司的Y获批) or behind it (批准X公司的Y上市)."""
    start, _ = frame.clause(match.start())
    start = _with_subject(frame, start, match.start())
    before = frame.text[start : match.start()]
    after = re.split(r"[，。;]", frame.text[match.end() : frame.end])[0]
    whole = re.match(r"\s?(.{0,60}?)(?:的?(?:创新产品)?(?:注册申请|注册|上市|三类证|医疗器械注册证|$))", after)
    behind = match[0].rstrip("了").endswith("批准") and not re.match(r"上市|注册|[，。;]|$|于|的", after)
    told = _TOLD_ZH.search(frame.text, match.end(), frame.end)
    quoted = (
        told
        or _QUOTED_ZH.search(after if behind else before)
        or _QUOTED_ZH.search(frame.text, match.start(), frame.end)
    )
    words = (whole[1] if whole else after) if behind else before
    offset = match.end() if behind else start
    companies = frame.named("company", start, frame.end if behind else match.end()) or [
        n for n in frame.named("company") if n.end <= match.start()
    ]
    product = _clean_quoted(quoted[1]) if quoted else None
    if product is None:
        inside = [n for n in companies if offset <= n.start < offset + len(words)]
        rest = frame.text[inside[-1].end : offset + len(words)] if inside else words
        product = _product_zh(rest)
    names = tuple(dict.fromkeys(n.name for n in companies))[:3]
    if not names and re.search(r"公司|集团|企业", frame.words):
        names = frame.companies_of(match.start(), carried=True)
    return Subject(_each(product, told is None and quoted is not None, frame, match), names)


def _with_subject(frame: Frame, start: int, end: int) -> int:
    """Where the subject begins: in the clause before, if the act's own has only a time in front ("，近日获得")."""
    if _TAIL_ZH.sub("", frame.text[start:end]).strip():
        return start
    before = [c for c in frame.clauses if c[1] <= start]
    return before[-1][0] if before else start


def _each(product: str | None, quoted: bool, frame: Frame, match: re.Match[str]) -> tuple[str, ...]:
    """The products one by one, where one act names several; kinds of product ("呼吸机、监护仪") stay together."""
    if product is None:
        return ()
    if quoted:
        rest = frame.text[frame.text.find(product, frame.start) + len(product) : frame.end]
        more = re.match(r"(?:[”\"」』][、和及与]?[“\"「『][^”\"」』]{2,40})+", rest)
        return (product, *_QUOTED_ZH.findall(more[0][1:] + "”")) if more else (product,)
    parts = re.split(r"、|和|及|以及|与", product)
    named = len(parts) > 1 and all(re.search(r"[A-Z0-9]", part) for part in parts)
    return tuple(part.strip() for part in parts) if named else (product,)


def _clean_quoted(text: str) -> str | None:
    return None if re.fullmatch(r"[一二三]类证|出海|绿色通道", text) else text.strip()


def _product_zh(text: str) -> str | None:
    """`text` without what surrounds a product's name; None if what is left does not look like one."""
    text = re.split(r"[，,:]", re.sub(r"[，,]\s?$", "", _TAIL_ZH.sub("", text)))[-1]
    if "的" in text:
        tail = text.rsplit("的", 1)[1]
        text = tail if len(_TAIL_ZH.sub("", tail)) >= 2 else text.rsplit("的", 1)[0]
    name = _TAIL_ZH.sub("", _STRIP_ZH.sub("", text.strip()))
    if all(_BRAND.fullmatch(part.strip()) for part in re.split("[、和及与]", name)):
        return name
    if (
        2 <= len(name) <= 40
        and _PRODUCT_END_ZH.search(name)
        and not re.fullmatch(r"(?:医疗)?(?:器械|设备|仪器)|创新医疗器械|第?[一二三]类医疗器械", name)
    ):
        return name
    return None


# -- English ----------------------------------------------------------------------------------------------------------

_NAME_EN = re.compile(
    r"(?:\s(?:for|to|of))?\s(?:(?:its|the|their|an?|a new|new|his)\s)?(?P<name>[\w®™+&'./\-]+(?:\s[\w®™+&'./\-]+"
    r"|\s\([\w\- ]{2,20}\)){0,9}?)"
    r"(?=\s?(?:,|;|\.(?:\s|$)|$|\s(?:in (?!vitro)|from|for (?:the )?(?:treatment|use|marketing|sale|patients"
    r"|first)|as|with|by|on|after|under|which|that|to (?!go)|last|this|for the first time|and (?:is|it|was|has"
    r"|will)|of (?=[A-Z])|at|through|came|arrived|until)\b|\s?\())"
)
_GENERIC_EN = re.compile(
    r"(?:the|a|an|its|their|two|three|\d+)?\s?(?:new |medical |first |innovative )*(?:devices?|products?"
    r"|systems?|approval|clearance|certificates?|registration|company|use|marketing|sale|China|Europe|market(?:s"
    r"|ing)?|application|it|them|for)",
    re.IGNORECASE,
)


def _subject_en(frame: Frame, match: re.Match[str]) -> Subject:
    """The object behind the act ("approved X of Y"), or what stands before a passive ("X was cleared by")."""
    named = frame.named("company")
    names = (
        tuple(dict.fromkeys(n.name for n in named))
        if len({n.name for n in named}) <= 1
        else _nearest_companies(frame, match)
    )
    if not names:
        names = frame.companies_of(match.start(), carried=True)
    product = (
        _behind_en(frame, match)
        if not re.match(r"(?:was|were|been|is)\b", match[0], re.IGNORECASE)
        else _before_en(frame, match)
    )
    product = product or _before_en(frame, match)
    return Subject((product,) if product else (), names)


def _nearest_companies(frame: Frame, match: re.Match[str]) -> tuple[str, ...]:
    return (min(frame.named("company"), key=lambda n: distance(n, match.start(), match.end())).name,)


def _behind_en(frame: Frame, match: re.Match[str]) -> str | None:
    at = match.end()
    aside = re.match(
        r"\s?(?:from|by|of|in|to)\s(?:the )?(?:U\.?S\.? |China's |Chinese )?[\w&. ,()]{2,60}?(?=\s(?:for|to|of)\s)",
        frame.text[at : frame.end],
    )
    if aside and not re.match(r"\s?(?:of|to)\s", aside[0]):
        at += aside.end()
    whole = re.search(
        r"(?:approval|clearance|authori[sz]ation|certification) (?:for|of) (.{3,60}?) (?:came|arrived|was"
        r"|were|is|has|have)\b",
        match[0],
        re.IGNORECASE,
    )
    inner = whole or re.search(
        r"(?:granted|given|gave|grants|issued|conferred|awarded)\b[^.;]*?\bto (.{3,60}?)$", match[0], re.IGNORECASE
    )
    found = None if whole else _NAME_EN.match(frame.text, at, frame.end)
    if (
        found
        and (
            recipient := re.match(
                r"[^,.;]{2,50}?\sfor (?=(?:its|their|a|the(?! first| treatment))\s)", frame.text[at : frame.end]
            )
        )
        and found["name"].strip() in recipient[0]
    ):
        found = _NAME_EN.match(frame.text, at + recipient.end() - 5, frame.end) or found
    return _product_en(found["name"] if found else inner[1] if inner else "", frame)


def _before_en(frame: Frame, match: re.Match[str]) -> str | None:
    start, _ = frame.clause(match.start())
    before = frame.text[start : match.start()].strip()
    before = re.sub(r"\s?\([^()]*\)", "", before)
    found = re.search(
        r"(?:^|\b(?:the|its|their|that|of|says?|said|s|for)\s)(?P<name>(?:[\w®™+&'./\-]+\s?){1,8})$",
        before,
        re.IGNORECASE,
    )
    return (
        _product_en(re.sub(r"\s(?:has|have|had|was|were|also|recently|now)$", "", found["name"].strip()), frame)
        if found
        else None
    )


def _product_en(name: str, frame: Frame) -> str | None:
    name = re.sub(r"^(?:[\w®&.\- ]+'s?\s)", "", name.strip(" ,.")).strip()
    name = re.sub(r"^.*\b(?:said|says|announced|reported|confirmed)\b(?: that)?\s", "", name)
    given = re.match(r"(?P<who>.+?) for (?:its|their|the) (?P<what>.+)", name)
    if given and any(n.kind == "company" and frame.text[n.start : n.end] == given["who"] for n in frame.names):
        name = given["what"]
    name = re.sub(
        r"^(?:(?:registration |approval )?(?:certificates?|registrations?|approvals?) (?:of"
        r"|for) )?(?:that\s)?(?:its|the|their|an?|new)\s",
        "",
        name,
        flags=re.IGNORECASE,
    )
    name = re.split(r"\s(?:from|by|of)\s(?=[A-Z])", name)[0]
    if (
        len(name) < 3
        or _GENERIC_EN.fullmatch(name)
        or re.match(r"(?:from|of|in|on|at|to|by|for|last|this|next|and|or|with)\b", name, re.IGNORECASE)
    ):
        return None
    start = frame.text.find(name, frame.start, frame.end)
    if any(n.kind == "authority" and start <= n.start < start + len(name) for n in frame.names) or any(
        start <= w.start < start + len(name) for w in frame.periods
    ):
        return None
    if any(n.kind in ("company", "region") and (n.start, n.end) == (start, start + len(name)) for n in frame.names):
        return None
    model = re.search(r"[A-Z][a-z]*[A-Z0-9®™]|®|™|^[A-Z][\w-]+ (?:[A-Z][\w-]+ )*[A-Za-z]+$", name)
    if start >= 0 and (
        model
        or frame.devices_in(start, start + len(name))
        or re.search(
            r"\b(?:system|device|software|catheter|monitor|scanner|implant|robot|valve|stent|respirators?|kit"
            r"|assay|test|pump|analy[sz]er)s?\b",
            name,
            re.IGNORECASE,
        )
    ):
        return name
    return None
