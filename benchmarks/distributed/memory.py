"""The memory of the whole set after a run: both servers and the four processes of the service."""

import urllib.error
import urllib.request
from collections.abc import Iterator

from benchmarks.crawl import site
from benchmarks.distributed.desk import Desk
from benchmarks.distributed.usage import resident_mb
from benchmarks.measuring import Line
from deploy.servers.ports import HOST

GOAL = "< 3000"
CRAWLED = 100
#: Searches that the search page has answered before one looks.
QUERIES = ("/?q=device", "/?q=%E6%94%AF%E6%9E%B6", "/?q=type:export", "/api/search?q=ventilator", "/notifications")
ANSWER_SECONDS_MAX = 30

SOURCE = """\
kind: listing
start: [{address}]
title: {{en: Site}}
owner: demo
country: CN
language: en
every_minutes: 60
delay_seconds: 0
allow_private: true # it is on this machine
max_items: 10000
list: {{rows: ul.list li}}
"""


def measure(one: Desk) -> Iterator[Line]:
    """`work` and `analyse-worker` run already; what was not started here is not counted."""
    with site(CRAWLED) as address:
        _crawl(one, address)
        _serve(one)
        one.wait_until(one.settled, "what was crawled searchable")
        held = {name: resident_mb(pid) for name, pid in one.pids.items()}
    for name, size in held.items():
        yield Line(what=f"memory: {name}", ours=size, other=None, unit="MB")
    yield Line(what=f"memory: the {len(held)} together", ours=sum(held.values()), other=None, unit="MB", goal=GOAL)


def _crawl(one: Desk, address: str) -> None:
    """`tidings crawl` has polled a site once, and waits for the next time."""
    pages = one.records("pages")
    (one.sources / "site.yaml").write_text(SOURCE.format(address=address), "utf-8")
    one.start("crawl")
    one.wait_until(lambda: one.records("pages") > pages + CRAWLED, "a poll")
    one.wait_until(lambda: one.analysed() == one.records("pages"), "what was crawled analysed")


def _serve(one: Desk) -> None:
    """`tidings serve` has answered some searches."""
    one.start("serve")
    one.wait_until(lambda: _answers(one, "/healthz"), "the search page")
    for query in QUERIES:
        assert _answers(one, query), query


def _answers(one: Desk, path: str) -> bool:
    # No proxy, whatever the shell names: the page is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{one.port}{path}", timeout=ANSWER_SECONDS_MAX) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
