"""The demo's own place on a Kafka and an Elasticsearch that others use too."""

import re
from contextlib import closing

import pytest
from kafka import KafkaAdminClient

from deploy.demo.addresses import Addresses
from deploy.demo.desk import take
from deploy.demo.parts import Ports
from deploy.demo.service import installed, settings
from streams.logs.topics import found
from tidings.errors import ConfigError


@pytest.fixture
def addresses(kafka_bootstrap, elasticsearch_url):
    return Addresses(kafka=kafka_bootstrap, elasticsearch=elasticsearch_url)


def topics(addresses):
    with closing(KafkaAdminClient(bootstrap_servers=addresses.kafka)) as admin:
        return set(admin.list_topics())


def prefix(settings):
    return settings["TIDINGS_TOPIC_PREFIX"]


def test_the_settings_name_the_servers_a_prefix_an_index_and_two_workers(tmp_path, addresses):
    given = dict(take(tmp_path, addresses, installed))
    drawn, index = given.pop("TIDINGS_TOPIC_PREFIX"), given.pop("TIDINGS_INDEX")

    assert re.fullmatch(rf"{index}-[0-9a-f]{{8}}\.", drawn)
    assert given == {
        "TIDINGS_MODE": "distributed",
        "KAFKA_BOOTSTRAP": addresses.kafka,
        "ELASTICSEARCH_URL": addresses.elasticsearch,
        "TIDINGS_ANALYSE_WORKERS": "2",
        "TIDINGS_POLL_SECONDS": "2",
    }


def test_the_topics_are_there_and_the_next_start_has_the_same(tmp_path, addresses):
    first = take(tmp_path, addresses, installed)
    again = take(tmp_path, addresses, installed)
    here = installed({**settings(tmp_path, Ports(search=8000, base=8100)), **first})

    assert again == first
    assert [topic.partitions for topic in found(here.brokers, here.topics)] == [6, 1, 1, 1, 1, 1, 1, 1]


def test_a_fresh_folder_begins_anew_and_removes_what_its_earlier_demo_left(tmp_path, addresses):
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    before, others = take(mine, addresses, installed), take(other, addresses, installed)
    with closing(installed(before).index) as index:
        index.put([], 7)
    with closing(installed(others).index) as index:
        index.put([], 9)

    (mine / "desk.json").unlink()
    after = take(mine, addresses, installed)

    there = {name.rpartition(".")[0] + "." for name in topics(addresses) if name.startswith("demo-")}
    assert prefix(after) != prefix(before)
    assert there & {prefix(before), prefix(after), prefix(others)} == {prefix(after), prefix(others)}
    assert after["TIDINGS_INDEX"] == before["TIDINGS_INDEX"] != others["TIDINGS_INDEX"]
    with closing(installed(after).index) as mine_, closing(installed(others).index) as others_:
        assert (mine_.upto(), others_.upto()) == (-1, 9)


def test_a_demo_that_was_played_on_another_kafka_is_refused(tmp_path, addresses):
    (tmp_path / "desk.json").write_text('{"prefix": "demo-elsewhere."}', "utf-8")

    with pytest.raises(ConfigError, match=r"topics are not on Kafka at .*KAFKA_BOOTSTRAP, or delete the folder"):
        take(tmp_path, addresses, installed)


def test_a_damaged_memory_is_named_with_its_remedy(tmp_path):
    (tmp_path / "desk.json").write_text("{}", "utf-8")

    with pytest.raises(ConfigError, match=r"desk\.json: not the demo's memory .* delete the folder"):
        take(tmp_path, Addresses(kafka="127.0.0.1:1", elasticsearch="http://127.0.0.1:1"), installed)
