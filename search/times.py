"""Times as a page prints them: the publisher's own date, never more exact than it was stated."""

from datetime import UTC, datetime, timedelta, timezone

from tidings.records import Published

#: A page whose own date lies this long before we first saw it came late.
LATE_AFTER = timedelta(days=1)

_FORMATS = {
    "second": "%Y-%m-%d %H:%M",
    "minute": "%Y-%m-%d %H:%M",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}
_LENGTHS = {"day": timedelta(days=1), "month": timedelta(days=31), "year": timedelta(days=366)}
_FOUND = {
    "json-ld": "the page's structured data",
    "meta": "the page's metadata",
    "time": "the page's time element",
    "list": "the list page",
    "feed": "the feed",
    "url": "the address",
    "text": "the text",
    "input": "the ingested file",
}


def printed(published: Published) -> str:
    """The date in the zone in which it was stated, as precise as it was stated: "2026-11-24", "2026-11"."""
    return local(published).strftime(_FORMATS[published.precision])


def zone_note(published: Published) -> str:
    """The zone of a stated time of day ("+08:00"); "" where only a date was stated, for that has no zone to add."""
    return published.zone if published.precision in ("second", "minute") else ""


def local(published: Published) -> datetime:
    """The stated moment on the clock of its own zone."""
    return published.value.astimezone(_zone(published.zone))


def seen_text(seen: datetime) -> str:
    """When Tidings saw something: to the minute, in UTC."""
    return seen.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def machine(moment: datetime) -> str:
    """The moment for a `datetime` attribute and for JSON: "2026-11-24T08:00:00Z"."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def found_words(published: Published) -> str:
    """Where the date was found, in words."""
    return _FOUND.get(published.found, published.found)


def is_late(published: Published | None, seen: datetime) -> bool:
    """True if the stated day, month or minute ended more than a day before `seen`; False if the page states none."""
    return published is not None and seen - _end(published) > LATE_AFTER


def _end(published: Published) -> datetime:
    """When the stated day, month or year is over at the latest: a page dated "2026-11" is not old on the 20th."""
    return published.value + _LENGTHS.get(published.precision, timedelta(0))


def _zone(offset: str) -> timezone:
    parsed = datetime.strptime(offset, "%z").utcoffset() if offset else None
    return timezone(parsed) if parsed is not None else UTC
