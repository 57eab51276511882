import sqlite3

import pytest

from tidings.errors import StorageError
from tidings.storage import connect, storage_errors, transaction

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (word TEXT NOT NULL);"


def words(path):
    connection = connect(path, SCHEMA)
    rows = [word for (word,) in connection.execute("SELECT word FROM kept ORDER BY word")]
    connection.close()
    return rows


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path):
    path = tmp_path / "state" / "words.sqlite"
    connection = connect(path, SCHEMA)
    with transaction(connection):
        connection.executemany("INSERT INTO kept VALUES (?)", [("one",), ("two",)])
    with pytest.raises(KeyboardInterrupt), transaction(connection):
        connection.execute("INSERT INTO kept VALUES ('three')")
        raise KeyboardInterrupt

    assert (words(path), connection.in_transaction) == (["one", "two"], False)


@pytest.mark.parametrize(
    ("options", "mode"), [({}, ("wal", 2)), ({"synchronous": "NORMAL"}, ("wal", 1))], ids=["full", "normal"]
)
def test_a_database_outlives_a_power_cut_unless_told_that_it_need_not(tmp_path, options, mode):
    connection = connect(tmp_path / "words.sqlite", SCHEMA, **options)

    stated = tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))

    assert stated == mode


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    connection = connect(None, SCHEMA)
    with transaction(connection):
        connection.execute("INSERT INTO kept VALUES ('one')")

    assert (connection.execute("SELECT * FROM kept").fetchall(), list(tmp_path.iterdir())) == ([("one",)], [])


def test_a_full_disk_is_told_with_file_and_remedy_and_the_next_transaction_starts_clean(tmp_path):
    path = tmp_path / "words.sqlite"
    connection = connect(path, SCHEMA)
    connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")

    with pytest.raises(StorageError) as raised, transaction(connection):
        connection.execute("INSERT INTO kept VALUES (?)", ("x" * 100_000,))
    with transaction(connection):
        connection.execute("INSERT INTO kept VALUES ('small')")

    assert str(raised.value) == (
        f"{path}: database or disk is full. "
        "Nothing acknowledged is lost; free space or mend the folder's rights, then start again"
    )
    assert words(path) == ["small"]


def test_a_file_that_another_process_writes_is_waited_for_no_longer_than_said(tmp_path):
    path = tmp_path / "words.sqlite"
    first, second = connect(path, SCHEMA), connect(path, SCHEMA, busy_seconds=0.05)

    with (
        transaction(first),
        pytest.raises(StorageError, match=r"words\.sqlite: database is locked"),
        transaction(second),
    ):
        pytest.fail("both write at once")


def test_a_file_that_is_no_database_asks_for_the_backup(tmp_path):
    path = tmp_path / "words.sqlite"
    path.write_bytes(b"no database at all " * 100)

    with pytest.raises(StorageError, match=r"words\.sqlite: file is not a database\. Restore log\.sqlite"):
        connect(path, SCHEMA)


def test_an_error_of_the_block_itself_stays_what_it_is(tmp_path):
    connection = connect(tmp_path / "words.sqlite", SCHEMA)

    with pytest.raises(ValueError, match="ours"), transaction(connection):
        raise ValueError("ours")
    with pytest.raises(StorageError) as raised, storage_errors(None):
        raise sqlite3.OperationalError("gone")
    assert str(raised.value).startswith("database in memory: gone. ")
