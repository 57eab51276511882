"""Every printed form of a date, and what only looks like one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.analyse import dates
from tidings.records import Published

FETCHED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

#: text, moment in UTC, precision; read at +08:00
FORMS = [
    ("2024-05-17", "2024-05-16T16:00", "day"),
    ("2024-5-7 9:30", "2024-05-07T01:30", "minute"),
    ("2024-05-17 09:30:11", "2024-05-17T01:30:11", "second"),
    ("2024/05/17", "2024-05-16T16:00", "day"),
    ("2024.05.17", "2024-05-16T16:00", "day"),
    ("2024-05-17-09:30:11", "2024-05-17T01:30:11", "second"),
    ("2024年5月17日", "2024-05-16T16:00", "day"),
    ("2024 年 05 月 17 日 09:30", "2024-05-17T01:30", "minute"),
    ("2024年5月17日 下午3时05分", "2024-05-17T07:05", "minute"),
    ("二〇二四年五月十七日", "2024-05-16T16:00", "day"),
    ("二○二四年十二月三十一日", "2024-12-30T16:00", "day"),
    ("民國113年5月17日", "2024-05-16T16:00", "day"),
    ("113/05/17", "2024-05-16T16:00", "day"),
    ("1130517", "2024-05-16T16:00", "day"),
    ("令和6年5月17日", "2024-05-16T16:00", "day"),
    ("令和元年5月17日", "2019-05-16T16:00", "day"),
    ("20240517", "2024-05-16T16:00", "day"),
    ("20240517093011", "2024-05-17T01:30:11", "second"),
    ("1715909400", "2024-05-17T01:30", "second"),
    ("1715909400000", "2024-05-17T01:30", "second"),
    ("1715875200", "2024-05-16T16:00", "day"),
    ("Fri, 17 May 2024 08:00:00 GMT", "2024-05-17T08:00", "second"),
    ("Fri, 17 May 2024 08:00:05 Z", "2024-05-17T08:00:05", "second"),
    ("Fri, 17 May 2024 09:00:00 CST", "2024-05-17T01:00", "second"),
    ("Fri, 17 May 24 08:00:00 +0000", "2024-05-17T08:00", "second"),
    ("2024-05-17T08:00:00Z", "2024-05-17T08:00", "second"),
    ("2024-05-17T08:00:00", "2024-05-17T00:00", "second"),
    ("2024-05-17T08:00:00.250+02:00", "2024-05-17T06:00", "second"),
    ("2024-05-17T08:00-0400", "2024-05-17T12:00", "minute"),
    ("2024-05-17T00:00:00+08:00", "2024-05-16T16:00", "day"),
    ("May 17, 2024", "2024-05-16T16:00", "day"),
    ("Sept. 3rd, 2024", "2024-09-02T16:00", "day"),
    ("17 May 2024", "2024-05-16T16:00", "day"),
    ("17-May-2024", "2024-05-16T16:00", "day"),
    ("17. Mai 2024", "2024-05-16T16:00", "day"),
    ("17 de mayo de 2024", "2024-05-16T16:00", "day"),
    ("May 17, 2024, 08:00 ET", "2024-05-17T12:00", "minute"),
    ("Jan 17, 2024, 08:00 ET", "2024-01-17T13:00", "minute"),
    ("May 17, 2024 8:05 PM PDT", "2024-05-18T03:05", "minute"),
    ("17/05/2024 10:30", "2024-05-17T02:30", "minute"),
    ("05/06/2024", "2024-06-04T16:00", "day"),
    ("17.05.2024", "2024-05-16T16:00", "day"),
    ("2024-05", "2024-04-30T16:00", "month"),
    ("2024年5月", "2024-04-30T16:00", "month"),
    ("May 2024", "2024-04-30T16:00", "month"),
    ("2024", "2023-12-31T16:00", "year"),
    ("(2024-05-17)", "2024-05-16T16:00", "day"),
    ("【2024-05-17】", "2024-05-16T16:00", "day"),
    ("２０２４－０５－１７", "2024-05-16T16:00", "day"),
    ("2024-05-17\u00a010:00", "2024-05-17T02:00", "minute"),
    ("来源：省局 发布时间：2024-05-17 浏览：120", "2024-05-16T16:00", "day"),
    ("发布：2024-05-17 更新：2024-05-20", "2024-05-16T16:00", "day"),
    ("年报 2023-12-31 2024-05-17", "2024-05-16T16:00", "day"),
    ("3小时前", "2026-11-23T16:00", "day"),
    ("5 days ago", "2026-11-18T16:00", "day"),
    ("an hour ago", "2026-11-23T16:00", "day"),
    ("昨天 14:20", "2026-11-23T06:20", "minute"),
    ("09:30", "2026-11-24T01:30", "minute"),
    ("11-20 08:00", "2026-11-20T00:00", "minute"),
    ("12-30 08:00", "2025-12-30T00:00", "minute"),
]


def parse(text: str, zone: str = "+08:00") -> Published | None:
    return dates.parse(text, zone=zone, fetched_at=FETCHED, found="list")


@pytest.mark.parametrize(("text", "moment", "precision"), FORMS)
def test_a_printed_date_is_read_exactly(text: str, moment: str, precision: str) -> None:
    date = parse(text)

    assert date is not None
    assert (date.value, date.precision) == (datetime.fromisoformat(moment).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "20241345", "2024-02-30", "2024年13月1日", "00:61", "31/31/2024", "1.5", "64", "第12号",
        "1850-05-17", "2026-11-26", "2030年1月1日", "99999999999999", "浏览：20240", "v2.10.2024.1", "x" * 400,
        "二〇二四年十三月十七日",
    ],
)  # fmt: skip
def test_what_is_no_date_gives_none(text: str) -> None:
    assert parse(text) is None


def test_a_date_keeps_the_offset_it_was_stated_in() -> None:
    assert parse("Fri, 17 May 2024 08:00:00 EST") == Published(
        value=datetime(2024, 5, 17, 13, tzinfo=UTC), precision="second", found="list", zone="-05:00"
    )


def test_cst_is_central_time_outside_china() -> None:
    date = parse("Fri, 17 May 2024 09:00:00 CST", zone="-05:00")

    assert date is not None
    assert date.value == datetime(2024, 5, 17, 15, tzinfo=UTC)


def test_the_americas_put_the_month_first() -> None:
    date = parse("05/06/2024", zone="-05:00")

    assert date is not None
    assert date.value == datetime(2024, 5, 6, 5, tzinfo=UTC)


def test_a_date_within_a_day_after_the_fetch_stands() -> None:
    assert parse("2026-11-25 15:00") is not None
    assert parse("2026-11-25 17:00") is None


def test_running_text_gives_full_dates_only() -> None:
    def search(text: str) -> Published | None:
        return dates.search(text, zone="+00:00", fetched_at=FETCHED, found="text")

    assert search("In May 2024 about 1715909400 units, 64 of them by 12:30, in 2023") is None
    assert search("SHENZHEN, Nov. 20, 2026 /Wire/ -- up from 17 May 2024") == Published(
        value=datetime(2026, 11, 20, tzinfo=UTC), precision="day", found="text", zone="+00:00"
    )
    assert search("Founded 1 May 2001. Published: 20 Nov 2026") == Published(
        value=datetime(2026, 11, 20, tzinfo=UTC), precision="day", found="text", zone="+00:00"
    )


def test_a_dateline_is_a_line_of_its_own() -> None:
    def alone(line: str) -> bool:
        return dates.alone(line, zone="+08:00", fetched_at=FETCHED, found="text") is not None

    assert alone("2025年4月15日")
    assert not alone("自2025年4月15日起施行")


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.datetimes(datetime(1995, 1, 1), datetime(2026, 11, 23)),
    st.sampled_from(["%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M", "%d %B %Y %H:%M", "%B %d, %Y %H:%M", "%Y%m%d%H%M"]),
)
def test_what_is_written_is_read_back(moment: datetime, form: str) -> None:
    date = parse(moment.strftime(form))

    assert date is not None
    assert date.value == moment.replace(second=0, microsecond=0, tzinfo=UTC) - timedelta(hours=8)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text("0123456789-/.:年月日 TZ+ap前天小时MayFri,", max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    date = parse(text)

    assert date is None or date.value <= FETCHED + timedelta(hours=24)
