"""Registration, document and tender numbers, in whatever brackets, width or spacing they were printed.

The grammar of Chinese registration numbers: region, 械注 or 械备, 准 (domestic), 进 (imported) or 许 (Hong Kong, Macao,
Taiwan),
year of the first registration, class, category, serial. Before 2014: 国食药监械(准)字2010第3210001号.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from streams.analyse.plain import plain

_PROVINCES = "国京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青蒙桂藏宁新"
_CLASSES: dict[str, Literal["I", "II", "III"]] = {"1": "I", "2": "II", "3": "III"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in its normal form and where it stands: code points [start, end)."""

    kind: Literal["registration", "document", "tender"]
    value: str
    start: int
    end: int


def find(text: str) -> list[Number]:
    """All numbers of `text`, in order."""
    found: list[Number] = []
    for match in _ANY.finditer(plain(text)):
        if number := _READ[str(match.lastgroup)](match):
            found.append(number)
    return found


def device_class(registration_no: str) -> Literal["I", "II", "III"] | None:
    """The class that the number itself states; None if it states none (a filing is class I)."""
    if "械备" in registration_no:
        return "I"
    modern = re.fullmatch(r".械注[准进许](?:19|20)\d\d([123])\d{6,7}", registration_no)
    old = re.search(r"[准进许]\)字(?:19|20)\d\d第([123])\d{6}号", registration_no)
    hit = modern or old
    return _CLASSES[hit[1]] if hit else None


def authority_prefix(registration_no: str) -> str | None:
    """The character that tells who issued a Chinese number: 国 or a province's; None for numbers of other countries."""
    return registration_no[0] if "械" in registration_no and registration_no[0] in _PROVINCES else None


def _registration(m: re.Match[str]) -> Number | None:
    value = re.sub(r"[\s\u3000]+", "", m[0]).replace("O", "0")
    return (
        Number("registration", value, *m.span())
        if re.search(r"\d{10}", value) or "字" in value or "械备" in value
        else None
    )


def _fda(m: re.Match[str]) -> Number:
    return Number("registration", m[0].upper(), *m.span())


def _document(m: re.Match[str]) -> Number:
    value = f"{m['d_who']}〔{m['d_year']}〕{int(m['d_no'])}号"
    return Number("document", value, *m.span())


def _notice(m: re.Match[str]) -> Number:
    return Number("document", f"{m['n_year']}年第{int(m['n_no'])}号", *m.span())


def _tender(m: re.Match[str]) -> Number:
    return Number("tender", m["t_no"], m.start("t_no"), m.end("t_no"))


def _rules() -> Iterator[tuple[str, str]]:
    yield "modern", rf"[{_PROVINCES}]\s*械\s*注\s*[准进许]\s*(?:[12O]\s*)(?:[\dO]\s*){{9,11}}[\dO]"
    yield "filing", rf"[{_PROVINCES}]\s?[\u4e00-\u9fff]?\s*械\s*备\s*(?:19|20)\d\d\s*\d{{4}}(?:\s*\d)?号?"
    yield "old", r"[\u4e00-\u9fff]\s*食药监械\s*\([准进许]\)\s*字\s*(?:19|20)\d\d\s*第\s*\d{7}\s*号"
    yield "taiwan", r"(?:卫部|卫署|部授食)医器[\u4e00-\u9fff]{1,3}字第\d{6}号"
    yield "fda", r"(?<![A-Za-z0-9])(?:K\d{6}|P\d{6}(?:/S\d{3})?|DEN\d{6}|H\d{6})(?![A-Za-z0-9])"
    yield (
        "document",
        r"(?P<d_who>[\u4e00-\u9fff]{2,12}?)\s?[〔\[(【]\s?(?P<d_year>(?:19"
        r"|20)\d\d)\s?[〕\])】]\s?(?:第)?(?P<d_no>\d{1,5})\s?号",
    )
    yield "notice", r"(?P<n_year>(?:19|20)\d\d)年第(?P<n_no>\d{1,4})号"
    yield (
        "tender",
        r"(?:项目编号|招标文件编号|采购文件编号|采购编号"
        r"|招标编号)\s?:\s?(?P<t_no>[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\-/_.]{3,40})",
    )


_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _rules()))
_READ = {
    "modern": _registration,
    "filing": _registration,
    "old": _registration,
    "taiwan": _registration,
    "fda": _fda,
    "document": _document,
    "notice": _notice,
    "tender": _tender,
}
