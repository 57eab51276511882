"""An HTTP server in threads of this process, for this machine alone."""

import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
#: How long `close` may have to wait for the server to notice.
LOOK_SECONDS = 0.05


class LoopbackServer(ThreadingHTTPServer):
    """Listens from the start, answers from `serve` to `close`."""

    daemon_threads = True

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        """`port` 0: any free one. Raises OSError if it is taken."""
        super().__init__((HOST, port), handler)
        self.port: int = self.server_address[1]

    def serve(self, name: str) -> None:
        """Answer in a thread called `name`."""
        threading.Thread(target=self.serve_forever, args=(LOOK_SECONDS,), name=name, daemon=True).start()

    def close(self) -> None:
        """Stop answering and free the port."""
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle, as one that is killed does, is no fault of ours."""
        error = sys.exception()
        if isinstance(error, ConnectionError | TimeoutError):
            log.debug("%s hung up: %s", client_address, error)
        else:
            super().handle_error(request, client_address)
