"""Bytes to text: labels are believed as far as the bytes bear them out."""

import pytest

from streams.analyse.charset import decode
from tidings.errors import PageError

TEXT = "国家药监局：朱镕、㛃、€ 注册证编号 国械注准2026 与医疗器械经营"
PAGE = "<html><head><meta charset={}></head><body><p>" + TEXT * 5 + "</p></body></html>"


def read(body: bytes, header: str | None = None, override: str | None = None) -> str:
    return decode(body, header=header, override=override, subject="http://site.test/a")


@pytest.mark.parametrize(
    ("label", "encoding", "header"),
    [
        ("gb2312", "gb18030", None),
        ("gbk", "gb18030", "utf-8"),
        ("utf-8", "gb18030", "gbk"),
        ("utf-8", "utf-8", "gbk"),
        ("gb2312", "utf-8", "gb2312"),
        ("gb2312", "gb18030", "iso-8859-1"),
        ("utf-8", "utf-8-sig", None),
        ("x", "utf-16", None),
        ("nonsense", "gb18030", "nonsense"),
    ],
)
def test_one_page_in_many_disguises_is_one_text(label: str, encoding: str, header: str | None) -> None:
    page = PAGE.format(label)

    assert read(page.encode(encoding), header) == page


def test_the_source_file_overrides_header_and_label() -> None:
    page = "<meta charset=gbk><p>衛生主管機關核准三項醫療器材" * 5

    assert read(page.encode("big5hkscs"), "gb18030", "big5") == page


def test_western_text_without_a_label_is_read() -> None:
    text = "Le dispositif a été autorisé à la vente en février. " * 20

    assert read(text.encode("cp1252")) == text


def test_a_character_cut_at_the_end_does_not_change_the_charset() -> None:
    assert read("器械".encode()[:-1], "gbk") == "器"


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"%PDF-1.7", b"PK\x03\x04", b"\x1f\x8b\x08"]
)
def test_a_file_is_no_text(body: bytes) -> None:
    with pytest.raises(PageError, match=r"http://site\.test/a"):
        read(body)


def test_noise_is_no_text() -> None:
    with pytest.raises(PageError):
        read(bytes((i * 7919 + i * i) % 256 for i in range(20_000)))
