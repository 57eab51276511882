"""`tidings follow` and `tidings tail`: records of a topic as they come, one JSON line each."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import click

from tidings.codec import decode, encode
from tidings.errors import RecordError
from tidings.records import Event, Notification, Pos
from tidings.steps import Done, Log, Topic

if TYPE_CHECKING:
    from app.wiring import Service

READ_MAX = 200
WAIT_SECONDS = 0.5


def follow_topic(
    service: "Service", topic: Topic, *, group: str, since: str | None, stop: threading.Event, stop_at_end: bool
) -> int:
    """Print every record that `group` has not had, each once, and go on until told to stop.

    On Kafka by `tidings.follow`; embedded, the log keeps the group's position, and a new group begins at the start.
    """
    if service.distributed:
        from tidings import follow

        with closing(follow(topic, group=group, since=since, stop_at_end=stop_at_end)) as followed:
            for record in followed:
                click.echo(encode(record))
                if stop.is_set():
                    break
        return 0
    for body in _embedded(service.log, topic, f"follow {group} {topic}", stop, stop_at_end):
        click.echo(body)
    return 0


def _embedded(log: Log, topic: Topic, reader: str, stop: threading.Event, stop_at_end: bool) -> Iterator[bytes]:
    """Positions are kept once what was read is printed: a kill repeats one batch at most."""
    last: Pos = ()
    after = log.position(reader)
    while not stop.is_set():
        rows = log.read(topic, after, READ_MAX, WAIT_SECONDS)
        for _, body in rows:
            pos = _pos(body)
            if not pos or pos > last:
                last = pos or last
                yield body
        if rows:
            after = rows[-1][0]
            log.append(topic, [], done=Done(reader=reader, offset=after))
        elif stop_at_end:
            return


def _pos(body: bytes) -> Pos:
    with suppress(RecordError):
        record = decode(body)
        return record.pos if isinstance(record, Event | Notification) else ()
    return ()


def tail(service: "Service", topic: Topic, count: int, stop: threading.Event) -> int:
    """Print the last `count` records, of each partition of pages, and then every new one until told to stop."""
    log = service.log
    ends = {part: max(log.first(part) - 1, log.end(part) - count) for part in log.parts(topic)}
    while not stop.is_set():
        for part, after in ends.items():
            for offset, body in log.read(part, after, READ_MAX, WAIT_SECONDS / len(ends)):
                click.echo(body)
                ends[part] = offset
    return 0
