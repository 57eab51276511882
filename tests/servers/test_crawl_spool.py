"""The brokers go away while pages come: the real `tidings crawl`, a Kafka that is killed, a site that waits for it."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from waiting import wait_until

from streams.logs.kafka import KafkaLog
from tidings.brokers import Brokers
from tidings.codec import decode
from tidings.records import Page

ROOT = Path(__file__).parents[2]
#: The command that is installed beside this Python.
TIDINGS = Path(sys.executable).with_name("tidings")
ARTICLES = 6
ALL = {f"/a/{n}.html" for n in range(1, ARTICLES + 1)}
#: The article that comes as the brokers go, and the one after it.
HELD, NEXT = "/a/3.html", "/a/4.html"
#: What a spool holds then.
FULL = ["Page", "Poll"]
#: The log gives brokers a minute to confirm.
SPOOLED_SECONDS_MAX = 120
SOON_SECONDS_MAX = 60
STOP_SECONDS_MAX = 2.0

SOURCE = """
kind: listing
title: {{en: Notices}}
owner: media
country: CN
language: en
start: ["http://127.0.0.1:{port}/list.html"]
every_minutes: 60
delay_seconds: 0
allow_private: true
list:
  rows: ul.list li
"""


class Site:
    """A list of articles, of which one is not answered before `go`."""

    def __init__(self):
        self.asked, self.answered, self.go = Counter(), Counter(), threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked[self.path] += 1
                if self.path == HELD:
                    site.go.wait(SOON_SECONDS_MAX)
                status, body = site.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("ETag", '"the-only"')
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                site.answered[self.path] += 1

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def answer(self, path):
        if path == "/list.html":
            items = (f"<li><a href='/a/{n}.html'>Notice {n}</a></li>" for n in range(ARTICLES, 0, -1))
            return 200, f"<ul class='list'>{''.join(items)}</ul>".encode()
        if path.startswith("/a/"):
            return 200, f"<h1>Notice</h1><p>Text of {path}.</p>".encode()
        return 404, b"There is no such page."

    def close(self):
        self.go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Crawler:
    """`tidings crawl` with a data folder and topics of its own."""

    def __init__(self, folder, kafka, site):
        self.folder, self.brokers = folder, Brokers(bootstrap=kafka.bootstrap, prefix=f"spool-{uuid.uuid4().hex[:8]}-")
        (folder / "sources").mkdir(parents=True)
        (folder / "sources" / "notices.yaml").write_text(SOURCE.format(port=site.port))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")},
            "TIDINGS_MODE": "distributed",
            "TIDINGS_DATA": str(folder / "data"),
            "TIDINGS_SOURCES": str(folder / "sources"),
            "TIDINGS_POLL_SECONDS": "1",
            "TIDINGS_PAGES_PARTITIONS": "2",
            "TIDINGS_TOPIC_PREFIX": self.brokers.prefix,
            "KAFKA_BOOTSTRAP": self.brokers.bootstrap,
        }
        self.process = None
        subprocess.run(
            [TIDINGS, "topics", "apply"], cwd=ROOT, env=self.environment, check=True, capture_output=True, timeout=60
        )

    def start(self):
        with (self.folder / "crawl.log").open("ab") as log:
            self.process = subprocess.Popen(
                [TIDINGS, "crawl"], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """SIGTERM. Gives (exit status, seconds that took)."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SOON_SECONDS_MAX), time.monotonic() - began

    def spooled(self):
        """What kinds of records wait in the spool, oldest first."""
        with closing(sqlite3.connect(self.folder / "data" / "state" / "spool.sqlite")) as spool:
            rows = spool.execute("SELECT body FROM record ORDER BY seq").fetchall()
        return [type(decode(body)).__name__ for (body,) in rows]

    def said(self):
        return (self.folder / "crawl.log").read_text("utf-8")

    def on_log(self):
        """What is on topic pages: how often each page's path, how often each result of a poll."""
        pages, polls = Counter(), Counter()
        with closing(KafkaLog(self.brokers)) as log:
            for part in log.parts("pages"):
                for record in (decode(body) for _, body in log.read(part, -1, 1000, 0.0)):
                    if isinstance(record, Page):
                        pages[urlsplit(record.url).path] += 1
                    else:
                        polls[record.result] += 1
        return pages, polls


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture
def crawlers(tmp_path, own_kafka, site):
    """Makes crawlers; ends those that run."""
    made = []

    def make(name):
        made.append(Crawler(tmp_path / name, own_kafka, site))
        return made[-1]

    yield make
    for crawler in made:
        crawler.kill()


def test_pages_that_come_while_the_broker_is_dead_wait_in_the_spool_and_are_on_the_topic_later(
    own_kafka, site, crawlers
):
    """One crawler lives through it; two end while their spools are full, by kill -9 and by SIGTERM, and start again."""
    patient, killed, stopped = each = [crawlers(name) for name in ("patient", "killed", "stopped")]
    for crawler in each:
        crawler.start()
    wait_until(lambda: site.asked[HELD] == 3, SOON_SECONDS_MAX)
    own_kafka.kill()
    site.go.set()
    wait_until(lambda: all(crawler.spooled() == FULL for crawler in each), SPOOLED_SECONDS_MAX)
    asked = dict(site.asked)
    killed.kill()
    status, seconds = stopped.stop()
    left = [killed.spooled(), stopped.spooled()]

    own_kafka.start()
    killed.start()
    stopped.start()
    for crawler in each:
        wait_until(lambda crawler=crawler: "notices: ok" in crawler.said(), SPOOLED_SECONDS_MAX)

    # The poll ended with the page that nobody took, and no other began.
    assert asked == {"/robots.txt": 3, "/list.html": 3, **{f"/a/{n}.html": 3 for n in (1, 2, 3)}}
    assert (left, status) == ([FULL, FULL], 0)
    assert seconds < STOP_SECONDS_MAX
    for crawler in each:
        pages, polls = crawler.on_log()
        assert (set(pages), polls["failed"] >= 1, crawler.spooled()) == (ALL, True, [])
        assert (crawler.said().count("waits in the spool; no poll begins"), crawler.process.poll()) == (1, None)
    status, seconds = patient.stop()
    assert status == 0
    assert seconds < STOP_SECONDS_MAX


def test_a_stop_does_not_wait_for_a_broker_that_is_dead_and_the_next_start_fetches_what_is_missing(
    own_kafka, site, crawlers
):
    crawler = crawlers("stopped")
    crawler.start()
    wait_until(lambda: site.asked[HELD] == 1, SOON_SECONDS_MAX)
    own_kafka.kill()
    site.go.set()
    wait_until(lambda: site.answered[HELD] == 1, SOON_SECONDS_MAX)
    waits_before_next_page(site)
    status, seconds = crawler.stop()
    spooled = crawler.spooled()

    own_kafka.start()
    crawler.start()
    wait_until(lambda: "notices: ok" in crawler.said(), SPOOLED_SECONDS_MAX)

    assert (status, spooled) == (0, [])
    assert seconds < STOP_SECONDS_MAX
    assert crawler.on_log()[0] == dict.fromkeys(ALL, 1)


def waits_before_next_page(site, seconds=1.0):
    """For so long it does not ask for more: it waits for the brokers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert site.asked[NEXT] == 0
        time.sleep(0.05)
