"""What every channel promises. A new kind needs a line in alerts.channels.CHANNELS and a bench here."""

import io
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller

from alerts.channels import CHANNELS, Channel, Message
from alerts.channels.console import ConsoleChannel
from alerts.channels.email import EmailChannel
from alerts.channels.slack import SlackChannel
from tidings.errors import PermanentError, TransientError

MESSAGE = Message(
    subject="国家药监局批准 · “Ünïcödé” & <b>",
    text="监护仪获批\n🩺\n",
    html="<p>监护仪获批 🩺</p>\n",
    blocks=({"type": "header", "text": {"type": "plain_text", "text": "监护仪获批 🩺"}},),
)


@dataclass
class Bench:
    """One channel and the other side of it."""

    channel: Channel
    recipient: str
    #: Makes the other side say that it cannot now.
    trouble: Callable[[], None]
    #: Makes it refuse for good; None where it never does.
    refusal: Callable[[], None] | None
    #: (key, text) of everything that arrived.
    arrived: Callable[[], list[tuple[str, str]]]


@pytest.fixture(params=CHANNELS)
def bench(request):
    yield from BENCHES[request.param]()


def email_bench():
    answer, mails = ["250 ok"], []

    class Mailbox:
        async def handle_DATA(self, server, session, envelope):
            if answer[0].startswith("250"):
                mails.append(message_from_bytes(envelope.content, policy=policy.default))
            return answer[0]

    class Loopback(Controller):
        def _trigger_server(self):
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    controller = Loopback(Mailbox(), hostname="127.0.0.1", port=0)
    controller.start()
    channel = EmailChannel(
        host="127.0.0.1", port=controller.port, sender="a@tidings.test", tls="none", timeout_seconds=5
    )
    try:
        yield Bench(
            channel=channel,
            recipient="desk@example.com",
            trouble=lambda: answer.__setitem__(0, "451 later"),
            refusal=lambda: answer.__setitem__(0, "554 no"),
            arrived=lambda: [(str(m["X-Tidings-Key"]), m.get_body(("plain",)).get_content()) for m in mails],
        )
    finally:
        controller.stop()


def slack_bench():
    answer, posts = [(200, {"ok": True, "ts": "1.2"})], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            post = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = answer[0]
            if body["ok"]:
                posts.append(post)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    channel = SlackChannel(token="t", url=f"http://127.0.0.1:{server.server_address[1]}/api/", timeout_seconds=5)
    try:
        yield Bench(
            channel=channel,
            recipient="#medtech",
            trouble=lambda: answer.__setitem__(0, (503, {"ok": False, "error": "service_unavailable"})),
            refusal=lambda: answer.__setitem__(0, (200, {"ok": False, "error": "is_archived"})),
            arrived=lambda: [
                (post["metadata"]["event_payload"]["key"], post["blocks"][0]["text"]["text"]) for post in posts
            ],
        )
    finally:
        server.shutdown()
        server.server_close()


def console_bench():
    stream = io.StringIO()

    def arrived():
        parts = [part.rsplit("\nkey: ", 1) for part in stream.getvalue().split("--- ") if part]
        return [(key.strip(), text) for text, key in parts]

    yield Bench(
        channel=ConsoleChannel(stream),
        recipient="",
        trouble=stream.close,
        refusal=None,
        arrived=arrived,
    )


BENCHES = {"email": email_bench, "slack": slack_bench, "console": console_bench}


def send(bench, key="0123abcd"):
    return bench.channel.send(MESSAGE, recipient=bench.recipient, key=key)


def test_every_kind_is_on_a_bench():
    assert list(BENCHES) == list(CHANNELS)


def test_what_a_rule_may_address_is_what_the_channel_takes(bench, request):
    kind = request.node.callspec.params["bench"]

    assert CHANNELS[kind].recipient.fullmatch(bench.recipient)


def test_success_gives_an_id_and_the_message_arrives_whole_with_its_key(bench):
    id_ = send(bench)

    ((key, text),) = bench.arrived()
    assert (bool(id_), key, "监护仪获批" in text, "🩺" in text) == (True, "0123abcd", True, True)


def test_a_second_copy_bears_the_same_key(bench):
    send(bench)
    send(bench)

    assert [key for key, _ in bench.arrived()] == ["0123abcd", "0123abcd"]


def test_trouble_on_the_other_side_is_transient(bench):
    bench.trouble()

    with pytest.raises(TransientError) as caught:
        send(bench)

    assert str(caught.value)


def test_a_refusal_is_permanent_and_nothing_arrives(bench):
    if bench.refusal is None:
        pytest.skip("this channel never refuses a message")
    bench.refusal()

    with pytest.raises(PermanentError):
        send(bench)

    assert bench.arrived() == []


def test_several_threads_may_send_at_once(bench):
    keys = [f"key{n}" for n in range(8)]
    threads = [threading.Thread(target=send, args=(bench, key)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sorted(key for key, _ in bench.arrived()) == keys
