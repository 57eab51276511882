import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import brotli
import pytest
from making import article, later, page
from prometheus_client import CollectorRegistry, generate_latest

from app.reporting import LogCollector
from app.status import StatusReader
from streams.cluster import cluster_fold
from streams.logs.sqlite import SqliteLog
from streams.runner import Setting, drain
from tidings.records import DeadLetter
from tidings.steps import Map, Outcome

#: How the client may pack what it sends.
PACKED = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}

SCRIPT = """
import logging, sys
import sentry_sdk
from app.reporting import start_logging, start_sentry

start_logging("json", "INFO")
start_sentry(sys.argv[1], "tidings@test")
secret_text = "迈瑞医疗的正文"
try:
    raise ValueError("evidence not in " + secret_text)
except ValueError:
    logging.getLogger("streams.runner").exception(
        "analyse failed on record 7 of pages", extra={"action": "record_dead", "step": "analyse", "reason": secret_text}
    )
sentry_sdk.flush(10)
"""


@pytest.fixture
def sentry():
    """A Sentry on loopback: its DSN and the envelopes that it received."""
    envelopes = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            envelopes.append(PACKED[self.headers.get("Content-Encoding", "")](body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://public@127.0.0.1:{server.server_address[1]}/1", envelopes
    server.shutdown()
    server.server_close()


def test_an_error_reaches_sentry_over_http_without_article_text(sentry):
    dsn, envelopes = sentry

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, dsn], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
    )

    assert done.returncode == 0, done.stderr
    [event] = [json.loads(line) for envelope in envelopes for line in envelope.splitlines() if b'"exception"' in line]
    [error] = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "(withheld)")
    assert event["logentry"]["message"] == "analyse failed on record 7 of pages"
    assert event["extra"] == {"action": "record_dead", "step": "analyse"}
    assert event["release"] == "tidings@test"
    whole = b"\n".join(envelopes).decode()
    assert "迈瑞" not in whole and "\\u8fc8\\u745e" not in whole and "vars" not in json.dumps(error["stacktrace"])


def test_a_json_log_line_has_the_keys_of_its_action():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, ""], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
    )

    line = json.loads(done.stderr.splitlines()[0])
    assert {key: line[key] for key in ("level", "action", "step", "message")} == {
        "level": "ERROR",
        "action": "record_dead",
        "step": "analyse",
        "message": "analyse failed on record 7 of pages",
    }


@pytest.fixture
def service(tmp_path):
    """A log on which two steps have run part of the way, and the reader of its status."""
    log = SqliteLog(tmp_path / "log.sqlite")
    analyse = Map(
        name="analyse",
        source="pages",
        sink="intake",
        apply=lambda p: article(p.url) if p.body else Outcome(word="no-text"),
    )
    setting = Setting(log=log, folder=tmp_path / "state", clock=lambda: later(0), stop=threading.Event())
    log.append("pages", [page("a"), page("b"), page("c", body=b"")])
    drain(analyse, setting)
    drain(cluster_fold(), setting)
    log.append("pages", [page("d")])
    log.append("dead-letters", [DeadLetter(topic="pages", position=0, step="x", at=later(0), error="e", body=b"")])
    reader = StatusReader(log, tmp_path / "state", [analyse, cluster_fold()])
    return log, reader


def test_metrics_tell_records_by_end_and_how_far_each_step_is(service):
    log, reader = service
    appended = log.appended_at("pages", 2)
    registry = CollectorRegistry()

    registry.register(LogCollector(lambda: reader.read(appended)))

    lines = [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]
    assert [line for line in lines if "topic" not in line] == [
        'tidings_records_total{end="in",step="analyse"} 3.0',
        'tidings_records_total{end="no-text",step="analyse"} 1.0',
        'tidings_records_total{end="out",step="analyse"} 2.0',
        'tidings_records_total{end="in",step="cluster"} 2.0',
        'tidings_records_total{end="out",step="cluster"} 2.0',
        'tidings_lag_seconds{step="analyse"} 0.0',
        'tidings_lag_seconds{step="cluster"} 0.0',
        'tidings_lag_records{step="analyse"} 1.0',
        'tidings_lag_records{step="cluster"} 0.0',
        "tidings_dead_letters_open 1.0",
        "tidings_audit_checked_total 0.0",
        "tidings_audit_missing_total 0.0",
    ]
    assert 'tidings_topic_records_total{topic="pages"} 4.0' in lines


def test_lag_is_the_age_of_the_oldest_unfinished_record(service):
    log, reader = service
    appended = log.appended_at("pages", 2)

    status = reader.read(appended + (later(2) - later(0)))

    assert [(step.name, step.lag_seconds) for step in status.steps] == [("analyse", 120.0), ("cluster", 0.0)]
    assert status.idle is False


def test_a_dead_letter_that_was_dropped_is_no_longer_open(service):
    log, reader = service
    log.append(
        "dead-letters",
        [DeadLetter(topic="pages", position=0, step="x", at=later(1), error="e", body=b"", resolved="dropped")],
    )

    assert reader.read(later(0)).dead_open == 0


def test_a_tick_is_appended_once_a_minute_and_once_after_a_gap(tmp_path):
    from app.ticker import tick

    log = SqliteLog(tmp_path / "log.sqlite")

    appended = [tick(log, later(minutes), 60.0) for minutes in (0, 0.5, 1, 1.5, 30, 30.5, 29)]

    assert appended == [True, False, True, False, True, False, False]
    assert [json.loads(body) for _, body in log.read("intake", -1, 9, 0.0)] == [
        {"record": "tick/1", "at": at}
        for at in ("2026-11-24T04:00:00Z", "2026-11-24T04:01:00Z", "2026-11-24T04:30:00Z")
    ]
