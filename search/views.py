"""What several pages show of the same records: dates, and a signal as a chip."""

from dataclasses import dataclass
from datetime import datetime

from search import facts, times
from tidings import dates, figures
from tidings.records import Article, Item, Published, Signal, signal_type
from tidings.wording import heading

#: Below this confidence a signal is shown as unsure; rules fire at it and above unless they say otherwise.
CONFIDENCE_SURE = 0.8


@dataclass(frozen=True, kw_only=True)
class Dates:
    """Both dates of an article, as printed."""

    #: "" if the page states none.
    published: str
    #: "" unless a time of day was stated.
    zone: str
    #: Where the date was found, in words; "" if there is none.
    found: str
    machine: str
    #: In UTC, to the minute.
    seen: str
    #: `seen`, without the year or the day that the published date says already.
    seen_short: str
    seen_machine: str


@dataclass(frozen=True, kw_only=True)
class ChipView:
    """One signal in one line, and where it leads."""

    type: str
    name: str
    parts: tuple[str, ...]
    url: str
    #: The figure with every digit; "" if it has none.
    exact: str
    #: "62%" for a signal that no rule would believe by default; "" for the others.
    unsure: str


def dates_view(published: Published | None, seen: datetime) -> Dates:
    """Print both dates."""
    seen_text = dates.to_the_minute(seen)
    day = dates.printed(published) if published else ""
    return Dates(
        published=day,
        zone=dates.zone_note(published) if published else "",
        found=times.found_words(published) if published else "",
        machine=times.machine(published.value) if published else "",
        seen=seen_text,
        seen_short=_seen_short(day, seen_text),
        seen_machine=times.machine(seen),
    )


def _seen_short(day: str, seen: str) -> str:
    if day[:10] == seen[:10]:
        return seen[11:]
    return seen[5:] if day[:4] in ("", seen[:4]) else seen


def chip_view(signal: Signal, article: str) -> ChipView:
    """The chip of `signal`, which leads to its words on the page at `article`."""
    return ChipView(
        type=signal_type(signal),
        name=heading(signal_type(signal)),
        parts=facts.chip(signal),
        url=f"{article}#{evidence_anchor(signal)}",
        exact=figures.exact(signal.quantity) if signal.quantity else "",
        unsure=doubt(signal),
    )


def author(told: Article | Item) -> str:
    """Who wrote it; "" if that is the source, which the page names anyway."""
    return told.origin if told.origin != told.source else ""


def doubt(signal: Signal) -> str:
    """How sure the extractor was, in percent, where that is too little to act on; else ""."""
    return f"{signal.confidence:.0%}" if signal.confidence < CONFIDENCE_SURE else ""


def evidence_anchor(signal: Signal) -> str:
    """The place of a signal's words on its article's page."""
    return f"evidence-{signal.key}"


def note_anchor(signal: Signal) -> str:
    """The place of a signal's note on its article's page."""
    return f"signal-{signal.key}"
