"""The commands about the log itself, on the embedded service."""

import json
import shutil
import signal
import time

import pytest
from installation import Installation, write_articles
from waiting import wait_until

ARTICLES = 30


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """An installation that has taken in some articles; the tests only read it, or copy it."""
    folder = tmp_path_factory.mktemp("told")
    desk = Installation(folder / "desk")
    desk("ingest", write_articles(folder / "articles.jsonl", ARTICLES))
    return desk


@pytest.fixture
def desk(told, tmp_path):
    """A copy of it, to do as one likes with."""
    copy = Installation(tmp_path / "desk")
    shutil.copytree(told.data, copy.data)
    yield copy
    copy.end()


def test_a_group_that_follows_gets_every_event_once_and_the_next_time_only_what_is_new(desk, tmp_path):
    first = desk("follow", "events", "--group", "crm", "--stop-at-end").stdout
    again = desk("follow", "events", "--group", "crm", "--stop-at-end").stdout
    desk("ingest", write_articles(tmp_path / "more.jsonl", 3, name="more"))
    third = desk.lines("follow", "events", "--group", "crm", "--stop-at-end")
    other = desk("follow", "events", "--group", "bi", "--stop-at-end").stdout

    assert first == "".join(other.splitlines(keepends=True)[: len(first.splitlines())]) != ""
    assert again == ""
    assert third and min(event["pos"] for event in third) > json.loads(first.splitlines()[-1])["pos"]


def test_tail_prints_the_newest_and_then_what_comes_until_it_is_stopped(desk, tmp_path):
    newest = desk.export("notifications").splitlines()[-2:]
    desk.start("tail", "tail", "notifications", "-n", "2")
    wait_until(lambda: desk.said("tail").splitlines() == newest, 30)

    desk("ingest", write_articles(tmp_path / "more.jsonl", 8, name="more"))
    wait_until(lambda: len(desk.said("tail").splitlines()) > 2, 30)
    began = time.monotonic()

    assert desk.kill("tail", signal.SIGINT) == 0
    assert time.monotonic() - began < 5
    assert desk.said("tail").splitlines()[:2] == newest


def test_the_audit_of_a_service_that_was_left_alone_finds_nothing_missing(desk):
    assert desk("audit").stdout == f"{ARTICLES} checked, 0 still waiting, 0 missing\n"
    assert json.loads(desk("audit", "--since", "2h", "--json").stdout) == {
        "checked": ARTICLES,
        "waiting": 0,
        "missing": [],
    }
    assert "want 90m, 12h, 2d or a time" in desk("audit", "--since", "yesterday", status=1).stderr


def test_an_exported_intake_replayed_elsewhere_decides_the_same_and_adds_nothing_of_its_own(desk, tmp_path):
    (tmp_path / "intake.jsonl").write_text(desk.export("intake"), "utf-8")
    other = Installation(tmp_path / "other")

    other("replay", tmp_path / "intake.jsonl")
    other("work", "--once")

    for what in ("intake", "events", "notifications"):
        assert other.export(what) == desk.export(what) != ""


def test_a_replay_cut_off_goes_on_where_it_stopped_and_refuses_another_file(desk, tmp_path):
    lines = desk.export("intake").splitlines(keepends=True)
    (tmp_path / "half.jsonl").write_text("".join(lines[:10]), "utf-8")
    (tmp_path / "whole.jsonl").write_text("".join(lines), "utf-8")
    (tmp_path / "other.jsonl").write_text("".join(reversed(lines)), "utf-8")
    other = Installation(tmp_path / "other")
    other("replay", tmp_path / "half.jsonl")

    done = other("replay", tmp_path / "whole.jsonl")

    assert f"{len(lines) - 10} appended, 10 were there" in done.stderr
    assert other.export("intake") == "".join(lines)
    assert "replay onto an empty log" in other("replay", tmp_path / "other.jsonl", status=1).stderr


def test_a_backup_restored_over_lost_data_gives_the_same_exports_and_sends_nothing_again(desk, tmp_path):
    before = {what: desk.export(what) for what in ("events", "notifications", "receipts")}
    folder = desk("state", "backup", tmp_path / "backups").stdout.strip()
    shutil.rmtree(desk.data)

    restored = desk("state", "restore", tmp_path / "backups").stdout
    sent = desk("work", "--once").stdout

    assert folder.endswith("20261124T080000Z")
    assert restored.startswith("log.sqlite, cluster.sqlite, alert.sqlite, deliver.sqlite restored")
    assert {what: desk.export(what) for what in before} == before
    assert sent == ""
    assert "holds no backup" in desk("state", "restore", tmp_path, status=1).stderr


def test_work_backs_the_states_up_on_its_schedule(desk, tmp_path):
    desk.environment["TIDINGS_BACKUP"] = str(tmp_path / "backups")
    desk.start("work", "work")

    wait_until(lambda: (tmp_path / "backups" / "20261124T080000Z" / "cluster.sqlite").exists(), 30)


@pytest.mark.parametrize("words", [("analyse-worker",), ("topics", "apply"), ("topics", "show")])
def test_what_needs_kafka_says_so_in_embedded_mode(desk, words):
    refused = desk(*words, status=1).stderr

    assert f"`tidings {' '.join(words)}` is for TIDINGS_MODE=distributed; the mode is embedded" in refused
