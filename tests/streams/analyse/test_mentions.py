"""Names in text: the longest wins, everyday words are no names, legal forms give companies away."""

import pytest

from streams.analyse.mentions import finder
from tidings.lexicon import Entry, Lexicon, load

find = finder(load())


def companies(text: str, context: str = "") -> list[str]:
    return [name.name for name in find(text, context) if name.kind == "company"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mindray and 迈瑞医疗", ["Mindray", "Mindray"]),
        ("強生與邁瑞", ["Johnson & Johnson", "Mindray"]),
        ("ＧＥ医疗", ["GE HealthCare"]),
        ("MicroPort MedBot, not MicroPort", ["MicroPort MedBot", "MicroPort"]),
        ("MINDRAY's monitors", ["Mindray"]),
        ("上海联影医疗科技股份有限公司", ["United Imaging Healthcare"]),
        ("通用电气医疗系统贸易发展（上海）有限公司公告", ["GE HealthCare"]),
        ("飞利浦（中国）投资有限公司", ["Philips"]),
        ("Siemens Healthcare Diagnostics Inc.", ["Siemens Healthineers"]),
        ("由苏州岚屿医疗科技有限公司生产", ["苏州岚屿医疗科技有限公司"]),
        ("（一）宁波泰和器械有限公司", ["宁波泰和器械有限公司"]),
        ("批准了南京澄岸器械（集团）股份有限公司的产品", ["南京澄岸器械（集团）股份有限公司"]),
        ("In May Arvo Medical Co., Ltd. and Tern Optics GmbH agreed", ["Arvo Medical Co., Ltd.", "Tern Optics GmbH"]),
        ("汐岚医疗(06123.HK)公告", ["汐岚医疗"]),
    ],
)
def test_companies_are_found_in_every_form(text: str, wanted: list[str]) -> None:
    assert companies(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "增强生产能力",
        "加强生物安全",
        "与其关联影响较小",
        "快乐普及活动",
        "微创医疗器械产业",
        "领先健康险",
        "给我们的 us and pets",
        "GEAR, Mindrays",
        "有限公司",
        "智慧医疗宣布",
    ],
)
def test_everyday_words_are_no_companies(text: str) -> None:
    assert companies(text) == []


def test_an_ambiguous_form_counts_only_near_what_confirms_it() -> None:
    assert companies("鲤鱼跃出水面，市民围观") == []
    assert companies("鱼跃发布新款制氧机，用于家庭医疗") == ["Yuwell"]
    assert companies("鱼跃发布公告", "鱼跃医疗年报") == ["Yuwell"]


def test_names_of_other_kinds_are_found_with_their_places() -> None:
    text = "广东省药监局 and the U.S. FDA on MRI scanners for hospitals in Brazil"

    assert [(n.kind, n.name, text[n.start : n.end]) for n in find(text)] == [
        ("authority", "Guangdong MPA", "广东省药监局"),
        ("authority", "FDA", "U.S. FDA"),
        ("device", "mri", "MRI"),
        ("device", "ct", "scanners"),
        ("region", "BR", "Brazil"),
    ]


def test_a_word_inside_a_companys_name_is_no_device_and_no_region() -> None:
    assert [n.kind for n in find("北京康复之家超声有限公司")] == ["company"]


def test_a_guard_ends_the_match_only_where_it_stands() -> None:
    entry = Entry(kind="company", name="Arvo", aliases=("阿沃",), not_in=("阿沃德",))
    lexicon = Lexicon(entries=(entry,), topics={}, relevance={})

    found = finder(lexicon)("阿沃德学院采购阿沃设备")

    assert [(n.start, n.end) for n in found] == [(7, 9)]
