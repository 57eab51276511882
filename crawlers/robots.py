"""robots.txt, obeyed: RFC 9309, read every six hours for each host, whatever number of requests wait for it.

Scrapy 2.14 to 2.19 let most of several concurrent first requests to a host pass: every waiter awaits one shared
Deferred, the first gets the parser and the others None, which means "no rules". Here they share a task instead.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request, Response

from crawlers import guard
from crawlers.faults import FAULTS, translate
from tidings.challenge import challenge

logger = logging.getLogger(__name__)

#: How long rules are used before they are asked for again.
FRESH_SECONDS = 6 * 3600
#: How long the last rules that were read are used while robots.txt cannot be had. RFC 9309, 2.4: a day at most.
LAST_GOOD_SECONDS = 24 * 3600
#: How long a host whose robots.txt cannot be had is left alone, unless it has earlier rules.
UNREACHABLE_SECONDS = 600
#: RFC 9309, 2.5: parse at least this much.
PARSED_BYTES_MAX = 500 * 1024
#: Above this, a Crawl-delay is answered by fewer polls, not by waiting longer in each.
CRAWL_DELAY_SECONDS_MAX = 60.0
#: Hosts whose rules are kept.
HOSTS_MAX = 1000

#: ("https://host:port", whether the poll may reach private addresses)
Origin = tuple[str, bool]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What one host's robots.txt says to us."""

    #: None: there are no rules; everything may be fetched, or nothing (`forbidden`).
    parser: Protego | None = None
    #: True while robots.txt can neither be had nor be known to be absent.
    forbidden: bool = False
    #: Why, for people.
    reason: str = ""

    def allow(self, url: str, product: str) -> bool:
        """True if `url` may be fetched by us."""
        if self.forbidden:
            return False
        return self.parser is None or bool(self.parser.can_fetch(url, product))

    def delay_seconds(self, product: str) -> float:
        """The Crawl-delay that is asked of us, capped; 0 if none is."""
        asked = self.parser.crawl_delay(product) if self.parser else None
        return min(float(asked), CRAWL_DELAY_SECONDS_MAX) if asked and asked > 0 else 0.0


@dataclass
class RobotsCache:
    """The rules of every host met, for the life of the process."""

    #: Origin -> (when it goes stale, on time.monotonic; the task that finds the rules).
    rules: dict[Origin, tuple[float, "asyncio.Future[Rules]"]] = field(default_factory=dict)
    #: The last rules that were really read, for a host that has since become unreachable, and when.
    last_good: dict[Origin, tuple[float, Rules]] = field(default_factory=dict)

    async def get(self, url: str, fetch: Callable[[str], Awaitable[Response]]) -> Rules:
        """The rules for the host of `url`, got by `fetch` if they are not known or stale."""
        parts = urlsplit(url)
        # What is refused to one poll may be allowed to another.
        origin = (f"{parts.scheme}://{parts.netloc}", guard.private_allowed.get())
        stale_at, task = self.rules.get(origin, (0.0, None))
        if task is None or _broken(task) or time.monotonic() >= stale_at:
            if len(self.rules) >= HOSTS_MAX:
                self.rules.clear()
                self.last_good.clear()
            task = asyncio.ensure_future(self._find(origin, fetch))
            self.rules[origin] = (time.monotonic() + FRESH_SECONDS, task)
        # Shielded: one request that is given up must not take the answer from the others.
        return await asyncio.shield(task)

    async def _find(self, origin: Origin, fetch: Callable[[str], Awaitable[Response]]) -> Rules:
        rules = await _read(f"{origin[0]}/robots.txt", fetch)
        now = time.monotonic()
        if not rules.forbidden:
            self.last_good[origin] = (now, rules)
            return rules
        logger.warning(
            "%s: %s; nothing is fetched from there for now",
            origin[0],
            rules.reason,
            extra={"action": "robots_unreachable", "origin": origin[0], "reason": rules.reason},
        )
        read_at, earlier = self.last_good.get(origin, (0.0, None))
        self.rules[origin] = (now + UNREACHABLE_SECONDS, self.rules[origin][1])
        return earlier if earlier is not None and now - read_at < LAST_GOOD_SECONDS else rules


def _broken(task: "asyncio.Future[Rules]") -> bool:
    """True if the poll that was to find the rules ended before it had them."""
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _read(url: str, fetch: Callable[[str], Awaitable[Response]]) -> Rules:
    """The table of RFC 9309, 2.3.1: success, redirect (followed by `fetch`), unavailable, unreachable."""
    try:
        response = await fetch(url)
    except IgnoreRequest:
        # More redirects than are followed: as if there were none.
        return Rules(reason="robots.txt redirects without end")
    except FAULTS as error:
        fault = translate(url, error, guard.of_reactor().why_refused)
        return Rules(forbidden=True, reason=f"robots.txt cannot be had ({fault})")
    return rules_of(response)


def rules_of(response: Response) -> Rules:
    """What an answer to the request for robots.txt means."""
    said = f"robots.txt answers {response.status}"
    if response.status in (401, 403, 404, 410):
        # "Unavailable": may crawl. A host that refuses us refuses its pages too, and the poll says so.
        return Rules(reason=said)
    if why := challenge(response.status, response.body):
        return Rules(forbidden=True, reason=f"{said}, a challenge ({why})")
    if response.status == 429 or response.status >= 500:
        return Rules(forbidden=True, reason=said)
    if response.status in (200, 203):
        return Rules(parser=Protego.parse(response.body[:PARSED_BYTES_MAX].decode("utf-8-sig", "replace")))
    return Rules(reason=said)


class RobotsMiddleware:
    """Drops requests that robots.txt forbids with IgnoreRequest, list pages and redirect targets included."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._product: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        #: Outlives the crawler when the spider brings it along.
        self._cache: RobotsCache = getattr(crawler.spider, "robots", None) or RobotsCache()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's rules. Raises IgnoreRequest."""
        if request.meta.get("is_robots_txt"):
            return
        rules = await self._cache.get(request.url, self._fetch)
        if not rules.allow(request.url, self._product):
            raise IgnoreRequest(rules.reason if rules.forbidden else "robots.txt forbids it")
        self._slow_down(urlsplit(request.url).hostname or "", rules.delay_seconds(self._product))

    async def _fetch(self, url: str) -> Response:
        return await self._crawler.engine.download_async(Request(url, meta={"is_robots_txt": True}))

    def _slow_down(self, host: str, delay_seconds: float) -> None:
        """Keep the host's Crawl-delay where it is longer than the source's own."""
        if delay_seconds <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        downloader = self._crawler.engine.downloader
        slot = downloader.slots.get(host)
        if slot is None:
            downloader.per_slot_settings[host] = {"delay": delay_seconds}
        else:
            slot.delay = max(slot.delay, delay_seconds)
