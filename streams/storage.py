"""Open SQLite files the one way that survives being killed, and say plainly when the disk does not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidings.errors import StorageError

BUSY_SECONDS = 30.0


def connect(path: Path, schema: str) -> sqlite3.Connection:
    """Open (or make) a database: WAL, synchronous FULL, explicit transactions, tables of `schema` present.

    WAL with FULL loses nothing that was committed, neither to kill -9 nor to a power cut
    (https://www.sqlite.org/pragma.html#pragma_synchronous). Raises StorageError if it cannot be opened or written.
    """
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(schema)
    return connection


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Translate what SQLite and the operating system say of a disk into StorageError."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise StorageError(
            f"{path}: {error}. Nothing acknowledged is lost; free space or mend the folder's rights, then start again"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{path}: {error}. Restore the file from a backup") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE … COMMIT; any exception rolls back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
