"""How rows are read from list pages and feeds, without a network."""

from collections.abc import Callable
from typing import Any

import pytest
from scrapy.http import HtmlResponse, XmlResponse

from crawlers.source import ListLayout, Paging, Source
from crawlers.spiders import feed as feeds
from crawlers.spiders import listing as listings
from tidings.records import Listed

AT = "https://news.example/zx/index.html"


def page(body: str, charset: str = "utf-8") -> HtmlResponse:
    return HtmlResponse(AT, body=body.encode(charset), headers={"Content-Type": "text/html"})


def found(source: Source, body: str, charset: str = "utf-8") -> list[tuple[str, str, str]]:
    return [(row.link, row.listed.title, row.listed.date) for row in listings.read(source, page(body, charset))]


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("./a.html", "https://news.example/zx/a.html"),
        ("../../x/a.html", "https://news.example/x/a.html"),
        ("//other.example/a.html", "https://other.example/a.html"),
        ("\\zx\\a.html", "https://news.example/zx/a.html"),
        ("  /a.html\n ", "https://news.example/a.html"),
        ("?id=3&amp;c=4", "https://news.example/zx/index.html?id=3&c=4"),
        ("/通知/1.html", "https://news.example/通知/1.html"),
    ],
)
def test_links_are_resolved_against_the_list(listing: Callable[..., Source], href: str, link: str) -> None:
    assert found(listing(), f'<ul class="list"><li><a href="{href}">T</a></li></ul>') == [(link, "T", "")]


def test_a_base_element_is_respected(listing: Callable[..., Source]) -> None:
    body = '<head><base href="https://cdn.example/n/"></head><ul class="list"><li><a href="1.html">T</a></li></ul>'

    assert found(listing(), body) == [("https://cdn.example/n/1.html", "T", "")]


def test_the_full_title_of_the_link_is_preferred_to_its_shortened_text(listing: Callable[..., Source]) -> None:
    body = '<ul class="list"><li><a href="/1" title="A long  title">A lon…</a><span> 2026-11-20 </span></li></ul>'

    assert found(listing(), body) == [("https://news.example/1", "A long title", "2026-11-20")]


def test_an_item_linked_by_its_picture_and_by_its_headline_is_one_row_with_the_title(
    listing: Callable[..., Source],
) -> None:
    rows = ListLayout(
        rows="a", url=("./@href",), title=(".",), date=("./@href",), date_pattern=r"(\d{4})-(\d\d)/(\d\d)"
    )
    body = '<a href="/2026-11/20/c_1.htm"><img src="x.png"></a><a href="/2026-11/20/c_1.htm">A headline</a>'

    assert found(listing(list=rows), body) == [("https://news.example/2026-11/20/c_1.htm", "A headline", "2026-11-20")]


def test_a_date_that_does_not_fit_its_pattern_is_no_date(listing: Callable[..., Source]) -> None:
    rows = ListLayout(rows="ul.list li", date=("span",), date_pattern=r"\d{4}-\d\d-\d\d")
    body = '<ul class="list"><li><a href="/1">T</a><span>浏览：120</span></li></ul>'

    assert found(listing(list=rows), body) == [("https://news.example/1", "T", "")]


def test_the_charset_of_the_source_file_overrides_a_wrong_label(listing: Callable[..., Source]) -> None:
    rows = ListLayout(rows="ul.list li", charset="gb18030")
    body = '<meta charset="utf-8"><ul class="list"><li><a href="/1">医疗器械召回</a></li></ul>'

    assert found(listing(list=rows), body, "gb18030") == [("https://news.example/1", "医疗器械召回", "")]


def test_a_page_labelled_gb2312_is_read_as_gb18030(listing: Callable[..., Source]) -> None:
    body = '<meta charset="gb2312"><ul class="list"><li><a href="/1">朱镕基㛃</a></li></ul>'

    assert found(listing(), body, "gb18030") == [("https://news.example/1", "朱镕基㛃", "")]


@pytest.mark.parametrize(
    ("mode", "start", "number", "url"),
    [
        ("none", AT, 2, None),
        ("index-n", AT, 2, "https://news.example/zx/index_2.html"),
        ("index-n", AT, 3, "https://news.example/zx/index_3.html"),
        ("index-minus-one", AT, 2, "https://news.example/zx/index_1.html"),
        ("index-n", "https://news.example/zx/", 2, "https://news.example/zx/index_2.html"),
        ("index-n", "https://news.example/zx/list.shtml?c=1", 2, "https://news.example/zx/list_2.shtml?c=1"),
        ("query-n", "https://news.example/feed/?a=1&page=1", 2, "https://news.example/feed/?a=1&page=2"),
        ("next-link", AT, 2, "https://news.example/zx/older.html"),
    ],
)
def test_addresses_of_older_list_pages(
    listing: Callable[..., Source], mode: Any, start: str, number: int, url: str | None
) -> None:
    source = listing(paging=Paging(mode=mode, next=("a.next",)))

    assert listings.next_page(source, start, page('<a class="next" href="older.html">›</a>'), number) == url


def test_a_list_without_a_next_link_has_no_older_page(listing: Callable[..., Source]) -> None:
    source = listing(paging=Paging(mode="next-link", next=("a.next",)))

    assert listings.next_page(source, AT, page("<p>end</p>"), 2) is None


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Wire</title><link>https://news.example/</link>
<item><title>&lt;b&gt;Bold &amp;amp; new&lt;/b&gt;</title><link>/a/3?utm_source=rss</link>
  <pubDate>2024年8月20日 09:00:00 CST</pubDate></item>
<item><title>No link but a guid</title><guid>https://news.example/a/2</guid></item>
<item><title>No link at all</title><guid>90</guid></item>
<item><title>A script</title><link>javascript:alert(1)</link></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Alerts</title>
<entry><title>One</title><link href="https://news.example/a/1"/><updated>2026-11-20T10:00:00+08:00</updated></entry>
</feed>"""


def entries(source: Source, body: bytes) -> list[tuple[str, str, Listed]]:
    response = XmlResponse("https://news.example/feed.xml", body=body, headers={"Content-Type": "application/rss+xml"})
    return [(row.url, row.link, row.listed) for row in feeds.read(source, response)]


def test_feed_items_bear_plain_titles_and_the_date_as_printed(feed: Callable[..., Source]) -> None:
    assert entries(feed(), RSS.encode()) == [
        (
            "https://news.example/a/3",
            "https://news.example/a/3?utm_source=rss",
            Listed(title="Bold & new", date="2024年8月20日 09:00:00 CST", place=0),
        ),
        ("https://news.example/a/2", "https://news.example/a/2", Listed(title="No link but a guid", place=1)),
    ]


def test_atom_entries_are_read(feed: Callable[..., Source]) -> None:
    assert entries(feed(), ATOM.encode()) == [
        ("https://news.example/a/1", "https://news.example/a/1", Listed(title="One", date="2026-11-20T10:00:00+08:00"))
    ]


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("Bold &amp;amp; new", "Bold & new & &nbsp;"),
        "\n\n" + RSS,
        RSS.replace("</channel></rss>", ""),
        RSS.replace("Wire", "Wi\x0bre"),
    ],
    ids=["bare ampersand", "leading blank line", "cut off", "control character"],
)
def test_feeds_that_are_not_quite_xml_are_read_all_the_same(feed: Callable[..., Source], broken: str) -> None:
    assert [url for url, _, _ in entries(feed(), broken.encode())] == [
        "https://news.example/a/3",
        "https://news.example/a/2",
    ]


def test_a_feed_in_gb18030_is_read(feed: Callable[..., Source]) -> None:
    body = RSS.replace("UTF-8", "gb2312").replace("No link but a guid", "集中带量采购").encode("gb18030")

    assert entries(feed(), body)[1][2].title == "集中带量采购"
