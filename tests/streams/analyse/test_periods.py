"""Times in text, as ISO 8601 in the coarsest form that is true."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.analyse.periods import find

ON = date(2024, 8, 20)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In 2022, sales", ["2022"]),
        ("by 2031", ["2031"]),
        ("from 2016 to 2022", ["2016/2022"]),
        ("2021-2026", ["2021/2026"]),
        ("2021–26", ["2021/2026"]),
        ("H1 2023", ["2023-H1"]),
        ("1H23", ["2023-H1"]),
        ("second half of 2023", ["2023-H2"]),
        ("the third quarter of 2023", ["2023-Q3"]),
        ("Q4 2023", ["2023-Q4"]),
        ("first nine months of 2023", ["2023-01/2023-09"]),
        ("between January and November 2023", ["2023-01/2023-11"]),
        ("first three quarters of 2023", ["2023-01/2023-09"]),
        ("FY2022", ["2022"]),
        ("the year ended December 31, 2023", ["2023"]),
        ("November 2023", ["2023-11"]),
        ("May 17, 2024", ["2024-05-17"]),
        ("17 May 2024", ["2024-05-17"]),
        ("since 2018", ["2018/.."]),
        ("14th Five-Year Plan", ["2021/2025"]),
        ("2023年", ["2023"]),
        ("2023年度", ["2023"]),
        ("2023年上半年", ["2023-H1"]),
        ("2023年第三季度", ["2023-Q3"]),
        ("2023年前三季度", ["2023-01/2023-09"]),
        ("2023年1-6月", ["2023-01/2023-06"]),
        ("2023年1至5月", ["2023-01/2023-05"]),
        ("2023年前4个月", ["2023-01/2023-04"]),
        ("自2022年3月至年底", ["2022-03/2022-12"]),
        ("2022年11月至2023年2月", ["2022-11/2023-02"]),
        ("2023年5月", ["2023-05"]),
        ("2023年5月8日", ["2023-05-08"]),
        ("2022年至2024年", ["2022/2024"]),
        ("2026—2030年", ["2026/2030"]),
        ("2020年以来", ["2020/.."]),
        ("“十四五”期间", ["2021/2025"]),
        ("十五五规划", ["2026/2030"]),
        ("公告114年7月份", ["2025-07"]),
        ("2023-04-30", ["2023-04-30"]),
    ],
)
def test_a_stated_time_needs_no_date_of_publication(text: str, wanted: list[str]) -> None:
    assert [when.value for when in find(text, None)] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("last year", "2023"),
        ("this year", "2024"),
        ("in May", "2024-05"),
        ("in November", "2023-11"),
        ("on June 28", "2024-06-28"),
        ("yesterday", "2024-08-19"),
        ("in the first half", "2024-H1"),
        ("去年", "2023"),
        ("今年上半年", "2024-H1"),
        ("去年前三季度", "2023-01/2023-09"),
        ("一季度", "2024-Q1"),
        ("5月份", "2024-05"),
        ("12月", "2023-12"),
        ("8月1日", "2024-08-01"),
        ("未来五年", "2024/2028"),
        ("今后3年", "2024/2026"),
    ],
)
def test_a_relative_time_is_read_from_the_date_of_publication_and_not_without_it(text: str, wanted: str) -> None:
    assert [when.value for when in find(text, ON)] == [wanted]
    assert find(text, None) == []


@pytest.mark.parametrize(
    "text",
    [
        "It may rise",
        "a March of progress",
        "1,388 devices",
        "Directive (EU) 2019/520",
        "2025年第31号",
        "2024年13月",
        "国械注准20243060417",
        "HC-2025-3",
    ],
)
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert find(text, ON) == []


@settings(derandomize=True, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2150, 12, 31)))
def test_a_day_is_the_same_in_both_languages(day: date) -> None:
    chinese, english = f"{day.year}年{day.month}月{day.day}日", day.strftime("%B %-d, %Y")

    found = [[when.value for when in find(text, None)] for text in (chinese, english)]

    wanted = [day.isoformat()] if 1900 <= day.year < 2100 else None
    assert wanted is None or found == [wanted, wanted]


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="0123456789年月日季度半上前第去今-至/ QH", max_size=30))
def test_no_text_breaks_the_grammar_and_places_lie_within_it(text: str) -> None:
    assert all(0 <= when.start < when.end <= len(text) for when in find(text, ON))
