"""`make demo MODE=distributed`: on a real Kafka and Elasticsearch it comes to what tests/golden/demo.yaml says.

One of the two analyse workers is killed while the news comes in.
"""

import os
import re
import signal

import pytest
from playing import (
    GOLDEN,
    SAID_TOTALS,
    TOTALS,
    Demo,
    check_article,
    check_messages,
    to_tell,
    told,
    totals,
)
from waiting import wait_until

from deploy.servers.identity import identify

STOP_SECONDS_MAX = 10
#: It took 40 to 70 s on two cores that other tests kept busy as well.
IDLE_SECONDS_MAX = 240
#: A repost tells the story if it is analysed before its original: they may be in two partitions.
ORIGINALS = {article["path"]: article["repost_of"] for article in GOLDEN["articles"] if "repost_of" in article}


def parts(demo, name="[a-z0-9-]+"):
    """Numbers of the processes that the service has started under that name, the newest last."""
    log = (demo.folder / "service.log").read_text("utf-8")
    return [int(number) for number in re.findall(rf"\b{name} started \(process (\d+)\)", log)]


def stories(tellings):
    return sorted((rule, to, ORIGINALS.get(path, path)) for rule, to, path in tellings)


@pytest.fixture(scope="module")
def demo(tmp_path_factory, kafka_bootstrap, elasticsearch_url):
    """The demo, one worker killed at its third step, played to its end and still running."""
    demo = Demo(
        tmp_path_factory.mktemp("demo"),
        *("--mode", "distributed"),
        KAFKA_BOOTSTRAP=kafka_bootstrap,
        ELASTICSEARCH_URL=elasticsearch_url,
    )
    try:
        demo.start()
        demo.said = demo.until("step 3 of 10", IDLE_SECONDS_MAX)
        [victim] = parts(demo, "analyse-1")
        os.kill(victim, signal.SIGKILL)
        demo.said += demo.until(" idle ", IDLE_SECONDS_MAX)
        yield demo
    finally:
        demo.kill()


@pytest.fixture(scope="module")
def outcome(demo):
    return demo.outcome()


def test_it_uses_the_servers_that_it_is_given_and_ends_idle(demo, kafka_bootstrap, elasticsearch_url):
    assert demo.said[0].endswith(f"Kafka at {kafka_bootstrap}, Elasticsearch at {elasticsearch_url}")
    assert not (demo.folder / "servers").exists()
    assert demo.said[-2].endswith(SAID_TOTALS)
    assert demo.said[-1].endswith(f"idle http://127.0.0.1:{demo.ports.search}/")


def test_two_workers_analyse_and_the_killed_one_is_started_again(demo):
    log = (demo.folder / "service.log").read_text("utf-8")

    assert (len(parts(demo, "analyse-1")), len(parts(demo, "analyse-2"))) == (2, 1)
    assert "analyse-1 ended (signal SIGKILL)" in log


def test_its_totals_and_articles_are_those_of_the_content(outcome):
    assert totals(outcome) == TOTALS
    for want in GOLDEN["articles"]:
        check_article(outcome, want)


def test_every_story_of_the_news_and_no_other_is_told_once(outcome):
    assert stories(told(outcome)) == stories(to_tell())
    check_messages(outcome)


def test_elasticsearch_finds_what_the_demo_indexed(demo):
    assert '"total":1' in demo.get("/api/search?q=kestrel").replace(" ", "")


def test_ctrl_c_stops_everything_and_the_second_start_sends_nothing_twice(demo):
    before = (demo.messages("mailbox"), demo.messages("slack"), demo.lines("notifications"))

    seconds = demo.stop()
    wait_until(lambda: not any(map(identify, parts(demo))), STOP_SECONDS_MAX)
    said = demo.play(idle_seconds_max=IDLE_SECONDS_MAX)

    assert seconds < STOP_SECONDS_MAX
    assert "nothing is sent twice" in "\n".join(said)
    assert (demo.messages("mailbox"), demo.messages("slack"), demo.lines("notifications")) == before
    demo.stop()
