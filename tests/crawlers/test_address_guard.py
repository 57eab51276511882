from collections.abc import Callable
from typing import Any

import pytest

from crawlers.guard import refusal
from crawlers.source import Source


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("fd00::1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("224.0.0.1", "multicast"),
        ("100.64.0.1", "not public"),
        ("255.255.255.255", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::10.0.0.1", "private"),
        ("2002:7f00:1::1", "loopback"),
        ("8.8.8.8", ""),
        ("2606:4700:4700::1111", ""),
        ("::ffff:8.8.8.8", ""),
    ],
)
def test_addresses_that_are_not_public_are_refused_in_every_notation(address: str, why: str) -> None:
    assert refusal(address) == why


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "[::ffff:127.0.0.1]"])
def test_a_loopback_host_is_refused_unless_the_source_allows_it(
    site: Any, desk: Any, listing: Callable[..., Source], host: str
) -> None:
    site.listing(1)

    desk.crawl(listing(start=(site.url("/list.html", host),), allow_private=False))

    assert site.asked == []
    assert site.robots_asked == 0
    [poll] = desk.polls()
    assert poll.result == "failed"
    assert poll.detail.endswith(", loopback; if that is meant, the source needs allow_private: true)")


def test_localhost_is_reached_when_the_source_allows_it(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)

    desk.crawl(listing(start=(site.url("/list.html", "localhost"),)))

    assert [page.url for page in desk.pages()] == [site.url("/a/1.html", "localhost")]


def test_a_source_that_allows_private_addresses_opens_nothing_for_another_one_crawled_at_the_same_time(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(3, 2, 1)
    open_source = listing()
    closed = listing(name="closed", start=(site.url("/list.html", "localhost"),), allow_private=False)

    desk.crawl(open_source, closed, sources_at_once=2)

    assert sorted((poll.source, poll.result) for poll in desk.polls()) == [("closed", "failed"), ("notices", "ok")]
    assert {page.source for page in desk.pages()} == {"notices"}
