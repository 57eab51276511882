"""What another team sees: through kcat, and by docs/consume.md, whose blocks of code are run as they stand."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from kafka_desk import desk as made_desk
from kafka_desk import event
from making import approval, article, export, later

from streams.publish import signals
from tidings.codec import encode, schemas
from tidings.records import Event, Tombstone

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "consume.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)


EVENTS_BY_KCAT, SIGNALS_BY_KCAT = blocks("sh")
PRINTING, TABLE, VALIDATING = blocks("python")

#: A new article with two facts; then one of them is withdrawn.
NEW = Event(
    pos=(1, 0), at=later(1), kind="new", article=article(title="进口，Exports\n", signals=(export(), approval()))
)
STATED = list(signals(NEW))
WITHDRAWN = Tombstone(key=STATED[0].key)


@pytest.fixture
def desk(kafka_bootstrap):
    with made_desk(kafka_bootstrap) as made:
        made.log.append("events", [event(0), NEW])
        made.log.append("signals", [*STATED, WITHDRAWN])
        yield made


@pytest.fixture
def kcat(desk):
    """Runs a command line with kcat in it; gives what it prints, a list of its columns for each message."""
    if not shutil.which("kcat"):
        if os.environ.get("REQUIRE_KCAT"):
            pytest.fail("kcat is not installed: `apt-get install kcat`")
        pytest.skip("kcat is not installed: `apt-get install kcat`")

    def run(command):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            env=os.environ | desk.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return [line.split("\t") for line in done.stdout.splitlines()]

    return run


@pytest.fixture
def script(desk, tmp_path):
    """Starts Python text as a program in a folder of its own."""
    started = []

    def start(text):
        process = subprocess.Popen(
            [sys.executable, "-c", text],
            env=os.environ | desk.environment | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def fits(text):
    record = json.loads(text)
    schema = schemas()[record["record"].replace("/", ".v") + ".json"]
    jsonschema.Draft202012Validator(schema).validate(record)
    return True


def test_kcat_reads_events_with_headers_key_and_a_body_that_fits_the_schema(kcat):
    tick, new = kcat(EVENTS_BY_KCAT)

    assert [tick[1:], new[1:]] == [["", encode(event(0)).decode()], [NEW.article.id, encode(NEW).decode()]]
    assert fits(tick[2]) and fits(new[2])
    said = dict(header.split("=", 1) for header in new[0].split(","))
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", said.pop("traceparent"))
    assert said == {
        "ce_specversion": "1.0",
        "ce_id": "1.0",
        "ce_type": "tidings.event.new",
        "ce_source": "/tidings",
        "ce_time": "2026-11-24T04:01:00+00:00",
        "ce_subject": NEW.article.id,
        "live": "true",
    }


def test_kcat_reads_signals_by_key_and_a_withdrawn_one_as_null(kcat):
    *stated, withdrawn = kcat(SIGNALS_BY_KCAT)

    assert [row[1:] for row in stated] == [[record.key, encode(record).decode()] for record in STATED]
    assert all(fits(row[2]) for row in stated)
    assert withdrawn[1:] == [WITHDRAWN.key, "NULL"]
    types = [re.search(r"ce_type=([^,]+)", row[0])[1] for row in (*stated, withdrawn)]
    assert types == ["tidings.signal.stated", "tidings.signal.stated", "tidings.signal.withdrawn"]


def test_every_header_that_is_sent_is_explained_and_none_other(kcat):
    rows = [*kcat(EVENTS_BY_KCAT), *kcat(SIGNALS_BY_KCAT)]
    sent = {header.split("=", 1)[0] for row in rows for header in row[0].split(",")}
    table = PAGE.partition("| header | |\n|---|---|\n")[2].partition("\n\n")[0]
    names = " ".join(line.split("|")[1] for line in table.splitlines())

    assert sent == set(re.findall(r"`([a-z_]+)`", names))


def test_the_page_s_validator_takes_what_is_published_and_refuses_what_is_not(kcat, tmp_path):
    (tmp_path / "validate.py").write_text(VALIDATING)
    validate = f"PYTHONPATH={ROOT} {sys.executable} {tmp_path}/validate.py"
    bodies = EVENTS_BY_KCAT.strip().replace(r"%h\t%k\t%s\n", r"%s\n")

    assert kcat(f"{bodies} | {validate}") == [["valid event/1"], ["valid event/1"]]
    broken = json.loads(encode(event(0))) | {"kind": 7}
    done = subprocess.run(["bash", "-c", validate], input=json.dumps(broken), capture_output=True, text=True)
    assert (done.returncode, "ValidationError" in done.stderr) == (1, True)


def test_the_page_s_first_program_prints_events(script):
    process = script(PRINTING)
    lines = [process.stdout.readline() for _ in range(2 + NEW.article.title.count("\n"))]

    assert "".join(lines) == (f"2026-11-24 04:00:00+00:00 tick \n2026-11-24 04:01:00+00:00 new {NEW.article.title}\n")


def test_the_page_s_second_program_keeps_a_table_of_what_stands(script, desk, tmp_path):
    process = script(TABLE)
    expected = [(STATED[1].key, "Registration", STATED[1].evidence, NEW.article.title, NEW.article.url)]

    deadline = time.monotonic() + 60
    while rows(tmp_path / "signals.db") != expected or desk.committed("research", "signals") != 3:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) != 0


def rows(file):
    if not file.exists():
        return None
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT * FROM signal").fetchall()
    except sqlite3.OperationalError:  # the program has not made it yet
        return None
    finally:
        connection.close()
