"""An application on a loopback port of its own, for as long as a test needs it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

#: How long a server may take to come up and to go down.
PATIENCE_SECONDS = 10


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve `app`; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        started = threading.Event()
        thread = threading.Thread(target=_run, args=(server, listening, started), daemon=True)
        thread.start()
        assert started.wait(PATIENCE_SECONDS)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()


def _run(server: uvicorn.Server, listening: socket.socket, started: threading.Event) -> None:
    # The socket listens already, so a client that comes early waits in its queue.
    started.set()
    server.run(sockets=[listening])
