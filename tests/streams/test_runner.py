import subprocess
import sys
import threading
from pathlib import Path

import pytest
from making import article, later, page

from streams.logs.sqlite import SqliteLog
from streams.runner import Setting, drain
from tidings.codec import decode, encode
from tidings.errors import PageError, StepBusyError, StorageError, TransientError
from tidings.records import DeadLetter, Tick
from tidings.steps import Fold, Map, Outcome, Sink
from tidings.storage import connect


@pytest.fixture
def log(tmp_path):
    return SqliteLog(tmp_path / "log.sqlite")


@pytest.fixture
def setting(log, tmp_path):
    return Setting(log=log, folder=tmp_path / "state", clock=lambda: later(0), stop=threading.Event())


def read(log, topic):
    return [decode(body) for _, body in log.read(topic, -1, 1000, 0.0)]


def to_article(p):
    """A map with every kind of end."""
    if b"bad" in p.body:
        raise PageError("no article here")
    if b"defect" in p.body:
        raise ZeroDivisionError("a defect")
    return Outcome(word="no-text") if b"empty" in p.body else article(p.url)


MAP = Map(name="analyse", source="pages", sink="intake", apply=to_article)


def test_every_record_ends_as_output_outcome_or_dead_letter(log, setting):
    bad, defect = page("b", body=b"bad"), page("c", body=b"defect")
    log.append("pages", [page("a"), bad, defect, page("d", body=b"empty"), page("e")])

    drain(MAP, setting)

    assert read(log, "intake") == [article(page("a").url), article(page("e").url)]
    assert read(log, "dead-letters") == [
        DeadLetter(topic="pages", position=1, step="analyse", at=later(0), error="no article here", body=encode(bad)),
        DeadLetter(
            topic="pages",
            position=2,
            step="analyse",
            at=later(0),
            error="ZeroDivisionError: a defect",
            body=encode(defect),
        ),
    ]
    assert log.counts("analyse") == {"in": 5, "out": 2, "dead": 2, "no-text": 1}


def test_a_second_run_goes_on_where_the_first_stopped(log, setting):
    log.append("pages", [page("a")])
    drain(MAP, setting)
    log.append("pages", [page("b")])

    assert (drain(MAP, setting), len(read(log, "intake"))) == (1, 2)


def test_a_record_of_a_newer_schema_is_a_dead_letter_and_the_rest_goes_on(log, setting):
    log.append("pages", [page("a"), page("b")])
    with connect(log.path, "") as connection:
        connection.execute(
            "UPDATE pages SET body = CAST(replace(CAST(body AS TEXT), 'page/1', 'page/2') AS BLOB) WHERE offset = 0"
        )

    drain(MAP, setting)

    [letter] = read(log, "dead-letters")
    assert (
        letter.error
        == "record page/2 was written by a newer Tidings (this one reads up to page/1): upgrade, then replay"
    )
    assert read(log, "intake") == [article(page("b").url)]


def counting(connection, offset, record):
    """A fold that numbers what it sees, and finds every third record bad after it has changed its state."""
    connection.execute("INSERT INTO seen VALUES (?)", (offset,))
    (n,) = connection.execute("SELECT count(*) FROM seen").fetchone()
    if offset % 3 == 2:
        raise PageError("third")
    return [Tick(at=later(n))]


FOLD = Fold(name="count", source="intake", sink="events", schema="CREATE TABLE IF NOT EXISTS seen (n);", apply=counting)


def test_a_bad_record_leaves_no_trace_in_a_fold_s_state(log, setting):
    log.append("intake", [Tick(at=later(n)) for n in range(5)])

    drain(FOLD, setting)

    assert read(log, "events") == [Tick(at=later(n)) for n in (1, 2, 3, 4)]
    assert [letter.position for letter in read(log, "dead-letters")] == [2]


def test_a_sink_is_called_again_with_the_same_records_while_the_other_side_is_away(log, setting, monkeypatch):
    monkeypatch.setattr("streams.runner.BACKOFF_SECONDS", (0.01,))
    calls = []

    def write(records):
        calls.append([offset for offset, _ in records])
        if len(calls) < 3:
            raise TransientError("the other side is away")

    log.append("events", [Tick(at=later(0)), Tick(at=later(1))])
    drain(Sink(name="index", source="events", write=write), setting)

    assert (calls, log.position("index")) == ([[0, 1]] * 3, 1)


def test_a_sink_that_is_told_to_stop_while_waiting_keeps_its_position(log, setting):
    log.append("events", [Tick(at=later(0))])

    def write(records):
        setting.stop.set()
        raise TransientError("away", retry_after_seconds=60)

    drain(Sink(name="index", source="events", write=write), setting)

    assert log.position("index") == -1


def test_a_sink_with_a_position_of_its_own_is_not_stopped_by_records_that_nobody_can_read(log, setting):
    log.append("events", [Tick(at=later(0)), Tick(at=later(1)), Tick(at=later(2))])
    with connect(log.path, "") as connection:
        connection.execute("UPDATE events SET body = CAST('broken' AS BLOB) WHERE offset < 2")
    written = []
    sink = Sink(
        name="index",
        source="events",
        write=written.extend,
        position=lambda: written[-1][0] if written else -1,
        finish=lambda: written.append((2, "finished")),
    )

    drain(sink, setting)

    assert written == [(2, Tick(at=later(2))), (2, "finished")]
    assert log.counts("index") == {"in": 3, "out": 1, "dead": 2}


def test_a_second_process_on_the_same_step_is_refused_by_name(log, setting):
    script = (
        "import sys, time; from pathlib import Path; from streams.lease import lease\n"
        f"with lease(Path({str(setting.folder / 'analyse.lock')!r}), 'analyse'):\n"
        "    print('held', flush=True); time.sleep(30)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path.cwd())
    try:
        holder.stdout.readline()

        with pytest.raises(StepBusyError) as error:
            drain(MAP, setting)
        assert f'step "analyse" already runs in process {holder.pid} on' in str(error.value)
    finally:
        holder.kill()
        holder.wait()
    assert drain(MAP, setting) == 0


def test_a_full_disk_stops_the_step_and_loses_nothing(log, setting):
    log.append("pages", [page(str(n), body=b"x" * 3000) for n in range(40)])
    log._connection.execute("PRAGMA max_page_count = 1")  # no page more: SQLite answers "database or disk is full"

    with pytest.raises(StorageError, match=r"database or disk is full\. Nothing acknowledged is lost; free space"):
        drain(MAP, setting)
    log._connection.execute("PRAGMA max_page_count = 1000000")
    drain(MAP, setting)

    assert [a.url for a in read(log, "intake")] == [article(page(str(n)).url).url for n in range(40)]
    assert log.counts("analyse") == {"in": 40, "out": 40}
