"""The publisher's own date: printed in its zone, never more exactly than it was stated; and whether it came late."""

from datetime import UTC, datetime, timedelta, tzinfo

from tidings.records import Published

#: A page whose own date was over for longer than this when we first saw it came late.
LATE_AFTER = timedelta(days=1)

_FORMATS = {
    # Seconds say nothing to a reader.
    "second": "%Y-%m-%d %H:%M",
    "minute": "%Y-%m-%d %H:%M",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}
#: At the longest.
_LENGTHS = {"day": timedelta(days=1), "month": timedelta(days=31), "year": timedelta(days=366)}


def printed(published: Published) -> str:
    """The date in the zone in which it was stated, to the minute at the most: "2026-11-24 08:30", "2026-11"."""
    return local(published).strftime(_FORMATS[published.precision])


def zone_note(published: Published) -> str:
    """The zone of a stated time of day ("+08:00"); "" where only a date was stated, for that has no zone to add."""
    return published.zone if published.precision in ("second", "minute") else ""


def local(published: Published) -> datetime:
    """The stated moment on the clock of its own zone; in UTC if the zone is none."""
    return published.value.astimezone(_zone(published.zone))


def to_the_minute(moment: datetime) -> str:
    """A time of ours, such as when something was first seen, in UTC: "2026-11-24 00:30"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def is_late(published: Published | None, seen: datetime) -> bool:
    """True if the stated day, month or minute ended more than a day before `seen`; False if the page states none."""
    return published is not None and seen - _end(published) > LATE_AFTER


def _end(published: Published) -> datetime:
    """When the stated day, month or year is over at the latest: a page dated "2026-11" is not old on the 20th."""
    return published.value + _LENGTHS.get(published.precision, timedelta(0))


def _zone(offset: str) -> tzinfo:
    try:
        return datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo or UTC
    except ValueError:
        return UTC
