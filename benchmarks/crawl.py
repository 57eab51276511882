"""Our crawl against bare Scrapy on one loopback site.

Ours appends each page durably, obeys robots.txt and checks addresses; Scrapy alone fetches and counts.
"""

import http.server
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import Line, paired
from benchmarks.pages import SEED, page

ROUNDS = 3
SECONDS_MAX = 300


def compare(scale: float) -> Iterator[Line]:
    """The whole process each time, start-up included; and without it, by a site of one page."""
    pages = max(5, int(300 * scale))
    for at_once in (1, 8):
        with site(pages) as address, site(1) as empty:
            yield paired(
                f"crawl of {pages} pages / bare Scrapy, {at_once} at once",
                lambda address=address, empty=empty: max(1e-3, _ours(address) - _ours(empty)),
                lambda address=address, empty=empty, n=at_once: max(1e-3, _bare(address, n) - _bare(empty, n)),
                "ms a page",
                rounds=ROUNDS,
                per=1000 / pages,
            )


def _ours(address: str) -> float:
    return _timed([sys.executable, "-m", "benchmarks.crawl", "ours", address])


def _bare(address: str, at_once: int) -> float:
    return _timed([sys.executable, "-m", "benchmarks.crawl", "bare", address, str(at_once)])


def _timed(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, timeout=SECONDS_MAX, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


@contextmanager
def site(count: int) -> Iterator[str]:
    """A list and `count` pages on a free port."""
    chance = random.Random(SEED)
    bodies = {f"/{n}.html": page(chance, n).body for n in range(count)}
    rows = "".join(f'<li><a href="{path}">Item {path}</a></li>' for path in bodies)
    bodies["/index.html"] = f"<ul class=list>{rows}</ul>".encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # head and body in one packet: two would wait for each other's acknowledgement

        def do_GET(self) -> None:
            body = bodies.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    finally:
        server.shutdown()
        server.server_close()


def crawl_ours(address: str) -> None:
    """Poll the site once, as the service does, into a log in a temporary folder."""
    from crawlers.crawl import crawl
    from crawlers.memory import Memory
    from crawlers.source import ListLayout, Source, Title
    from streams.logs.sqlite import SqliteLog
    from tidings.clock import system_clock

    source = Source(
        name="site",
        kind="listing",
        start=(address,),
        title=Title(en="Site"),
        owner="demo",
        country="CN",
        language="en",
        every_minutes=1,
        delay_seconds=0,
        allow_private=True,
        max_items=10_000,
        list=ListLayout(rows="ul.list li"),
    )
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "log.sqlite")
        crawl([source], log, Memory(Path(folder) / "crawl.sqlite"), system_clock, once=True)
        assert log.end("pages") >= 1, "nothing was crawled"


def crawl_bare(address: str, at_once: int) -> None:
    """Fetch the same pages and count them."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    class Bare(scrapy.Spider):
        name = "bare"
        start_urls = [address]

        def parse(self, response):
            yield from response.follow_all(css="ul.list a", callback=self.count)

        def count(self, response):
            yield {"size": len(response.body)}

    settings = {
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        # Both: with one a host but sixteen in all, Scrapy's engine idles seconds between requests.
        "CONCURRENT_REQUESTS": at_once,
        "CONCURRENT_REQUESTS_PER_DOMAIN": at_once,
        "DOWNLOAD_DELAY": 0,
    }
    process = CrawlerProcess(settings)
    process.crawl(Bare)
    process.start()


if __name__ == "__main__":
    crawl_ours(sys.argv[2]) if sys.argv[1] == "ours" else crawl_bare(sys.argv[2], int(sys.argv[3]))
