"""Kafka away, Elasticsearch away or full, poison on every topic: the rest goes on or waits, and says so."""

import json
import socket
import urllib.error
import urllib.request

import pytest
from elasticsearch import Elasticsearch
from installation import distributed, write_articles
from kafka import KafkaProducer
from waiting import wait_until

ARTICLES = 40
SETTLE_SECONDS = 120
STEPS_BUT_INDEX = ("analyse", "cluster", "alert", "publish", "deliver")


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def get(port: int, path: str) -> tuple[int, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=40) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, None


def amiss(port: int) -> str:
    """What /readyz complains of, as one text; "" if it is ready."""
    status, findings = get(port, "/readyz")
    return "not reached" if status == 0 else "; ".join(f"{f['subject']}: {f['says']}" for f in findings if not f["ok"])


def found(port: int) -> int:
    return get(port, "/api/search?q=")[1]["total"]


def start_all(desk) -> None:
    desk.start("work", "work")
    desk.start("analyse", "analyse-worker", "--name", "one")
    desk.start("serve", "serve")


def articles(path):
    """Articles of their own, under the file's name."""
    return write_articles(path, ARTICLES, name=path.stem)


@pytest.mark.timeout(400)
def test_without_kafka_search_goes_on_and_everything_waits_and_nothing_is_lost(
    own_kafka, elasticsearch_url, port, tmp_path
):
    with distributed(tmp_path / "desk", own_kafka.bootstrap, elasticsearch_url, TIDINGS_PORT=port) as desk:
        start_all(desk)
        desk("ingest", articles(tmp_path / "a.jsonl"))
        wait_until(lambda: amiss(port) == "", 60)
        before = found(port)

        own_kafka.kill()

        wait_until(lambda: "no broker answers: start it or set KAFKA_BOOTSTRAP" in amiss(port), 60)
        assert found(port) == before > ARTICLES / 2
        assert "no Kafka broker answers" in desk("ingest", tmp_path / "a.jsonl", status=1).stderr
        own_kafka.start()
        desk.start("ingest", "ingest", articles(tmp_path / "b.jsonl"))
        wait_until(lambda: desk.status()["pages"] == 2 * ARTICLES, 60)
        desk.wait_idle(SETTLE_SECONDS)
        wait_until(lambda: amiss(port) == "", 60)
        assert found(port) == 2 * before
        assert "0 missing" in desk("audit").stdout


@pytest.mark.timeout(400)
def test_without_elasticsearch_alerts_go_on_and_the_index_catches_up_when_it_is_back(
    kafka_bootstrap, own_elasticsearch, port, tmp_path
):
    with distributed(tmp_path / "desk", kafka_bootstrap, own_elasticsearch.url, TIDINGS_PORT=port) as desk:
        start_all(desk)
        desk("ingest", articles(tmp_path / "a.jsonl"))
        wait_until(lambda: amiss(port) == "", 60)
        before, told = found(port), len(desk.lines("export", "notifications"))

        own_elasticsearch.kill()

        desk.start("ingest", "ingest", articles(tmp_path / "b.jsonl"))
        wait_until(lambda: desk.status()["pages"] == 2 * ARTICLES, 60)
        desk.wait_idle(SETTLE_SECONDS, STEPS_BUT_INDEX)
        assert len(desk.lines("export", "notifications")) == 2 * told > 0
        assert "search index" in amiss(port) and "articles wait on the log" in amiss(port)
        assert "index cannot write" in desk.said("work") and desk.status()["behind"]["index"] > 0
        own_elasticsearch.start()
        desk.wait_idle(SETTLE_SECONDS)
        assert found(port) == 2 * before
        assert desk.running["ingest"].wait(30) == 0


@pytest.mark.timeout(300)
def test_a_full_disk_at_elasticsearch_is_told_and_waited_out(kafka_bootstrap, elasticsearch_url, port, tmp_path):
    """The block is the one that Elasticsearch sets when its disk is nearly full: 429 inside an answer of 200."""
    with distributed(tmp_path / "desk", kafka_bootstrap, elasticsearch_url, TIDINGS_PORT=port) as desk:
        start_all(desk)
        desk("ingest", articles(tmp_path / "a.jsonl"))
        wait_until(lambda: amiss(port) == "", 60)
        before, alias = found(port), desk.environment["TIDINGS_INDEX"]
        with Elasticsearch(elasticsearch_url) as client:
            client.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": True})

            desk.start("ingest", "ingest", articles(tmp_path / "b.jsonl"))
            wait_until(lambda: "index cannot write" in desk.said("work"), 60)
            desk.wait_idle(SETTLE_SECONDS, STEPS_BUT_INDEX)

            assert found(port) == before
            assert "disk" in amiss(port)
            client.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": None})
            desk.wait_idle(SETTLE_SECONDS)
            assert found(port) == 2 * before
            assert "disk" in desk.said("work")


@pytest.mark.timeout(300)
def test_poison_on_every_topic_becomes_dead_letters_and_the_rest_goes_on(
    kafka_bootstrap, elasticsearch_url, port, tmp_path
):
    poison = (b"\xff\x00 no record", b"{}", b'{"record":"page/99"}', b'{"record":"tick/1","at":"yesterday"}', b"")
    topics = ("pages", "intake", "events", "notifications")
    with distributed(tmp_path / "desk", kafka_bootstrap, elasticsearch_url, TIDINGS_PORT=port) as desk:
        start_all(desk)
        producer = KafkaProducer(bootstrap_servers=kafka_bootstrap)
        for topic in topics:
            for value in poison:
                producer.send(desk.environment["TIDINGS_TOPIC_PREFIX"] + topic, value=value).get(30)
        producer.close()

        desk("ingest", articles(tmp_path / "a.jsonl"))
        desk.wait_idle(SETTLE_SECONDS)

        letters = json.loads(desk("dead-letters", "list", "--json").stdout)
        # events has three readers: alert, index and publish.
        assert sorted({(letter["step"], letter["topic"].split("/")[0]) for letter in letters}) == [
            ("alert", "events"),
            ("analyse", "pages"),
            ("cluster", "intake"),
            ("deliver", "notifications"),
            ("index", "events"),
            ("publish", "events"),
        ]
        assert len(letters) == 6 * len(poison)
        assert any("newer Tidings" in letter["error"] for letter in letters)
        assert found(port) > ARTICLES / 2
        assert "0 missing" in desk("audit").stdout
