"""The sample site on loopback: conditional GET, robots.txt, and a timeline; POST /_demo/publish moves on by one step.

The step is kept in a file, so that a restart shows what was published before.
"""

import json
import logging
import threading
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from deploy.demo.content import SitePage, changes, load, steps
from deploy.demo.edition import Document, edition
from deploy.demo.loopback import HOST, LoopbackServer
from tidings.errors import ConfigError

log = logging.getLogger(__name__)

#: A connection on which nothing comes for this long is closed.
IDLE_SECONDS_MAX = 30


class Site:
    """The site and its timeline. Start it, fetch from `address`, publish, close."""

    def __init__(self, state: Path, *, port: int = 0, pages: tuple[SitePage, ...] | None = None) -> None:
        """Listen on `port` (0: any free one). `state` need not exist. Raises OSError if the port is taken."""
        self.pages = load() if pages is None else pages
        self.last_step = steps(self.pages)
        self.step = _read_step(state, self.last_step)
        self._state = state
        self._lock = threading.Lock()
        self._server = _Server(self, port)
        self.port = self._server.port
        self.address = f"http://{HOST}:{self.port}"
        self._documents = edition(self.pages, self.step, self.address)

    def start(self) -> None:
        """Answer requests, in threads of this process, until `close`."""
        self._server.serve("site")

    def close(self) -> None:
        """Stop answering; what was published stays published."""
        self._server.close()

    def document(self, path: str) -> Document | None:
        """What is at `path` now; None if nothing is."""
        return self._documents.get(path)

    def publish(self) -> list[str]:
        """Move on by one step and say what is new, for people; [] once everything is out. Stored before it is shown."""
        with self._lock:
            if self.step >= self.last_step:
                return []
            _write_step(self._state, self.step + 1)
            self._documents = edition(self.pages, self.step + 1, self.address)
            self.step += 1
            return changes(self.pages, self.step)


class _Server(LoopbackServer):
    def __init__(self, site: Site, port: int) -> None:
        self.site = site
        super().__init__(port, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS_MAX
    # Head and body leave in one packet: two would wait for each other's acknowledgement, 40 ms a page.
    wbufsize = 1 << 16

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/_demo/step":
            return self._answer_json(HTTPStatus.OK, {"step": self.server.site.step, "last": self.server.site.last_step})
        document = self.server.site.document(path)
        if document is None:
            return self._answer(HTTPStatus.NOT_FOUND, "text/html", b"<!doctype html><h1>Not here</h1>")
        validators = {
            "ETag": document.etag,
            "Last-Modified": format_datetime(document.modified, usegmt=True),
        }
        if _unchanged(document, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")):
            return self._answer(HTTPStatus.NOT_MODIFIED, None, b"", validators)
        return self._answer(HTTPStatus.OK, document.content_type, document.body, validators)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        # No body is wanted, and one that is not read would be taken for the next request.
        self.close_connection = True
        if self.path != "/_demo/publish":
            return self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"not here\n")
        news = self.server.site.publish()
        return self._answer_json(HTTPStatus.OK, {"step": self.server.site.step, "news": news})

    def _answer_json(self, status: HTTPStatus, value: dict[str, object]) -> None:
        self._answer(status, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _answer(
        self, status: HTTPStatus, content_type: str | None, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if content_type:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


def _unchanged(document: Document, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """RFC 9110 section 13.2.2: the date counts only where no tag is given."""
    if if_none_match is not None:
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return document.etag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(if_modified_since or "")
    except ValueError:
        return False
    return document.modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))


def _read_step(state: Path, last: int) -> int:
    try:
        step = json.loads(state.read_text("utf-8"))["step"]
    except FileNotFoundError:
        return 0
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{state}: not the site's state; delete the file to begin at step 0") from error
    if not isinstance(step, int) or step < 0:
        raise ConfigError(f"{state}: step is {step!r}; want 0 to {last}, or delete the file to begin at step 0")
    return min(step, last)


def _write_step(state: Path, step: int) -> None:
    """Write beside it and rename: a kill leaves the old step or the new one, never half a file."""
    state.parent.mkdir(parents=True, exist_ok=True)
    draft = state.with_suffix(".new")
    draft.write_text(json.dumps({"step": step}), "utf-8")
    draft.replace(state)
