"""A moment in the past as people write it."""

import re
from datetime import UTC, datetime, timedelta

from tidings.errors import ConfigError

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str | None, now: datetime) -> datetime | None:
    """ "90m", "12h", "2d" before `now`, or a time in ISO 8601 (without a zone: UTC); None stays None."""
    if text is None:
        return None
    if ago := re.fullmatch(r"([0-9]{1,5})([mhd])", text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--since is {text!r}; want 90m, 12h, 2d or a time such as 2026-11-24") from error
    return told if told.tzinfo else told.replace(tzinfo=UTC)
