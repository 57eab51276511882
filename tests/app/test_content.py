import threading

import pytest
from making import article, export, later, page, poll

from app.content import Content
from streams.cluster import cluster_fold
from streams.logs.sqlite import SqliteLog
from streams.runner import Setting, drain
from tidings.records import Notification, Poll, Receipt
from tidings.steps import Done, Map


@pytest.fixture
def log(tmp_path):
    return SqliteLog(tmp_path / "log.sqlite")


def run(log, tmp_path):
    step = Map(
        name="analyse",
        source="pages",
        sink="intake",
        apply=lambda r: r if isinstance(r, Poll) else article(r.url, signals=(export(),), body=r.body.decode()),
    )
    setting = Setting(log=log, folder=tmp_path, clock=lambda: later(0), stop=threading.Event())
    drain(step, setting)
    drain(cluster_fold(), setting)


def test_pages_articles_signals_and_complete_polls_are_counted_as_they_come(log, tmp_path):
    content = Content(log=log)
    failed = Poll(source="other", at=later(1), result="failed")
    log.append("pages", [page("a"), page("b"), poll(0), failed])
    run(log, tmp_path)
    first = (content.catch_up().pages, content.articles, content.signals, dict(content.polls))
    log.append("pages", [page("a", body=b"edited"), poll(2)])
    run(log, tmp_path)

    second = (content.catch_up().pages, content.articles, content.signals, dict(content.polls))

    assert first == (2, 2, 2, {"site": 1})
    assert second == (3, 2, 2, {"site": 2})


def test_notifications_are_there_once_with_their_receipts_in_order(log):
    told = Notification(id="n", pos=(0, 0, 0), rule="r", channel="email", recipient="a@b.test", items=())
    receipts = [Receipt(notification="n", at=later(n), state=state) for n, state in enumerate(("retry", "sent"))]
    log.append("notifications", [told, told])
    log.append("receipts", receipts)

    content = Content(log=log).catch_up()

    assert (content.notifications, content.receipts) == ({"n": told}, {"n": receipts})


def test_a_poll_that_analysis_handed_on_twice_counts_once(log):
    """A worker that was killed does its last batch again: of three pages and a poll, three were pages."""
    log.append("pages", [page(path) for path in "abc"] + [poll()])
    log.append("intake", [poll(), poll()], done=Done(reader="analyse", offset=3, counts={"in": 4, "out": 4}))

    assert Content(log=log).pages == 3
