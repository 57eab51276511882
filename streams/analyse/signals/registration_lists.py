"""Rows of official tables and numbered lists: one product, one decision each; the heading says which.

A table counts only if its header names a product and a registration number or a decision, and its heading says what
was done.
A table of prices, recalls or penalties quotes registration numbers too and is none.
"""

import re
from collections.abc import Iterator

from streams.analyse import identifiers
from streams.analyse.frames import Document, Frame
from streams.analyse.signals.registration_terms import Action, pathway_in
from streams.analyse.signals.tables import Row, rows
from tidings.records import Registration, Span

_PRODUCT = re.compile(r"产品名称|医疗器械名称|通用名称|^品名|Device(?: Name)?$|Product(?: Name)?$", re.IGNORECASE)
_COMPANY = re.compile(
    r"注册人|申请人|企业名称|生产企业|Applicant|Company|Manufacturer|Registrant|Holder|Sponsor", re.IGNORECASE
)
_NUMBER = re.compile(
    r"注册证|批准文号|备案号|许可证字号|510\(k\) Number|PMA Number|De Novo Number|Registration (?:No|Number)"
    r"|Certificate (?:No"
    r"|Number)",
    re.IGNORECASE,
)
_DATE = re.compile(r"日期|Date", re.IGNORECASE)
_ACCEPTANCE = re.compile(r"受理号", re.IGNORECASE)
#: Headers of tables that quote registration numbers for other reasons.
_OTHER_TABLE = re.compile(
    r"价格|单价|金额|采购|中选|召回|回收|处罚|缺陷|抽检|不合格|Recall|Price|Penalty", re.IGNORECASE
)
_DRUGS = re.compile(r"药品名称|剂型|上市许可持有人|国药准字")

_HEADINGS: tuple[tuple[re.Pattern[str], Action], ...] = (
    (re.compile(r"注销|cancell?ed|cancellation", re.IGNORECASE), "revoked"),
    (re.compile(r"撤销|吊销|revoked|withdrawn", re.IGNORECASE), "revoked"),
    (re.compile(r"暂停[^。]{0,10}注册证|suspended", re.IGNORECASE), "suspended"),
    (
        re.compile(r"特别审查申请审查结果|优先审批申请审核结果|优先审批[^。]{0,8}公示|特别审查[^。]{0,12}公示"),
        "designated",
    ),
    (re.compile(r"不予注册目录"), "refused"),
    (re.compile(r"延续注册目录|renewals", re.IGNORECASE), "renewed"),
    (
        re.compile(
            r"批准注册|准予注册|批准证明文件|批准上市|准产批件|注册批准|批准[^。]{0,20}(?:产品|器械)|approv"
            r"|clear(?:ed|ance)",
            re.IGNORECASE,
        ),
        "approved",
    ),
)
_DECISIONS: tuple[tuple[re.Pattern[str], Action], ...] = (
    (re.compile(r"不予注册|refused|not approved|NSE|Not Substantially", re.IGNORECASE), "refused"),
    (re.compile(r"延续|renewed", re.IGNORECASE), "renewed"),
    (re.compile(r"注销|cancelled", re.IGNORECASE), "revoked"),
    (re.compile(r"准予注册|批准|approved|cleared|Substantially Equivalent|granted", re.IGNORECASE), "approved"),
)
#: The third letter of an acceptance number tells what was applied for.
_ACCEPTED_FOR: dict[str, Action] = {"Z": "approved", "Y": "renewed"}


def rows_of(document: Document) -> Iterator[Registration]:
    """One signal a row of a table of decisions."""
    for row in rows(document):
        header = "\t".join(row.header)
        if _OTHER_TABLE.search(header) or _DRUGS.search(header):
            continue
        product = row.cell(_PRODUCT)
        action = _action(document, row)
        if product and action and _is_decided(row, action):
            yield _row(document, row, product, action)


def _action(document: Document, row: Row) -> Action | None:
    """What was decided: the row's own words first, then its acceptance number, then the headings from the nearest
    up."""
    own = "\t".join(
        c
        for label, c in zip(row.header, row.cells, strict=False)
        if not _PRODUCT.search(label) and not _COMPANY.search(label)
    )
    for pattern, action in _DECISIONS:
        if pattern.search(own):
            return action
    accepted = row.cell(_ACCEPTANCE)
    if accepted and len(accepted) > 3:
        return _ACCEPTED_FOR.get(accepted[2].upper())
    for text in (document.title, *reversed(row.above.split("\n"))):
        for pattern, action in _HEADINGS:
            if pattern.search(text):
                return action
    return None


def _is_decided(row: Row, action: Action) -> bool:
    """A certificate's number, or the words of a refusal; a row that gives neither says nothing for sure."""
    number = row.cell(_NUMBER)
    return bool(number and (action == "refused" or identifiers.find(number)))


def _row(document: Document, row: Row, product: str, action: Action) -> Registration:
    number = next((n for n in identifiers.find(row.cell(_NUMBER) or "") if n.kind == "registration"), None)
    authority, region = _authority(document, row, number.value if number else None)
    companies = tuple(dict.fromkeys(n.name for n in row.frame.named("company")))[:3]
    at = row.frame.text.find(product, row.start, row.end)
    return Registration(
        evidence=Span(field="body", start=row.start, end=row.end),
        companies=companies or tuple(filter(None, (row.cell(_COMPANY),))),
        devices=row.frame.devices_in(at, at + len(product)),
        regions=(region,) if region else (),
        period=_period(document, row),
        confidence=0.95 if authority else 0.6,
        authority=authority,
        action=action,
        product=_original(row.frame, at, product),
        device_class=identifiers.device_class(number.value) if number else None,
        pathway="510k"
        if number and number.value.startswith("K")
        else "de-novo"
        if number and number.value.startswith("DEN")
        else pathway_in(document.title),
        registration_no=_original(row.frame, row.start + number.start, number.value)
        if number and number.value[:1] < "\u4e00"
        else number.value
        if number
        else None,
    )


def _original(frame: Frame, at: int, text: str) -> str:
    """The words as printed: plain text folds width and traditional characters away."""
    return frame.original[at : at + len(text)] if frame.text[at : at + len(text)] == text else text


def _authority(document: Document, row: Row, number: str | None) -> tuple[str | None, str | None]:
    prefix = identifiers.authority_prefix(number) if number else None
    named = [
        n for f in (*document.titles, *document.frames[:12]) for n in f.named("authority") if n.name.endswith(" MPA")
    ]
    if prefix and prefix != "国" and (issuer := document.lexicon.authorities_by_prefix.get(prefix)):
        return issuer.name, issuer.region
    if named and prefix != "国":
        return named[0].name, document.authorities[named[0].name].region
    if number and re.match(r"K\d|P\d|DEN", number):
        return "FDA", "US"
    if prefix or document.about_china:
        return "NMPA", "CN"
    first = next((n for n in document.names if n.kind == "authority"), None)
    return (first.name, document.authorities[first.name].region) if first else (None, None)


def _period(document: Document, row: Row) -> str | None:
    """The row's date, else that of the title or the nearest line above that has one, else the day of publication."""
    if (cell := row.cell(_DATE)) and (match := re.search(r"(20\d\d)[-./年](\d{1,2})[-./月](\d{1,2})", cell)):
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    for frame in document.titles:
        if frame.periods:
            return frame.periods[0].value
    return document.published.isoformat() if document.published else None


# -- numbered lists ---------------------------------------------------------------------------------------------------

_NAME_LINE = re.compile(r"^(?:\d{1,3}[.、]\s?)?产品名称\s?[:：]\s?(?P<product>.+)$")
_FIRM_LINE = re.compile(r"^(?:申请人|注册人|企业名称|申请企业)\s?[:：]\s?(?P<firm>.+)$")


def items_of(document: Document) -> Iterator[Registration]:
    """One signal a numbered item of a public notice: 产品名称 and 申请人 on lines of their own.

    The title says what was done.
    """
    heading = next((action for pattern, action in _HEADINGS if pattern.search(document.title)), None)
    if heading is None or _OTHER_TABLE.search(document.title) or _DRUGS.search(document.title):
        return
    for frame in document.frames:
        before = frame.previous
        if (
            before is None
            or not (firm := _FIRM_LINE.match(frame.words))
            or not (name := _NAME_LINE.match(before.words))
        ):
            continue
        start = before.start + before.words.index("产品名称")
        companies = tuple(dict.fromkeys(n.name for n in frame.named("company"))) or (firm["firm"].strip(),)
        region = "CN" if document.about_china else None
        yield Registration(
            evidence=Span(field="body", start=start, end=frame.end),
            companies=companies,
            devices=before.devices_in(before.start, before.end),
            regions=(region,) if region else (),
            period=document.published.isoformat() if document.published else None,
            confidence=0.95,
            authority="NMPA",
            action=heading,
            product=_original(before, before.start + name.start("product"), name["product"]).strip(),
            pathway=pathway_in(document.title),
        )
