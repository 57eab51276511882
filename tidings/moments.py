"""A moment in the past as people write it, for every option `since`."""

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, now: datetime) -> datetime | None:
    """90m, 12h, 2d before `now`, or a time in ISO 8601 (without a zone: UTC); None if `text` is neither."""
    if ago := re.fullmatch(r"([0-9]{1,5})([mhd])", text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
