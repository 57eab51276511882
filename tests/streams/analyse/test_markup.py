"""What a page may cost is bounded before it is parsed."""

import time

import pytest

from streams.analyse import markup
from tidings.errors import ConfigError, PageError

PARAGRAPH = "<p>text</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 5_000 + "text" + "</div>" * 5_000,
        "<div>" * 1_000_000,
        "".join(f"<b id={i}><p>" for i in range(100_000)),
        "<div " + " ".join(f"a{i}=1" for i in range(300_000)) + ">",
        "<div a='</div>'>" * 10_000,
    ],
)
def test_a_page_without_end_is_refused_in_time(html: str) -> None:
    started = time.monotonic()

    with pytest.raises(PageError, match=r"http://site\.test/a"):
        markup.parse(html, "http://site.test/a")

    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "html",
    [
        "<ul>" + "<li>item" * 20_000 + "</ul>",
        "<p>text" * 20_000,
        "<table>" + "<tr><td>cell" * 20_000 + "</table>",
        "<br><img src=x>" * 20_000,
        "<script>if(a<b){document.write('<div>')}</script>" * 5_000,
        "<!-- <div> -->" * 20_000,
        "<div><b>bold</b></div>" * 20_000,
        "<div>" * 2_000 + PARAGRAPH * 3_000,
    ],
)
def test_a_long_or_sloppy_page_is_read(html: str) -> None:
    tree = markup.parse(html + "<i id=last>end</i>", "http://site.test/a")

    assert [node.text() for node in tree.css("#last")] == ["end"]


def test_the_first_selector_that_finds_something_wins() -> None:
    tree = markup.parse("<h1> </h1><h2 title='two'>Two</h2><h3>Three</h3>", "a")

    def found(*selectors: str) -> str | None:
        hit = markup.first_text(tree, selectors)
        return hit[0] if hit else None

    assert found("h1", "h4", "h2", "h3") == "Two"
    assert found("h2/@lang", "h2/@title") == "two"
    assert found("h1", "h4") is None


def test_of_two_matches_the_one_with_more_text_is_the_body() -> None:
    tree = markup.parse("<div class=a>short</div><div class=a>the longer of both</div>", "a")

    node = markup.first_node(tree, ["div.none", "div.a"])

    assert node is not None
    assert node.text() == "the longer of both"


def test_a_selector_that_is_no_css_is_named() -> None:
    with pytest.raises(ConfigError, match=r"div\[\["):
        markup.select(markup.parse("<p>x", "a"), "div[[")
