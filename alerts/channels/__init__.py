"""Where a notification can go: one module a kind, one line in CHANNELS.

A channel sends one message to one recipient and gives back what the other side calls it. It knows nothing of
rules, retries or receipts; it only says, by the error it raises, whether trying again can help.
"""

import re
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Message:
    """One notification in every form that a channel may want. Plain text says all that the others say."""

    #: One line, at most SUBJECT_CHARACTERS_MAX of alerts/render.py, without control characters.
    subject: str
    text: str
    html: str
    #: Slack Block Kit.
    blocks: tuple[dict[str, Any], ...]


class Channel(Protocol):
    """One way out. Safe to call from several threads at once."""

    def send(self, message: Message, *, recipient: str, key: str) -> str:
        """Hand `message` over and return the other side's id for it ("" if it gives none).

        `key` is the notification's id and travels with the message, so that a second copy can be recognised.
        Raises TransientError when trying again may help, PermanentError when it cannot.
        Returns or raises within a bounded time.
        """


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a rule addresses one kind of channel: `to: ["email:desk@example.com"]`."""

    #: Which recipients can be right at all; whether one exists only the other side knows.
    recipient: re.Pattern[str]
    #: For people who wrote another.
    wants: str


CHANNELS: dict[str, Kind] = {
    "email": Kind(
        recipient=re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9.-]+"),
        wants='an address such as "email:desk@example.com"',
    ),
    "slack": Kind(
        recipient=re.compile(r"#?[^\s#<>&]{1,80}"),
        wants='a channel or its id, such as "slack:#medtech" or "slack:C024BE91L"',
    ),
    "console": Kind(recipient=re.compile(""), wants='"console:" without a recipient'),
}
