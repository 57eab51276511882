"""The morning's reading behind the real application, over HTTP on loopback."""

import httpx
import pytest
from morning import events, notices
from serving import served
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from search.sink import index_events
from search.tantivy import TantivyIndex
from search.web import create_app
from tidings.lexicon import load


@pytest.fixture(scope="session")
def lexicon():
    return load()


@pytest.fixture(scope="session")
def morning_index(tmp_path_factory):
    index = TantivyIndex(tmp_path_factory.mktemp("index"))
    index_events(index)(list(enumerate(events())))
    yield index
    index.close()


@pytest.fixture(scope="session")
def client(morning_index, lexicon):
    app = create_app(
        index=morning_index,
        lexicon=lexicon,
        notifications=lambda limit: notices()[:limit],
        health=lambda: ["nmpa has not answered for 40 minutes"],
        routes=[Route("/healthz", lambda request: PlainTextResponse("ok"))],
    )
    with served(app) as address, httpx.Client(base_url=address, timeout=10) as client:
        yield client


@pytest.fixture
def serve(lexicon):
    """Serves another index for one test."""
    clients = []

    def serve(index, **more):
        app = create_app(index=index, lexicon=lexicon, **{"notifications": lambda limit: [], **more})
        serving = served(app)
        # A server drops the connection on which it met a defect: every request has its own.
        client = httpx.Client(base_url=serving.__enter__(), timeout=10, headers={"Connection": "close"})
        clients.append((client, serving))
        return client

    yield serve
    for client, serving in clients:
        client.close()
        serving.__exit__(None, None, None)
