"""Notifications to Slack through chat.postMessage."""

import re
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.client import WebClient

from alerts.blocks import escape
from alerts.channels import Message
from tidings.errors import PermanentError, TidingsError, TransientError

TIMEOUT_SECONDS = 10

#: What Slack says when the fault is its own or passes. Every other refusal is for good (invalid_auth,
#: channel_not_found, not_in_channel, is_archived, msg_too_long, ...). Source: the error lists of the Web API.
PASSING = {
    "ratelimited",
    "rate_limited",
    "message_limit_exceeded",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
}


class SlackChannel:
    """Posts each message to the channel that is its recipient ("#medtech", or an id), with a bot token.

    `url`: where the Web API answers; a stand-in for rehearsals.
    """

    def __init__(self, *, token: str, url: str = WebClient.BASE_URL, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        # No retry handlers: whether and when to try again is decided in one place, alerts/deliver.py.
        self._client = WebClient(token=token, base_url=url, timeout=timeout_seconds, retry_handlers=[])
        # The client takes HTTPS_PROXY for every address and knows no NO_PROXY; urllib, asked without, honours both.
        self._client.proxy = None

    def identity(self) -> str:
        """Whose token it is, "bot in workspace". Raises as `send` does."""
        try:
            answer = self._client.auth_test()
        except SlackApiError as error:
            raise _translate("auth.test", error.response) from error
        except (OSError, HTTPException, ValueError, LookupError) as error:
            raise TransientError(f"Slack: no answer ({type(error).__name__}: {error})") from error
        return f"{answer.get('user', '?')} in {answer.get('team', '?')}"

    def send(self, message: Message, *, recipient: str, key: str) -> str:
        """Post the message and return its timestamp, Slack's id of a message. The key is in the metadata."""
        try:
            answer = self._client.chat_postMessage(
                channel=recipient,
                text=escape(message.subject),
                blocks=list(message.blocks),
                metadata={"event_type": "tidings_notification", "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        except SlackApiError as error:
            raise _translate(recipient, error.response) from error
        except (OSError, HTTPException, ValueError, LookupError) as error:  # the last two: an unreadable answer
            raise TransientError(f"Slack, {recipient}: no answer ({type(error).__name__}: {error})") from error
        return str(answer.get("ts", ""))


def _translate(recipient: str, answer: Any) -> TidingsError:
    word = answer.data.get("error", "") if isinstance(answer.data, dict) else ""
    where = f"Slack, {recipient}: HTTP {answer.status_code} {word}".rstrip()
    if answer.status_code == 429:
        return TransientError(where, retry_after_seconds=_seconds(answer.headers))
    # A 200 whose error is no word of Slack's is some proxy's page, not a refusal.
    if answer.status_code >= 500 or word in PASSING or not re.fullmatch("[a-z0-9_]+", word):
        return TransientError(where, retry_after_seconds=_seconds(answer.headers))
    return PermanentError(f"{where}; check the token, the channel's name and that the bot is a member")


def _seconds(headers: dict[str, Any]) -> float | None:
    """What Retry-After asks for, in seconds; None if it is missing or no number."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(value) if re.fullmatch("[0-9]{1,9}", str(value)) else None
