"""`make demo`, as a user runs it: it plays to its end, stops on Ctrl-C, and a second start sends nothing twice.

What it must come to is written down in tests/golden/demo.yaml, from the sample site's content, not from the code.
"""

import json

import pytest
from playing import (
    GOLDEN,
    SAID_TOTALS,
    TOTALS,
    Demo,
    check_article,
    check_messages,
    is_old,
    path_of,
    to_tell,
    told,
    totals,
)

STOP_SECONDS_MAX = 2.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo, played to its end and still running."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        demo.said = demo.play()
        yield demo
    finally:
        demo.kill()


@pytest.fixture(scope="module")
def outcome(demo):
    return demo.outcome()


def test_it_tells_what_it_does_and_ends_idle_with_the_address(demo):
    text = "\n".join(demo.said)

    assert "the first crawl takes them in silently" in text
    assert "20 pages; the first crawl" in text and "corrected /zh/" in text and "delivered" in text
    assert demo.said[-2].endswith(SAID_TOTALS)
    assert demo.said[-1].endswith(f"idle http://127.0.0.1:{demo.ports.search}/")


def test_its_totals_are_those_of_the_content(outcome):
    assert totals(outcome) == TOTALS


@pytest.mark.parametrize("want", GOLDEN["articles"], ids=lambda want: want["path"])
def test_an_article_says_what_its_page_says(outcome, want):
    check_article(outcome, want)


def test_every_notification_of_the_news_and_no_other_is_delivered_once(outcome):
    assert told(outcome) == to_tell()
    check_messages(outcome)


def test_a_page_of_last_year_found_today_is_told_once_and_marked_late(outcome):
    """The site's dates are fixed: run on a later day, the other pages are late as well, and rightly so."""
    items = [item for n in outcome.notifications for item in n["items"]]
    late = {path_of(item["url"]) for item in items if item["late"]}
    old = {path_of(item["url"]) for item in items if is_old(item)}

    assert late == old
    assert late >= {n["path"] for n in GOLDEN["notifications"] if n.get("late")}


def test_why_tells_the_whole_way_of_an_article(demo, outcome):
    [article] = [a for a in outcome.articles if path_of(a["url"]) == "/news/mindray-aurelia-v9.html"]

    found = json.loads(demo.tidings("why", article["url"], "--json"))

    assert (found["article"], [page["live"] for page in found["pages"]]) == (article["id"], [True])
    [event] = found["events"]
    told = {rule["rule"] for rule in event["rules"] if rule["decision"] == "notified"}
    assert told == {n["rule"] for n in found["notifications"]} == {"nmpa-approvals", "watch-mindray"}
    assert {receipt["state"] for n in found["notifications"] for receipt in n["receipts"]} == {"sent"}


def test_the_first_crawl_is_searchable_and_sent_nothing(demo, outcome):
    found = json.loads(demo.get("/api/search?q=kestrel"))
    told = {item["article"] for n in outcome.notifications for item in n["items"]}

    assert found["total"] == 1 and found["hits"][0]["id"] not in told


def test_what_was_delivered_stands_on_the_notifications_page(demo):
    page = demo.get("/notifications")

    for want in GOLDEN["notifications"]:
        assert want["to"].partition(":")[2] in page
    assert page.count("国械注准20263081312") >= 2


def test_health_readiness_and_metrics_answer(demo):
    assert demo.get("/healthz") == "alive\n"
    assert all(finding["ok"] for finding in json.loads(demo.get("/readyz")))
    metrics = demo.get("/metrics")
    assert 'tidings_records_total{end="out",step="deliver"} 11.0' in metrics
    assert 'tidings_lag_seconds{step="analyse"} 0.0' in metrics


def test_ctrl_c_stops_within_two_seconds_and_the_second_start_sends_nothing_twice(demo):
    before = (demo.messages("mailbox"), demo.messages("slack"), demo.lines("notifications"))

    seconds = demo.stop()
    said = demo.play()

    assert seconds < STOP_SECONDS_MAX
    assert "nothing is sent twice" in "\n".join(said)
    assert (demo.messages("mailbox"), demo.messages("slack"), demo.lines("notifications")) == before
    demo.stop()
