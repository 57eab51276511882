"""What time it is: the only source of "now", passed to whoever needs it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tidings.errors import ConfigError

#: Gives an aware time in UTC.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def file_clock(path: Path) -> Clock:
    """A clock that stands still at the ISO 8601 time in `path` until someone writes another: for rehearsals."""

    def now() -> datetime:
        text = path.read_text("utf-8").strip()
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError as error:
            raise ConfigError(f'{path}: "{text[:40]}" is no time; want one such as 2026-11-24T08:00:00Z') from error

    return now
