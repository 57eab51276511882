"""A page as it came, and what is read out of it."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.analyse.document import BODY_BYTES_MAX, Reading, read
from tidings.errors import PageError
from tidings.layout import Layout
from tidings.records import Attachment, Listed, Page, Published
from tidings.steps import Outcome

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
FETCHED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SENTENCE = "The regulator said on Monday that it had cleared the device for use in hospitals. "


def page(body: str | bytes, **over: Any) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    made = Page(source="ledger", url="https://ledger.example/news/a", fetched_at=FETCHED, body=data)
    return msgspec.structs.replace(made, **over)


def html(body: str, head: str = "<title>Device cleared</title>") -> str:
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def reading(body: str | bytes, layout: Layout | None = None, **over: Any) -> Reading:
    result = read(page(body, **over), layout)
    assert isinstance(result, Reading), result
    return result


# -- whole pages ------------------------------------------------------------------------------------------------------


def test_a_government_notice_in_gb18030_is_read_whole() -> None:
    source = (PAGES / "approvals.html").read_text("utf-8")

    result = read(page(source.encode("gb18030"), url="http://mpa.example/ggtg/20261120103000123.html"), None)

    assert result == Reading(
        url="http://mpa.example/ggtg/20261120103000123.html",
        title="关于批准注册3个医疗器械产品的公告",
        body="2026年10月，本局共批准注册医疗器械产品3个，均为第二类医疗器械，具体产品名称、注册人和注册证编号见下表。\n"
        "序号\t产品名称\t注册人名称\t注册证编号\n"
        "1\t一次性使用无菌注射器\t示例医疗科技有限公司\t示械注准20262140001\n"
        "2\t电子血压计\t示例医疗科技有限公司\t示械注准20262070002\n"
        "3\t医用 X 射线胶片\t样本影像有限公司\t示械注准20262060003\n"
        "以上产品自公告之日起生效\n"
        "特此公告。\n"
        "附件：产品目录.docx",
        origin="医疗器械注册处",
        language="zh-Hans",
        published=Published(
            value=datetime(2026, 11, 20, 2, 30, tzinfo=UTC), precision="minute", found="meta", zone="+08:00"
        ),
        attachments=(Attachment(name="产品目录.docx", url="http://mpa.example/ggtg/files/list.docx"),),
    )


def test_a_news_page_is_read_without_navigation_and_related_links() -> None:
    result = reading((PAGES / "release.html").read_bytes(), url="http://ledger.example/news/harbor-imaging-clearance")

    assert (result.url, result.title, result.origin, result.language, result.attachments) == (
        "https://ledger.example/news/harbor-imaging-clearance",
        "Harbor Imaging wins clearance for compact scanner",
        "Device Ledger",
        "en",
        (),
    )
    assert result.published == Published(
        value=datetime(2026, 11, 23, 14, 15, tzinfo=UTC), precision="second", found="json-ld", zone="-05:00"
    )
    assert [line.split(" ")[0] for line in result.body.split("\n")] == [
        "Harbor", "The", "Bore:", "Weight:", "Power:", "Analysts", "Shares",
    ]  # fmt: skip


def test_hostile_markup_comes_out_as_plain_text() -> None:
    result = reading((PAGES / "hostile.html").read_bytes())

    assert result.title == "Recall of pumps alert(2)"
    assert result.body.split("\n") == [
        "The maker recalled the pump after a review of complaints from clinics.",
        "A patch is available from the maker's own site and takes ten minutes to install.",
        "Code shown as text: <script>alert(8)</script> stays text.",
    ]


def test_the_selectors_of_the_source_come_first() -> None:
    body = html(
        f"<h1>Site</h1><h2 id=t>Right title</h2><p id=d>2026-11-19 08:00</p><p id=o>Source: Harbor Wire</p>"
        f"<article>{f'<p>{SENTENCE}</p>' * 10}</article><div id=b><p>The text.</p><p class=ad>Buy.</p></div>",
        '<meta name=PubDate content="2026-11-01">',
    )
    layout = Layout(
        title=("h3", "#t"), body=("#none", "#b"), date=("#d",), origin=("#o",), remove=(".ad",), timezone="+08:00"
    )

    assert reading(body, layout) == Reading(
        url="https://ledger.example/news/a",
        title="Right title",
        body="The text.",
        origin="Harbor Wire",
        language="en",
        published=Published(value=datetime(2026, 11, 19, tzinfo=UTC), precision="minute", found="text", zone="+08:00"),
    )


def test_a_source_whose_selectors_find_nothing_is_read_like_any_page() -> None:
    body = html(f"<h1>Device cleared</h1><article>{f'<p>{SENTENCE}</p>' * 10}</article>")

    assert reading(body, Layout(body=("#gone",), title=(".gone",))) == reading(body)


# -- titles, counters, addresses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "listed", "title"),
    [
        ("<meta name=ArticleTitle content='The tag'><title>Other</title>", "", "", "The tag"),
        ("<title>Device cleared - Device Ledger</title>", "", "", "Device cleared"),
        ("<title>批准三个产品_公告_示例局</title>", "", "", "批准三个产品"),
        ("<meta property=og:title content='Cleared — and on sale'><title>x</title>", "", "", "Cleared — and on sale"),
        (
            "<meta property=og:site_name content=Ledger><meta property=og:title content='Cleared — at last | Ledger'>",
            "",
            "",
            "Cleared — at last",
        ),
        ("<title>Site</title>", "<h1>Device cleared</h1>", "", "Device cleared"),
        ("<title>Cleared: MRI | Ledger</title>", "<h1>Ledger</h1><h1>Cleared: MRI</h1>", "", "Cleared: MRI"),
        (
            "<title>A long title that is c…</title>",
            "",
            "A long title that is cut short",
            "A long title that is cut short",
        ),
        ("<title>A whole title</title>", "", "A whole ti…", "A whole title"),
        ("", "", "Only <em>listed</em>", "Only listed"),
        ("<title>Flow &amp;lt; 0.5 ml &amp;amp; more</title>", "", "", "Flow < 0.5 ml & more"),
    ],
)
def test_the_title_is_the_most_exact_one_there_is(head: str, body: str, listed: str, title: str) -> None:
    text = html(body + f"<article>{f'<p>{SENTENCE}</p>' * 10}</article>", head)

    assert reading(text, listed=Listed(title=listed)).title == title


def test_a_view_counter_makes_no_new_revision() -> None:
    def body(views: int) -> str:
        text = "本局今日批准三个医疗器械产品注册，产品名称和注册证编号见附件，请有关单位遵照执行。" * 3
        return html(f"<div class=main><p>时间：2026-11-20 浏览：{views}</p><p>{text}</p><p>{text}</p></div>")

    assert reading(body(7)).body == reading(body(12345)).body


@pytest.mark.parametrize(
    ("url", "link", "expected"),
    [
        ("http://site.test/n?id=1&utm_source=x", "https://site.test/n?id=1", "https://site.test/n?id=1"),
        ("https://site.test/n?id=1", "https://site.test/n", "https://site.test/n?id=1"),
        ("https://site.test/n?id=1", "https://site.test/", "https://site.test/n?id=1"),
        ("https://site.test/n", "https://other.test/n", "https://site.test/n"),
        ("https://site.test/n?view=print", "/n", "https://site.test/n"),
        ("https://site.test/n", "http://[bad", "https://site.test/n"),
    ],
)
def test_a_canonical_link_is_believed_about_the_same_page_only(url: str, link: str, expected: str) -> None:
    text = html(f"<article>{f'<p>{SENTENCE}</p>' * 10}</article>", f'<link rel=canonical href="{link}">')

    assert reading(text, url=url).url == expected


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("来源：新华社 时间：2026-11-20", "新华社"),
        ("来源：<a href=/x>示例日报</a> 作者：某某", "示例日报"),
        ("来源：本站", "ledger"),
        ("Source: Harbor Wire", "Harbor Wire"),
        ("", "ledger"),
    ],
)
def test_the_origin_is_who_the_page_says_wrote_it(text: str, origin: str) -> None:
    assert (
        reading(html(f"<h1>Device cleared</h1><p>{text}</p><article>{f'<p>{SENTENCE}</p>' * 10}</article>")).origin
        == origin
    )


# -- what is no article -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "over", "outcome"),
    [
        (b"", {}, Outcome(word="no-text", detail="the page holds no text")),
        (PAGES / "poster.html", {}, Outcome(word="no-text", detail="the text is an image")),
        ("<frameset><frame src=a.html></frameset>", {}, Outcome(word="no-text", detail="the text is in a frame")),
        (html("<iframe src=a.html></iframe>"), {}, Outcome(word="no-text", detail="the text is in a frame")),
        ("<h1>Gone</h1>", {"status": 404}, Outcome(word="not-found", detail="status 404")),
        (html("<p>抱歉，您访问的页面不存在。</p>"), {}, Outcome(word="not-found", detail="页面不存在")),
        (
            html("<h1>Page not found</h1>", "<title>Ledger</title>"),
            {},
            Outcome(word="not-found", detail="Page not found"),
        ),
        ("<script>document.cookie='a=' + b()</script>", {}, Outcome(word="blocked", detail="script-only body")),
        ("<p>no</p>", {"status": 412}, Outcome(word="blocked", detail="status 412")),
        (" \n ", {"content_type": "text/plain"}, Outcome(word="no-text", detail="an empty file")),
    ],
)
def test_what_is_no_article_ends_with_its_reason(
    body: str | bytes | Path, over: dict[str, Any], outcome: Outcome
) -> None:
    content = body.read_bytes() if isinstance(body, Path) else body

    assert read(page(content, **over), None) == outcome


def test_the_words_of_the_source_tell_that_a_page_is_not_there() -> None:
    body = html("<p>The notice was moved to the archive.</p>")

    assert read(page(body), Layout(not_found=("moved to the archive",))) == Outcome(
        word="not-found", detail="moved to the archive"
    )


def test_an_article_about_missing_pages_is_an_article() -> None:
    body = html(f"<h1>Why agencies lose links</h1><article>{f'<p>{SENTENCE} Page not found.</p>' * 10}</article>")

    assert reading(body).title == "Why agencies lose links"


@pytest.mark.parametrize(
    ("body", "over"),
    [
        (b"x" * (BODY_BYTES_MAX + 1), {}),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, {}),
        (b"%PDF-1.7\n", {}),
        (b"\x1f\x8b\x08truncated", {}),
        ("<div>" * 5_000 + "deep", {}),
        (b"{}", {"content_type": "application/json"}),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(body: str | bytes, over: dict[str, Any]) -> None:
    with pytest.raises(PageError, match=r"https://ledger\.example/news/a"):
        read(page(body, **over), None)


def test_a_page_of_ten_megabytes_is_read_in_time() -> None:
    body = html("<article>" + f"<p>{SENTENCE}</p>" * 110_000 + "</article>")
    started = time.monotonic()

    result = reading(body)

    assert result.body.count("\n") == 109_999
    assert time.monotonic() - started < 20


def test_a_truncated_page_is_read_as_far_as_it_goes() -> None:
    whole = html(f"<article>{f'<p>{SENTENCE}</p>' * 20}</article>")

    assert reading(whole[: len(whole) // 2]).body.startswith(SENTENCE.strip() + "\n")


# -- other content types ----------------------------------------------------------------------------------------------


def test_the_first_line_of_a_text_file_is_its_title() -> None:
    result = reading("\ufeffDevice cleared\r\n\r\n20 November 2026\r\nThe  text.\r\n", content_type="text/plain")

    assert result == Reading(
        url="https://ledger.example/news/a",
        title="Device cleared",
        body="20 November 2026\nThe text.",
        origin="ledger",
        language="en",
        published=Published(value=datetime(2026, 11, 20, tzinfo=UTC), precision="day", found="text", zone="+00:00"),
    )


def ingested(**fields: Any) -> Page:
    line = {
        "id": "n-1",
        "url": None,
        "title": "Device <b>cleared</b>",
        "published": None,
        "text": "One.\n\nTwo\u200b  words.\na\tb",
    }
    body = json.dumps(line | fields).encode()
    return page(body, url="urn:tidings:n-1", content_type="application/x-tidings-article")


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, None),
        (
            "2026-11-20",
            Published(value=datetime(2026, 11, 20, tzinfo=UTC), precision="day", found="input", zone="+00:00"),
        ),
        (
            "2026-11-20T09:30:00+08:00",
            Published(
                value=datetime(2026, 11, 20, 1, 30, tzinfo=UTC), precision="second", found="input", zone="+08:00"
            ),
        ),
        ("2027-01-01", None),
    ],
)
def test_an_ingested_article_is_read_as_given(published: str | None, expected: Published | None) -> None:
    assert read(ingested(published=published), None) == Reading(
        url="urn:tidings:n-1",
        title="Device cleared",
        body="One.\nTwo words.\na\tb",
        origin="ledger",
        language="en",
        published=expected,
    )


def test_an_ingested_article_with_an_address_has_that_address() -> None:
    result = read(ingested(url="HTTPS://Ledger.example/n?utm_source=x"), None)

    assert isinstance(result, Reading)
    assert result.url == "https://ledger.example/n"


@pytest.mark.parametrize(
    ("over", "fault"),
    [
        ({"text": 7}, r"\$\.text"),
        ({"title": None}, r"\$\.title"),
        ({"published": "last week"}, '"published" is "last week"'),
        ({"published": "2026-02-30"}, '"published" is "2026-02-30"'),
    ],
)
def test_a_wrong_ingested_article_is_refused_with_the_field(over: dict[str, Any], fault: str) -> None:
    with pytest.raises(PageError, match=fault):
        read(ingested(**over), None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(PageError, match="want a JSON object"):
        read(page(body, content_type="application/x-tidings-article"), None)


# -- laws -------------------------------------------------------------------------------------------------------------

_TAGS = st.sampled_from(
    ["p", "div", "table", "tr", "td", "li", "ul", "b", "span", "h1", "article", "script", "br", "a"]
)
_PIECES = st.one_of(
    st.tuples(_TAGS, st.sampled_from(["<{}>", "</{}>", "<{} class='share'>", "<{} style='display:none'>"])).map(
        lambda pair: pair[1].format(pair[0])
    ),
    st.sampled_from(
        ["医疗器械", SENTENCE, "&lt;b&gt;", "2026-11-20", "<!--", "来源：甲", "\u200b", "&amp;amp;", "<a href='x.pdf'>"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_page_gives_the_same_plain_reading_each_time(markup: str) -> None:
    made = page(markup.encode("utf-8", "replace"))

    first, second = read(made, None), read(made, None)

    assert first == second
    if isinstance(first, Reading):
        lines = first.body.split("\n")
        assert lines == [line for line in lines if line.strip()] or first.attachments
        assert "\u200b" not in first.body + first.title
