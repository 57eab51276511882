"""The real command line, from files to search hits, exports and reasons."""

import html
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from deploy.demo.service import TIDINGS

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "corpus" / "seeds.jsonl"

ARTICLE = {
    "id": "n1",
    "url": None,
    "title": "Mindray wins approval for a ventilator",
    "published": "2026-11-20",
    "text": "China's National Medical Products Administration (NMPA) approved Mindray's Aurelia V9 ventilator on "
    "November 18, 2026. Mindray sells in more than 190 countries.",
}


class Tidings:
    """Runs the command in a data folder of its own."""

    def __init__(self, data: Path, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")}
        self.environment = {**kept, "TIDINGS_DATA": str(data), **settings}

    def __call__(self, *words: object, fails: bool = False, given: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [TIDINGS, *map(str, words)],
            input=given,
            capture_output=True,
            text=True,
            timeout=100,
            env=self.environment,
            cwd=ROOT,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done

    def lines(self, *words: object) -> list[dict]:
        return [json.loads(line) for line in self(*words).stdout.splitlines()]


@pytest.fixture
def tidings(tmp_path):
    return Tidings(tmp_path / "data")


@pytest.fixture
def article_file(tmp_path):
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(ARTICLE) + "\n")
    return file


def test_an_ingested_article_is_searchable_exported_explained_and_told(tidings, article_file):
    done = tidings("ingest", article_file)

    assert "NMPA approved" in done.stdout and "1 taken in" in done.stderr
    hits = json.loads(tidings("search", "mindray ventilator", "--json").stdout)
    assert (hits["total"], hits["hits"][0]["title"]) == (1, ARTICLE["title"])
    [exported] = tidings.lines("export", "articles")
    assert (exported["url"], exported["live"]) == ("urn:tidings:n1", True)
    signals = tidings.lines("export", "signals")
    assert {signal["signal"]["type"] for signal in signals} == {"registration", "export"}
    assert all(signal["evidence"] in ARTICLE["text"] for signal in signals)
    notifications = tidings.lines("export", "notifications")
    receipts = tidings.lines("export", "receipts")
    assert {n["id"] for n in notifications} == {r["notification"] for r in receipts if r["state"] == "sent"}
    why = tidings("why", "urn:tidings:n1").stdout
    assert "analyse: en, relevant, " in why and ": notified: " in why and "sent" in why
    assert "no-rule" in why
    assert json.loads(tidings("why", exported["id"], "--json").stdout)["article"] == exported["id"]


def test_the_same_file_again_says_nothing_new(tidings, article_file):
    tidings("ingest", article_file)

    again = tidings("ingest", article_file)

    assert "NMPA" not in again.stdout
    assert [e["kind"] for e in tidings.lines("export", "events") if e["article"]] == ["new"]


def test_a_backfill_of_2000_articles_sends_nothing_and_is_searchable(tidings, tmp_path):
    file = tmp_path / "old.jsonl"
    old = [
        {**ARTICLE, "id": f"old-{n}", "title": f"Approval {n}", "text": f"{ARTICLE['text']} Serial note {n:05d}."}
        for n in range(2000)
    ]
    file.write_text("".join(json.dumps(a) + "\n" for a in old))

    done = tidings("ingest", "--backfill", file)

    assert done.stdout == "" and "2000 taken in silently" in done.stderr
    assert tidings.lines("export", "notifications") == []
    assert json.loads(tidings("search", "mindray ventilator", "--json", "--limit", "1").stdout)["total"] == 2000


def test_a_replay_of_the_log_sends_nothing_and_gives_the_same_events(tidings, article_file, tmp_path):
    """All states are lost: folds and index are rebuilt from the log, and what was sent is known from its receipts."""
    tidings("ingest", article_file)
    events = tidings("export", "events").stdout
    notifications = tidings("export", "notifications").stdout
    for path in (tmp_path / "data" / "state").iterdir():
        path.unlink()

    done = tidings("work", "--once")

    assert done.stdout == ""
    assert tidings("export", "events").stdout == events
    assert tidings("export", "notifications").stdout == notifications


def test_bad_lines_are_named_the_good_ones_taken_in_and_the_exit_status_says_so(tidings, tmp_path):
    file = tmp_path / "mixed.jsonl"
    file.write_text("not json\n" + json.dumps(ARTICLE) + "\n")

    done = tidings("ingest", file, fails=True)

    assert "mixed.jsonl, line 1: no article" in done.stderr and "1 taken in" in done.stderr


def test_a_page_that_cannot_be_read_is_a_dead_letter_that_can_be_shown_and_dropped(tidings, tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text(json.dumps({**ARTICLE, "text": 7}) + "\n")
    tidings("ingest", file)

    listed = json.loads(tidings("dead-letters", "list", "--json").stdout)
    shown = json.loads(tidings("dead-letters", "show", "0").stdout)
    tidings("dead-letters", "drop", "0")

    assert [(letter["number"], letter["step"], letter["topic"]) for letter in listed] == [(0, "analyse", "pages")]
    assert json.loads(shown["body"])["record"] == "page/1"
    assert "no open dead letters" in tidings("dead-letters", "list").stdout
    assert "no open dead letter 0" in tidings("dead-letters", "show", "0", fails=True).stderr


def test_a_disk_that_fills_up_stops_with_a_message_and_what_was_taken_in_is_all_there_later(tidings, tmp_path):
    """No file may grow beyond 1 MB, which to SQLite is a disk without room."""
    file = tmp_path / "many.jsonl"
    many = [{**ARTICLE, "id": f"n{n}", "text": f"{ARTICLE['text']} Serial note {n:05d}. " * 4} for n in range(600)]
    file.write_text("".join(json.dumps(a) + "\n" for a in many))
    command = f'ulimit -f 1000; exec "{TIDINGS}" ingest --backfill "{file}"'

    full = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=100, env=tidings.environment, cwd=ROOT
    )
    tidings("work", "--once")

    assert full.returncode == 1
    assert "Nothing acknowledged is lost; free space or mend the folder's rights, then start again" in full.stderr
    taken = [page["url"] for page in tidings.lines("export", "articles")]
    assert 0 < len(taken) < 600 and taken == [f"urn:tidings:n{n}" for n in range(len(taken))]
    assert len(taken) % 200 == 0  # batches were taken in whole or not at all


def test_a_replayed_dead_letter_is_read_again(tidings, tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text(json.dumps({**ARTICLE, "text": 7}) + "\n")
    tidings("ingest", file)

    tidings("dead-letters", "replay", "0")
    tidings("work", "--once")

    [letter] = json.loads(tidings("dead-letters", "list", "--json").stdout)
    assert (letter["number"], letter["position"]) == (2, 1)


def test_reindex_builds_the_same_index_from_the_log(tidings, article_file):
    tidings("ingest", article_file)
    before = tidings("search", "mindray", "--json").stdout

    done = tidings("reindex")

    assert "1 articles are searchable" in done.stderr
    assert tidings("search", "mindray", "--json").stdout == before


def test_analysis_stores_nothing_and_reads_standard_input(tidings, tmp_path):
    done = tidings("analyse", "-", given=json.dumps(ARTICLE))

    found = json.loads(done.stdout)
    assert list(found) == ["id", "language", "relevant", "topics", "companies", "devices", "signals"]
    assert (found["id"], found["language"], found["relevant"], found["companies"]) == ("n1", "en", True, ["Mindray"])
    assert not (tmp_path / "data").exists()


def test_a_rule_file_with_a_slip_is_named_and_the_rest_is_in_force(tmp_path, article_file):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "good.yaml").write_text("name: Good\nsays: all of it\nquery: mindray\nto: ['console:']\n")
    (rules / "bad.yaml").write_text("name: Bad\nsays: no\non: signals\nwen: {type: registration}\nto: ['console:']\n")
    tidings = Tidings(tmp_path / "data", TIDINGS_RULES=str(rules))

    tested = tidings("rules", "test", fails=True)
    tidings("ingest", article_file)

    assert "ok    Good" in tested.stdout and "WRONG bad.yaml:" in tested.stderr
    assert [n["rule"] for n in tidings.lines("export", "notifications")] == ["Good"]


def test_every_source_that_comes_with_tidings_reads_its_fixture_offline(tidings):
    done = tidings("sources", "test", "--all")

    assert done.stdout.count(" rows, ") == len(tidings("sources", "list").stdout.splitlines())
    assert "WRONG" not in done.stdout + done.stderr


def test_settings_are_printed_and_a_wrong_one_is_named(tmp_path):
    good = Tidings(tmp_path, TIDINGS_SLACK_TOKEN="xoxb-secret")("config").stdout
    bad = Tidings(tmp_path, TIDINGS_PROT="1")("config", fails=True).stderr

    assert "TIDINGS_PORT=8000" in good and "TIDINGS_SLACK_TOKEN=(set)" in good and "xoxb" not in good
    assert bad == "tidings: TIDINGS_PROT: there is no such setting; `tidings config` lists them\n"


def test_a_channel_can_be_tried_and_one_that_is_not_set_up_is_named(tidings):
    assert "Tidings: test message" in tidings("alerts", "test", "console").stdout
    assert (
        "channel email is not set up: its settings are missing"
        in tidings("alerts", "test", "email", "a@b.test", fails=True).stderr
    )


def test_doctor_says_what_is_wrong_and_what_to_do(tidings):
    done = tidings("doctor", fails=True)

    assert "WRONG analyse runs: no: start `tidings run`" in done.stdout
    assert "ok    sources: " in done.stdout and "ok    e-mail: off: TIDINGS_SMTP_HOST is not set" in done.stdout


@pytest.mark.skipif(not SEEDS.exists(), reason="the labelled articles are not beside this checkout")
def test_the_facts_of_the_first_article_are_found_with_their_words_and_searchable(tidings):
    text = {a["id"]: a["title"] + "\n" + a["text"] for a in map(json.loads, SEEDS.read_text("utf-8").splitlines())}

    found = {a["id"]: a for a in tidings.lines("analyse", SEEDS)}
    tidings("ingest", "--backfill", SEEDS)

    facts = {
        (s["type"], s.get("metric") or s.get("action"), s["quantity"]["value"], s["quantity"]["unit"])
        for s in found["seed-003"]["signals"]
        if s["quantity"]
    }
    assert facts >= {
        ("market_size", "size", 345_400_000_000, "USD"),
        ("registration", "approved", 12.74, "percent"),
        ("export", "export_growth", 5.4, "percent"),
        ("export", "countries", 190, "countries"),
        ("export", "overseas_revenue_share", 28, "percent"),
    }
    assert all(s["evidence"] in text[id_] for id_, a in found.items() for s in a["signals"])
    for query in ('"5T" mri', "Mindray 190"):
        hits = json.loads(tidings("search", query, "--json").stdout)["hits"]
        assert [hit["url"] for hit in hits] == ["urn:tidings:seed-003"]
    page = served(tidings, f"/article/{hits[0]['id']}")
    marked = "".join(re.findall(r'<span class="evidence[^>]*>(.*?)</span>', page, re.S))
    for words in ("USD 345.4 billion", "12.74%", "5.4%", "190 countries", "28%"):
        assert words in html.unescape(marked)


def served(tidings: Tidings, path: str) -> str:
    """The page as `tidings serve` gives it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**tidings.environment, "TIDINGS_PORT": str(port)}
    server = subprocess.Popen([TIDINGS, "serve"], env=environment, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                    return answer.read().decode()
            except urllib.error.URLError:
                assert time.monotonic() < deadline and server.poll() is None
                time.sleep(0.1)
    finally:
        server.terminate()
        server.wait(10)
