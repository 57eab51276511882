"""What the log did not take: records in one SQLite file, in order, until it does."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tidings.codec import decode, encode
from tidings.records import Record
from tidings.storage import connect, storage_errors, transaction

SCHEMA = "CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);"


class Spool:
    """For one process and one thread at a time. No poll begins while it holds anything, so it stays small."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`. Raises StorageError."""
        self._path = path
        self._db = connect(path, SCHEMA)

    def put(self, records: Sequence[Record]) -> None:
        """Add `records` behind what waits; durable when it returns. Raises StorageError: then none of them is in it."""
        with transaction(self._db):
            self._db.executemany("INSERT INTO record (body) VALUES (?)", [(encode(record),) for record in records])

    async def drain(self, append: Callable[[Record], Awaitable[None]]) -> int:
        """Give every record to `append`, oldest first; gives their number. Raises what `append` raises, StorageError.

        One at a time, each deleted after `append` has returned: cut off between the two, one record is appended again.
        """
        drained = 0
        while oldest := self._oldest():
            seq, body = oldest
            await append(decode(body))
            with transaction(self._db):
                self._db.execute("DELETE FROM record WHERE seq = ?", (seq,))
            drained += 1
        return drained

    @property
    def waiting(self) -> int:
        """How many records it holds."""
        with storage_errors(self._path):
            return int(self._db.execute("SELECT count(*) FROM record").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _oldest(self) -> tuple[int, bytes] | None:
        with storage_errors(self._path):
            row: tuple[int, bytes] | None = self._db.execute(
                "SELECT seq, body FROM record ORDER BY seq LIMIT 1"
            ).fetchone()
        return row
