"""A stand-in for Slack on loopback: answers chat.postMessage as Slack does and keeps what it was sent in a file."""

import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from deploy.demo.loopback import HOST, LoopbackServer
from deploy.demo.store import MessageFile

log = logging.getLogger(__name__)

BODY_BYTES_MAX = 1_000_000
IDLE_SECONDS_MAX = 30
#: Fields that Slack takes as JSON inside a form.
JSON_FIELDS = ("blocks", "attachments", "metadata")


class Slack:
    """The stand-in: `address` is what a client takes as its base URL."""

    def __init__(self, path: Path, *, port: int = 0) -> None:
        """Listen on `port` (0: any free one). Raises OSError if it is taken."""
        self.file = MessageFile(path)
        self._server = _Server(self.file, port)
        self.port = self._server.port
        self.address = f"http://{HOST}:{self.port}/api/"

    def start(self) -> None:
        """Answer requests, in threads of this process, until `close`."""
        self._server.serve("slack")

    def close(self) -> None:
        """Stop answering."""
        self._server.close()


class _Server(LoopbackServer):
    def __init__(self, file: MessageFile, port: int) -> None:
        self.file = file
        super().__init__(port, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = IDLE_SECONDS_MAX

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        if size > BODY_BYTES_MAX:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(size)
        if self.path != "/api/chat.postMessage":
            self._answer({"ok": False, "error": "unknown_method"})
        elif not self.headers.get("Authorization", "").startswith("Bearer "):
            self._answer({"ok": False, "error": "not_authed"})
        else:
            self._answer(self._keep(_fields(self.headers.get_content_type(), body)))

    def _keep(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Slack's own checks, in its own words; `ts` is how Slack names a message."""
        if not fields.get("channel"):
            return {"ok": False, "error": "channel_not_found"}
        if not fields.get("text") and not fields.get("blocks"):
            return {"ok": False, "error": "no_text"}
        number = self.server.file.append({"key": _key(fields), **fields})
        return {"ok": True, "channel": fields["channel"], "ts": f"{1_700_000_000 + number}.000000", "message": fields}

    def _answer(self, value: dict[str, Any]) -> None:
        """Slack answers 200 to refusals too; the body tells."""
        data = json.dumps(value).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    """The call's arguments, from JSON or a form; {} if it is neither."""
    try:
        if content_type == "application/json":
            value = json.loads(body)
            return value if isinstance(value, dict) else {}
        fields: dict[str, Any] = dict(parse_qsl(body.decode("utf-8")))
        return {name: json.loads(value) if name in JSON_FIELDS else value for name, value in fields.items()}
    except ValueError:
        return {}


def _key(fields: dict[str, Any]) -> str:
    """The key that the sender put into the message's metadata; "" if it put none."""
    metadata = fields.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return str(payload.get("key", "")) if isinstance(payload, dict) else ""
