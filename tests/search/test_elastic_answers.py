"""What the Elasticsearch index says when what answers at its address is not what it wants, or nothing does."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from search.elastic import ElasticIndex
from tidings.errors import ConfigError, QueryError, TidingsError, TransientError
from tidings.query import EVERYTHING

SECRETS = {"user": "reader", "password": "hunter2"}
#: Answers with a status and a body to everything; true as the third part makes it one of Elasticsearch's.
Answer = Callable[[int, object], str]


@pytest.fixture
def answering() -> Iterator[Answer]:
    servers: list[ThreadingHTTPServer] = []

    def answer(status: int, body: object, *, product: bool = True) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if status == 502 else "application/json")
                self.send_header("Content-Length", str(len(sent)))
                if product:
                    self.send_header("X-Elastic-Product", "Elasticsearch")
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_HEAD = do_POST

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield answer
    for server in servers:
        server.shutdown()
        server.server_close()


def _error(kind: str, reason: str) -> dict[str, object]:
    return {"error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]}}


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, _error("security_exception", "unable to authenticate"), ConfigError, "want a user and password"),
        (403, _error("security_exception", "action is unauthorized"), ConfigError, "may manage, read and write"),
        (400, _error("media_type_header_exception", "found 9"), ConfigError, "want Elasticsearch 9"),
        (400, _error("search_phase_execution_exception", "too many nested clauses"), QueryError, "fewer or shorter"),
        (429, _error("circuit_breaking_exception", "Data too large"), TransientError, "the cluster's health"),
        (503, _error("master_not_discovered_exception", "no master"), TransientError, "the cluster's health"),
        (502, b"<h1>Bad gateway</h1>", TransientError, "the cluster's health"),
        (200, b'{"hits": {"tot', TransientError, "the answer is no JSON"),
    ],
    ids=["login", "rights", "old version", "query too large", "busy", "no master", "gateway", "half an answer"],
)
def test_each_answer_has_its_error_and_remedy(
    answering: Answer, status: int, body: object, kind: type[TidingsError], words: str
) -> None:
    index = ElasticIndex(answering(status, body), "articles", **SECRETS)

    with pytest.raises(kind, match=words) as caught:
        index.search(EVERYTHING)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).startswith('Elasticsearch index "articles" at 127.0.0.1:')


def test_another_server_than_elasticsearch_is_refused(answering: Answer) -> None:
    index = ElasticIndex(answering(200, {"hits": {}}, product=False), "articles")

    with pytest.raises(ConfigError, match="what answers there is no Elasticsearch; want the address of one"):
        index.search(EVERYTHING)


def test_one_that_is_silent_is_not_waited_for_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        index = ElasticIndex(url, "articles", timeout_seconds=0.2)

        with pytest.raises(TransientError, match="no answer in time; start Elasticsearch, or mend its address"):
            index.search(EVERYTHING)


def test_the_page_says_that_the_index_does_not_answer_and_tells_no_secret(serve) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        index = ElasticIndex(f"http://reader:hunter2@127.0.0.1:{taken.getsockname()[1]}", "articles")

        answers = [serve(index).get(path) for path in ("/", "/api/search?q=a", "/article/a")]

    assert [answer.status_code for answer in answers] == [503] * 3
    assert all("no connection" in answer.text and "start Elasticsearch" in answer.text for answer in answers)
    assert not any("hunter2" in answer.text or "reader" in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("url", "alias", "more", "words"),
    [
        ("127.0.0.1:9200", "articles", {}, r"want http\(s\)://host:port"),
        ("http://reader:hunter2@127.0.0.1", "articles", {}, r"at 127.0.0.1: want http\(s\)://host:port"),
        ("http://127.0.0.1:9200", "articles", {"api_key": "hunter2", **SECRETS}, "one way to log in"),
        ("https://127.0.0.1:9200", "articles", {"ca": "/nowhere/ca.pem"}, "a readable CA"),
        ("https://127.0.0.1:9200", "articles", {"ca": __file__}, "a readable CA"),
        ("http://127.0.0.1:9200", "Articles*", {}, 'search index "Articles.*": want a name of small letters'),
    ],
    ids=["no scheme", "no port", "two logins", "no CA", "no certificate", "name"],
)
def test_what_cannot_be_an_address_a_login_or_a_name_is_refused_at_once(
    url: str, alias: str, more: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        ElasticIndex(url, alias, **more)
    assert "hunter2" not in str(caught.value)
