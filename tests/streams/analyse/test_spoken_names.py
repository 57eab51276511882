"""Companies written without a legal form, which no lexicon has."""

import pytest

from streams.analyse import spoken_names


def names(text: str, context: str = "") -> list[str]:
    return [text[start:end] for start, end in spoken_names.find(text, context)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Kestrel Ridge Surgical said its stapler passed the test.", ["Kestrel Ridge Surgical"]),
        ("Shares of Tinsley Diagnostics (NASDAQ: TDXX) fell.", ["Tinsley Diagnostics"]),
        ("Bonham Orthopaedics' hip cup was cleared.", ["Bonham Orthopaedics"]),
        ("The monitor, made by Wickham Medical, is light.", ["Wickham Medical"]),
        ("湖畔医疗公告，原总经理辞任。", ["湖畔医疗"]),
        ("近日，青禾生物披露年报，云帆骨科获批。", ["青禾生物", "云帆骨科"]),
        ("该仪器由白桦医疗研发的团队调试。", ["白桦医疗"]),
    ],
)
def test_a_trade_in_the_name_and_an_act_give_a_firm_away(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


def test_a_name_without_an_act_counts_if_it_stands_again() -> None:
    assert names("The stand of Ostrava Robotics") == ["Ostrava Robotics"]
    assert names("At Ostrava Robotics today") == []
    assert names("At Ostrava Robotics today", "Ostrava Robotics is small.") == ["Ostrava Robotics"]


@pytest.mark.parametrize(
    "text",
    [
        "The National Medical Products Administration met Harvard Medical School and the Chinese Medical Association.",
        "He was trained in Emergency Medical Services.",
        "Advances in Medical Imaging was published.",
        "New Medical said nothing.",
        "Duke Clinical Robotics Lab opened.",
        "智慧医疗发布会在杭州举行，基层医疗表示欢迎。",
        "国家医疗保障局宣布新政，县域医疗共同体今年推开。",
        "境内第三类医疗器械产品获批，湖南省医疗器械抽检公告。",
        "体外诊断推出新标准，介入医疗发布共识。",
        "北京某医疗表示，将退款。",
    ],
)
def test_everyday_words_with_the_same_ending_are_no_firms(text: str) -> None:
    assert names(text) == []
