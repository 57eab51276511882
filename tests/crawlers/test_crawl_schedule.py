import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.crawl import crawl
from crawlers.memory import Memory
from crawlers.remembered import Standing
from crawlers.schedule import due, wait_seconds
from crawlers.source import Source
from tidings.errors import NotFoundError, StorageError

HOUR = 3600.0


@pytest.mark.parametrize(
    ("standing", "seconds"),
    [
        (Standing(result="ok"), HOUR),
        (Standing(result="unchanged"), HOUR),
        (Standing(result="failed", faults=1), 2 * HOUR),
        (Standing(result="failed", faults=3), 8 * HOUR),
        (Standing(result="failed", faults=99), 24 * HOUR),
        (Standing(result="blocked", faults=1), 24 * HOUR),
    ],
)
def test_faults_double_the_wait_up_to_a_day_and_a_challenge_costs_a_day(
    listing: Callable[..., Source], standing: Standing, seconds: float
) -> None:
    assert wait_seconds(listing(every_minutes=60), standing) == seconds


def test_the_longest_due_source_comes_first_and_one_never_polled_before_all(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    for name in ("a", "b", "c"):
        site.listing(1, path=f"/{name}.html")
    slow, fast, fresh, never = (
        listing(name=name, start=(site.url(f"/{name}.html"),), every_minutes=minutes)
        for name, minutes in (("a", 120), ("b", 60), ("c", 600), ("d", 60))
    )
    desk.crawl(slow, fast, fresh)
    desk.later(hours=3)

    assert [source.name for source in due([slow, fast, fresh, never], desk.memory, desk.now)] == ["d", "b", "a"]


def test_only_enabled_sources_are_polled_and_only_those_asked_for(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    site.listing(1)
    other = listing(name="other")
    off = listing(name="off", state="disabled", reason="challenged")

    desk.crawl(listing(), other, off, only=["other", "off"])

    assert [poll.source for poll in desk.polls()] == ["other"]
    with pytest.raises(NotFoundError, match="source absent is not there"):
        desk.crawl(listing(), only=["absent"])


@pytest.fixture
def until(desk: Any) -> Callable[..., float]:
    """Runs the crawl loop, sends the signal when `ready` says so, returns the seconds from signal to return."""

    def run(sources: list[Source], ready: Callable[[], bool], which: int = signal.SIGTERM, **options: Any) -> float:
        sent: list[float] = []

        def watch() -> None:
            deadline = time.monotonic() + 10
            while not ready() and time.monotonic() < deadline:
                time.sleep(0.02)
            sent.append(time.monotonic())
            os.kill(os.getpid(), which)

        watcher = threading.Thread(target=watch)
        watcher.start()
        crawl(sources, desk.log, desk.memory, desk.clock, **options)
        watcher.join()
        return time.monotonic() - sent[0]

    return run


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_crawl_within_two_seconds_even_while_a_server_does_not_answer(
    site: Any, desk: Any, listing: Callable[..., Source], until: Callable[..., float], which: int
) -> None:
    release = threading.Event()
    site.listing(2, 1)
    site.pages["/a/2.html"] = lambda _: (200, {}, b"late") if release.wait(10) else None

    seconds = until([listing()], lambda: "/a/2.html" in site.paths, which)
    release.set()

    assert seconds < 2.0
    assert [page.url for page in desk.pages()] == [site.url("/a/1.html")]
    assert desk.polls() == []


def test_a_signal_stops_the_crawl_while_it_waits_out_a_delay(
    site: Any, desk: Any, listing: Callable[..., Source], until: Callable[..., float]
) -> None:
    site.listing(2, 1)

    assert until([listing(delay_seconds=30)], lambda: site.robots_asked == 1) < 2.0


def test_the_schedule_is_resumed_by_the_next_start_and_follows_the_clock(
    site: Any, desk: Any, listing: Callable[..., Source], until: Callable[..., float]
) -> None:
    site.listing(1)
    desk.crawl(listing())
    desk.restart()
    began = time.monotonic()
    until([listing()], lambda: time.monotonic() > began + 0.7)
    polled_too_early = len(desk.polls()) - 1
    desk.later(minutes=61)

    until([listing()], lambda: len(site.asked) == 3)

    assert polled_too_early == 0
    assert len(site.asked) == 3


def test_a_source_is_polled_again_and_again_at_an_interval_given_for_rehearsals(
    site: Any, desk: Any, listing: Callable[..., Source], until: Callable[..., float]
) -> None:
    site.listing(1)
    desk.clock = lambda: datetime.now(UTC)

    until([listing()], lambda: site.paths.count("/list.html") == 3, every_seconds=0.05)

    assert site.paths[:2] == ["/list.html", "/a/1.html"]
    assert [poll.result for poll in desk.polls()[:2]] == ["ok", "ok"]


def test_each_poll_is_one_line_of_the_log_with_keys_for_machines(
    site: Any, desk: Any, listing: Callable[..., Source], caplog: Any
) -> None:
    caplog.set_level(logging.INFO)
    site.listing(2, 1)

    desk.crawl(listing())

    said = [record for record in caplog.records if getattr(record, "action", "") == "poll"]
    assert [(r.levelname, r.source, r.result, r.listed, r.new) for r in said] == [("INFO", "notices", "ok", 2, 2)]


def test_a_memory_that_cannot_be_opened_stops_the_crawl(tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()

    with pytest.raises(StorageError, match=r"a-file.*mend the folder's rights, then start again"):
        Memory(tmp_path / "a-file" / "crawl.db")


def test_two_sources_of_one_host_are_never_polled_at_the_same_time(
    site: Any, desk: Any, listing: Callable[..., Source]
) -> None:
    busy = threading.Semaphore(1)
    overlaps: list[str] = []

    def alone(body: str) -> Callable[[dict[str, str]], Any]:
        def answer(_: dict[str, str]) -> Any:
            if not busy.acquire(blocking=False):
                overlaps.append(body)
                return 200, {"Content-Type": "text/html"}, body.encode()
            time.sleep(0.05)
            busy.release()
            return 200, {"Content-Type": "text/html"}, body.encode()

        return answer

    site.listing(2, 1)
    site.pages = {path: alone(body) for path, body in site.pages.items()}

    desk.crawl(listing(), listing(name="other"), sources_at_once=4)

    assert overlaps == []
    assert len(desk.polls()) == 2


def test_a_crawl_leaves_no_task_behind(site: Any, desk: Any, listing: Callable[..., Source]) -> None:
    from crawlers.crawl import prepare

    site.listing(1)
    desk.crawl(listing())

    assert asyncio.all_tasks(prepare()) == set()
