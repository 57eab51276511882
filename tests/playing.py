"""The demo as a user runs it, and what it must come to by tests/golden/demo.yaml."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from ports import free_ports

from deploy.demo.service import TIDINGS

ROOT = Path(__file__).parents[1]
GOLDEN = yaml.safe_load((ROOT / "tests" / "golden" / "demo.yaml").read_text("utf-8"))
TOTALS = {name: total for name, total in GOLDEN["totals"].items() if name != "pages"}
#: How the last line but one ends.
SAID_TOTALS = "31 pages, 30 articles, 56 signals, 11 notifications (11 delivered)"
#: How the names of settings begin.
SETTINGS = ("TIDINGS_", "KAFKA_", "ELASTICSEARCH_")
IDLE_SECONDS_MAX = 90
END_SECONDS_MAX = 30
COMMAND_SECONDS_MAX = 60


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the demo has come to: what `tidings export` says, and the messages that arrived."""

    events: list[dict]
    articles: list[dict]
    notifications: list[dict]
    receipts: list[dict]
    mails: list[dict]
    posts: list[dict]


class Demo:
    """One demo in a folder of its own, embedded unless it is told otherwise."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        """`options` of the command, `settings` of the shell that it runs in."""
        self.folder, self.ports = folder, free_ports()
        self.options, self.settings = options, settings
        self.process: subprocess.Popen[str] | None = None

    def play(self, *, idle_seconds_max: float = IDLE_SECONDS_MAX) -> list[str]:
        """Start it; gives what it says up to and with the line that says idle."""
        self.start()
        return self.until(" idle ", idle_seconds_max)

    def start(self) -> None:
        options = {
            "--data": self.folder,
            "--port": self.ports.search,
            "--base-port": self.ports.base,
            "--steps-every": 0.5,
        }
        words = [str(word) for option in options.items() for word in option]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo", *self.options, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self.settings},
        )

    def until(self, words: str, seconds_max: float = IDLE_SECONDS_MAX) -> list[str]:
        """What it says from here up to and with the line that holds `words`."""
        said, deadline = [], time.monotonic() + seconds_max
        for line in self.process.stdout:
            said.append(line.rstrip())
            if words in line:
                return said
            assert time.monotonic() < deadline, said
        raise AssertionError("\n".join(said))

    def stop(self) -> float:
        """Ctrl-C; gives the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(END_SECONDS_MAX) == 0
        return time.monotonic() - began

    def kill(self) -> None:
        """Harmless if it has ended."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def tidings(self, *words: str) -> bytes:
        """What the command says of the demo's service, found by the file of settings that the demo keeps."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        environment = {**inherited, "TIDINGS_CONFIG": str(self.folder / "settings.yaml")}
        done = subprocess.run(
            [TIDINGS, *words], env=environment, capture_output=True, timeout=COMMAND_SECONDS_MAX, check=True
        )
        return done.stdout

    def lines(self, what: str) -> list[dict]:
        return [json.loads(line) for line in self.tidings("export", what).splitlines()]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.search}{path}", timeout=10) as answer:
            return answer.read().decode()

    def messages(self, box: str) -> list[dict]:
        return [json.loads(line) for line in (self.folder / f"{box}.jsonl").read_text("utf-8").splitlines()]

    def outcome(self) -> Outcome:
        exported = ("events", "articles", "notifications", "receipts")
        return Outcome(
            **{what: self.lines(what) for what in exported},
            mails=self.messages("mailbox"),
            posts=self.messages("slack"),
        )


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def totals(outcome: Outcome) -> Mapping[str, object]:
    """To be compared with TOTALS."""
    kinds = [event["kind"] for event in outcome.events if event["article"]]
    return {
        "sources": len({event["poll"]["source"] for event in outcome.events if event["poll"]}),
        "articles": len(outcome.articles),
        "stories": len({event["story"]["id"] for event in outcome.events if event["article"]}),
        "signals": sum(len(article["signals"]) for article in outcome.articles),
        "events": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "notifications": len(outcome.notifications),
    }


def check_article(outcome: Outcome, want: dict) -> None:
    """The article says what its page says, and no more."""
    [article] = [a for a in outcome.articles if path_of(a["url"]) == want["path"]]
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


def told(outcome: Outcome) -> list[tuple[str, str, str]]:
    """(rule, address, path) of every notification, in an order that does not depend on when it was decided."""
    return sorted(
        (n["rule"], f"{n['channel']}:{n['recipient']}", path_of(n["items"][0]["url"])) for n in outcome.notifications
    )


def to_tell() -> list[tuple[str, str, str]]:
    return sorted((n["rule"], n["to"], n["path"]) for n in GOLDEN["notifications"])


def check_messages(outcome: Outcome) -> None:
    """Each notification arrived once, over its channel, and the mails' subjects say what they must."""
    expected = GOLDEN["notifications"]
    by_mail = [n for n in expected if n["to"].startswith("email:")]
    assert len(outcome.mails) == len(by_mail) == len({mail["key"] for mail in outcome.mails})
    assert len(outcome.posts) == len(expected) - len(by_mail)
    for want in by_mail:
        assert any(all(word in mail["subject"] for word in want["subject"]) for mail in outcome.mails), want
    assert {receipt["state"] for receipt in outcome.receipts} == {"sent"}


def is_old(item: dict) -> bool:
    """More than a day lies between the end of the stated day, or the stated minute, and the finding."""
    stated = datetime.fromisoformat(item["published"]["value"])
    end = stated + timedelta(days=item["published"]["precision"] == "day")
    return datetime.fromisoformat(item["first_seen"]) - end > timedelta(days=1)
