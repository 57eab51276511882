"""What every log must do; a new driver is one line in LOGS."""

import multiprocessing
import os
import signal
import threading
import time

import pytest
from making import later

from streams.logs import topics
from streams.logs.kafka import KafkaLog
from streams.logs.sqlite import SqliteLog
from tidings.brokers import Brokers
from tidings.codec import decode, encode
from tidings.records import Tick, content_id
from tidings.steps import Done


def sqlite_log(folder, bootstrap):
    return SqliteLog(folder / "log.sqlite")


def kafka_log(folder, bootstrap):
    """One installation's topics for each test folder."""
    brokers = Brokers(bootstrap=bootstrap, prefix=f"{content_id(folder)}.")
    topics.apply(brokers, topics.wanted(brokers, pages_partitions=1, pages_days=90))
    return KafkaLog(brokers)


LOGS = {"sqlite": sqlite_log, "kafka": kafka_log}
MARKED = [pytest.param("sqlite"), pytest.param("kafka", marks=pytest.mark.servers)]


@pytest.fixture(params=MARKED)
def open_log(request, tmp_path):
    """Opens the same log again and again, as restarted processes do."""
    bootstrap = request.getfixturevalue("kafka_bootstrap") if request.param == "kafka" else ""
    return lambda: LOGS[request.param](tmp_path, bootstrap)


def ticks(*minutes):
    return [Tick(at=later(m)) for m in minutes]


def test_records_come_back_in_order_with_offsets_from_zero(open_log):
    log = open_log()
    log.append("intake", ticks(0, 1))
    log.append("intake", ticks(2))

    rows = log.read("intake", -1, 10, 0.0)

    assert [(offset, decode(body)) for offset, body in rows] == list(enumerate(ticks(0, 1, 2)))
    assert (log.end("intake"), log.end("events")) == (2, -1)


def test_reading_starts_after_an_offset_and_stops_at_the_limit(open_log):
    log = open_log()
    log.append("intake", ticks(0, 1, 2, 3))

    assert [offset for offset, _ in log.read("intake", 0, 2, 0.0)] == [1, 2]
    assert log.read("intake", 3, 2, 0.0) == []


def test_what_was_appended_is_there_after_reopening(open_log):
    open_log().append("events", ticks(0), done=Done(reader="cluster", offset=41, counts={"in": 1}))

    log = open_log()

    assert [body for _, body in log.read("events", -1, 10, 0.0)] == [encode(ticks(0)[0])]
    assert (log.position("cluster"), log.counts("cluster")) == (41, {"in": 1})
    assert (log.position("alert"), log.counts("alert")) == (-1, {})


def test_a_position_can_move_without_records_and_counts_add_up(open_log):
    log = open_log()
    log.append("events", [], done=Done(reader="alert", offset=1, counts={"in": 2, "silent": 2}))
    log.append("events", [], done=Done(reader="alert", offset=2, counts={"in": 1, "out": 1}))

    assert (log.position("alert"), log.counts("alert"), log.end("events")) == (2, {"in": 3, "out": 1, "silent": 2}, -1)


def test_a_waiting_reader_is_woken_by_another_process_s_append(open_log):
    reader, writer = open_log(), open_log()
    timer = threading.Timer(0.2, lambda: writer.append("intake", ticks(0)))
    timer.start()

    rows = reader.read("intake", -1, 10, 10.0)

    timer.join()
    assert [offset for offset, _ in rows] == [0]


def test_a_reader_stops_waiting_when_nothing_comes(open_log):
    assert open_log().read("intake", -1, 10, 0.1) == []


def test_the_age_of_the_first_unread_record_is_known(open_log):
    log = open_log()
    before = time.time()
    log.append("intake", ticks(0))
    log.append("intake", ticks(1))

    first = log.appended_at("intake", -1)

    assert first is not None and before - 1 <= first.timestamp() <= time.time()
    assert log.appended_at("intake", 1) is None


def _append_for_ever(open_log, acknowledged):
    log = open_log()
    for n in range(1_000_000):
        log.append("intake", ticks(n))
        acknowledged.value = n + 1


def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(open_log):
    context = multiprocessing.get_context("fork")
    for _ in range(5):
        start = open_log().end("intake") + 1
        acknowledged = context.Value("q", 0)
        writer = context.Process(target=_append_for_ever, args=(open_log, acknowledged))
        writer.start()
        while acknowledged.value < 20:
            time.sleep(0.005)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()

        rows = open_log().read("intake", start - 1, 1_000_000, 0.0)

        assert len(rows) >= acknowledged.value
        assert [decode(body) for _, body in rows] == ticks(*range(len(rows)))


def test_writers_in_two_threads_leave_no_gap(open_log):
    logs = [open_log(), open_log()]
    threads = [
        threading.Thread(target=lambda log=log: [log.append("intake", ticks(0)) for _ in range(30)]) for log in logs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [offset for offset, _ in logs[0].read("intake", -1, 100, 0.0)] == list(range(60))


def test_the_one_reader_of_a_name_reads_on_from_wherever_it_asks(open_log):
    log = open_log()
    log.append("intake", ticks(0, 1, 2, 3))

    with log.reader("cluster", "intake") as reader:
        assert [offset for offset, _ in reader.read(1, 10, 0.0)] == [2, 3]
        assert [offset for offset, _ in reader.read(-1, 2, 0.0)] == [0, 1]
        assert reader.read(3, 10, 0.0) == []
        assert reader.held()


def test_a_topic_of_one_part_is_named_as_itself_and_begins_at_offset_zero(open_log):
    log = open_log()
    log.append("intake", ticks(0))

    assert (log.parts("intake"), log.first("intake")) == (("intake",), 0)


def test_many_readers_with_little_patience_all_get_their_place(open_log):
    log = open_log()
    log.append("intake", ticks(0))
    for n in range(20):
        with log.reader(f"reader-{n}", "intake") as reader:
            deadline = time.monotonic() + 20
            while not (rows := reader.read(-1, 10, 0.05)):
                assert time.monotonic() < deadline, f"reader {n} never got its place"
        assert [offset for offset, _ in rows] == [0]
