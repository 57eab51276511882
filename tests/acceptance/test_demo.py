"""`make demo`, as a user runs it: it plays to its end, stops on Ctrl-C, and a second start sends nothing twice.

What it must come to is written down in tests/golden/demo.yaml, from the sample site's content, not from the code.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from ports import free_ports

ROOT = Path(__file__).parents[2]
GOLDEN = yaml.safe_load((ROOT / "tests" / "golden" / "demo.yaml").read_text("utf-8"))
IDLE_SECONDS_MAX = 90
STOP_SECONDS_MAX = 2.0


class Demo:
    def __init__(self, folder: Path) -> None:
        self.folder, self.ports = folder, free_ports()
        self.process: subprocess.Popen[str] | None = None

    def play(self) -> list[str]:
        """Start it; gives what it says up to and with the line that says idle."""
        options = {
            "--data": self.folder,
            "--port": self.ports.search,
            "--base-port": self.ports.base,
            "--steps-every": 0.5,
        }
        words = [str(word) for option in options.items() for word in option]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
        )
        said, deadline = [], time.monotonic() + IDLE_SECONDS_MAX
        for line in self.process.stdout:
            said.append(line.rstrip())
            if " idle " in line:
                return said
            assert time.monotonic() < deadline, said
        raise AssertionError("\n".join(said))

    def stop(self) -> float:
        """Ctrl-C; gives the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == 0
        return time.monotonic() - began

    def lines(self, what: str) -> list[dict]:
        environment = {**os.environ, "TIDINGS_DATA": str(self.folder / "service")}
        command = [Path(sys.executable).with_name("tidings"), "export", what]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.search}{path}", timeout=10) as answer:
            return answer.read().decode()

    def messages(self, box: str) -> list[str]:
        return (self.folder / f"{box}.jsonl").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo, played to its end and still running."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    demo.said = demo.play()
    yield demo
    if demo.process.poll() is None:
        demo.process.kill()


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def test_it_tells_what_it_does_and_ends_idle_with_the_address(demo):
    text = "\n".join(demo.said)

    assert "the first crawl takes them in silently" in text
    assert "20 pages; the first crawl" in text and "corrected /zh/" in text and "delivered" in text
    assert "31 pages, 30 articles, 56 signals, 11 notifications (11 delivered)" in demo.said[-2]
    assert demo.said[-1].endswith(f"idle http://127.0.0.1:{demo.ports.search}/")


def test_its_totals_are_those_of_the_content(demo):
    events = demo.lines("events")
    kinds = [event["kind"] for event in events if event["article"]]
    articles = demo.lines("articles")

    assert {
        "sources": len({event["poll"]["source"] for event in events if event["poll"]}),
        "articles": len(articles),
        "stories": len({event["story"]["id"] for event in events if event["article"]}),
        "signals": sum(len(article["signals"]) for article in articles),
        "events": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "notifications": len(demo.lines("notifications")),
    } == {key: value for key, value in GOLDEN["totals"].items() if key != "pages"}


@pytest.mark.parametrize("want", GOLDEN["articles"], ids=lambda want: want["path"])
def test_an_article_says_what_its_page_says(demo, want):
    [article] = [a for a in demo.lines("articles") if path_of(a["url"]) == want["path"]]
    names = {mention["name"] for mention in article["companies"]}

    assert article["language"] == want["language"]
    assert article["relevant"] == want.get("relevant", True)
    assert names >= set(want.get("companies", [])) and not names & set(want.get("companies_not", []))
    rest = list(article["signals"])
    for signal_ in want["signals"]:
        rest.remove(next((s for s in rest if says(s, signal_)), f"no {signal_} among {article['signals']}"))
    assert rest == []


def says(signal_: dict, want: dict) -> bool:
    quantity = signal_["quantity"] or {}
    have = {
        **signal_,
        "value": float(quantity.get("value", "nan")),
        "unit": quantity.get("unit"),
        "approx": quantity.get("approx"),
    }
    return all(
        have.get(key) == value or (key == "product" and str(value) in str(have[key])) for key, value in want.items()
    )


def test_every_notification_of_the_news_and_no_other_is_delivered_once(demo):
    mails = [json.loads(line) for line in demo.messages("mailbox")]
    posts = demo.messages("slack")
    told = [
        (n["rule"], f"{n['channel']}:{n['recipient']}", path_of(n["items"][0]["url"]))
        for n in demo.lines("notifications")
    ]
    expected = GOLDEN["notifications"]

    assert sorted(told) == sorted((n["rule"], n["to"], n["path"]) for n in expected)
    by_mail = [n for n in expected if n["to"].startswith("email:")]
    assert len(mails) == len(by_mail) == len({mail["key"] for mail in mails})
    assert len(posts) == len(expected) - len(by_mail)
    for want in by_mail:
        assert any(all(word in mail["subject"] for word in want["subject"]) for mail in mails), want
    assert {r["state"] for r in demo.lines("receipts")} == {"sent"}


def test_a_page_of_last_year_found_today_is_told_once_and_marked_late(demo):
    """The site's dates are fixed: run on a later day, the other pages are late as well, and rightly so."""
    items = [item for n in demo.lines("notifications") for item in n["items"]]
    late = {path_of(item["url"]) for item in items if item["late"]}
    old = {path_of(item["url"]) for item in items if is_old(item)}

    assert late == old
    assert late >= {n["path"] for n in GOLDEN["notifications"] if n.get("late")}


def is_old(item: dict) -> bool:
    """More than a day lies between the end of the stated day, or the stated minute, and the finding."""
    stated = datetime.fromisoformat(item["published"]["value"])
    end = stated + timedelta(days=item["published"]["precision"] == "day")
    return datetime.fromisoformat(item["first_seen"]) - end > timedelta(days=1)


def test_why_tells_the_whole_way_of_an_article(demo):
    [article] = [a for a in demo.lines("articles") if path_of(a["url"]) == "/news/mindray-aurelia-v9.html"]
    environment = {**os.environ, "TIDINGS_DATA": str(demo.folder / "service")}
    command = [Path(sys.executable).with_name("tidings"), "why", article["url"], "--json"]

    found = json.loads(subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True).stdout)

    assert (found["article"], [page["live"] for page in found["pages"]]) == (article["id"], [True])
    [event] = found["events"]
    told = {rule["rule"] for rule in event["rules"] if rule["decision"] == "notified"}
    assert told == {n["rule"] for n in found["notifications"]} == {"nmpa-approvals", "watch-mindray"}
    assert {receipt["state"] for n in found["notifications"] for receipt in n["receipts"]} == {"sent"}


def test_the_first_crawl_is_searchable_and_sent_nothing(demo):
    found = json.loads(demo.get("/api/search?q=kestrel"))
    told = {item["article"] for n in demo.lines("notifications") for item in n["items"]}

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
