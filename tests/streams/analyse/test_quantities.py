"""Figures in text: value, range, unit, approximation, place; and what is no figure at all."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.analyse.quantities import find, parse
from tidings.records import Quantity


def quantity(value: str, unit: str, approx: str | None = None, upper: str | None = None) -> Quantity:
    return Quantity(value=Decimal(value), unit=unit, approx=approx, upper=upper and Decimal(upper))  # type: ignore[arg-type]


MONEY = [
    ("RMB 2.5 billion", quantity("2500000000", "CNY")),
    ("US$640m", quantity("640000000", "USD")),
    ("€18.4 million", quantity("18400000", "EUR")),
    ("RMB 91,305 thousand", quantity("91305000", "CNY")),
    ("$ 2,118.6 million", quantity("2118600000", "USD")),
    ("14,208.9 million dollars", quantity("14208900000", "USD")),
    ("CNY1.20 trillion", quantity("1200000000000", "CNY")),
    ("HK$3.1bn", quantity("3100000000", "HKD")),
    ("¥300", quantity("300", "CNY")),
    ("27.8亿元", quantity("2780000000", "CNY")),
    ("1,060万美元", quantity("10600000", "USD")),
    ("4.2万亿元", quantity("4200000000000", "CNY")),
    ("3500 万元人民币", quantity("35000000", "CNY")),
    ("２．４亿元", quantity("240000000", "CNY")),
    ("30余万元", quantity("300000", "CNY", "over")),
    ("RMB 6-7 billion", quantity("6000000000", "CNY", upper="7000000000")),
    ("5亿至8亿美元", quantity("500000000", "USD", upper="800000000")),
    ("between $2 billion and $3 billion", quantity("2000000000", "USD", upper="3000000000")),
    ("approximately RMB12 billion", quantity("12000000000", "CNY", "about")),
    ("逾6亿元", quantity("600000000", "CNY", "over")),
]
RATIOS = [
    ("31%", quantity("31", "percent")),
    ("33.5 per cent", quantity("33.5", "percent")),
    ("fell 9.4%", quantity("-9.4", "percent")),
    ("同比下降3.4%", quantity("-3.4", "percent")),
    ("5.6% lower", quantity("-5.6", "percent")),
    ("-0.7%", quantity("-0.7", "percent")),
    ("12–18%", quantity("12", "percent", upper="18")),
    ("接近7%", quantity("7", "percent", "about")),
    ("提高2.3个百分点", quantity("2.3", "percentage_points")),
    ("150 bps", quantity("1.5", "percentage_points")),
    ("四成", quantity("40", "percent")),
    ("近七成", quantity("70", "percent", "about")),
    ("三成半", quantity("35", "percent")),
    ("翻了一番", quantity("100", "percent")),
    ("翻两番", quantity("300", "percent")),
    ("more than doubled", quantity("100", "percent", "over")),
    ("halved", quantity("-50", "percent")),
    ("增长2.5倍", quantity("250", "percent")),
]
COUNTS = [
    ("over 150 countries", quantity("150", "countries", "over")),
    ("130多个国家和地区", quantity("130", "countries", "over")),
    ("17 new cloud-based products", quantity("17", "products")),
    ("1,388 software registrations", quantity("1388", "products")),
    ("医疗器械产品196个", quantity("196", "products")),
    ("5张第三类注册证", quantity("5", "products")),
    ("近百款", quantity("100", "products", "about")),
    ("注册申请合计8102项", quantity("8102", "applications")),
    ("nine manufacturers", quantity("9", "companies")),
    ("三家企业", quantity("3", "companies")),
    ("two hundred and five devices", quantity("205", "products")),
    ("3.4万余台", quantity("34000", "units", "over")),
    ("2.6亿人份", quantity("260000000", "units")),
    ("3000多家医院", quantity("3000", "hospitals", "over")),
    ("境外客户总数412家", quantity("412", "customers")),
    ("12个省", quantity("12", "provinces")),
    ("200-300台", quantity("200", "units", upper="300")),
]


@pytest.mark.parametrize(("text", "wanted"), [*MONEY, *RATIOS, *COUNTS])
def test_a_figure_is_read_in_base_units(text: str, wanted: Quantity) -> None:
    assert parse(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "a 1.5T magnet and 64排CT",
        "第三类医疗器械, Class III",
        "十四五期间",
        "2024年3月15日",
        "in March 2025 the National Medical Products Administration",
        "In 2023 devices were recalled",
        "国械注准20243060417",
        "K239977",
        "REF/2025/012",
        "（2025年第31号）",
        "电话12345",
        "第3个国家",
        "每两台就有一台",
        "完成改造",
        "9" * 40 + "%",
    ],
)
def test_what_is_no_figure_is_left_alone(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rose from 30% to 35%", ["30", "35"]),
        ("from RMB 4 billion to RMB 3 billion", ["4000000000", "3000000000"]),
        ("由30%提升至35%", ["30", "35"]),
        ("RMB41,000 to about RMB9,000", ["41000", "9000"]),
    ],
)
def test_a_change_is_two_figures_and_no_range(text: str, wanted: list[str]) -> None:
    assert [str(f.quantity.value) for f in find(text)] == wanted
    assert all(f.quantity.upper is None for f in find(text))


def test_a_conversion_in_brackets_is_no_second_figure() -> None:
    assert [f.quantity.unit for f in find("12 billion yuan (US$1.7 billion) and 3亿美元（约23.4亿港元）")] == [
        "CNY",
        "USD",
    ]


def test_a_fall_takes_the_nearest_verb_of_its_own_clause() -> None:
    found = find("毛利率下降，收入增长6.1%；costs fell but revenue rose 4%")

    assert [str(f.quantity.value) for f in found] == ["6.1", "4"]


def test_a_figure_says_where_it_stands() -> None:
    text = "去年出口额为８.６亿美元，"

    (found,) = find(text)

    assert text[found.start : found.end] == "８.６亿美元"


@settings(derandomize=True, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8), ("万亿", 10**12)]))
def test_chinese_multipliers_are_exact(number: int, times: tuple[str, int]) -> None:
    found = parse(f"{number}{times[0]}元")

    assert found == Quantity(value=Decimal(number * times[1]), unit="CNY")


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="0123456789.,-%万亿元个成 $RMB至to第年", max_size=40))
def test_no_text_breaks_the_grammar_and_places_lie_within_it(text: str) -> None:
    assert all(0 <= f.start < f.end <= len(text) for f in find(text))
