import smtplib
import socket
from email.message import EmailMessage

import pytest

from deploy.demo.mailbox import Mailbox

SECONDS_MAX = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mailbox(tmp_path):
    mailbox = Mailbox(tmp_path / "box" / "mailbox.jsonl", port=free_port())
    mailbox.start()
    yield mailbox
    mailbox.close()


def send(mailbox, message):
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=SECONDS_MAX) as client:
        return client.send_message(message)


def alert(key="abc", subject="NMPA approved · 迈瑞 · 国械注准20263081312"):
    message = EmailMessage()
    message["From"] = "tidings@demo.example"
    message["To"] = "desk@demo.example"
    message["Subject"] = subject
    if key:
        message["X-Tidings-Key"] = key
    message.set_content("第三类\n")
    message.add_alternative("<p>第三类</p>\n", subtype="html")
    return message


KEPT = {
    "key": "abc",
    "from": "tidings@demo.example",
    "to": ["desk@demo.example"],
    "subject": "NMPA approved · 迈瑞 · 国械注准20263081312",
    "text": "第三类\n",
    "html": "<p>第三类</p>\n",
}


def test_empty_mailbox_reads_as_empty(mailbox):
    assert mailbox.file.read() == []


def test_message_is_kept_with_its_key_and_its_words(mailbox):
    send(mailbox, alert())

    assert mailbox.file.read() == [KEPT]


def test_message_that_comes_twice_is_kept_twice(mailbox):
    send(mailbox, alert())
    send(mailbox, alert())

    assert mailbox.file.read() == [KEPT, KEPT]


def test_message_without_key_or_html_is_kept_too(mailbox):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@demo.example", "b@demo.example", "Hello"
    message.set_content("plain\n")
    send(mailbox, message)

    assert mailbox.file.read() == [
        {
            "key": "",
            "from": "a@demo.example",
            "to": ["b@demo.example"],
            "subject": "Hello",
            "text": "plain\n",
            "html": "",
        }
    ]


def test_mailbox_opened_again_adds_to_what_it_held(mailbox, tmp_path):
    send(mailbox, alert(key="one"))
    again = Mailbox(tmp_path / "box" / "mailbox.jsonl", port=free_port())
    again.start()
    send(again, alert(key="two"))
    again.close()

    assert [message["key"] for message in again.file.read()] == ["one", "two"]
