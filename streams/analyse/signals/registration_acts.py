"""Acts of regulators as sentences tell them: who approved whose what, and in which way."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from streams.analyse import identifiers
from streams.analyse.frames import Frame
from streams.analyse.periods import When
from streams.analyse.signals import registration_english
from streams.analyse.signals.registration_details import valid_until
from streams.analyse.signals.registration_products import Filed, filed_in, subject_of
from streams.analyse.signals.registration_terms import (
    Action,
    authority_of,
    class_in,
    is_first,
    is_first_approved,
    pathway_in,
)
from tidings.records import Registration, Span


def find(frame: Frame) -> Iterator[Registration]:
    """The acts that the sentence tells of, one signal a named product; none that is planned, doubted or denied."""
    for match in (_ACTS_ZH if frame.document.chinese else _ACTS_EN).finditer(frame.text, frame.start, frame.end):
        if _is_blocked(frame, match):
            continue
        if filed := filed_in(frame):
            yield from (_of_filed(frame, match, one) for one in filed)
            return
        if _counts(frame, match):
            continue
        subject = subject_of(frame, match)
        for product in subject.products or (None,):
            act = _signal(frame, match, product, subject.companies)
            if _is_a_decision(frame, match, act):
                yield act


def _is_a_decision(frame: Frame, match: re.Match[str], act: Registration) -> bool:
    """False where nobody known decides, or nothing is named: "shareholders approved", 获批建设实验室."""
    if act.authority is None:
        return bool(act.product and act.companies)
    return bool(act.product or act.first_of_kind or authority_of(frame, match.start(), match.end())[2])


def _counts(frame: Frame, match: re.Match[str]) -> bool:
    """True for "five makers' products were listed": a count, not one firm's product."""
    start, _ = frame.clause(match.start())
    units = ("companies", "products", "applications")
    return any(start <= f.start < match.start() and f.quantity.unit in units for f in frame.quantities)


def _of_filed(frame: Frame, match: re.Match[str], filed: Filed) -> Registration:
    """The same act for one product of a list that names each with its firm."""
    act = _signal(frame, match, filed.product, (filed.company,))
    return replace(
        act,
        evidence=Span(field=frame.field, start=filed.start, end=filed.end),
        devices=frame.devices_in(filed.start, filed.end),
        period=act.period or frame.earlier_period(),
    )


# -- what is an act ---------------------------------------------------------------------------------------------------

_PROOF_ZH = (
    r"(?:注册批准|上市批准|注册许可|注册证书?|批准|核准|许可证?|上市许可|认证|510\(k\)|CE证书|三类证|“三类证”|准入|批件|证书|注册认证"
    r"|注册|(?:紧急使用|应急使用|临时)?授权)"
)
_ACTS_ZH = re.compile(
    rf"(?P<refused>不予注册|未予批准|不予批准)"
    rf"|(?P<revoked>(?:注销|吊销|撤销)(?!原因|的?(?:情形|程序|条件))[^，。;]{{0,30}}?注册证"
    rf"|注册证[^，。;]{{0,12}}?(?:予以注销|被注销|被吊销|被撤销))"
    rf"|(?P<suspended>暂停[^，。;]{{0,8}}?注册证|注册证[^，。;]{{0,8}}?(?:被|予以)暂停)"
    rf"|(?P<designated>(?:进入|通过|纳入|获准进入|获得?|授予)[^，。;]{{0,20}}?(?:特别审[查批](?:程序|通道)?"
    rf"|创新(?:医疗器械)?(?:绿色)?通道|绿色通道"
    rf"|优先审批(?:程序|通道)?|突破性(?:医疗)?(?:器械|设备)(?:认定|资格|称号)?))"
    rf"|(?P<accepted>(?:获|获得|已|正式|被)[^，。;]{{0,12}}?受理(?!号|点|部门|大厅))"
    rf"|(?P<renewed>(?:完成|获得?|通过)[^，。;]{{0,10}}?延续注册|延续注册[^，。;]{{0,6}}?(?:获批|批准))"
    rf"|(?P<approved>(?:列入|纳入|进入)[^，。;]{{0,40}}?(?:应急使用清单|紧急使用清单|EUL)|(?:取得|获得|获颁|获发"
    rf"|拿到|拿下|斩获|收到|喜获|获|通过)(?:了|到)?[^，。;]{{0,40}}?{_PROOF_ZH}"
    rf"|获批(?!数量|准数|情况|率)"
    rf"|获准(?:上市|注册)|(?<![未不册市获得])(?:批准|准予|核准)了?(?!数量|文号|文件|证明|部门|情况|书|函|机关|后)"
    rf"|通过[^，。;]{{0,20}}?审[批查核](?!程序|通道|阶段|指南|委)|拿证|获证|(?:三类证"
    rf"|“三类证”)[^，。;]{{0,6}}?落地)"
)
#: In the clause up to the act, each of these says that it did not happen, or not yet, or that the text is about how it
#: happens.
_BLOCKED_ZH = re.compile(
    r"尚未|未能|未获|未取得|未经|没有|并未|无需|不需|预计|预期|有望|即将|将(?:于|在|会|为|获|向|有)|拟(?!同意)|计划"
    r"|等待|待|正在|争取|力争|目标|如果?(?!期)|若|一旦|须|需要"
    r"|需|应当|应(?!用|急)|不得|方可|方能|才能|才算|后方|可以|能否|是否|鼓励|推动|加快|要求"
    r"|(?<!附)条件|流程|程序(?=是|为|包括)|办法|根据|按照|依据|规定|指南|处于|阶段|递交|提交|申报(?=[^，。]{0,6}$)|之前"
    r"|以前|无证|目的|准备|一般"
)
#: What else is approved, certified and granted: drugs, shares, projects, systems of quality.
_ELSE_ZH = re.compile(
    r"药品(?!监督|监管|审评|医疗器械)|新药|疫苗|药物临床|股票|债券|定增|增发|证监会|交易所|上交所|深交所|港交所|发改委|自然科学基金"
    r"|实验室|课题|项目(?!名称)|银行|授信|商标|专利|募集|环评|博士后|体系认证|高新技术|ISO ?\d|CNAS|GMP|董事会"
    r"|股东大会|土地|试点|示范区"
    r"|专精特新|资质认定|奖|工作站(?=的?设立)|开工|建设"
)
_AFTER_ZH = re.compile(
    r"(?:后|之后|以后|前)?(?:，)?(?:方可|才能|才可|方能|后方)|的(?:流程|条件|程序|要求|产品(?:应|须|需)|进度|时间"
    r"|前提|医疗器械(?:应|须|不)|企业应)|(?:阶段|数量"
    r"|情况)|前(?:，|$)|[，]?不(?:代表|等于)"
)

_PROOF_EN = (
    r"(?:(?:marketing |pre-?market |regulatory |innovation |conditional |final |formal |market "
    r"|first )*(?:approvals?|authori[sz]ations?|clearances?|registrations?(?: certificates?| approval)?"
    r"|certificates?|certifications?)|(?:medical device |device |marketing |import )?licen[cs]es?"
    r"|510\(k\)(?: clearance| approval)?|CE[ -][Mm]ark\w*(?: approval| certification)?|De Novo(?: \w+)?"
    r"|(?:breakthrough|innovative|priority)[\w ]{0,30}?(?:designation|status|review)|green light|nod)"
)
#: Within a sentence; the stop of "U.S." ends none.
_GAP = r"(?:[^.;]|(?<=[A-Z])\.)"
_ACTS_EN = re.compile(
    rf"(?P<designated>\b(?:granted|received|won|secured|obtained|got|awarded|earned|given"
    rf"|conferred)\b{_GAP}{{0,60}}?\b(?:breakthrough(?: device)?|innovative (?:device|medical device)"
    rf"|priority review|orphan device)\b(?: \w+){{0,2}}? (?:designation|status|review)|\b(?:admitted|accepted"
    rf"|entered|enters)\b{_GAP}{{0,40}}?\b(?:expedited|special|innovati\w+|fast"
    rf"|green)\b[^.;,]{{0,20}}\b(?:pathway|channel|procedure|track|review)\b)"
    rf"|(?P<accepted>\b(?:accepted|accepts)\b{_GAP}{{0,40}}?\b(?:application|submission)\b|\b(?:application"
    rf"|submission)\b{_GAP}{{0,25}}?\b(?:was|has been|been) accepted)"
    rf"|(?P<revoked>\b(?:revok\w+|withdr[ae]w\w*|cancel\w+"
    rf"|rescind\w+)\b{_GAP}{{0,60}}?\b(?:registration certificates?|authori[sz]ations?"
    rf"|approvals?|registrations?|certificates?|clearances?|EUAs?)\b|\b(?:authori[sz]ations?|registrations?"
    rf"|certificates?|approvals?)\b{_GAP}{{0,40}}?\b(?:was|were|has been|have been) (?:revoked|withdrawn"
    rf"|cancelled|canceled))"
    rf"|(?P<suspended>\bsuspend(?:ed|s)\b{_GAP}{{0,40}}?\b(?:authori[sz]ation|approval|registration"
    rf"|certificate)s?\b)"
    rf"|(?P<refused>\b(?:rejected|refused|denied)\b{_GAP}{{0,40}}?\b(?:application|approval|registration"
    rf"|clearance|authori[sz]ation)\b|\bapplication\b{_GAP}{{0,30}}?\b(?:was|has been|were) (?:rejected|refused"
    rf"|denied)\b)"
    rf"|(?P<renewed>\brenew(?:ed|s)\b{_GAP}{{0,40}}?\b(?:registration|certificate|approval|licen[cs]e)s?\b)"
    rf"|(?P<approved>\b(?:received|receives?|won|wins?|winning|obtained|obtains?|secured|secures?|gained"
    rf"|gains?|got|gets|earned|earns?|granted|grants?|given|gave|issued(?! an? (?!(?:medical device |device "
    rf"|marketing )?(?:licen|certif|approv|author|clear|registr)))|issues?|holds?|clinch\w+|landed"
    rf"|picked up|awarded|achieved)\b{_GAP}{{0,70}}?\b{_PROOF_EN}"
    rf"|\b(?:(?:has|have|had|was|were|been|is|are) ){{0,2}}(?:(?:now|also|since|just|already|recently|formally"
    rf"|today) )?(?:been )?"
    rf"(?<!-)(?:approved|cleared|authori[sz]ed|greenlit|registered|licen[cs]ed)\b(?! (?:by the board|by shareholders"
    rf"|suppliers?|list|labs?|laborator\w+|nurses?|office|capital|users?|an? (?:profit|loss|rise|fall)))"
    rf"|\b(?:approves|clears|authori[sz]es|registers)\b|\b{_PROOF_EN} (?:for"
    rf"|of) {_GAP}{{3,60}}? (?:came|arrived|was (?:granted|given|issued|obtained|received))\b"
    rf"|\b{_PROOF_EN} (?:came(?: through)?|arrived)\b)",
    re.IGNORECASE,
)
_BLOCKED_EN = re.compile(
    r"(?-i:\bHad )(?:the|it|its|(?-i:[A-Z]))|\b(?:not|never|n't|no|yet|pending|expects?|expected|expecting|plans?"
    r"|planned|planning|seek\w*|will|would"
    r"|could|(?-i:may)|might|can|if|once|unless|until|before|await\w*|must|should|needs?|apply|applies|applied"
    r"|hopes?|hoping|hoped"
    r"|aims?|intends?|criteria|eligible|requires?|required|requiring|without|investigational|subject to"
    r"|submit\w*|when approved|under review|whether|how|toward|likely|potential|to be|any|every|all"
    r"|to obtain|to get|to win"
    r"|to gain|to receive|to secure|accepted as proof|compl(?:y|ies)|as proof|count as)\b",
    re.IGNORECASE,
)
_AFTER_EN = re.compile(
    r"[\s,]*(?:process|procedure|pathway|scheme|requirements?|is required|are required|must|should|can be|may be"
    r"|is (?:now )?accepted|timeline|criteria|, if|if granted)\b",
    re.IGNORECASE,
)


_DEVICE_ZH = re.compile(r"医疗器械注册|第?[二三ⅡⅢ]类(?:医疗器械|证)|510\(k\)|CE认证|CE证|械注")


#: "The first robot to be cleared": it was, unlike one that is "to be cleared".
_FIRST_TO = re.compile(
    r"\b(?:is|was|became|becomes) the (?:first|only|second|third)\b[^.;,]*? to (?:be\s)?", re.IGNORECASE
)


def _is_blocked(frame: Frame, match: re.Match[str]) -> bool:
    start, end = frame.clause(match.start())
    if (
        frame.document.chinese
        and _ELSE_ZH.search(frame.text, start, end)
        and not _DEVICE_ZH.search(frame.text, start, end)
    ):
        return True
    if match.lastgroup == "designated" and "公示" in frame.words:
        return False  # 公示，…拟纳入: the notice is the designation
    blocked, after = (_BLOCKED_ZH, _AFTER_ZH) if frame.document.chinese else (_BLOCKED_EN, _AFTER_EN)
    first = _FIRST_TO.search(frame.text, start, match.start())
    if blocked.search(frame.text, first.end() if first else start, match.start()) or after.match(
        frame.text, match.end(), frame.end
    ):
        return True
    if "?" in frame.text[match.end() : frame.end] or "？" in frame.text[match.end() : frame.end]:
        return True
    if (
        not first
        and re.fullmatch(r"approved|cleared|authori[sz]ed|greenlit|registered|licen[cs]ed", match[0], re.IGNORECASE)
        and re.match(r"\s(?:by|for|under|in|at|as|to)\b", frame.text[match.end() :][:8])
    ):
        return True  # "ventilators approved by the FDA": a remark on something else
    if not frame.document.chinese and registration_english.is_of_a_drug(frame, match):
        return True
    return match.lastgroup == "approved" and bool(blocked.search(frame.text, match.start() + 1, match.end()))


# -- what the act is about --------------------------------------------------------------------------------------------
def _signal(frame: Frame, match: re.Match[str], product: str | None, companies: tuple[str, ...]) -> Registration:
    action: Action = match.lastgroup  # type: ignore[assignment]
    authority, region, stated = authority_of(frame, match.start(), match.end())
    number = next((n.value for n in frame.numbers if n.kind == "registration"), None)
    if (
        action == "approved"
        and "延续注册" in frame.text[frame.clause(match.start())[0] : frame.clause(match.start())[1]]
    ):
        action = "renewed"
    period = _period(frame, match)
    evidence = frame.evidence(match.start(), match.end())
    words = frame.text[evidence.start : evidence.end]
    sentence = frame.words
    return Registration(
        evidence=evidence,
        companies=companies,
        devices=frame.devices_in(frame.start, frame.end),
        regions=(region,) if region else (),
        period=period,
        confidence=_confidence(product, companies, authority, stated),
        authority=authority,
        action=action,
        product=_as_printed(frame, product),
        valid_until=valid_until(frame),
        device_class=(identifiers.device_class(number) if number else None) or class_in(sentence),
        pathway=pathway_in(words) or pathway_in(sentence),
        registration_no=number,
        first_of_kind=action == "approved" and (is_first(words) or is_first_approved(sentence)),
    )


def _as_printed(frame: Frame, product: str | None) -> str | None:
    """The product in the characters of the article: plain text is in simplified ones."""
    at = frame.text.find(product, frame.start, frame.end) if product else -1
    return frame.original[at : at + len(product)] if product and at >= 0 else product


def _confidence(product: str | None, companies: tuple[str, ...], authority: str | None, stated: bool) -> float:
    if authority is None or not (product or companies):
        return 0.4
    if product and companies and stated:
        return 0.85
    return 0.7 if stated and product else 0.6


def _period(frame: Frame, match: re.Match[str]) -> str | None:
    """When the act happened: the time of its clause, else the one before it in the sentence, else one behind it."""
    start, end = frame.clause(match.start())
    dating = [
        w
        for w in frame.periods
        if not _UNTIL.search(frame.text, max(frame.start, w.start - 8), w.start) and not _of_saying(frame, w)
    ]
    here = [w for w in dating if start <= w.start < end]
    if here:
        return min(here, key=lambda w: abs(w.start - match.start())).value
    before = [w for w in dating if w.end <= match.start()]
    return before[-1].value if before else None


_UNTIL = re.compile(r"(?:\buntil|\bthrough|\bto|有效期[至到]?|至)\s?$", re.IGNORECASE)
_SAYS = re.compile(r"\b(?:said|says|announce[sd]?|report(?:s|ed))\b", re.IGNORECASE)


def _of_saying(frame: Frame, when: When) -> bool:
    """True for the "today" of "today announced": the day of the words, not of the act."""
    around = frame.text[max(frame.start, when.start - 12) : when.end + 12]
    return frame.text[when.start : when.end].lower() in ("today", "yesterday") and bool(_SAYS.search(around))
