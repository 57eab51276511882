"""Whose what an act is about: the product, by the words that stand around the act, and the companies."""

import re
from dataclasses import dataclass

from streams.analyse.frames import Frame
from streams.analyse.signals import registration_english
from streams.analyse.signals.registration_terms import Subject


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
    return _subject_zh(frame, match) if frame.document.chinese else registration_english.subject(frame, match)


# -- Chinese ----------------------------------------------------------------------------------------------------------

_QUOTED_ZH = re.compile(r"(?<!称)[“\"「『]([^”\"」』]{2,40})[”\"」』]")
_TOLD_ZH = re.compile(r"产品名称(?:为|是|:)\s?[“\"]?([^，。;”\"]{2,40})")
_STRIP_ZH = re.compile(
    r"^(?:[的之]|旗下|全资|控股|子公司|公司|该公司|自主|研发|研制|生产|申报|独立|开发|设计|国产|一款|一项|首款|首个"
    r"|首张|国内|全国|全球|新一代|产品|其|该|本|这款|该款|核心|用于"
    r"|及其|等|为|凭借?|以|由|将|\d{4}年|\d{1,2}月|\d{1,2}日|近日|日前|今日|宣布|表示|公告称?|披露|称|关于|对|，|、|：|:|\s)+"
)
_TAIL_ZH = re.compile(
    r"(?:[的了]|注册申请|上市申请|申请|提交|的注册|在华|在中国|在国内|在境内|在美国?|在欧洲?|在日本?|正式|已经|已|也|均|都|近日|日前|今日|今天|当日|成功|先后|顺利|再次|率先|又|最近|刚刚|目前|于|在|自"
    r"|\d{4}年|今年|去年|\d{1,2}月|\d{1,2}日|等产品"
    r"|(?:经|获|由|被|得到)[^，。、的]{2,18}?(?:局|署|FDA|NMPA|PMDA)|系列产品|产品|注册|上市|被|经|获|并|首次|便|就|直到|在[^，。]{2,30}?(?:等地|等国|境内|市场|等国家和地区)|，"
    r"|\s|一举|相继|陆续|分别|双双|喜)+$"
)
_BRAND = re.compile(
    r"(?=[a-z]{0,2}[A-Z])[A-Za-z][A-Za-z0-9]*(?:[ \-®™]*[A-Za-z0-9®™+]+){0,5}(?<!FDA)(?<!CE)(?<!NMPA)(?<!MDR)"
)
_PRODUCT_END_ZH = re.compile(
    r"(?:系统|仪|仪器|机|设备|装置|软件|试剂盒?|试剂|检测盒|导管|支架|瓣膜?|假体|机器人|球囊|导丝|封堵器|夹|镜|CT|MRI?|PET/CT|DR|彩超|超声"
    r"|平台|器|膜|钉|板|棒|针|刀|刀头|泵|管|鞘|圈|线|体|片|贴|补片|材料|敷料|植入体|治疗头|探头|诊断产品|检测|诊断|CTFFR|手套|口罩|防护服"
    r"|杯|柄|骨水泥|凝胶|电极|试纸|试条|芯片|球管|工作站|一体机|套装|套件|组件|牙冠|床|椅|灯|手环|耳机|血压计|体温计|滤器|内衬|缝线|胶"
    r"|产品(?=\s?[A-Z]))(?:\([^()]{1,30}\))?(?:\s?[A-Z][A-Za-z0-9+\-]{1,10}){0,3}$"
)
#: What is no product although it ends like one: 募资方案, 生产基地, 临床试验.
_NO_PRODUCT_ZH = re.compile(
    r"(?:项目|方案|计划|基金|资格|企业|实验室|中心|公司|业务|技术|体系|议案|股票|新药|药品|疫苗|胶囊|颗粒|注射液|单抗|抑制剂|申请|试验)$"
)


def _subject_zh(frame: Frame, match: re.Match[str]) -> Subject:
    """What stands before the act (X公司的Y获批) or behind it (批准X公司的Y上市)."""
    start, _ = frame.clause(match.start())
    start = _with_subject(frame, start, match.start())
    before = frame.text[start : match.start()]
    after = re.split(r"[，。;]", frame.text[match.end() : frame.end])[0]
    whole = re.match(r"\s?(.{0,60}?)(?:的?(?:创新产品)?(?:注册申请|注册|上市|三类证|医疗器械注册证|$))", after)
    behind = bool(_BEHIND_ZH.search(match[0])) and not re.match(
        r"上市|注册|[，。;:]|$|于|的|用于|在|可|开展|成为|进入", after
    )
    inside = _INSIDE_ZH.match(match[0])
    told = _TOLD_ZH.search(frame.text, match.end(), frame.end)
    quoted = (
        told
        or _QUOTED_ZH.search(after if behind else before)
        or _QUOTED_ZH.search(frame.text, match.start(), frame.end)
    )
    words = (whole[1] if whole else after) if behind else inside[1] if inside else before
    offset = match.end() if behind else match.start(0) + inside.start(1) if inside else start
    companies = frame.named("company", start, frame.end if behind else match.end()) or [
        n for n in frame.named("company") if n.end <= match.start()
    ]
    product = _clean_quoted(quoted[1]) if quoted else None
    if product is None:
        owners = [n for n in companies if offset <= n.start < offset + len(words)]
        rest = frame.text[owners[-1].end : offset + len(words)] if owners else words
        product = _product_zh(rest, frame)
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


#: The product stands behind these: 批准了甲公司的乙.
_BEHIND_ZH = re.compile(r"(?:批准|准予|核准)了?$")
#: Or between them: 注销甲公司的乙注册证.
_INSIDE_ZH = re.compile(r"(?:注销|吊销|撤销|暂停)了?(.{2,40}?)(?:的?(?:医疗器械|产品)*注册证)")


def _is_device(name: str, frame: Frame) -> bool:
    at = frame.text.find(name, frame.start, frame.end)
    return at >= 0 and bool(frame.devices_in(at, at + len(name)))


def _product_zh(text: str, frame: Frame) -> str | None:
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
        and (_PRODUCT_END_ZH.search(name) or _is_device(name, frame))
        and not _NO_PRODUCT_ZH.search(name)
        and not re.fullmatch(r"(?:医疗)?(?:器械|设备|仪器)|创新医疗器械|第?[一二三]类医疗器械", name)
    ):
        return name
    return None
