import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from alerts.channels import Message
from alerts.channels.slack import SlackChannel
from tidings.errors import PermanentError, TransientError

BLOCKS = ({"type": "header", "text": {"type": "plain_text", "text": "监护仪"}},)
MESSAGE = Message(subject="A & B <!channel>", text="t", html="h", blocks=BLOCKS)
OK = (200, {}, '{"ok": true, "channel": "C1", "ts": "1732420800.000100"}')


@pytest.fixture
def serve():
    """Starts a Web API on loopback that gives scripted (status, headers, body) and lists what it was asked."""
    running = []

    def start(*script):
        answers, asked = list(script), []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked.append((self.path, self.headers["Authorization"], json.loads(body or b"{}")))
                status, headers, text = answers.pop(0)
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json"} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/api/", asked

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def send(url, recipient="#medtech"):
    channel = SlackChannel(token="xoxb-secret", url=url, timeout_seconds=2)
    return channel.send(MESSAGE, recipient=recipient, key="0123abcd")


def refused(status=200, error="", headers=None):
    return (status, headers or {}, json.dumps({"ok": False, "error": error}))


def test_a_message_is_posted_with_blocks_and_key_and_its_text_mentions_nobody(serve):
    url, asked = serve(OK)

    id_ = send(url)

    assert (id_, asked) == (
        "1732420800.000100",
        [
            (
                "/api/chat.postMessage",
                "Bearer xoxb-secret",
                {
                    "channel": "#medtech",
                    "text": "A &amp; B &lt;!channel&gt;",
                    "blocks": list(BLOCKS),
                    "metadata": {"event_type": "tidings_notification", "event_payload": {"key": "0123abcd"}},
                    "unfurl_links": False,
                    "unfurl_media": False,
                },
            )
        ],
    )


def test_too_many_requests_says_how_long_to_wait_and_the_next_attempt_goes_through(serve):
    url, asked = serve((429, {"Retry-After": "7"}, '{"ok": false, "error": "ratelimited"}'), OK)

    with pytest.raises(TransientError, match="Slack, #medtech: HTTP 429 ratelimited") as caught:
        send(url)

    assert (caught.value.retry_after_seconds, send(url), len(asked)) == (7.0, "1732420800.000100", 2)


@pytest.mark.parametrize("value", ["soon", "-1", "1e9", ""])
def test_a_wait_that_is_no_number_is_no_wait(serve, value):
    url, _ = serve((429, {"Retry-After": value}, "{}"))

    with pytest.raises(TransientError) as caught:
        send(url)

    assert caught.value.retry_after_seconds is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(error="invalid_auth"), PermanentError),
        (refused(error="channel_not_found"), PermanentError),
        (refused(error="not_in_channel"), PermanentError),
        (refused(error="invalid_blocks"), PermanentError),
        (refused(status=404, error="unknown_method"), PermanentError),
        (refused(error="internal_error"), TransientError),
        (refused(error="ratelimited"), TransientError),
        (refused(status=500, error="invalid_auth"), TransientError),
        ((503, {}, "<html>busy</html>"), TransientError),
        ((200, {"Content-Type": "text/html"}, "<html>please log in</html>"), TransientError),
        ((200, {"Content-Type": "text/plain; charset=nonsense"}, "ok"), TransientError),
        ((200, {}, "[]"), TransientError),
    ],
)
def test_what_slack_answers_decides_whether_to_try_again(serve, answer, error):
    url, asked = serve(answer)

    with pytest.raises(error) as caught:
        send(url)

    assert (len(asked), "xoxb-secret" in str(caught.value)) == (1, False)


def test_a_refused_connection_may_pass():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))

        with pytest.raises(TransientError, match="Slack, #medtech: no answer"):
            send(f"http://127.0.0.1:{closed.getsockname()[1]}/")


def test_a_server_that_says_nothing_is_left_after_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(TransientError, match="no answer"):
        channel = SlackChannel(token="t", url=f"http://127.0.0.1:{mute.getsockname()[1]}/", timeout_seconds=1)
        channel.send(MESSAGE, recipient="#a", key="k")


def test_a_proxy_is_used_only_where_the_environment_does_not_except_the_host(serve, monkeypatch):
    url, asked = serve(OK)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    assert (send(url), len(asked)) == ("1732420800.000100", 1)


def test_the_bot_tells_who_it_is(serve):
    url, asked = serve((200, {}, json.dumps({"ok": True, "user": "tidings", "team": "Larkfield"})))

    assert SlackChannel(token="xoxb-secret", url=url, timeout_seconds=2).identity() == "tidings in Larkfield"
    assert [(path, token) for path, token, _ in asked] == [("/api/auth.test", "Bearer xoxb-secret")]


def test_a_token_that_slack_refuses_is_told_without_the_token(serve):
    url, _ = serve(refused(error="invalid_auth"))

    with pytest.raises(PermanentError, match="invalid_auth") as raised:
        SlackChannel(token="xoxb-secret", url=url, timeout_seconds=2).identity()
    assert "xoxb" not in str(raised.value)
