"""The log in one SQLite file: a table per topic, offsets from 0 without gaps."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from streams import ledger
from tidings.codec import encode
from tidings.records import Record
from tidings.steps import TOPICS, Done, Log, Reader, Topic
from tidings.storage import connect, storage_errors, transaction

#: How often a waiting reader looks: SQLite has no way to wake another process.
LOOK_SECONDS = 0.05
#: A read ends early once it holds this much: pages may be 10 MB each.
READ_BYTES_MAX = 32_000_000

SCHEMA = ledger.SCHEMA + "".join(
    f'CREATE TABLE IF NOT EXISTS "{topic}" (offset INTEGER PRIMARY KEY, at REAL NOT NULL, body BLOB NOT NULL);'
    for topic in TOPICS
)


class SqliteLog:
    """A `tidings.steps.Log`. Any number of processes and threads may share one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = connect(path, SCHEMA)
        self._lock = threading.Lock()

    def append(self, topic: Topic, records: Sequence[Record], *, done: Done | None = None) -> None:
        bodies = [encode(record) for record in records]
        with self._lock, transaction(self._connection):
            first, now = self._newest(topic) + 1, time.time()
            self._connection.executemany(
                f'INSERT INTO "{topic}" VALUES (?, ?, ?)',  # noqa: S608 - a topic is one of six words
                [(first + i, now, body) for i, body in enumerate(bodies)],
            )
            if done:
                ledger.advance(self._connection, done.reader, done.offset, done.counts)

    def parts(self, topic: Topic) -> tuple[str, ...]:
        return (topic,)

    def read(self, part: str, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        deadline = time.monotonic() + wait_seconds
        while not (rows := self._rows(part, after, limit)) and time.monotonic() < deadline:
            time.sleep(min(LOOK_SECONDS, max(0.0, deadline - time.monotonic())))
        return rows

    @contextmanager
    def reader(self, name: str, part: str) -> Iterator[Reader]:
        """Of the processes on one file, the runner's lease has let one in."""
        yield PartReader(self, part)

    def first(self, part: str) -> int:
        return 0

    def end(self, part: str) -> int:
        with self._lock, storage_errors(self.path):
            return self._newest(part)

    def position(self, reader: str) -> int:
        with self._lock, storage_errors(self.path):
            return ledger.position(self._connection, reader)

    def counts(self, reader: str) -> dict[str, int]:
        with self._lock, storage_errors(self.path):
            return ledger.counts(self._connection, reader)

    def appended_at(self, part: str, after: int) -> datetime | None:
        with self._lock, storage_errors(self.path):
            row = self._connection.execute(
                f'SELECT at FROM "{part}" WHERE offset > ? ORDER BY offset LIMIT 1',  # noqa: S608
                (after,),
            ).fetchone()
        return datetime.fromtimestamp(row[0], UTC) if row else None

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _newest(self, part: str) -> int:
        row = self._connection.execute(f'SELECT max(offset) FROM "{part}"').fetchone()  # noqa: S608
        return -1 if row[0] is None else int(row[0])

    def _rows(self, part: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        rows: list[tuple[int, bytes]] = []
        size = 0
        with self._lock, storage_errors(self.path):
            for offset, body in self._connection.execute(
                f'SELECT offset, body FROM "{part}" WHERE offset > ? ORDER BY offset LIMIT ?',  # noqa: S608
                (after, limit),
            ):
                rows.append((offset, body))
                size += len(body)
                if size >= READ_BYTES_MAX:
                    break
        return rows


@dataclass(frozen=True)
class PartReader:
    """A `Reader` that has its place already."""

    log: Log
    part: str

    def read(self, after: int, limit: int, wait_seconds: float) -> list[tuple[int, bytes]]:
        return self.log.read(self.part, after, limit, wait_seconds)

    def held(self) -> bool:
        return True
