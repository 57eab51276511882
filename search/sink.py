"""From events to the index."""

from collections.abc import Callable, Sequence

from search.index import Index
from tidings.documents import Document, document
from tidings.records import Event, Pos, Record

_BEARING = ("new", "revised", "repost", "reanalysed")


def index_events(index: Index) -> Callable[[Sequence[tuple[int, Record]]], None]:
    """The `write` of a sink on events: one `put` a call, whatever the call holds.

    Articles come in, withdrawn ones go out, polls, ticks and controls move the position only. What the index already
    has is left out, by offset; what the log repeats after a crash of the fold, by `pos`. A sink that was restarted in
    the middle of such a repeat writes a few articles again and ends with the same index.
    """
    last: Pos = ()
    known = -1

    def write(records: Sequence[tuple[int, Record]]) -> None:
        nonlocal last, known
        done = index.upto()
        # An index that has fallen back is another one: it lacks what we remember.
        newest = last if done >= known else ()
        known = done
        wanted: dict[str, Document | None] = {}
        for offset, record in records:
            if offset > done and isinstance(record, Event) and record.pos > newest:
                newest = record.pos
                wanted |= _change(record)
        if records and records[-1][0] > done:
            brought = [kept for kept in wanted.values() if kept is not None]
            removed = [article for article, kept in wanted.items() if kept is None]
            index.put(brought, records[-1][0], removed=removed)
        last = newest  # only now: a put that failed is called again with the same records

    return write


def _change(event: Event) -> dict[str, Document | None]:
    """Article id -> its document; None if it goes; {} if the event is about no article."""
    if event.article is None:
        return {}
    if event.kind == "withdrawn":
        return {event.article.id: None}
    return {event.article.id: document(event)} if event.kind in _BEARING else {}
