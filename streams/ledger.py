"""Where a reader has got to, and how its records ended: two tables in whichever SQLite file commits with the work."""

import sqlite3
from collections.abc import Mapping

SCHEMA = """
CREATE TABLE IF NOT EXISTS positions (reader TEXT PRIMARY KEY, offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (
    reader TEXT, word TEXT, n INTEGER NOT NULL, PRIMARY KEY (reader, word)
) WITHOUT ROWID;
"""


def position(connection: sqlite3.Connection, reader: str) -> int:
    """The last offset that `reader` is done with; -1 if it never began."""
    row = connection.execute("SELECT offset FROM positions WHERE reader = ?", (reader,)).fetchone()
    return int(row[0]) if row else -1


def counts(connection: sqlite3.Connection, reader: str) -> dict[str, int]:
    """How the reader's records ended so far: word -> number."""
    return dict(connection.execute("SELECT word, n FROM counts WHERE reader = ? ORDER BY word", (reader,)))


def advance(connection: sqlite3.Connection, reader: str, offset: int, ended: Mapping[str, int]) -> None:
    """Move the reader's position and add to its counts; the caller commits."""
    connection.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (reader, offset))
    connection.executemany(
        "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        [(reader, word, n) for word, n in sorted(ended.items()) if n],
    )
