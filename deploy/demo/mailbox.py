"""A mailbox on loopback: takes mail for anyone over SMTP and keeps it in a file. It sends nothing on."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.demo.loopback import HOST
from deploy.demo.store import MessageFile

#: The header by which a message that comes twice is known as the same.
KEY_HEADER = "X-Tidings-Key"
MESSAGE_BYTES_MAX = 10_000_000
START_SECONDS_MAX = 5


class Mailbox:
    """An SMTP server in a thread of its own, and the file that it fills."""

    def __init__(self, path: Path, *, port: int) -> None:
        """`port`: a free one."""
        self.port = port
        self.file = MessageFile(path)
        self._controller = Controller(
            _Keeper(self.file),
            hostname=HOST,
            port=port,
            ready_timeout=START_SECONDS_MAX,
            data_size_limit=MESSAGE_BYTES_MAX,
        )

    def start(self) -> None:
        """Take mail until `close`. Raises OSError if the port is taken."""
        self._controller.start()

    def close(self) -> None:
        """Stop taking mail."""
        self._controller.stop()


class _Keeper:
    def __init__(self, file: MessageFile) -> None:
        self._file = file

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer 250 only once the message is on the disk."""
        number = self._file.append(stored(envelope.original_content or b"", list(envelope.rcpt_tos)))
        return f"250 OK kept as {number}"


def stored(content: bytes, recipients: list[str]) -> dict[str, Any]:
    """What the file keeps of one message: its key ("" if it has none), and its words."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    return {
        "key": str(message.get(KEY_HEADER, "")),
        "from": str(message.get("From", "")),
        "to": recipients,
        "subject": str(message.get("Subject", "")),
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
    }


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    # SMTP ends lines with CR LF; people's files do not.
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
