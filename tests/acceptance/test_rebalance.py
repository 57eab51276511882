"""Ten thousand pages through three analyse workers that come and go, and a broker that dies once: nothing is lost."""

import itertools
import json
import random
import signal
from collections import Counter

import pytest
from installation import distributed, pause, write_articles

SEED = 20261124
PAGES = 10_000
WORKERS = ("one", "two", "three")
#: The broker dies when about so much of the pages is analysed.
BROKER_DIES_AT = 0.4
SETTLE_SECONDS = 240


@pytest.mark.timeout(900)
def test_workers_killed_and_stopped_every_few_seconds_and_a_broker_killed_once_lose_and_repeat_nothing(
    own_kafka, elasticsearch_url, tmp_path
):
    chance = random.Random(SEED)
    pages = write_articles(tmp_path / "pages.jsonl", PAGES)
    ends = itertools.cycle((signal.SIGKILL, signal.SIGTERM))
    ended: Counter[signal.Signals] = Counter()
    broker_died = False
    with distributed(tmp_path / "desk", own_kafka.bootstrap, elasticsearch_url) as desk:
        desk.start("work", "work")
        for name in WORKERS:
            desk.start(name, "analyse-worker", "--name", name)
        desk.start("ingest", "ingest", pages)
        while desk.status()["pages"] < PAGES:
            pause(chance, 2.0, 4.5)
            desk.revive()
            if not broker_died and desk.status()["pages"] > PAGES * BROKER_DIES_AT:
                own_kafka.kill()
                own_kafka.start()
                broker_died = True
            name, how = chance.choice(WORKERS), next(ends)
            desk.kill(name, how)
            desk.start(name)
            ended[how] += 1
        desk.wait_idle(SETTLE_SECONDS)

        audit = json.loads(desk("audit", "--json").stdout)
        events = [json.loads(line) for line in desk.export("events").splitlines()]
        notifications = [json.loads(line) for line in desk.export("notifications").splitlines()]
        receipts = [json.loads(line) for line in desk.export("receipts").splitlines()]

    assert broker_died and min(ended.values()) >= 4
    assert audit["missing"] == [] and audit["waiting"] == 0 and audit["checked"] >= PAGES
    told = Counter((event["article"]["id"], event["article"]["revision"]) for event in events if event.get("article"))
    wanted = {json.loads(line)["id"] for line in pages.read_text("utf-8").splitlines()}
    assert set(told.values()) == {1}
    assert len({article for article, _ in told}) == len(wanted)
    assert len(notifications) > PAGES / 3
    notified = Counter(notification["id"] for notification in notifications)
    assert set(notified.values()) == {1}
    assert Counter(receipt["notification"] for receipt in receipts if receipt["state"] == "sent") == notified
