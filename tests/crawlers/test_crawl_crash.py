"""A crawl that is cut off between any two effects and started again gives what an undisturbed one gives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from crawlers.memory import Memory
from crawlers.schedule import due
from crawlers.source import Recheck, Source
from streams.logs.sqlite import SqliteLog
from tidings.errors import StorageError
from tidings.records import Page, Poll, Record

HTML = {"Content-Type": "text/html; charset=utf-8"}


class CutLog:
    """A log that fails once: just before the append of that number, or just after it is durable."""

    def __init__(self, log: Any, at: int, *, durable: bool) -> None:
        self._log, self._left, self._durable = log, at, durable

    def append(self, topic: Any, records: Sequence[Record], **options: Any) -> None:
        self._left -= 1
        if self._left == 0 and not self._durable:
            raise StorageError("cut off before it was written")
        self._log.append(topic, records, **options)
        if self._left == 0:
            raise StorageError("cut off after it was written")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def stage(site: Any, number: int) -> None:
    """A list with validators; one item that is gone, one that moved, one that is corrected in the third stage."""
    site.pages.clear()
    site.listing(*((2, 1), (6, 5, 4, 3, 2, 1), (6, 5, 4, 3, 2, 1))[number])
    shown, tag = site.pages["/list.html"].encode(), f'"{min(number, 1)}"'
    site.pages["/list.html"] = lambda headers: (
        (304, {}, b"") if headers.get("if-none-match") == tag else (200, {**HTML, "ETag": tag}, shown)
    )
    site.pages["/moved.html"] = "<p>Notice 4 has moved here.</p>"
    site.pages["/a/4.html"] = (301, {"Location": "/moved.html"}, b"")
    if number == 2:
        site.pages["/a/3.html"] = "<p>Notice 3, corrected.</p>"


def run(site: Any, desk: Any, sources: list[Source], again: Callable[[], None] = lambda: None) -> int:
    """Three mornings, each polled as the schedule has it; `again` after each failure. Returns how many failed."""
    failures = 0
    for number in range(3):
        stage(site, number)
        while ready := due(sources, desk.memory, desk.now):
            try:
                desk.crawl(*ready)
            except StorageError:
                failures += 1
                again()
        desk.later(hours=1)
    return failures


@pytest.fixture(scope="module")
def sources(server: Any, listing: Callable[..., Source]) -> list[Source]:
    """The second has the same list as the first, so it finds its pages known."""
    recheck = Recheck(days=3, every_minutes=50)
    return [listing(recheck=recheck), listing(name="second", start=(server.url("/list.html"),))]


@pytest.fixture(scope="module")
def undisturbed(
    server: Any,
    sources: list[Source],
    make_desk: Callable[[Path], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[Page], list[Poll]]:
    desk = make_desk(tmp_path_factory.mktemp("undisturbed"))
    assert run(server, desk, sources) == 0
    seen = desk.pages(), desk.polls()
    desk.memory.close()
    desk.log.close()
    return seen


def test_the_undisturbed_crawl_is_what_the_others_are_compared_with(
    site: Any, undisturbed: tuple[list[Page], list[Poll]]
) -> None:
    pages, polls = undisturbed
    first, second = ("notices", "second")

    assert [(page.url, page.live) for page in pages] == [
        *((site.url(f"/a/{n}.html"), False) for n in (1, 2)),
        *((site.url(path), True) for path in ("/a/3.html", "/moved.html", "/a/5.html", "/a/6.html", "/a/3.html")),
    ]
    assert [(poll.source, poll.result, poll.listed, poll.new, poll.overlapped) for poll in polls] == [
        (first, "ok", 2, 2, False),
        (second, "ok", 2, 2, False),
        (first, "ok", 6, 4, True),
        (second, "ok", 6, 4, True),
        (first, "unchanged", 0, 0, True),
        (second, "unchanged", 0, 0, True),
    ]


@pytest.mark.parametrize("durable", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 14))
def test_a_crawl_cut_off_at_an_append_loses_and_repeats_nothing(
    site: Any, desk: Any, sources: list[Source], undisturbed: Any, at: int, durable: bool
) -> None:
    desk.log = CutLog(desk.log, at, durable=durable)

    assert run(site, desk, sources, desk.restart) == 1
    assert (desk.pages(), desk.polls()) == undisturbed


@pytest.mark.parametrize("at", [2, 4, 6])
def test_a_memory_that_is_lost_comes_back_from_the_log(
    site: Any, desk: Any, sources: list[Source], undisturbed: Any, at: int
) -> None:
    desk.log = CutLog(desk.log, at, durable=True)

    def lose() -> None:
        desk.memory.close()
        for path in desk.folder.glob("crawl.db*"):
            path.unlink()
        desk.memory = Memory(desk.folder / "crawl.db")
        desk.memory.catch_up(desk.log)

    assert run(site, desk, sources, lose) == 1
    assert (desk.pages(), desk.polls()) == undisturbed


def test_a_memory_that_is_ahead_of_the_log_is_read_anew(
    site: Any, desk: Any, listing: Callable[..., Source], tmp_path: Path
) -> None:
    site.listing(2, 1)
    desk.crawl(listing())
    desk.log.close()
    desk.log = SqliteLog(tmp_path / "another.db")

    desk.crawl(listing())

    assert [page.url for page in desk.pages()] == [site.url("/a/1.html"), site.url("/a/2.html")]
    assert [(poll.listed, poll.new, poll.overlapped) for poll in desk.polls()] == [(2, 2, False)]
