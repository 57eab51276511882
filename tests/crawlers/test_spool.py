"""What the log does not take waits in the spool: nothing is dropped, nothing overtakes, no list counts as seen."""

import asyncio
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from making import page
from waiting import wait_until

from crawlers import crawl as crawling
from crawlers import producer
from crawlers.source import Recheck, Source
from crawlers.spool import Spool
from streams.logs.sqlite import SqliteLog
from tidings.codec import decode
from tidings.errors import StorageError
from tidings.records import Page, Poll, Record

ROOT = Path(__file__).parents[2]
HTML = {"Content-Type": "text/html; charset=utf-8"}
COMPLETE = ("ok", "unchanged")
CRAWLS_MAX = 40


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool.sqlite")
    yield spool
    spool.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer, "TRY_SECONDS", 0.01)


class UnsureLog:
    """A log that fails as `fails` says: before an append, after it, or when asked for what is new."""

    def __init__(self, log: SqliteLog, fails: Callable[[str], bool]) -> None:
        self._log, self._fails = log, fails

    def append(self, topic: Any, records: Sequence[Record], **options: Any) -> None:
        self._fail("before")
        self._log.append(topic, records, **options)
        self._fail("after")

    def parts(self, topic: Any) -> tuple[str, ...]:
        self._fail("asked")
        return self._log.parts(topic)

    def _fail(self, when: str) -> None:
        if self._fails(when):
            raise StorageError(f"no broker answers ({when})")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Brokers:
    """Away until they are back; then `UnsureLog` does not fail any more."""

    def __init__(self, *, away: bool = True) -> None:
        self.away = away
        self.tried = 0

    def __call__(self, when: str) -> bool:
        self.tried += 1
        return self.away


def on_log(log: Any) -> list[Any]:
    return [decode(body) for _, body in log.read("pages", -1, 1000, 0.0)]


def told(records: Sequence[Any]) -> list[str]:
    """Each record in a word: the path of a page, source and result of a poll."""
    return [r.url.rpartition("/")[2] if isinstance(r, Page) else f"{r.source} {r.result}" for r in records]


# -- the spool itself -------------------------------------------------------------------------------------------------


def drain(spool: Spool, append: Callable[[Record], None]) -> int:
    async def append_(record: Record) -> None:
        append(record)

    return asyncio.run(spool.drain(append_))


def test_a_spool_gives_everything_back_in_order_and_is_empty_then(spool: Spool) -> None:
    first, second, third = page("1"), page("2"), page("3")
    spool.put([first, second])
    spool.put([third])
    given: list[Record] = []

    assert drain(spool, given.append) == 3
    assert (given, spool.waiting) == ([first, second, third], 0)


def test_what_the_log_does_not_take_stays_with_all_behind_it(spool: Spool) -> None:
    spool.put([page("1"), page("2"), page("3")])
    given: list[Record] = []

    def append(record: Record) -> None:
        if record == page("2"):
            raise StorageError("no broker answers")
        given.append(record)

    with pytest.raises(StorageError, match="no broker answers"):
        drain(spool, append)
    spool.put([page("4")])
    first = list(given)
    drain(spool, given.append)

    assert (first, given) == ([page("1")], [page(str(n)) for n in (1, 2, 3, 4)])


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path.insert(0, "tests")
from making import page
from crawlers.spool import Spool
from streams.logs.sqlite import SqliteLog

folder = Path(sys.argv[1])
spool, log = Spool(folder / "spool.sqlite"), SqliteLog(folder / "log.sqlite")
spool.put([page("1"), page("2"), page("3")])

async def append(record):
    log.append("pages", [record])
    if record == page("2"):
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(spool.drain(append))
"""


def test_kill_9_between_append_and_delete_repeats_one_record_and_loses_none(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, timeout=60)
    spool, log = Spool(tmp_path / "spool.sqlite"), SqliteLog(tmp_path / "log.sqlite")
    left = spool.waiting

    drain(spool, lambda record: log.append("pages", [record]))

    assert (killed.returncode, left, spool.waiting) == (-signal.SIGKILL, 2, 0)
    assert on_log(log) == [page(str(n)) for n in (1, 2, 2, 3)]
    spool.close()
    log.close()


# -- a crawl whose log fails at random --------------------------------------------------------------------------------


def stage(site: Any, number: int) -> str:
    """A list with validators; in the third stage a known page is corrected. Gives the list's tag."""
    site.pages.clear()
    site.listing(*((2, 1), (6, 5, 4, 3, 2, 1), (8, 7, 6, 5, 4, 3, 2, 1))[number])
    shown, tag = site.pages["/list.html"].encode(), f'"{number}"'
    site.pages["/list.html"] = lambda headers: (
        (304, {}, b"") if headers.get("if-none-match") == tag else (200, {**HTML, "ETag": tag}, shown)
    )
    if number == 2:
        site.pages["/a/3.html"] = "<p>Notice 3, corrected.</p>"
    return tag


def mornings(site: Any, desk: Any, source: Source, spool: Spool) -> list[tuple[datetime, str]]:
    """Three stages, each crawled until a poll is complete. Gives (time, the list's tag) of each crawl."""
    crawls = []
    for number in range(3):
        tag = stage(site, number)
        for _ in range(CRAWLS_MAX):
            desk.later(hours=1)
            crawls.append((desk.now, tag))
            desk.crawl(source, spool=spool)
            if desk.memory.standing(source.name).result in COMPLETE:
                break
        else:
            pytest.fail(f"no poll was complete in {CRAWLS_MAX} crawls")
    return crawls


@pytest.mark.parametrize("seed", range(6))
def test_a_log_that_fails_at_random_loses_no_page_and_no_failed_poll_marks_its_list_as_seen(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source], seed: int
) -> None:
    chance = random.Random(seed)
    source = listing(recheck=Recheck(days=3, every_minutes=50))
    desk.log = UnsureLog(desk.log, lambda when: chance.random() < (0.03 if when == "asked" else 0.12))

    crawls = mornings(site, desk, source, spool)

    records = on_log(desk.log)
    polls = [record for record in records if isinstance(record, Poll)]
    complete = {poll.at for poll in polls if poll.result in COMPLETE}
    assert {at for at, _ in crawls} == {poll.at for poll in polls}
    assert {poll.at for poll in polls if poll.result == "failed"}, "the log never failed: another seed"
    # Every page, and the correction.
    fetched = {(r.url, b"corrected" in r.body) for r in records if isinstance(r, Page)}
    assert fetched == {*((site.url(f"/a/{n}.html"), False) for n in range(1, 9)), (site.url("/a/3.html"), True)}
    assert spool.waiting == 0
    # In the order in which it was fetched, a poll behind its pages.
    order = [(r.fetched_at, 0) if isinstance(r, Page) else (r.at, 1) for r in records]
    assert order == sorted(order)
    # The list was asked for with the tag of a complete poll, or whole.
    asked = [headers.get("if-none-match") for path, headers, _ in site.asked if path == "/list.html"]
    assert len(asked) == len(crawls)
    for i, tag in enumerate(asked):
        assert tag in {None, *(served for at, served in crawls[:i] if at in complete)}


# -- while the log is away --------------------------------------------------------------------------------------------


def test_a_poll_that_the_log_fails_ends_at_once_and_waits_in_the_spool_for_the_next_start(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "ONCE_AWAY_SECONDS_MAX", 0.1)
    stage(site, 1)
    brokers = Brokers(away=False)
    desk.log = UnsureLog(desk.log, brokers)

    def page_2(_: dict[str, str]) -> Any:
        brokers.away = True
        return 200, HTML, b"<p>Notice 2.</p>"

    site.pages["/a/2.html"] = page_2
    with pytest.raises(StorageError, match=r"no broker answers.*2 records wait in the spool for the next start"):
        desk.crawl(listing(), spool=spool)
    asked, waiting, there = list(site.paths), spool.waiting, told(on_log(desk.log))
    brokers.away = False
    desk.later(hours=1)
    stage(site, 1)
    desk.crawl(listing(), spool=spool)

    assert (asked, waiting, there) == (["/list.html", "/a/1.html", "/a/2.html"], 2, ["1.html"])
    assert told(on_log(desk.log)) == [
        *("1.html", "2.html", "notices failed"),
        *("3.html", "4.html", "5.html", "6.html", "notices ok"),
    ]
    failed = next(poll for poll in desk.polls() if poll.result == "failed")
    assert failed == Poll(
        source="notices",
        at=failed.at,
        result="failed",
        detail="the log takes nothing: no broker answers (before)",
    )


def test_a_poll_that_is_read_but_cannot_be_recorded_counts_as_failed(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source]
) -> None:
    """The second poll finds nothing new: only its Poll is to be appended, and the brokers took it without saying so."""
    stage(site, 0)
    desk.crawl(listing(), spool=spool)
    desk.later(hours=1)
    site.pages["/list.html"] = (200, {**HTML, "ETag": '"new"'}, b"<ul class='list'><li><a href='/a/1.html'>1</a></ul>")
    fails = iter([False, True])  # before the Poll's append, after it
    desk.log = UnsureLog(desk.log, lambda when: when != "asked" and next(fails, False))
    desk.crawl(listing(), spool=spool)
    desk.later(hours=3)

    desk.crawl(listing(), spool=spool)

    assert told(on_log(desk.log)) == ["1.html", "2.html", *(f"notices {r}" for r in ("ok", "ok", "failed", "ok"))]
    assert [headers.get("if-none-match") for path, headers, _ in site.asked if path == "/list.html"] == [
        *(None, '"0"', '"0"')
    ]


def test_a_memory_that_cannot_catch_up_fails_the_poll_and_repeats_nothing(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source]
) -> None:
    """The log took page 1 and then did not answer."""
    site.listing(2, 1)
    asked: list[str] = []

    def fails(when: str) -> bool:
        asked.append(when)
        return when == "asked" and asked.count("after") == 1 and asked.count("asked") == 2

    desk.log = UnsureLog(desk.log, fails)
    desk.crawl(listing(), spool=spool)
    desk.later(hours=2)

    desk.crawl(listing(), spool=spool)

    assert told(on_log(desk.log)) == ["1.html", "notices failed", "2.html", "notices ok"]


def test_polls_side_by_side_do_not_overtake_what_waits(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source]
) -> None:
    """The log fails once, at the first page of one source. The second is under way: its list is answered only then.
    The third could begin as soon as the first has ended, but does not before the spool is drained.
    """
    site.listing(1)
    site.listing(3, path="/b.html")
    failed, shown = threading.Event(), site.pages["/b.html"].encode()
    first, third = listing(), listing(name="third")
    second = listing(name="second", start=(site.url("/b.html", "localhost"),))

    def second_list(_: dict[str, str]) -> Any:
        assert failed.wait(10)
        deadline = time.monotonic() + 0.7
        while site.paths.count("/list.html") < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        return 200, HTML, shown

    def fails(when: str) -> bool:
        now = when == "before" and not failed.is_set()
        if now:
            failed.set()
        return now

    site.pages["/b.html"] = second_list
    desk.log = UnsureLog(desk.log, fails)
    desk.crawl(first, second, third, spool=spool, sources_at_once=2)

    assert told(on_log(desk.log)) == ["1.html", "notices failed", "3.html", "second failed", "third ok"]


def test_no_poll_begins_until_the_spool_is_drained_and_that_is_said_once(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for name in ("list", "b", "c"):
        site.listing(1, path=f"/{name}.html")
    sources = [listing(), *(listing(name=name, start=(site.url(f"/{name}.html"),)) for name in ("b", "c"))]
    brokers = Brokers()
    desk.log = UnsureLog(desk.log, lambda when: len(site.paths) > 1 and brokers(when))
    asked_while_away: list[str] = []

    def come_back() -> None:
        wait_until(lambda: brokers.tried > 10, 20)
        asked_while_away.extend(site.paths)
        brokers.away = False

    watcher = threading.Thread(target=come_back)
    watcher.start()
    desk.crawl(*sources, spool=spool)
    watcher.join()

    assert asked_while_away == ["/list.html", "/a/1.html"]
    assert told(on_log(desk.log)) == ["1.html", "notices failed", "b ok", "c ok"]
    said = [(r.levelname, r.action) for r in caplog.records if hasattr(r, "action")]
    assert said == [
        ("WARNING", "log_away"),
        ("WARNING", "poll"),
        ("INFO", "spool_drained"),
        ("INFO", "poll"),
        ("INFO", "poll"),
    ]


def test_a_spool_that_cannot_be_written_either_stops_the_crawl(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source]
) -> None:
    site.listing(1)
    site.pages["/a/1.html"] = "<p>" + "Long. " * 100_000
    desk.log = UnsureLog(desk.log, lambda when: when == "before")
    spool._db.execute("PRAGMA max_page_count = 4")

    with pytest.raises(StorageError, match=r"spool\.sqlite: database or disk is full"):
        desk.crawl(listing(), spool=spool)

    assert (spool.waiting, told(on_log(desk.log))) == (0, [])


class StuckLog:
    """A log whose appends do not return until `release` is set."""

    def __init__(self, log: SqliteLog) -> None:
        self._log, self.stuck, self.release = log, threading.Event(), threading.Event()

    def append(self, topic: Any, records: Sequence[Record], **options: Any) -> None:
        self.stuck.set()
        assert self.release.wait(30)
        self._log.append(topic, records, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_log_that_does_not_answer_holds_up_neither_other_hosts_nor_a_stop(
    site: Any, desk: Any, spool: Spool, listing: Callable[..., Source], which: int
) -> None:
    site.listing(1)
    site.listing(3, path="/b.html")
    log, sent = StuckLog(desk.log), [0.0]
    shown = site.pages["/b.html"].encode()
    site.pages["/b.html"] = lambda _: (200, HTML, shown) if log.stuck.wait(10) else None
    other = listing(name="other", start=(site.url("/b.html", "localhost"),))

    def stop() -> None:
        wait_until(lambda: "/a/3.html" in site.paths, 20)
        sent[0] = time.monotonic()
        os.kill(os.getpid(), which)

    watcher = threading.Thread(target=stop)
    watcher.start()
    crawling.crawl([listing(), other], log, desk.memory, desk.clock, spool=spool, sources_at_once=2)
    seconds = time.monotonic() - sent[0]
    watcher.join()
    log.release.set()
    wait_until(lambda: told(on_log(desk.log)) == ["1.html"], 20)
    desk.crawl(listing(), other, spool=spool)

    assert seconds < 2.0
    assert told(on_log(desk.log)) == ["1.html", "notices ok", "3.html", "other ok"]
