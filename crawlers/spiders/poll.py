"""The Scrapy spider: one crawl is one poll of one source, written as a straight line.

Scrapy gives the requests their politeness (delay for each host, robots.txt, retries, redirects, limits). Order and
durability are ours: a page is in the log before the next one is asked for.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from scrapy import Spider
from scrapy.http import Request, Response

from crawlers import guard
from crawlers.faults import ERRORS, translate
from crawlers.lists import Fetch
from crawlers.robots import RobotsCache


class PollSpider(Spider):
    """Runs `work` with the means to fetch, then closes."""

    name = "poll"

    def __init__(self, *, work: Callable[[Fetch], Awaitable[None]], robots: RobotsCache, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        #: Read by RobotsMiddleware: rules outlive the crawl.
        self.robots = robots
        #: What stopped `work`; None if it came to its end. Scrapy would log it and go on.
        self.failure: Exception | None = None
        self._work = work

    async def start(self) -> AsyncIterator[Any]:
        try:
            await self._work(self.fetch)
        except Exception as error:  # raised again by crawlers.crawl, outside Scrapy
            self.failure = error
        return
        yield  # makes this a generator, which Scrapy wants: nothing goes through its scheduler

    async def fetch(self, url: str, headers: Mapping[str, str]) -> Response:
        """The answer to a GET, whatever its status, after redirects. Raises PermanentError, TransientError."""
        try:
            return await self.crawler.engine.download_async(Request(url, headers=dict(headers)))
        except ERRORS as error:
            raise translate(url, error, guard.of_reactor().why_refused) from error
