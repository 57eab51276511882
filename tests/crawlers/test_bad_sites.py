"""Sites that answer badly: what the poll says, and what is kept."""

import gzip
import threading
from collections.abc import Callable
from typing import Any

import pytest

from crawlers import guard, settings
from crawlers.source import Source

HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/rss+xml"}
ZIPPED = {**HTML, "Content-Encoding": "gzip"}
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b"]><rss version='2.0'><channel><item><title>&b;</title><link>http://x.example/1</link></item></channel></rss>"
)
FILE = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<rss version='2.0'><channel><item><title>&f;</title><link>http://x.example/1</link></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, HTML, b"<p>The server has a fault and says so in a sentence.</p>"), "answers 500"),
        ((404, HTML, b"<p>There is no list at this address any more.</p>"), "answers 404"),
        ((429, HTML, b"<p>Please come back a little later than that.</p>"), "answers 429"),
        ((200, HTML, b"<html><body><p>A page, but no list on it.</p></body></html>"), "0 rows, want at least 1"),
        ((200, HTML, b""), "0 rows, want at least 1"),
        ((200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"), "the list is application/pdf, want HTML"),
        ((302, {"Location": "/list.html"}, b""), "max redirections reached"),
        ((302, {"Location": "ftp://127.0.0.1/list"}, b""), "answers 302"),
        (
            (200, ZIPPED, gzip.compress(b"<p>half</p>" * 99)[:40]),
            "gzip body is truncated",
        ),
        ((200, ZIPPED, gzip.compress(b"<p>")[:-8] + b"00000000"), "gzip body is damaged"),
        ((200, ZIPPED, gzip.compress(bytes(10_000_001))), "larger than is taken"),
        ((200, HTML, bytes(10_000_001)), "larger than is taken"),
        ((200, {**HTML, "Content-Length": "999999999"}, b"<p>"), "larger than is taken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_that_is_none_fails_the_poll(
    site: Any, desk: Any, listing: Callable[..., Source], answer: Any, said: str
) -> None:
    site.pages["/list.html"] = answer

    desk.crawl(listing())

    [poll] = desk.polls()
    assert (poll.result, poll.listed, poll.new) == ("failed", 0, 0)
    assert said in poll.detail
    assert desk.pages() == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><body><h1>Not a feed</h1></body></html>", "no feed"),
        (b"\x00\x01\x02 neither", "no feed"),
        (b"", "no feed"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel><title>Empty</title></channel></rss>", "0 rows"),
        (BOMB, "declares entities"),
        (FILE, "declares entities"),
        (BOMB.decode().encode("utf-16"), "declares entities"),
    ],
)
def test_a_feed_that_is_none_or_carries_entities_fails_the_poll(
    site: Any, desk: Any, feed: Callable[..., Source], body: bytes, said: str
) -> None:
    site.pages["/feed.xml"] = (200, XML, body)

    desk.crawl(feed())

    [poll] = desk.polls()
    assert poll.result == "failed"
    assert said in poll.detail


@pytest.mark.parametrize(
    "answer",
    [
        (200, HTML, bytes(10_000_001)),
        (200, ZIPPED, gzip.compress(b"<p>half</p>" * 99)[:40]),
        (302, {"Location": "/a/1.html"}, b""),
        (500, HTML, b"<p>The server has a fault and says so in a sentence.</p>"),
    ],
)
def test_one_bad_article_does_not_keep_the_others_away(
    site: Any, desk: Any, listing: Callable[..., Source], answer: Any
) -> None:
    site.listing(2, 1)
    site.pages["/a/1.html"] = answer

    desk.crawl(listing())

    assert [page.url for page in desk.pages()] == [site.url("/a/2.html")]
    [poll] = desk.polls()
    assert (poll.result, poll.new) == ("ok", 2)
    assert poll.detail.startswith(f"1 could not be fetched: {site.url('/a/1.html')}: ")


def test_an_empty_article_is_kept_as_it_is(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    """Analysis counts it as having no text; here nothing is judged."""
    site.listing(1)
    site.pages["/a/1.html"] = (200, HTML, b"")

    desk.crawl(listing())

    assert [(page.body, page.status) for page in desk.pages()] == [(b"", 200)]


def test_a_page_of_exactly_the_largest_size_is_taken(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)
    site.pages["/a/1.html"] = (200, HTML, bytes(settings.BODY_BYTES_MAX))

    desk.crawl(listing())

    assert [len(page.body) for page in desk.pages()] == [settings.BODY_BYTES_MAX]


def test_a_host_that_goes_down_in_the_middle_of_a_list_fails_the_poll_and_the_rest_comes_next_time(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(*range(9, 0, -1))
    articles = {path: body for path, body in site.pages.items() if path.startswith("/a/")}
    for n in range(3, 10):
        site.pages[f"/a/{n}.html"] = (503, HTML, b"<p>We are down for maintenance until tomorrow.</p>")
    desk.crawl(listing())
    site.pages.update(articles)
    desk.later(hours=1)
    desk.crawl(listing())

    assert [page.listed.title for page in desk.pages()] == [f"Notice {n}" for n in range(1, 10)]
    assert {page.live for page in desk.pages()} == {False}
    assert [(poll.result, poll.new) for poll in desk.polls()] == [("failed", 0), ("ok", 9)]
    assert desk.polls()[0].detail.startswith("5 pages in a row could not be fetched")


def test_a_host_that_is_not_there_fails_the_poll(desk: Any, listing: Callable[..., Source]) -> None:
    desk.crawl(listing(start=("http://127.0.0.1:9/list.html",)))

    [poll] = desk.polls()
    assert poll.result == "failed"
    assert "refuses the connection" in poll.detail


def test_an_answer_that_never_ends_is_given_up(
    site: Any, desk: Any, listing: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(settings, "RETRIES_MAX", 0)
    release = threading.Event()

    def stuck(_: dict[str, str]) -> Any:
        release.wait(5)
        return 200, HTML, b"<p>late</p>"

    site.pages["/list.html"] = stuck

    desk.crawl(listing())

    release.set()
    [poll] = desk.polls()
    assert (poll.result, poll.detail) == ("failed", f"{site.url('/list.html')}: no whole answer in time")


@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "[::ffff:127.0.0.2]"])
@pytest.mark.parametrize("path", ["/list.html", "/a/1.html"])
def test_a_public_site_cannot_redirect_us_to_a_loopback_address(
    site: Any, desk: Any, listing: Callable[..., Source], monkeypatch: pytest.MonkeyPatch, path: str, host: str
) -> None:
    """127.0.0.1 stands in for a public address: it is the only one that the check lets pass."""
    refusal = guard.refusal
    monkeypatch.setattr(guard, "refusal", lambda address: "" if address == "127.0.0.1" else refusal(address))
    site.listing(1)
    site.pages[path] = (302, {"Location": site.url("/secret", host)}, b"")

    desk.crawl(listing(allow_private=False))

    assert "/secret" not in site.paths
    assert desk.pages() == []
    [poll] = desk.polls()
    assert ", loopback; if that is meant, the source needs allow_private: true" in poll.detail
