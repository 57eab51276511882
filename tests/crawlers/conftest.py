"""A site on loopback that logs what it is asked, and the parts of a crawl in a temporary folder."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawlers.crawl import crawl
from crawlers.memory import Memory
from crawlers.source import ListLayout, Source, Title
from streams.logs.sqlite import SqliteLog
from tidings.codec import decode
from tidings.records import Page, Poll
from tidings.steps import Topic

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    """What the server answers, by path; anything else is 404. A callable gets the request's headers."""

    port: int = 0
    pages: dict[str, Any] = field(default_factory=dict)
    #: (path with query, headers in lower case, when) of each request but those for robots.txt.
    asked: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    robots_asked: int = 0

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def listing(self, *numbers: int, path: str = "/list.html") -> None:
        """A list page that shows articles `numbers`, and the articles."""
        items = "".join(f"<li><a href='/a/{n}.html'>Notice {n}</a> <span>2026-11-{n:02}</span></li>" for n in numbers)
        self.pages[path] = f"<html><body><ul class='list'>{items}</ul></body></html>"
        for n in numbers:
            self.pages.setdefault(f"/a/{n}.html", f"<html><h1>Notice {n}</h1><p>Text of notice {n}.</p></html>")

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        found = self.pages.get(path)
        if callable(found):
            found = found(headers)
        if found is None:
            return 404, {"Content-Type": "text/html"}, b"<html><body>There is no such page here, sorry.</body></html>"
        if isinstance(found, tuple):
            return found
        return 200, {"Content-Type": "text/html; charset=utf-8"}, found.encode() if isinstance(found, str) else found


@pytest.fixture(scope="session")
def server() -> Iterator[Site]:
    """One server for all tests: its port, and with it every address, stays the same."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet: in two, Nagle's algorithm costs 40 ms a request.
        wbufsize = -1

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            if self.path == "/robots.txt":
                site.robots_asked += 1
            else:
                site.asked.append((self.path, headers, time.monotonic()))
            status, answered, body = site.answer(self.path, headers)
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name, value)
            if status != 304 and "Content-Length" not in answered:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                # The crawler hangs up on what is too large.
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def site(server: Site) -> Site:
    """The server, empty and unasked."""
    server.pages, server.asked, server.robots_asked = {}, [], 0
    return server


@dataclass
class Desk:
    """One data folder with its log and memory, and a clock that stands still until moved."""

    folder: Path
    log: SqliteLog
    memory: Memory
    now: datetime = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.now

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def crawl(self, *sources: Source, **options: Any) -> None:
        """Every source once."""
        crawl(sources, self.log, self.memory, self.clock, once=True, **options)

    def restart(self) -> None:
        """As a new process begins: with the files only."""
        self.memory.close()
        self.memory = Memory(self.folder / "crawl.db")
        self.memory.catch_up(self.log)

    def pages(self) -> list[Page]:
        return [page for page in self._all("pages") if isinstance(page, Page)]

    def polls(self) -> list[Poll]:
        return [poll for poll in self._all("pages") if isinstance(poll, Poll)]

    def _all(self, topic: Topic) -> list[Any]:
        return [decode(body) for _, body in self.log.read(topic, -1, 1000, 0.0)]


@pytest.fixture(scope="session")
def make_desk() -> Callable[[Path], Desk]:
    return lambda folder: Desk(folder, SqliteLog(folder / "log.db"), Memory(folder / "crawl.db"))


@pytest.fixture
def desk(tmp_path: Path, make_desk: Callable[[Path], Desk]) -> Iterator[Desk]:
    desk = make_desk(tmp_path)
    yield desk
    desk.memory.close()
    desk.log.close()


@pytest.fixture(scope="session")
def listing(server: Site) -> Callable[..., Source]:
    """Makes a listing source of the site; keywords override."""

    def make(**changes: Any) -> Source:
        fields: dict[str, Any] = {
            "name": "notices",
            "kind": "listing",
            "start": (server.url("/list.html"),),
            "title": Title(en="Notices"),
            "owner": "demo",
            "country": "CN",
            "language": "en",
            "every_minutes": 60,
            "delay_seconds": 0,
            "allow_private": True,
            "list": ListLayout(rows="ul.list li", date=("span",)),
        }
        return Source(**{**fields, **changes})

    return make


@pytest.fixture(scope="session")
def feed(listing: Callable[..., Source], server: Site) -> Callable[..., Source]:
    """Makes a feed source of the site; keywords override."""
    fields = {"name": "wire", "kind": "feed", "start": (server.url("/feed.xml"),), "list": ListLayout()}
    return lambda **changes: listing(**{**fields, **changes})
