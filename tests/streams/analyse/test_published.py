"""Where pages say when they were published, and which place is believed."""

from datetime import UTC, datetime

import pytest

from streams.analyse.document import Reading, read
from tidings.layout import Layout
from tidings.records import Listed, Page, Published

FETCHED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SENTENCE = "The regulator said on Monday that it had cleared the device for use in hospitals. "
ARTICLE = f"<h1>Device cleared</h1>{{}}<article>{f'<p>{SENTENCE}</p>' * 10}</article>"
JSON_LD = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"%s"}</script>'


def published(
    head: str = "",
    beside: str = "",
    *,
    url: str = "https://site.test/a",
    listed: str = "",
    layout: Layout | None = None,
) -> Published | None:
    body = f"<html><head><title>Device cleared</title>{head}</head><body>{ARTICLE.format(beside)}</body></html>"
    page = Page(source="s", url=url, fetched_at=FETCHED, body=body.encode(), listed=Listed(date=listed))
    result = read(page, layout)
    assert isinstance(result, Reading)
    return result.published


def day(of_month: int, found: str, *, hour: int | None = None, zone: str = "+00:00") -> Published:
    return Published(
        value=datetime(2026, 11, of_month, hour or 0, tzinfo=UTC),
        precision="day" if hour is None else "minute",
        found=found,
        zone=zone,
    )


@pytest.mark.parametrize(
    ("head", "beside", "over", "expected"),
    [
        (JSON_LD % "2026-11-20", "", {}, day(20, "json-ld")),
        ("<meta name=PubDate content='2026-11-20 10:00'>", "", {}, day(20, "meta", hour=10)),
        ("<meta property=article:published_time content='2026-11-20T10:00+00:00'>", "", {}, day(20, "meta", hour=10)),
        ("<meta name=publishdate content='2026-11-20'>", "", {}, day(20, "meta")),
        ("", "<time itemprop=datePublished datetime='2026-11-20'>20 Nov</time>", {}, day(20, "time")),
        ("", "", {"listed": "Fri, 20 Nov 2026 10:00 GMT"}, day(20, "list", hour=10)),
        ("", "", {"listed": "(2026-11-20)"}, day(20, "list")),
        ("", "", {"url": "https://site.test/202611/t20261120_5.html"}, day(20, "url")),
        ("", "", {"url": "https://site.test/art/2026/11/20/art_1_2.html"}, day(20, "url")),
        ("", "", {"url": "https://site.test/2026-11/20/c_12.htm"}, day(20, "url")),
        ("", "", {"url": "https://site.test/20261120-slug"}, day(20, "url")),
        ("", "<p>发布时间：2026-11-20</p>", {}, day(20, "text")),
        ("", "<p>By A. Writer | November 20, 2026</p>", {}, day(20, "text")),
    ],
)
def test_each_place_that_states_a_date_is_read(
    head: str, beside: str, over: dict[str, str], expected: Published
) -> None:
    assert published(head, beside, **over) == expected  # type: ignore[arg-type]


def test_the_more_trusted_place_decides_on_the_day() -> None:
    head = JSON_LD % "2026-11-20" + "<meta name=PubDate content='2026-11-19 08:00'>"

    assert published(head, listed="2026-11-18") == day(20, "json-ld")


def test_a_less_trusted_place_may_add_the_time_of_that_day() -> None:
    assert published("<meta name=PubDate content='2026-11-20'>", listed="2026-11-20 10:00") == day(20, "list", hour=10)


def test_a_date_only_value_does_not_override_a_timed_one() -> None:
    assert published("<meta name=PubDate content='2026-11-20 10:00'>", listed="2026-11-20") == day(20, "meta", hour=10)


def test_the_selector_of_the_source_is_believed_before_all() -> None:
    layout = Layout(date=("#d",), timezone="+00:00")

    assert published(JSON_LD % "2026-11-01", "<p id=d>2026-11-20</p>", layout=layout) == day(20, "text")


def test_a_month_in_the_address_yields_to_a_day_of_it_in_the_text() -> None:
    assert published(beside="<p>20 November 2026</p>", url="https://site.test/2026/11/slug") == day(20, "text")
    assert published(url="https://site.test/2026/11/slug") == Published(
        value=datetime(2026, 11, 1, tzinfo=UTC), precision="month", found="url"
    )


def test_a_file_name_of_seventeen_digits_is_a_time() -> None:
    layout = Layout(timezone="+08:00")

    assert published(url="https://site.test/ggtg/20261120103015123.html", layout=layout) == Published(
        value=datetime(2026, 11, 20, 2, 30, 15, tzinfo=UTC), precision="second", found="url", zone="+08:00"
    )


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"url": "https://site.test/t20261345_1.html"},
        {"listed": "2026-11-26"},
        {"head": JSON_LD % "soon"},
        {"beside": "<p>Copyright 2026</p>"},
        {"beside": "<p>浏览：20261120</p>"},
    ],
)
def test_a_date_that_is_missing_impossible_or_ahead_is_none(over: dict[str, str]) -> None:
    assert published(**over) is None  # type: ignore[arg-type]


def test_the_text_of_a_date_ahead_is_kept() -> None:
    body = f"<h1>Device cleared</h1><article><p>Hearing: 1 March 2031</p>{f'<p>{SENTENCE}</p>' * 10}</article>"

    result = read(Page(source="s", url="https://site.test/a", fetched_at=FETCHED, body=body.encode()), None)

    assert isinstance(result, Reading)
    assert (result.published, result.body.split("\n")[0]) == (None, "Hearing: 1 March 2031")


def test_a_notice_without_any_other_date_has_that_of_its_dateline() -> None:
    text = "<p>本局今日批准三个医疗器械产品注册，产品名称和注册证编号见附件，请有关单位遵照执行。</p>" * 4
    body = f"<h1>公告</h1><article>{text}<p>示例省药品监督管理局</p><p>2026年11月20日</p></article>"

    result = read(Page(source="s", url="https://site.test/a", fetched_at=FETCHED, body=body.encode()), None)

    assert isinstance(result, Reading)
    assert result.published == Published(
        value=datetime(2026, 11, 19, 16, tzinfo=UTC), precision="day", found="text", zone="+08:00"
    )


def test_the_date_of_a_page_does_not_depend_on_when_it_is_read_again() -> None:
    """Only `fetched_at` stands for now; an article without a date has none, not today's."""
    pages = [
        Page(source="s", url="https://site.test/a", fetched_at=fetched, body=ARTICLE.format("").encode())
        for fetched in (datetime(2001, 1, 1, tzinfo=UTC), FETCHED, datetime(2090, 1, 1, tzinfo=UTC))
    ]

    readings = [read(page, None) for page in pages]

    assert readings[0] == readings[1] == readings[2]
    assert isinstance(readings[0], Reading)
    assert readings[0].published is None
