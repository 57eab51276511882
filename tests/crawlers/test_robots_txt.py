import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response, TextResponse

from crawlers import guard
from crawlers.crawl import prepare
from crawlers.robots import RobotsCache, Rules, rules_of
from crawlers.settings import scrapy_settings
from crawlers.source import Source

FORBID = "User-agent: *\nDisallow: /a/\n"


@pytest.mark.parametrize(
    ("status", "body", "path", "allowed"),
    [
        (200, "User-agent: *\nDisallow: /a/", "/a/1.html", False),
        (200, "User-agent: *\nDisallow: /a/", "/b/1.html", True),
        (200, "User-agent: *\nDisallow: /\n\nUser-agent: tidings\nDisallow: /private", "/a/1.html", True),
        (200, "User-agent: Tidings\nDisallow: /", "/a/1.html", False),
        (200, "User-agent: OtherBot\nDisallow: /", "/a/1.html", True),
        (200, "User-agent: *\nDisallow:", "/a/1.html", True),
        (200, "User-agent: *\nDisallow: /a\nAllow: /a/open", "/a/open.html", True),
        (200, "User-agent: *\nDisallow: /*.pdf$", "/a/1.pdf", False),
        (200, "User-agent: *\nDisallow: /*.pdf$", "/a/1.pdf.html", True),
        (200, "\ufeffUser-agent: *\nDisallow: /a/", "/a/1.html", False),
        (200, "<html><body>Page not found, and no rules.</body></html>", "/a/1.html", True),
        (200, "<html><script>var $_ts={}</script></html>", "/a/1.html", False),
        (404, "", "/a/1.html", True),
        (410, "", "/a/1.html", True),
        (401, "", "/a/1.html", True),
        (403, "", "/a/1.html", True),
        (412, "", "/a/1.html", False),
        (429, "", "/a/1.html", False),
        (500, "", "/a/1.html", False),
        (503, "", "/a/1.html", False),
    ],
)
def test_what_an_answer_for_robots_txt_means(status: int, body: str, path: str, allowed: bool) -> None:
    response = TextResponse("https://a.example/robots.txt", status=status, body=body.encode())

    assert rules_of(response).allow(f"https://a.example{path}", "Tidings") is allowed


def test_five_disallowed_addresses_asked_for_at_once_are_all_forbidden(
    site: Any, listing: Callable[..., Source]
) -> None:
    """Scrapy 2.19's own middleware lets three of the five pass."""
    site.pages["/robots.txt"] = FORBID
    outcomes: list[str] = []

    class FiveAtOnce(Spider):
        name = "five"
        robots = RobotsCache()

        async def start(self) -> Any:
            asked = [self.crawler.engine.download_async(Request(site.url(f"/a/{n}.html"))) for n in range(5)]
            for result in await asyncio.gather(*asked, return_exceptions=True):
                outcomes.append(str(result) if isinstance(result, IgnoreRequest) else "fetched")
            return
            yield

    async def run() -> None:
        guard.private_allowed.set(True)
        await Crawler(FiveAtOnce, scrapy_settings(listing(), "Tidings/0.1")).crawl_async()

    prepare().run_until_complete(run())

    assert outcomes == ["robots.txt forbids it"] * 5
    assert (site.asked, site.robots_asked) == ([], 1)


def test_list_and_articles_obey_robots_txt(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)
    site.pages["/robots.txt"] = FORBID
    desk.crawl(listing())
    site.pages["/robots.txt"] = "User-agent: Tidings\nDisallow: /list"
    desk.crawl(listing())

    assert site.paths == ["/list.html"]
    assert [(poll.result, poll.detail) for poll in desk.polls()] == [
        ("ok", f"1 could not be fetched: {site.url('/a/1.html')}: robots.txt forbids it"),
        ("failed", f"{site.url('/list.html')}: robots.txt forbids it"),
    ]


def test_a_redirect_does_not_lead_around_robots_txt(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /closed/"
    site.pages["/a/1.html"] = (302, {"Location": "/closed/1.html"}, b"")
    site.pages["/closed/1.html"] = "<p>Not for robots.</p>"

    desk.crawl(listing())

    assert site.paths == ["/list.html", "/a/1.html"]
    assert desk.pages() == []


def test_robots_txt_is_read_once_for_all_sources_of_a_host(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(1)

    desk.crawl(listing(), listing(name="again"))

    assert site.robots_asked == 1


def test_a_host_whose_robots_txt_fails_is_left_alone(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    site.listing(1)
    site.pages["/robots.txt"] = (503, {}, b"")

    desk.crawl(listing())

    assert site.asked == []
    assert [poll.result for poll in desk.polls()] == ["failed"]


def test_crawl_delay_is_kept_where_it_is_longer_than_the_source_s_own(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(2, 1)
    site.pages["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.3"

    desk.crawl(listing())

    times = [at for _, _, at in site.asked]
    assert min(b - a for a, b in itertools.pairwise(times)) > 0.28


def test_crawl_delay_has_an_upper_limit() -> None:
    response = TextResponse("https://a.example/robots.txt", body=b"User-agent: *\nCrawl-delay: 3600")

    assert rules_of(response).delay_seconds("Tidings") == 60.0


def test_a_request_that_is_given_up_does_not_take_the_rules_from_the_others_that_wait() -> None:
    cache = RobotsCache()
    asked: list[str] = []

    async def run() -> Rules:
        answer = asyncio.Event()

        async def fetch(url: str) -> TextResponse:
            asked.append(url)
            await answer.wait()
            return TextResponse(url, body=FORBID.encode())

        given_up, waiting = (asyncio.create_task(cache.get("https://a.example/a/1", fetch)) for _ in range(2))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.sleep(0)
        answer.set()
        return await waiting

    rules = asyncio.run(run())

    assert rules.allow("https://a.example/a/1", "Tidings") is False
    assert asked == ["https://a.example/robots.txt"]


def test_rules_last_read_are_kept_for_a_host_that_can_no_longer_be_reached() -> None:
    cache = RobotsCache()
    answers = [TextResponse("https://a.example/robots.txt", body=FORBID.encode()), Response("https://a.example/", 503)]

    async def fetch(url: str) -> Response:
        return answers.pop(0)

    async def run() -> list[bool]:
        first = await cache.get("https://a.example/b", fetch)
        # As after six hours.
        cache.rules = {origin: (0.0, task) for origin, (_, task) in cache.rules.items()}
        second = await cache.get("https://a.example/b", fetch)
        return [
            rules.allow(f"https://a.example/{path}", "Tidings") for rules in (first, second) for path in ("b", "a/")
        ]

    assert asyncio.run(run()) == [True, False, True, False]
