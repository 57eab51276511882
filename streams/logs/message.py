"""A record as a Kafka message: key, value and headers."""

import functools
import hashlib
from datetime import datetime

from tidings.codec import encode
from tidings.errors import PageError
from tidings.records import (
    Article,
    DeadLetter,
    Event,
    Notification,
    Page,
    Poll,
    Receipt,
    Record,
    StatedSignal,
    Tombstone,
    content_id,
)
from tidings.urls import canonical

Headers = list[tuple[str, bytes]]


@functools.singledispatch
def key(record: Record) -> bytes | None:
    """What decides a message's partition, and, on a compacted topic, which message it replaces; None: nothing."""
    return None


@key.register
def _(record: Page) -> bytes:
    """What a source lists stays in its order, its Poll behind it; what was ingested by hand is spread by address."""
    if record.listed:
        return record.source.encode()
    try:
        return canonical(record.url).encode()
    except PageError:
        return record.url.encode()


@key.register
def _(record: Poll) -> bytes:
    return record.source.encode()


@key.register
def _(record: Article) -> bytes:
    return record.id.encode()


@key.register
def _(record: Event) -> bytes | None:
    return record.article.id.encode() if record.article else None


@key.register
def _(record: StatedSignal | Tombstone) -> bytes:
    return record.key.encode()


@key.register
def _(record: Notification) -> bytes:
    return record.id.encode()


@key.register
def _(record: Receipt) -> bytes:
    return record.notification.encode()


@key.register
def _(record: DeadLetter) -> bytes:
    return f"{record.topic}:{record.position}:{record.step}".encode()


def value(record: Record) -> bytes | None:
    """The record's bytes; null for a tombstone."""
    return None if isinstance(record, Tombstone) else encode(record)


def headers(record: Record) -> Headers:
    """CloudEvents 1.0 names and a W3C trace on the public topics, so that a reader can route without the body."""
    match record:
        case Event():
            subject = record.article.id if record.article else (record.poll.source if record.poll else record.kind)
            return _headers(f"event.{record.kind}", ".".join(map(str, record.pos)), record.at, subject, record.live)
        case StatedSignal():
            id_ = ".".join(map(str, (record.key, *record.pos)))
            return _headers("signal.stated", id_, record.at, record.article, record.live)
        case Tombstone():
            return [
                ("ce_specversion", b"1.0"),
                ("ce_source", b"/tidings"),
                ("ce_type", b"tidings.signal.withdrawn"),
                ("ce_id", record.key.encode()),
            ]
    return []


def _headers(kind: str, id_: str, at: datetime, subject: str, live: bool) -> Headers:
    said = {
        "ce_specversion": "1.0",
        "ce_id": id_,
        "ce_type": f"tidings.{kind}",
        "ce_source": "/tidings",
        "ce_time": at.isoformat(),
        "ce_subject": subject,
        "traceparent": _trace(subject, id_),
        "live": "true" if live else "false",
    }
    return [(name, text.encode()) for name, text in said.items()]


def _trace(subject: str, id_: str) -> str:
    """One trace for one article, a span for each message: functions of content, the same after any restart."""
    trace = hashlib.sha256(subject.encode()).hexdigest()[:32]
    return f"00-{trace}-{content_id(subject, id_)[:16]:0<16}-01"
