"""Open SQLite files the one way that survives being killed, and say plainly when the disk does not."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tidings.errors import StorageError

#: How long another process that writes the same file is waited for.
BUSY_SECONDS = 30.0


def connect(
    path: Path | None,
    schema: str,
    *,
    synchronous: Literal["FULL", "NORMAL"] = "FULL",
    busy_seconds: float = BUSY_SECONDS,
) -> sqlite3.Connection:
    """Open (or make) a database: WAL, explicit transactions, tables of `schema` present; None keeps it in memory.

    WAL with FULL loses nothing that was committed, neither to kill -9 nor to a power cut; NORMAL may lose the last
    commits to a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous): only for what the log gives back.
    Raises StorageError if it cannot be opened or written.
    """
    with storage_errors(path):
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path or ":memory:", timeout=busy_seconds, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.executescript(schema)
    return connection


@contextmanager
def storage_errors(path: Path | None) -> Iterator[None]:
    """Translate what SQLite and the operating system say of a disk into StorageError."""
    place = path or "database in memory"
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise StorageError(
            f"{place}: {error}. Nothing acknowledged is lost; free space or mend the folder's rights, then start again"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StorageError(
            f"{place}: {error}. Restore log.sqlite from a backup; "
            "delete a damaged state folder: it is made again from the log"
        ) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE … COMMIT; any exception rolls back. Raises StorageError for what SQLite says of the disk."""
    with storage_errors(_file(connection)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _file(connection: sqlite3.Connection) -> Path | None:
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    return Path(file) if file else None
