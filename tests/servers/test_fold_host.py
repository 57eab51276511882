"""The machine that runs the folds is lost: its states come back from a backup, or from the log alone."""

import json

import pytest
from installation import distributed, write_articles
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata
from making import page
from waiting import wait_until

from tidings.steps import Done

ARTICLES = 400
LATER = 100
SETTLE_SECONDS = 180
OUTPUTS = ("events", "notifications")


@pytest.fixture
def desk(kafka_bootstrap, elasticsearch_url, tmp_path):
    """A desk with some hundred articles behind it, a backup of its states, and more since."""
    with distributed(tmp_path / "desk", kafka_bootstrap, elasticsearch_url) as desk:
        desk.start("analyse", "analyse-worker", "--name", "one")
        desk.start("work", "work")
        desk("ingest", write_articles(tmp_path / "early.jsonl", ARTICLES))
        desk("state", "backup", tmp_path / "backups")
        desk("ingest", write_articles(tmp_path / "late.jsonl", LATER, name="late"))
        desk.wait_idle(SETTLE_SECONDS)
        desk.kill("work")
        yield desk


def sent(desk) -> list[str]:
    return [receipt["notification"] for receipt in desk.lines("export", "receipts") if receipt["state"] == "sent"]


@pytest.mark.timeout(400)
def test_from_a_backup_it_catches_up_and_says_and_sends_nothing_twice(desk, tmp_path):
    before = {what: desk.export(what) for what in OUTPUTS}
    delivered = sent(desk)
    desk.lose_states()

    restored = desk("state", "restore", tmp_path / "backups").stdout
    desk.start("work")
    desk.wait_idle(SETTLE_SECONDS)

    assert restored.startswith("cluster.sqlite, alert.sqlite, deliver.sqlite restored")
    assert {what: desk.export(what) for what in OUTPUTS} == before
    assert sent(desk) == delivered and len(delivered) == len(set(delivered)) > ARTICLES / 3


@pytest.mark.timeout(400)
def test_without_a_backup_it_replays_the_log_tells_how_far_it_is_and_says_and_sends_nothing_twice(desk):
    before = {what: desk.export(what) for what in OUTPUTS}
    delivered = sent(desk)
    desk.lose_states()

    desk.start("work")
    desk.wait_idle(SETTLE_SECONDS)

    assert {what: desk.export(what) for what in OUTPUTS} == before
    assert sent(desk) == delivered
    assert "cluster replaying: " in desk.said("work")


def test_a_state_in_use_is_not_overwritten(desk, tmp_path):
    desk.start("work")
    wait_until(lambda: (desk.data / "state" / "cluster.lock").read_text() == str(desk.running["work"].pid), 60)

    refused = desk("state", "restore", tmp_path / "backups", status=1)

    assert 'step "cluster" already runs in process' in refused.stderr


def acknowledge(desk, topic: str, offset: int) -> None:
    """As the workers' group: everything before `offset` is done."""
    prefix = desk.environment["TIDINGS_TOPIC_PREFIX"]
    consumer = KafkaConsumer(**desk.view.brokers.options(), group_id=f"{prefix}analyse", enable_auto_commit=False)
    consumer.assign([TopicPartition(prefix + topic, 0)])
    consumer.commit({TopicPartition(prefix + topic, 0): OffsetAndMetadata(offset, "", -1)})
    consumer.close()


@pytest.mark.timeout(300)
def test_the_audit_puts_back_a_page_that_ended_nowhere(kafka_bootstrap, elasticsearch_url, tmp_path):
    """As if a worker had acknowledged what it had not delivered: its note on positions is there, its output is not."""
    with distributed(tmp_path / "desk", kafka_bootstrap, elasticsearch_url, TIDINGS_PAGES_PARTITIONS=1) as desk:
        log = desk.view.log
        log.append("pages", [page("lost", body=b"<html><title>Lost</title><p>" + b"A long text. " * 40)])
        log.append("intake", [], done=Done(reader="analyse pages/0", offset=0, counts={"in": 1, "out": 1}))
        acknowledge(desk, "pages", 1)

        told = json.loads(desk("audit", "--json", status=1).stdout)
        desk.start("analyse", "analyse-worker", "--name", "one")
        desk.wait_idle(SETTLE_SECONDS, ("analyse",))

        assert told == {"checked": 1, "waiting": 0, "missing": ["pages/0:0"]}
        assert json.loads(desk("audit", "--json").stdout) == {"checked": 2, "waiting": 0, "missing": []}
        assert [line["title"] for line in desk.lines("export", "intake")] == ["Lost"]
