"""Which notifications still have to be sent, and when: the delivery's memory, in SQLite.

It can always be rebuilt: what there is to send stands on topic notifications, what became of it on topic receipts.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Literal

from tidings.codec import encode
from tidings.records import Notification, Pos, Receipt

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    notification TEXT PRIMARY KEY, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL DEFAULT 0, place INTEGER, channel TEXT, recipient TEXT, body BLOB,
    error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS outbox_next ON outbox (state, channel, recipient, place);
CREATE TABLE IF NOT EXISTS read_up_to (
    topic TEXT PRIMARY KEY, offset INTEGER NOT NULL, pos TEXT NOT NULL
) WITHOUT ROWID;
"""

State = Literal["due", "sent", "dead"]


@dataclass(frozen=True, kw_only=True)
class Due:
    """A notification that may be tried now."""

    id: str
    channel: str
    recipient: str
    #: Attempts made so far.
    attempts: int
    #: The notification's bytes.
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Dead:
    """A notification that will not be tried again."""

    id: str
    channel: str
    recipient: str
    attempts: int
    error: str


def offset(state: sqlite3.Connection, topic: str) -> int:
    """The last offset of `topic` that the outbox knows; -1 if it never read it."""
    row = state.execute("SELECT offset FROM read_up_to WHERE topic = ?", (topic,)).fetchone()
    return int(row[0]) if row else -1


def last_pos(state: sqlite3.Connection) -> Pos:
    """Pos of the last notification taken; () if there was none."""
    row = state.execute("SELECT pos FROM read_up_to WHERE topic = 'notifications'").fetchone()
    return tuple(int(part) for part in row[0].split(".")) if row else ()


def advance(state: sqlite3.Connection, topic: str, offset: int, pos: Pos = ()) -> None:
    """Remember that `topic` was read up to `offset`."""
    state.execute("INSERT OR REPLACE INTO read_up_to VALUES (?, ?, ?)", (topic, offset, ".".join(map(str, pos))))


def put(state: sqlite3.Connection, offset: int, notification: Notification) -> None:
    """Add a notification that is due at once; one that already has a receipt keeps its state."""
    state.execute(
        "INSERT INTO outbox (notification, state, place, channel, recipient, body) VALUES (?, 'due', ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET place = excluded.place, channel = excluded.channel, recipient = excluded.recipient,"
        " body = excluded.body",
        (notification.id, offset, notification.channel, notification.recipient, encode(notification)),
    )


def record(state: sqlite3.Connection, receipt: Receipt, next_at: datetime) -> None:
    """Note what became of an attempt. `next_at`: when to try again, if the receipt says "retry"."""
    became: State = "due" if receipt.state == "retry" else receipt.state
    state.execute(
        "INSERT INTO outbox (notification, state, attempts, next_at, error) VALUES (?, ?, 1, ?, ?)"
        " ON CONFLICT DO UPDATE SET state = excluded.state, attempts = attempts + 1, next_at = excluded.next_at,"
        " error = excluded.error",
        (receipt.notification, became, next_at.timestamp(), receipt.error),
    )


def attempts(state: sqlite3.Connection, notification: str) -> int:
    """Attempts made so far; 0 for a notification that is not known."""
    row = state.execute("SELECT attempts FROM outbox WHERE notification = ?", (notification,)).fetchone()
    return int(row[0]) if row else 0


def due(state: sqlite3.Connection, now: datetime, limit: int, busy: Collection[tuple[str, str]]) -> list[Due]:
    """What may be tried now, oldest first, at most one for each (channel, recipient) and none for those in `busy`."""
    waiting = state.execute("SELECT DISTINCT channel, recipient FROM outbox WHERE state = 'due'")
    firsts = (
        _first(state, channel, recipient, now)
        for channel, recipient in waiting.fetchall()
        if (channel, recipient) not in busy
    )
    return [due for _, due in sorted((first for first in firsts if first), key=itemgetter(0))[:limit]]


def _first(state: sqlite3.Connection, channel: str, recipient: str, now: datetime) -> tuple[int, Due] | None:
    """The oldest that may be tried now, with its place; None if there is none."""
    row = state.execute(
        "SELECT place, notification, attempts, body FROM outbox WHERE state = 'due' AND channel = ? AND recipient = ?"
        " AND next_at <= ? AND body IS NOT NULL ORDER BY place LIMIT 1",
        (channel, recipient, now.timestamp()),
    ).fetchone()
    if row is None:
        return None
    place, id_, attempts, body = row
    return place, Due(id=id_, channel=channel, recipient=recipient, attempts=attempts, body=body)


def waiting(state: sqlite3.Connection) -> int:
    """How many notifications are neither sent nor dead."""
    row = state.execute("SELECT count(*) FROM outbox WHERE state = 'due' AND body IS NOT NULL").fetchone()
    return int(row[0])


def dead(state: sqlite3.Connection) -> list[Dead]:
    """Every notification that was given up, oldest first."""
    rows = state.execute(
        "SELECT notification, channel, recipient, attempts, error FROM outbox WHERE state = 'dead' ORDER BY place"
    )
    return [
        Dead(id=id_, channel=channel, recipient=recipient, attempts=attempts, error=error)
        for id_, channel, recipient, attempts, error in rows
    ]
