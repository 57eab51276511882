"""The crawl process: polls the sources that are due, one after another, until it is told to stop.

Each poll appends its pages to "pages" as they are read, and then its Poll behind them. What a stop or a crash cuts off
is done again from the list, and gives the same records. What the log does not take goes to the spool; that poll has
failed, and no other begins until the spool is drained.
"""

import asyncio
import logging
import math
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from scrapy.crawler import Crawler
from scrapy.utils.reactor import install_reactor, is_reactor_installed

from crawlers import guard, schedule
from crawlers.lists import Fetch
from crawlers.log_thread import LogThread
from crawlers.memory import Memory
from crawlers.poll import Polled, poll
from crawlers.producer import LogAwayError, Producer
from crawlers.remembered import Hints
from crawlers.robots import RobotsCache
from crawlers.settings import scrapy_settings, user_agent
from crawlers.source import Source
from crawlers.spiders.poll import PollSpider
from crawlers.spool import Spool
from tidings.clock import Clock
from tidings.errors import NotFoundError
from tidings.records import Page, Poll
from tidings.steps import Log

logger = logging.getLogger(__name__)

#: How often the clock is looked at for what is due.
LOOK_SECONDS = 0.5
#: A poll that takes longer counts as failed.
POLL_SECONDS_MAX = 1800.0
#: How long a poll may take to let go of its connections when it is told to stop.
STOP_SECONDS = 1.0
#: How long, after that, what the log was asked may take: a file is done within it, brokers that are away are not.
LOG_STOP_SECONDS = 0.3
#: How long a crawl that polls every source once waits for a log that is away before it ends.
ONCE_AWAY_SECONDS_MAX = 60.0

_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def crawl(
    sources: Sequence[Source],
    log: Log,
    memory: Memory,
    clock: Clock,
    *,
    contact: str = "",
    once: bool = False,
    only: Sequence[str] = (),
    every_seconds: float | None = None,
    sources_at_once: int = 1,
    spool: Spool | None = None,
) -> bool:
    """Poll the enabled `sources` on their schedules until SIGINT or SIGTERM; then return, within two seconds.

    False if the log has not answered by then: what it was asked goes on in a thread that ends with the process.

    contact: address of whoever runs this, for the User-Agent. once: every source one time in the order given,
    whatever its schedule; then return. only: names of the sources to take, all if empty; raises NotFoundError for one
    that is not there. every_seconds: instead of each source's own intervals (between polls, and between looks at a
    young page), for rehearsals. sources_at_once: polls side by side, never two of one host; with 1 the order of what
    is appended is always the same. spool: takes what the log does not, and gives it back before the next poll; without
    one a log that fails ends the crawl.
    Raises StorageError when the memory or the spool cannot be written, or the log neither: the poll at hand is not
    complete then; with `once` also when the log stays away, what is in the spool waiting for the next start.
    """
    chosen = _chosen(sources, only)
    thread = LogThread()
    process = Process(
        sources=chosen,
        producer=Producer(log=log, memory=memory, spool=spool, thread=thread),
        memory=memory,
        clock=clock,
        agent=user_agent(contact),
        every_seconds=every_seconds,
        sources_at_once=sources_at_once,
    )
    loop = prepare()
    task = loop.create_task(process.run(once=once))
    try:
        with _stopped_by_signals(loop, task), suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
    finally:
        answered = thread.close(LOG_STOP_SECONDS)
    return answered


def _chosen(sources: Sequence[Source], only: Sequence[str]) -> list[Source]:
    if absent := set(only) - {source.name for source in sources}:
        raise NotFoundError(f"source {sorted(absent)[0]} is not there; `tidings sources list` shows those that are")
    return [s for s in sources if s.state == "enabled" and (not only or s.name in only)]


@dataclass(kw_only=True)
class Process:
    """What lives as long as the crawl process does."""

    sources: Sequence[Source]
    producer: Producer
    memory: Memory
    clock: Clock
    agent: str
    every_seconds: float | None = None
    sources_at_once: int = 1
    robots: RobotsCache = field(default_factory=RobotsCache)
    #: Host -> when the next request to it may go out, on time.monotonic.
    free_at: dict[str, float] = field(default_factory=dict)
    #: Host -> the poll under way there.
    running: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def run(self, *, once: bool) -> None:
        """Start what is due, wait, again. Ends by itself only for `once`."""
        waiting = list(self.sources) if once else []
        away_seconds_max = ONCE_AWAY_SECONDS_MAX if once else math.inf
        try:
            await self.producer.recover(away_seconds_max)
            while not once or waiting or self.running:
                now = self.clock()
                due = waiting if once else schedule.due(self.sources, self.memory, now, self.every_seconds)
                for source in self._startable(due):
                    self.running[source.host] = asyncio.create_task(self._poll(source))
                    if once:
                        waiting.remove(source)
                await self._wait()
                if self.producer.away and not self.running:
                    await self.producer.recover(away_seconds_max)
        finally:
            await self._stop()

    def _startable(self, due: Sequence[Source]) -> Iterator[Source]:
        for source in list(due):
            if self.producer.away or len(self.running) >= self.sources_at_once:
                return
            if source.host not in self.running:
                yield source

    async def _wait(self) -> None:
        """Until a poll has ended, or it is time to look at the clock. Raises what a poll raised."""
        if not self.running:
            await asyncio.sleep(LOOK_SECONDS)
            return
        await asyncio.wait(self.running.values(), timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for host, task in list(self.running.items()):
            if task.done():
                del self.running[host]
                task.result()

    async def _stop(self) -> None:
        for task in self.running.values():
            task.cancel()
        await asyncio.gather(*self.running.values(), return_exceptions=True)

    async def _poll(self, source: Source) -> None:
        """One poll, no sooner than the host may be asked again. Raises StorageError."""
        await asyncio.sleep(self.free_at.get(source.host, 0.0) - time.monotonic())

        async def work(fetch: Fetch) -> None:
            await self._record(source, await self._polled(source, fetch))

        try:
            await with_scrapy(source, work, agent=self.agent, robots=self.robots)
        finally:
            self.free_at[source.host] = time.monotonic() + source.delay_seconds

    async def _polled(self, source: Source, fetch: Fetch) -> Polled:
        try:
            async with asyncio.timeout(POLL_SECONDS_MAX):
                return await poll(
                    source,
                    fetch=fetch,
                    append=self._append,
                    memory=self.memory,
                    clock=self.clock,
                    recheck_seconds=self.every_seconds,
                )
        except TimeoutError:
            detail = f"took longer than {POLL_SECONDS_MAX:.0f} s"
            return Polled(poll=Poll(source=source.name, at=self.clock(), result="failed", detail=detail))

    async def _append(self, page: Page) -> None:
        """Into the log and the memory. Raises LogAwayError, once it is in the spool if it is not in the log."""
        try:
            await self.producer.append(page)
        except LogAwayError:
            self.producer.keep(page)
            raise
        await self.producer.catch_up()

    async def _record(self, source: Source, polled: Polled) -> None:
        """Once the Poll is in the log the poll is complete, and only then are its hints worth keeping."""
        record = polled.poll
        self.memory.prepare(record, polled.hints)
        try:
            await self.producer.append(record)
        except LogAwayError as error:
            record = self._keep(record, str(error))
        else:
            with suppress(LogAwayError):  # the next poll begins only when the memory has caught up
                await self.producer.catch_up()
        _say(record)

    def _keep(self, record: Poll, why: str) -> Poll:
        """Put into the spool that the poll failed, whatever it was before: its list does not count as seen."""
        if record.result in ("ok", "unchanged"):
            record = Poll(source=record.source, at=record.at, result="failed", detail=why)
        # Brokers that did not confirm may have taken the first record all the same: its hints are forgotten.
        self.memory.prepare(record, Hints())
        self.producer.keep(record)
        return record


def _say(record: Poll) -> None:
    level = logging.INFO if record.result in ("ok", "unchanged") else logging.WARNING
    logger.log(
        level,
        "%s: %s, %d listed, %d new%s",
        record.source,
        record.result,
        record.listed,
        record.new,
        f" ({record.detail})" if record.detail else "",
        extra={
            "action": "poll",
            "source": record.source,
            "result": record.result,
            "listed": record.listed,
            "new": record.new,
        },
    )


async def with_scrapy(
    source: Source, work: Callable[[Fetch], Awaitable[None]], *, agent: str, robots: RobotsCache
) -> None:
    """Run `work` in a crawl of Scrapy's with the politeness that `source` asks for. Raises what `work` raises."""
    # Of this task and of what it starts: each poll has a context of its own.
    guard.private_allowed.set(source.allow_private)
    crawler = Crawler(PollSpider, scrapy_settings(source, agent))
    crawling = asyncio.ensure_future(crawler.crawl_async(work=work, robots=robots))
    try:
        await asyncio.shield(crawling)
    except asyncio.CancelledError:
        with suppress(TimeoutError):
            await asyncio.wait_for(crawler.stop_async(), STOP_SECONDS)
        raise
    assert isinstance(crawler.spider, PollSpider)
    if crawler.spider.failure is not None:
        raise crawler.spider.failure


def prepare() -> asyncio.AbstractEventLoop:
    """Install reactor and address guard, once a process; the loop that the reactor lives on.

    The loop is run, not the reactor, which could be run only once.
    """
    if not is_reactor_installed():
        install_reactor(_REACTOR)
    # A line for every request otherwise, and three for every poll.
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    guard.of_reactor()
    from twisted.internet import reactor  # not before `install_reactor`: importing it installs Twisted's default

    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    return loop


@contextmanager
def _stopped_by_signals(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(each) for each in signals]
    for each in signals:
        loop.add_signal_handler(each, task.cancel)
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            loop.remove_signal_handler(each)
            signal.signal(each, handler)
