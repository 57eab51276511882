"""`from tidings import follow` against a real Kafka: what a consumer of another team may rely on."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka_desk import desk as made_desk
from kafka_desk import event
from making import approval, article, export, later, page

from streams.publish import signals
from tidings import follow, following
from tidings.codec import encode
from tidings.errors import ConfigError, LostPositionError, NewerRecordError, NotFoundError, RecordError, StorageError
from tidings.records import Event, Notification, StatedSignal, Tombstone

ROOT = Path(__file__).parents[2]

#: A consumer as another team writes it: what it has done stands in a file, a line for each record.
CONSUMER = """
import sys, time
from tidings import follow

topic, group, seconds, file = sys.argv[1:]
with open(file, "a", buffering=1) as done:
    for record in follow(topic, group=group):
        time.sleep(float(seconds))
        print(record.url if topic == "pages" else record.pos[0], file=done)
"""


@pytest.fixture
def desk(kafka_bootstrap):
    with made_desk(kafka_bootstrap) as made:
        yield made


def following_(desk, topic="events", *, group="crm", **more):
    return follow(topic, group=group, bootstrap=desk.brokers.bootstrap, prefix=desk.brokers.prefix, **more)


def rest(desk, topic="events", *, group="crm", **more):
    """Everything there is now, as the group gets it."""
    return list(following_(desk, topic, group=group, stop_at_end=True, **more))


def numbers(records):
    return [record.pos[0] for record in records]


def wait_until(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


@pytest.fixture
def consumer(desk, tmp_path):
    """Starts consumer processes; gives (process, file of what it has done)."""
    started = []

    def start(topic="events", *, group="crm", seconds=0.0, name="done"):
        file = tmp_path / name
        command = [sys.executable, "-c", CONSUMER, topic, group, str(seconds), str(file)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | desk.environment, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process, partial(done, file)

    yield start
    for process in started:
        process.kill()
        process.communicate()


def longer_than(lines, n):
    return len(lines()) > n


def done(file):
    return file.read_text().split() if file.exists() else []


# -- order, repeats, commits ------------------------------------------------------------------------------------------


def test_records_come_whole_and_in_order_and_the_group_goes_on_behind_them(desk):
    desk.tell(0, 1, 2)
    first = rest(desk)
    desk.tell(3)

    assert first == [event(0), event(1), event(2)]
    assert rest(desk) == [event(3)]
    assert rest(desk) == []


def test_groups_know_nothing_of_each_other(desk):
    desk.tell(0, 1)

    assert (numbers(rest(desk, group="crm")), numbers(rest(desk, group="archive"))) == ([0, 1], [0, 1])


def test_a_repeated_stretch_of_the_log_is_dropped(desk):
    desk.tell(0, 1, 2, 3, 1, 2, 3, 4)

    assert numbers(rest(desk)) == [0, 1, 2, 3, 4]


def test_a_repeat_is_dropped_also_right_after_a_restart(desk):
    desk.tell(0, 1, 2)
    rest(desk)
    desk.tell(1, 2, 3)

    assert numbers(rest(desk)) == [3]


def test_a_group_that_stopped_amid_a_repeated_stretch_still_knows_the_rest_of_it(desk):
    """The record before its position is itself a repeat: not that one's pos counts, but the greatest it had."""
    desk.tell(0, 1, 2, 3, 0, 1)
    rest(desk)
    desk.tell(2, 3, 4)

    assert numbers(rest(desk)) == [4]


def test_notifications_of_one_event_are_told_apart_by_their_own_pos(desk):
    told = [
        Notification(id=str(j), pos=(7, 0, j), rule="r", channel="email", recipient="a@example.com", items=())
        for j in range(2)
    ]
    desk.log.append("notifications", [*told, *told])

    assert rest(desk, "notifications") == told


def test_a_record_is_committed_after_its_body_and_not_before(desk):
    desk.tell(0, 1, 2)
    seen = []
    for record in following_(desk, stop_at_end=True):
        before = desk.committed("crm")
        # A body may take longer than the pause between two commits: its own record is not among what they say.
        threading.Event().wait(following.COMMIT_SECONDS + 0.1)
        seen.append((record.pos[0], before, desk.committed("crm")))

    assert (seen, desk.committed("crm")) == ([(0, 0, 0), (1, 1, 1), (2, 2, 2)], 3)


def test_a_record_whose_body_raised_comes_again(desk):
    desk.tell(0, 1, 2, 3)
    with pytest.raises(ZeroDivisionError):
        for record in following_(desk):
            1 / (2 - record.pos[0])

    assert (desk.committed("crm"), numbers(rest(desk))) == (2, [2, 3])


def test_leaving_the_loop_commits_what_came_before(desk):
    """Whether the last body was at its end nobody can tell: its record comes again."""
    desk.tell(0, 1, 2, 3)
    for record in following_(desk):
        if record.pos[0] == 2:
            break

    assert (desk.committed("crm"), numbers(rest(desk))) == (2, [2, 3])


def test_what_is_done_is_committed_while_nothing_is_waiting(desk):
    desk.tell(0, 1)
    records = following_(desk)
    reader = threading.Thread(target=lambda: [None for _ in records], daemon=True)
    reader.start()

    wait_until(lambda: desk.committed("crm") == 2)
    desk.tell(2)
    wait_until(lambda: desk.committed("crm") == 3)


# -- signals ----------------------------------------------------------------------------------------------------------


def revision(n, **over):
    return Event(pos=(n, 0), at=later(n), kind="revised", article=article(**over))


def test_all_facts_of_one_event_come_and_a_withdrawn_one_is_a_tombstone(desk):
    first = list(signals(revision(1, signals=(export(), approval()))))
    second = list(signals(Event(pos=(2, 0), at=later(2), kind="withdrawn", article=article(signals=(export(),)))))
    desk.log.append("signals", [*first, *second])

    found = rest(desk, "signals")

    assert found == [*first, Tombstone(key=first[0].key)]
    assert [type(record) for record in found] == [StatedSignal, StatedSignal, Tombstone]


def test_a_repeated_stretch_of_signals_leaves_the_same_facts_standing(desk):
    """A fact that was withdrawn and stated anew: a repeat of the tombstone must not outlive the statement."""
    fact = next(iter(signals(revision(1, signals=(export(),)))))
    other = next(iter(signals(revision(4, signals=(approval(),)))))
    stretch = [fact, Tombstone(key=fact.key), next(iter(signals(revision(3, signals=(export(),))))), other]
    desk.log.append("signals", [*stretch, *stretch])

    standing = {}
    for record in following_(desk, "signals", stop_at_end=True):
        standing[record.key] = record
    facts = {key: record for key, record in standing.items() if not isinstance(record, Tombstone)}

    assert facts == {fact.key: stretch[2], other.key: other}


# -- where a group begins ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, [0, 1, 2, 3]),
        ("start", [0, 1, 2, 3]),
        ("50h", [1, 2, 3]),
        ("1d", [2, 3]),
        ("30m", [3]),
        ("now", []),
        ("1970-01-01", [0, 1, 2, 3]),
        ("2999-01-01T00:00:00+08:00", []),
    ],
)
def test_a_new_group_begins_where_since_says(desk, since, expected):
    send_aged(desk, {0: timedelta(days=3), 1: timedelta(days=2), 2: timedelta(hours=2), 3: timedelta(0)})

    assert numbers(rest(desk, since=since)) == expected


def test_since_may_be_a_time_and_without_a_zone_it_is_utc(desk):
    send_aged(desk, {0: timedelta(hours=2), 1: timedelta(0)})
    hour_ago = datetime.now(UTC) - timedelta(hours=1)

    aware, naive = rest(desk, since=hour_ago), rest(desk, group="b", since=hour_ago.replace(tzinfo=None))

    assert (numbers(aware), numbers(naive)) == ([1], [1])


def test_a_group_that_has_done_something_goes_on_from_there_whatever_since_says(desk):
    desk.tell(0, 1)
    rest(desk)
    desk.tell(2)

    assert numbers(rest(desk, since="now")) == [2]


def test_a_group_that_began_now_misses_nothing_while_it_is_away(desk):
    desk.tell(0)
    rest(desk, since="now")
    desk.tell(1)

    assert numbers(rest(desk, since="now")) == [1]


def send_aged(desk, ages):
    producer = KafkaProducer(**desk.brokers.options())
    for n, age in ages.items():
        stamp = int((datetime.now(UTC) - age).timestamp() * 1000)
        producer.send(desk.brokers.prefix + "events", encode(event(n)), timestamp_ms=stamp)
    producer.close()


# -- processes that die, stand by, are stopped ------------------------------------------------------------------------


def test_after_kill_9_the_next_process_goes_on_without_a_gap(desk, consumer):
    desk.tell(*range(400))
    counts = []
    for least in (40, 160):
        process, lines = consumer(seconds=0.01)
        wait_until(partial(longer_than, lines, least))
        process.kill()
        process.wait()
        counts.append(len(lines()) - sum(counts))
    consumer(seconds=0.0)
    wait_until(lambda: lines()[-1:] == ["399"])

    found = [int(line) for line in lines()]
    runs = [found[: counts[0]], found[counts[0] : sum(counts)], found[sum(counts) :]]
    assert [run == list(range(run[0], run[-1] + 1)) for run in runs] == [True, True, True]
    # Each begins with a repeat of what was not committed yet, which is at most about a second's, 100 records.
    repeated = [before[-1] + 1 - after[0] for before, after in pairwise(runs)]
    assert all(0 <= n <= 130 for n in repeated), repeated


def test_a_second_process_of_the_group_stands_by_and_takes_over(desk):
    desk.tell(0, 1)
    first = following_(desk)
    assert next(first) == event(0)
    assert next(first) == event(1)
    got = []
    second = following_(desk)
    threading.Thread(target=lambda: got.extend(next(second) for _ in range(2)), daemon=True).start()
    wait_until(lambda: len(group(desk)["members"]) == 2)
    assert got == []

    first.close()
    desk.tell(2)

    wait_until(lambda: len(got) == 2)
    assert got == [event(1), event(2)]


def test_processes_of_one_group_share_the_pages_and_one_takes_the_other_s_when_it_is_killed(desk, consumer):
    urls = [f"http://site.test/{n}" for n in range(300)]
    one, first = consumer("pages", seconds=0.01, name="1")
    _, second = consumer("pages", seconds=0.01, name="2")
    wait_until(lambda: group(desk)["group_state"] == "Stable" and len(group(desk)["members"]) == 2)
    desk.log.append("pages", [page(str(n)) for n in range(150)])
    wait_until(lambda: len(first()) > 20 and len(second()) > 20)
    one.kill()
    desk.log.append("pages", [page(str(n)) for n in range(150, 300)])

    wait_until(lambda: set(first()) | set(second()) == set(urls))


def group(desk):
    admin = KafkaAdminClient(**desk.brokers.options())
    try:
        name = f"{desk.brokers.prefix}follow-crm"
        return admin.describe_groups([name])[name]
    finally:
        admin.close()


def test_ctrl_c_ends_a_waiting_consumer_at_once_with_everything_committed(desk, consumer):
    desk.tell(0, 1, 2)
    process, lines = consumer()
    wait_until(lambda: len(lines()) == 3)

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=5)

    assert said.splitlines()[-1] == "KeyboardInterrupt"
    assert desk.committed("crm") == 3


def test_a_consumer_outlives_a_broker_that_is_killed_and_one_that_is_restarted(own_kafka):
    with made_desk(own_kafka.bootstrap) as desk:
        got = []
        records = following_(desk)
        threading.Thread(target=lambda: got.extend(records), daemon=True).start()
        desk.tell(0, 1)
        wait_until(lambda: len(got) == 2)

        own_kafka.kill()
        own_kafka.start()
        desk.tell(2)
        wait_until(lambda: len(got) == 3)
        own_kafka.restart()
        desk.tell(3)
        wait_until(lambda: len(got) == 4)

        assert got == [event(0), event(1), event(2), event(3)]
        wait_until(lambda: desk.committed("crm") == 4)


# -- what is wrong ----------------------------------------------------------------------------------------------------


def test_a_record_of_a_newer_schema_is_named_by_its_offset_and_what_came_before_is_committed(desk):
    desk.tell(0)
    send(desk, encode(event(1)).replace(b'"event/1"', b'"event/2"'))

    with pytest.raises(NewerRecordError) as error:
        rest(desk)

    assert str(error.value) == (
        f"{desk.brokers.prefix}events partition 0 offset 1: record event/2 was written by a newer Tidings "
        "(this one reads up to event/1): upgrade, then replay"
    )
    assert desk.committed("crm") == 1


def test_bytes_that_are_no_record_are_named_by_their_offset(desk):
    send(desk, b"{")

    with pytest.raises(RecordError, match=r"events partition 0 offset 0: 1 bytes that are no record"):
        rest(desk)


def test_a_position_that_is_no_longer_kept_is_lost_and_said_so(desk):
    desk.tell(0)
    rest(desk)
    desk.tell(*range(1, 9))
    forget(desk, before=5)

    with pytest.raises(LostPositionError) as error:
        rest(desk)

    assert str(error.value) == (
        f"group {desk.brokers.prefix}follow-crm goes on at offset 1 of {desk.brokers.prefix}events partition 0, which "
        "holds 5 to 8: the records between are gone, or it is another log. Take another group name, or move this group "
        "with Kafka's own kafka-consumer-groups"
    )
    assert numbers(rest(desk, group="another")) == [5, 6, 7, 8]


def test_a_reader_that_retention_overtakes_is_told(desk):
    """A few records are fetched ahead: so many that the rest is not."""
    body = encode(Event(pos=(0, 0), at=later(0), kind="new", article=article(body="x" * 1_000_000)))
    for n in range(60):
        send(desk, body.replace(b'"pos":[0,0]', b'"pos":[%d,0]' % n))
    records = following_(desk)
    assert next(records).pos == (0, 0)
    forget(desk, before=59)

    with closing(records), pytest.raises(LostPositionError, match=r"which holds 59 to 59"):
        list(records)


def test_a_topic_that_tidings_does_not_have_is_refused_with_those_it_has(desk):
    with pytest.raises(NotFoundError) as error:
        following_(desk, "event")

    assert str(error.value) == (
        "there is no topic 'event'; want one of pages, intake, events, signals, notifications, receipts, dead-letters"
    )


def test_a_topic_that_is_not_on_the_brokers_is_named_with_those_that_are(desk):
    with pytest.raises(NotFoundError) as error:
        next(follow("events", group="crm", bootstrap=desk.brokers.bootstrap, prefix="nowhere-"))

    assert str(error.value) == (
        f"topic nowhere-events is not on {desk.brokers.bootstrap} for us; of Tidings' topics there are with this "
        "prefix: none. Set TIDINGS_TOPIC_PREFIX; `tidings topics apply` makes topics"
    )


def test_brokers_that_do_not_answer_are_said_so_once_the_time_is_over(monkeypatch):
    monkeypatch.setattr(following, "_CONSUMER", {**following._CONSUMER, "bootstrap_timeout_ms": 500})

    with pytest.raises(StorageError) as error:
        next(follow("events", group="crm", bootstrap="127.0.0.1:1", prefix=""))

    assert str(error.value) == ("no Kafka broker at 127.0.0.1:1 answered within 30 s: start it, or set KAFKA_BOOTSTRAP")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"group": ""}, "group is empty; want a name for who reads, such as 'crm'"),
        (
            {"group": "crm", "since": "yesterday"},
            "since is 'yesterday'; want start, now, 90m, 12h, 2d or a time such as 2026-11-24",
        ),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused_at_once(arguments, fault):
    with pytest.raises(ConfigError) as error:
        follow("events", **arguments)

    assert str(error.value) == fault


def send(desk, value):
    producer = KafkaProducer(**desk.brokers.options(), max_request_size=16_000_000)
    producer.send(desk.brokers.prefix + "events", value).get(30)
    producer.close()


def forget(desk, *, before):
    """What a topic's retention does, without waiting for it."""
    admin = KafkaAdminClient(**desk.brokers.options())
    admin.delete_records({TopicPartition(desk.brokers.prefix + "events", 0): before})
    admin.close()


def test_importing_tidings_loads_neither_kafka_nor_msgspec():
    code = "import sys, tidings; print(sorted({'kafka', 'msgspec', 'yaml'} & sys.modules.keys()), tidings.VERSION)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert ran.stdout == "[] 0.1.0\n"


def test_the_name_is_the_function_however_often_and_in_whatever_order_it_is_imported():
    code = "import tidings.following; from tidings import follow; from tidings import follow as again; "
    code += "print(callable(follow), follow is again, hasattr(tidings, 'fellow'))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert ran.stdout == "True True False\n"
