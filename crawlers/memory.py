"""What the crawler knows, in one SQLite file: a fold of the log, and hints that save requests.

A page is *known* when it is in the log, and *settled* for a source when it was known as the last complete poll of
that source ended. A poll that was cut off is done again from its list: known pages are not fetched again, and what
is new is counted against what is settled, so the second attempt gives the record that an undisturbed one gives.
Everything that decides what is appended comes from the log (`catch_up`); hints may be lost at any moment.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from crawlers.remembered import Hints, Known, Misses, Standing, Validators
from tidings.codec import decode, encode
from tidings.errors import PageError, RecordError
from tidings.records import Listed, Page, Poll
from tidings.steps import Log
from tidings.storage import connect, storage_errors, transaction
from tidings.urls import canonical

logger = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS read_up_to (part TEXT PRIMARY KEY, offset INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS page (
    seq INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, link TEXT NOT NULL, source TEXT NOT NULL,
    first_at REAL NOT NULL, seen_at REAL NOT NULL, digest BLOB NOT NULL, listed BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS page_source ON page (source, seq);
CREATE TABLE IF NOT EXISTS source (
    name TEXT PRIMARY KEY, polled_at REAL NOT NULL, result TEXT NOT NULL, faults INTEGER NOT NULL, settled INTEGER
);
-- What a poll wants remembered: it counts once the log holds that Poll.
CREATE TABLE IF NOT EXISTS pending (source TEXT PRIMARY KEY, poll BLOB NOT NULL, hints BLOB NOT NULL);
-- Hints: listed address -> where it redirects to; what to ask with; what to give up.
CREATE TABLE IF NOT EXISTS alias (url TEXT PRIMARY KEY, final TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS validator (key TEXT PRIMARY KEY, etag TEXT, modified TEXT, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS missed (
    source TEXT, url TEXT, times INTEGER NOT NULL, live INTEGER NOT NULL, PRIMARY KEY (source, url)
);
"""
#: Records read from the log at once.
BATCH = 200
#: How long another process on the same file is waited for.
BUSY_SECONDS = 5.0
#: Validators older than this are not sent: some servers answer 304 for ever.
VALIDATOR_SECONDS_MAX = 7 * 24 * 3600

_COMPLETE = ("ok", "unchanged")


def digest(body: bytes) -> bytes:
    """What tells two bodies of one page apart."""
    return hashlib.sha256(body).digest()


@dataclass(frozen=True, kw_only=True)
class Gained:
    """What a part of "pages" holds beyond where a memory has got to."""

    part: str
    #: (offset, record bytes), oldest first; () if the part ends before that place: it must be of another log.
    records: Sequence[tuple[int, bytes]]


def beyond(log: Log, positions: Mapping[str, int]) -> Gained | None:
    """The next records of "pages" beyond `positions` (part -> offset); None if there are none.

    Knows no memory, so that it may wait for the log in another thread. Raises StorageError, LostPositionError.
    """
    for part in log.parts("pages"):
        position = positions.get(part, -1)
        if log.end(part) < position:
            return Gained(part=part, records=())
        if records := log.read(part, position, BATCH, 0.0):
            return Gained(part=part, records=records)
    return None


class Memory:
    """Not for several processes at once: one crawler per data folder."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the file at `path`; None keeps everything in memory only. Raises StorageError."""
        self._path = path
        # NORMAL: lost commits come back from the log.
        self._db = connect(path, SCHEMA, synchronous="NORMAL", busy_seconds=BUSY_SECONDS)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # -- the fold -----------------------------------------------------------------------------------------------------

    def catch_up(self, log: Log) -> None:
        """Fold what the log has gained: pages of lists become known, complete polls settle. Raises StorageError."""
        while gained := beyond(log, self.positions()):
            self.take(gained)

    def positions(self) -> dict[str, int]:
        """Part of "pages" -> offset of the last record folded."""
        return dict(self._rows("SELECT part, offset FROM read_up_to"))

    def take(self, gained: Gained) -> None:
        """Fold records that follow our position in their part; state and position are committed together."""
        if not gained.records:
            logger.warning("crawl memory is ahead of the log, which must be another one: reading it from the start")
            self._forget()
            return
        with transaction(self._db):
            for _, body in gained.records:
                self._fold(body)
            place = (gained.part, gained.records[-1][0])
            self._db.execute("INSERT OR REPLACE INTO read_up_to VALUES (?, ?)", place)

    def _fold(self, body: bytes) -> None:
        try:
            record = decode(body)
        except RecordError as error:
            # Analysis makes a dead letter of it; here it is merely not known.
            logger.debug("a record of pages is passed over: %s", error)
            return
        match record:
            case Page(listed=Listed()):
                self._fold_page(record)
            case Poll():
                self._fold_poll(record)
            case _:
                pass  # what was ingested by hand never stood on a list

    def _fold_page(self, page: Page) -> None:
        try:
            url = canonical(page.url)
        except PageError:
            return
        at = page.fetched_at.timestamp()
        self._db.execute(
            "INSERT INTO page (url, link, source, first_at, seen_at, digest, listed) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (url) DO UPDATE SET seen_at = excluded.seen_at, digest = excluded.digest",
            (url, page.url, page.source, at, at, digest(page.body), msgspec.json.encode(page.listed)),
        )

    def _fold_poll(self, poll: Poll) -> None:
        complete = poll.result in _COMPLETE
        self._db.execute(
            "INSERT INTO source"
            " VALUES (:name, :at, :result, :fault, iif(:fault, NULL, (SELECT ifnull(max(seq), 0) FROM page)))"
            " ON CONFLICT (name) DO UPDATE SET polled_at = :at, result = :result,"
            " faults = iif(:fault, faults + 1, 0), settled = iif(:fault, settled, excluded.settled)",
            {"name": poll.source, "at": poll.at.timestamp(), "result": poll.result, "fault": not complete},
        )
        row = self._row("SELECT hints FROM pending WHERE source = ? AND poll = ?", poll.source, digest(encode(poll)))
        if row:
            hints = msgspec.json.decode(row[0], type=Hints)
            self._put_validators(hints.validators, poll.at)
            self._put_missed(poll.source, hints.missed)
        self._db.execute("DELETE FROM pending WHERE source = ?", (poll.source,))

    def _forget(self) -> None:
        with transaction(self._db):
            for table in ("read_up_to", "page", "source", "pending", "alias", "validator", "missed"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours

    # -- questions ----------------------------------------------------------------------------------------------------

    def standing(self, source: str) -> Standing:
        """How the source's polls have gone."""
        row = self._row("SELECT polled_at, result, faults, settled FROM source WHERE name = ?", source)
        if row is None:
            return Standing()
        return Standing(polled_at=row[0], result=row[1], faults=row[2], has_settled=row[3] is not None)

    def known(self, url: str) -> Known | None:
        """The page at canonical `url`, or where it is known to redirect to; None if it is not in the log."""
        row = self._row(
            "SELECT url, link, digest, listed FROM page"
            " WHERE url = ifnull((SELECT final FROM alias WHERE url = ?1), ?1)",
            url,
        )
        return None if row is None else _known(row)

    def settled(self, source: str, urls: Iterable[str]) -> set[str]:
        """Those of `urls` that were known when the last complete poll of `source` ended."""
        statement = (
            "SELECT 1 FROM page, source WHERE page.url = ifnull((SELECT final FROM alias WHERE url = ?1), ?1)"
            " AND source.name = ?2 AND page.seq <= source.settled"
        )
        return {url for url in urls if self._row(statement, url, source)}

    def missed(self, source: str) -> dict[str, Misses]:
        """The items of `source` that could not be fetched, by canonical address."""
        rows = self._rows("SELECT url, times, live FROM missed WHERE source = ?", source)
        return {url: Misses(times=times, live=bool(live)) for url, times, live in rows}

    def young(self, source: str, *, first_after: datetime, seen_before: datetime, limit: int) -> list[Known]:
        """Pages of `source`, oldest first, that are young enough to change and were last looked at long enough ago."""
        rows = self._rows(
            "SELECT url, link, digest, listed FROM page WHERE source = ? AND first_at >= ? AND seen_at <= ?"
            " ORDER BY seq DESC LIMIT ?",
            source,
            first_after.timestamp(),
            seen_before.timestamp(),
            limit,
        )
        return [_known(row) for row in reversed(rows)]

    def validators(self, key: str, now: datetime) -> Validators:
        """What the last 200 said of itself, under a page's canonical address or a list's key; empty if long ago."""
        oldest = now.timestamp() - VALIDATOR_SECONDS_MAX
        row = self._row("SELECT etag, modified FROM validator WHERE key = ? AND at >= ?", key, oldest)
        return Validators(etag=row[0], modified=row[1]) if row else Validators()

    # -- hints --------------------------------------------------------------------------------------------------------

    def keep_alias(self, url: str, final: str) -> None:
        """Remember that `url` redirects to `final`; before the page is appended, so that a crash leaves no gap."""
        with transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO alias VALUES (?, ?)", (url, final))

    def keep_validators(self, validators: Mapping[str, Validators], now: datetime) -> None:
        """Remember what to ask with next time; empty ones are forgotten."""
        with transaction(self._db):
            self._put_validators(validators, now)

    def _put_validators(self, validators: Mapping[str, Validators], now: datetime) -> None:
        for key, each in validators.items():
            if each:
                row = (key, each.etag, each.modified, now.timestamp())
                self._db.execute("INSERT OR REPLACE INTO validator VALUES (?, ?, ?, ?)", row)
            else:
                self._db.execute("DELETE FROM validator WHERE key = ?", (key,))

    def keep_seen(self, url: str, now: datetime) -> None:
        """Remember that the known page at canonical `url` was looked at and had not changed."""
        with transaction(self._db):
            self._db.execute("UPDATE page SET seen_at = ? WHERE url = ?", (now.timestamp(), url))

    def prepare(self, poll: Poll, hints: Hints) -> None:
        """Remember `hints` as soon as `catch_up` finds `poll` in the log, and not otherwise.

        To be called before the Poll is appended, so that a crash on either side of that leaves the two in step.
        """
        with transaction(self._db):
            row = (poll.source, digest(encode(poll)), msgspec.json.encode(hints))
            self._db.execute("INSERT OR REPLACE INTO pending VALUES (?, ?, ?)", row)

    def _put_missed(self, source: str, missed: Mapping[str, bool]) -> None:
        self._db.executemany(
            "INSERT INTO missed VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET times = times + 1",
            [(source, url, live) for url, live in missed.items()],
        )

    # -- SQLite -------------------------------------------------------------------------------------------------------

    def _row(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        return next(iter(self._rows(statement, *values)), None)

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with storage_errors(self._path):
            return self._db.execute(statement, values).fetchall()


def _known(row: tuple[Any, ...]) -> Known:
    url, link, body_digest, listed = row
    return Known(url=url, link=link, digest=body_digest, listed=msgspec.json.decode(listed, type=Listed))
