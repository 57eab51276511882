"""Where sentences and clauses begin and end."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.analyse.sentences import clauses, sentences


def cut(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("zh-Hans", "产品获批。2025年3月上市。", ["产品获批。", "2025年3月上市。"]),
        ("zh-Hans", "他问：“能用吗？”随后试机；一切正常！", ["他问：“能用吗？”", "随后试机；", "一切正常！"]),
        ("zh-Hant", "核准了……尚待公告\n下一行", ["核准了……", "尚待公告", "下一行"]),
        ("en", "Sales rose 4.5 pct. in May. Costs fell.", ["Sales rose 4.5 pct. in May.", "Costs fell."]),
        ("en", "Arvo Co., Ltd. said so. Dr. Lee agreed.", ["Arvo Co., Ltd. said so.", "Dr. Lee agreed."]),
        ("en", "The U.S. FDA cleared it. It sells.", ["The U.S. FDA cleared it.", "It sells."]),
        ("en", "A heading\nA line. Another.", ["A heading", "A line.", "Another."]),
        ("en", "1\tValve. Large\tArvo Inc.\tK240001", ["1\tValve. Large\tArvo Inc.\tK240001"]),
    ],
)
def test_a_text_is_cut_into_sentences(language: str, text: str, wanted: list[str]) -> None:
    assert cut(text, language) == wanted


def test_clauses_part_at_commas_but_not_inside_figures_dates_and_names() -> None:
    english = "On May 3, 2024, Arvo Co., Ltd. sold 1,200 units, while costs fell"
    chinese = "3月，出口1,200台；另有2家：甲、乙"

    assert [english[s:e] for s, e in clauses(english, 0, len(english), "en")] == [
        "On May 3, 2024",
        "Arvo Co., Ltd. sold 1,200 units",
        "while costs fell",
    ]
    assert [chinese[s:e] for s, e in clauses(chinese, 0, len(chinese), "zh")] == [
        "3月",
        "出口1,200台",
        "另有2家",
        "甲、乙",
    ]


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="ab. ,;。！”\n\t1A", max_size=60), st.sampled_from(["en", "zh-Hans"]))
def test_sentences_stand_in_order_and_lose_nothing_but_blanks(text: str, language: str) -> None:
    found = sentences(text, language)

    kept = "".join(text[start:end] for start, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert "".join(kept.split()) == "".join(text.split())
