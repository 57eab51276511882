"""Everything the log says, as JSON lines in a stable order: the same log gives the same bytes."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tidings.codec import decode, encode
from tidings.errors import RecordError
from tidings.records import Article, Event, Notification, Pos, Receipt, Record
from tidings.steps import Log, Topic

logger = logging.getLogger(__name__)

READ_MAX = 500


def rows(log: Log, topic: Topic) -> Iterator[tuple[str, int, bytes]]:
    """(part, offset, bytes) of everything that a topic still holds, part by part, each oldest first."""
    for part in log.parts(topic):
        after = log.first(part) - 1
        while read := log.read(part, after, READ_MAX, 0.0):
            for offset, body in read:
                yield part, offset, body
            after = read[-1][0]


def readable(log: Log, topic: Topic) -> Iterator[tuple[str, int, Record]]:
    """(part, offset, record) of all that can be read; a warning for the rest, which is dead letters by now."""
    for part, offset, body in rows(log, topic):
        try:
            record = decode(body)
        except RecordError as error:
            logger.warning(f"record {offset} of {part} is passed over: {error}", extra={"action": "passed_over"})
            continue
        yield part, offset, record


def records(log: Log, topic: Topic) -> Iterator[tuple[int, Record]]:
    """(offset, record) of everything that can be read."""
    return ((offset, record) for _, offset, record in readable(log, topic))


def once(found: Iterable[tuple[int, Record]]) -> Iterator[Event | Notification]:
    """Events or notifications without those that a restarted fold appended again (pos not greater than the last)."""
    last: Pos = ()
    for _, record in found:
        assert isinstance(record, Event | Notification)
        if record.pos > last:
            last = record.pos
            yield record


def articles(log: Log) -> dict[str, Event]:
    """Article id -> the event with its newest revision, in order of first appearance; withdrawn ones left out."""
    newest: dict[str, Event] = {}
    for event in once(records(log, "events")):
        assert isinstance(event, Event)
        if event.article is not None:
            if event.kind == "withdrawn":
                newest.pop(event.article.id, None)
            else:
                newest[event.article.id] = event
    return newest


def _intake(log: Log) -> Iterator[bytes]:
    return (encode(record) for _, record in records(log, "intake"))


def _events(log: Log) -> Iterator[bytes]:
    return (encode(event) for event in once(records(log, "events")))


def _notifications(log: Log) -> Iterator[bytes]:
    return (encode(notification) for notification in once(records(log, "notifications")))


def _articles(log: Log) -> Iterator[bytes]:
    return (encode(event.article) for event in articles(log).values() if event.article)


def _signals(log: Log) -> Iterator[bytes]:
    for event in articles(log).values():
        assert event.article is not None
        for signal in event.article.signals:
            yield msgspec.json.encode(_signal(event.article, signal), order="deterministic")


def _signal(article: Article, signal: Any) -> dict[str, Any]:
    text = article.title if signal.evidence.field == "title" else article.body
    return {
        "article": article.id,
        "revision": article.revision,
        "url": article.url,
        "signal": signal,
        "evidence": text[signal.evidence.start : signal.evidence.end],
    }


def _receipts(log: Log) -> Iterator[bytes]:
    return (encode(receipt) for _, receipt in records(log, "receipts") if isinstance(receipt, Receipt))


EXPORTS: Mapping[str, Callable[[Log], Iterator[bytes]]] = {
    "intake": _intake,
    "events": _events,
    "articles": _articles,
    "signals": _signals,
    "notifications": _notifications,
    "receipts": _receipts,
}
