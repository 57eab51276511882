"""The same intake gives the same bytes, and the same pages the same articles, whatever is killed meanwhile."""

import json
import random
import signal

import pytest
from installation import Installation, distributed, pause, write_articles

SEED = 20261124
ARTICLES = 600
PAGES = 500
#: Faster repeats than an operator would want: a killed fold does little twice.
KILLS = 10
BROKER_KILLS = 2
SETTLE_SECONDS = 120


@pytest.fixture
def embedded(tmp_path):
    """A run of the embedded service over some hundred articles, its intake exported."""
    installation = Installation(tmp_path / "embedded")
    installation("ingest", write_articles(tmp_path / "articles.jsonl", ARTICLES))
    (tmp_path / "intake.jsonl").write_text(installation.export("intake"), "utf-8")
    return installation


@pytest.mark.timeout(400)
def test_ten_kills_of_the_folds_and_two_of_the_broker_change_no_byte_of_events_or_notifications(
    embedded, own_kafka, elasticsearch_url, tmp_path
):
    chance = random.Random(SEED)
    broker_dies_at = set(chance.sample(range(KILLS), BROKER_KILLS))
    interrupted = 0
    with distributed(tmp_path / "distributed", own_kafka.bootstrap, elasticsearch_url) as desk:
        desk("replay", tmp_path / "intake.jsonl")
        desk.start("work", "work")
        for kill in range(KILLS):
            pause(chance, 0.5, 2.5)
            interrupted += any(desk.status()["behind"][step] for step in ("cluster", "alert"))
            if kill in broker_dies_at:
                own_kafka.kill()
                own_kafka.start()
            desk.revive()
            desk.kill("work")
            desk.start("work")
        desk.wait_idle(SETTLE_SECONDS, ("cluster", "alert"))

        events, notifications = desk.export("events"), desk.export("notifications")

    assert interrupted >= 2
    assert len(events.splitlines()) > ARTICLES / 2 and len(notifications.splitlines()) > ARTICLES / 3
    assert events == embedded.export("events")
    assert notifications == embedded.export("notifications")


def articles(intake: str) -> set[tuple[str, ...]]:
    """What the map said of every page, order aside."""
    found = (json.loads(line) for line in intake.splitlines())
    return {
        (said["id"], said["revision"], said["reader"], json.dumps(said["signals"], sort_keys=True))
        for said in found
        if said["record"].startswith("article/")
    }


@pytest.mark.timeout(400)
def test_two_workers_under_kills_say_of_the_same_pages_what_the_embedded_map_says(
    kafka_bootstrap, elasticsearch_url, tmp_path
):
    chance = random.Random(SEED)
    pages = write_articles(tmp_path / "pages.jsonl", PAGES, seed=7)
    embedded = Installation(tmp_path / "embedded")
    embedded("ingest", pages)
    kills = 0
    with distributed(tmp_path / "distributed", kafka_bootstrap, elasticsearch_url) as desk:
        names = ("one", "two")
        for name in names:
            desk.start(name, "analyse-worker", "--name", name)
        desk.start("ingest", "ingest", pages)
        while desk.status()["behind"]["analyse"] or not kills:
            pause(chance, 1.0, 4.0)
            desk.revive()
            name = chance.choice(names)
            desk.kill(name, chance.choice((signal.SIGKILL, signal.SIGTERM)))
            desk.start(name)
            kills += 1
        desk.wait_idle(SETTLE_SECONDS, ("analyse",))

        said = articles(desk.export("intake"))

        assert "0 missing" in desk("audit").stdout

    assert said == articles(embedded.export("intake"))
    assert len(said) > PAGES * 0.8
