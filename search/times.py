"""Times for programs, and where a page's date was found."""

from datetime import UTC, datetime

from tidings.records import Published

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


def machine(moment: datetime) -> str:
    """The moment for a `datetime` attribute and for JSON: "2026-11-24T08:00:00Z"."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def found_words(published: Published) -> str:
    """Where the date was found, in words."""
    return _FOUND.get(published.found, published.found)
