"""Registration, document and tender numbers in any bracket, width or spacing."""

import pytest

from streams.analyse.identifiers import authority_prefix, device_class, find


@pytest.mark.parametrize(
    ("text", "wanted", "class_"),
    [
        ("国械注准20243060417", "国械注准20243060417", "III"),
        ("国械注进 2017 2 40 1188", "国械注进20172401188", "II"),
        ("國械注許20243170055", "国械注许20243170055", "III"),
        ("国械注准２０２４３０６０４１７", "国械注准20243060417", "III"),
        ("国械注准\n20243060417", "国械注准20243060417", "III"),
        ("粤械注准20222070999，", "粤械注准20222070999", "II"),
        ("国械备20160077号", "国械备20160077号", "I"),
        ("浙温械备20150066号", "浙温械备20150066号", "I"),
        ("国食药监械（准）字2011第3210001号", "国食药监械(准)字2011第3210001号", "III"),
        ("衛部醫器輸字第020011號", "卫部医器输字第020011号", None),
        ("K239977.", "K239977", None),
        ("P050010/S003", "P050010/S003", None),
        ("DEN200012", "DEN200012", None),
    ],
)
def test_a_registration_number_is_read_in_its_normal_form(text: str, wanted: str, class_: str | None) -> None:
    (found,) = find(text)

    assert (found.kind, found.value, device_class(found.value)) == ("registration", wanted, class_)


@pytest.mark.parametrize(
    "text",
    [
        "药监综械注〔2023〕7号",
        "药监综械注[2023]7号",
        "药监综械注（2023）7号",
        "药监综械注【2023】 7 号",
        "药监综械注〔2023〕007号",
    ],
)
def test_a_document_number_is_the_same_in_every_bracket(text: str) -> None:
    assert [(n.kind, n.value) for n in find(text)] == [("document", "药监综械注〔2023〕7号")]


def test_a_list_of_numbers_is_read_one_by_one_with_their_places() -> None:
    text = "（国械注进20173080901、国械注进20213080222），见2023年第81号公告，项目编号：ZB-2023/07"

    found = find(text)

    assert [(n.kind, n.value) for n in found] == [
        ("registration", "国械注进20173080901"),
        ("registration", "国械注进20213080222"),
        ("document", "2023年第81号"),
        ("tender", "ZB-2023/07"),
    ]
    assert text[found[0].start : found[0].end] == "国械注进20173080901"


@pytest.mark.parametrize("text", ["CK239977", "K2399775", "国械注准2024306", "2023年3月", "械注准20243060417", "KN95"])
def test_what_only_resembles_a_number_is_left_alone(text: str) -> None:
    assert find(text) == []


def test_the_first_character_of_a_chinese_number_tells_who_issued_it() -> None:
    assert [authority_prefix(n) for n in ("国械注准20243060417", "粤械注准20222070999", "K239977")] == [
        "国",
        "粤",
        None,
    ]
