"""What the log promises on Kafka beyond the contract: parts, places, retention, restarts, large records."""

import threading
import uuid

import pytest
from kafka import KafkaAdminClient, TopicPartition
from making import NOON, later, page, poll
from waiting import wait_until

from streams.logs import topics
from streams.logs.kafka import KafkaLog
from streams.logs.message import headers, key
from tidings.brokers import Brokers
from tidings.codec import decode
from tidings.errors import LostPositionError, StorageError
from tidings.records import Listed, Tick

PARTITIONS = 3


def desk(bootstrap: str) -> Brokers:
    """The topics of an installation of its own."""
    brokers = Brokers(bootstrap=bootstrap, prefix=f"log-{uuid.uuid4().hex[:8]}.")
    topics.apply(brokers, topics.wanted(brokers, pages_partitions=PARTITIONS, pages_days=90))
    return brokers


@pytest.fixture
def brokers(kafka_bootstrap):
    return desk(kafka_bootstrap)


@pytest.fixture
def log(brokers):
    log = KafkaLog(brokers)
    yield log
    log.close()


def ticks(*minutes):
    return [Tick(at=later(m)) for m in minutes]


def drop_before(brokers, topic, offset):
    """What retention does in time."""
    admin = KafkaAdminClient(bootstrap_servers=brokers.bootstrap)
    admin.delete_records({TopicPartition(brokers.prefix + topic, 0): offset})
    admin.close()


def test_what_one_address_says_stays_in_order_in_one_part_and_all_parts_together_hold_everything(log):
    told = [page(f"p{n}", body=f"<p>{revision}</p>".encode()) for revision in range(3) for n in range(20)]

    log.append("pages", told)

    assert log.parts("pages") == ("pages/0", "pages/1", "pages/2")
    by_part = {part: [decode(body) for _, body in log.read(part, -1, 100, 0.0)] for part in log.parts("pages")}
    assert sorted(p.url for pages in by_part.values() for p in pages) == sorted(p.url for p in told)
    assert sum(1 for pages in by_part.values() if pages) > 1
    for n in range(20):
        url = page(f"p{n}").url
        holding = [[p.body for p in pages if p.url == url] for pages in by_part.values()]
        assert [bodies for bodies in holding if bodies] == [[b"<p>0</p>", b"<p>1</p>", b"<p>2</p>"]]


def test_a_page_of_ten_megabytes_goes_through(log):
    large = page("large", body=b"x" * 10_000_000)

    log.append("pages", [large])

    [body] = [body for part in log.parts("pages") for _, body in log.read(part, -1, 10, 0.0)]
    assert decode(body) == large


def test_a_position_before_what_is_kept_is_refused_loudly_and_reading_from_the_first_kept_works(brokers, log):
    log.append("intake", ticks(*range(10)))
    drop_before(brokers, "intake", 6)

    with pytest.raises(LostPositionError, match=r"intake begins at offset 6, and what follows 3 is gone"):
        log.read("intake", 3, 10, 0.0)
    with (
        pytest.raises(LostPositionError, match="what follows 3 is gone"),
        log.reader("cluster", "intake") as reader,
    ):
        reader.read(3, 10, 5.0)
    assert [offset for offset, _ in log.read("intake", log.first("intake") - 1, 10, 0.0)] == [6, 7, 8, 9]


def test_a_position_after_the_newest_record_means_another_log_and_is_refused(log):
    log.append("intake", ticks(0, 1))

    with pytest.raises(LostPositionError, match="ends at offset 1, before the position 41 kept here"):
        log.read("intake", 41, 10, 0.5)


def test_a_second_reader_stands_by_and_goes_on_from_its_own_position_when_the_first_has_gone(brokers, log):
    log.append("intake", ticks(*range(5)))
    other = KafkaLog(brokers)
    with other.reader("cluster", "intake") as second:
        with log.reader("cluster", "intake") as first:
            assert [offset for offset, _ in first.read(-1, 10, 0.0)] == [0, 1, 2, 3, 4]
            assert (first.held(), second.read(1, 10, 0.3), second.held()) == (True, [], False)

        wait_until(lambda: second.read(1, 10, 0.2) != [], 20)

        assert [offset for offset, _ in second.read(1, 10, 1.0)] == [2, 3, 4]
        assert second.held()
    other.close()


def test_reading_and_appending_go_on_over_the_death_of_the_broker(own_kafka):
    log = KafkaLog(desk(own_kafka.bootstrap), member="here")
    acknowledged, stop = [], threading.Event()

    def append():
        while not stop.is_set():
            log.append("intake", ticks(len(acknowledged)))
            acknowledged.append(len(acknowledged))

    writer = threading.Thread(target=append)
    with log.reader("cluster", "intake") as reader:
        writer.start()
        wait_until(lambda: len(reader.read(-1, 1000, 0.2)) > 20, 30)
        own_kafka.kill()
        before = len(acknowledged)
        own_kafka.start()
        wait_until(lambda: len(acknowledged) > before + 20, 90)
        stop.set()
        writer.join(90)

        wait_until(lambda: reader.read(len(acknowledged) - 2, 1000, 0.5) != [], 60)

        found = [decode(body) for _, body in log.read("intake", -1, 100_000, 0.0)]
    log.close()
    assert not writer.is_alive()
    # An append whose confirmation the broker took to its grave is not there twice: the producer is idempotent.
    assert found == ticks(*range(len(acknowledged)))


def test_no_broker_is_said_with_the_setting_that_names_it():
    with pytest.raises(StorageError, match=r"no Kafka broker answers at 127\.0\.0\.1:1: start it, or set KAFKA_BOOT"):
        KafkaLog(Brokers(bootstrap="127.0.0.1:1"))


def test_applying_twice_changes_nothing_and_what_differs_is_told(brokers):
    wanted = topics.wanted(brokers, pages_partitions=PARTITIONS, pages_days=90)

    assert topics.apply(brokers, wanted) == []

    longer = topics.wanted(brokers, pages_partitions=PARTITIONS + 1, pages_days=100)
    assert [(d.what, d.found, d.wanted, d.mendable) for d in topics.apply(brokers, longer)] == [
        ("partitions", "3", "4", True),
        ("retention.ms", "7776000000", "8640000000", True),
    ]
    assert list(topics.differences(longer, topics.found(brokers, longer))) == []


def test_what_would_cost_records_is_named_and_left(brokers):
    smaller = topics.wanted(brokers, pages_partitions=PARTITIONS - 1, pages_days=30)

    left = topics.apply(brokers, smaller)

    assert [(d.topic, d.what, d.found, d.wanted, d.mendable) for d in left] == [
        (f"{brokers.prefix}pages", "partitions", "3", "2", False),
        (f"{brokers.prefix}pages", "retention.ms", "7776000000", "2592000000", False),
    ]
    assert list(topics.differences(smaller, topics.found(brokers, smaller))) == left


def test_what_a_source_lists_has_its_key_and_so_has_its_poll_and_an_ingested_page_has_its_address():
    listed = page("a", source="nmpa", listed=Listed(title="A"))

    assert (key(listed), key(poll(source="nmpa")), key(page("a"))) == (b"nmpa", b"nmpa", b"http://site.test/a")


def test_records_that_route_nothing_have_no_headers_and_a_poll_is_keyed_by_its_source():
    assert (headers(poll()), key(poll()), key(Tick(at=NOON))) == ([], b"site", None)
