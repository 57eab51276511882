"""`python -m deploy.servers up`, `status`, `down`: what `make up` does where no Docker engine runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers.identity import Identity, alive, end, identity_of

ROOT = Path(__file__).parents[2]
COMMAND_SECONDS_MAX = 200


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Data of servers that are up before the first test, and down after the last."""
    folder = Path(tempfile.mkdtemp(prefix="tidings-up-"))
    # Root's Elasticsearch runs as another user, who must be able to get there.
    folder.chmod(0o755)
    started = servers("up", folder)
    assert started.returncode == 0, started.stderr
    yield folder
    for identity in identities(folder).values():
        end(identity, 0)
    shutil.rmtree(folder)


def servers(what: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "deploy.servers", what, "--data", str(folder)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX)


def identities(folder: Path) -> dict[str, Identity]:
    path = folder / "servers.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {name: Identity(**running["identity"]) for name, running in known.items()}


def test_a_second_up_says_that_they_are_up_and_where(folder):
    before = identities(folder)

    again = servers("up", folder)

    assert (again.returncode, identities(folder)) == (0, before)
    assert sorted(again.stderr.splitlines()) == ["elasticsearch is up already", "kafka is up already"]
    lines = re.sub(r":\d+", ":PORT", again.stdout).splitlines()
    assert lines == [
        "Kafka          127.0.0.1:PORT",
        "Elasticsearch  http://127.0.0.1:PORT",
        "For this shell:",
        "export KAFKA_BOOTSTRAP=127.0.0.1:PORT",
        "export ELASTICSEARCH_URL=http://127.0.0.1:PORT",
        "export TIDINGS_MODE=distributed",
    ]


def test_up_brings_back_the_one_that_died_at_its_address(folder):
    before, addresses = identities(folder), servers("up", folder).stdout
    os.kill(before["kafka"].pid, signal.SIGKILL)

    half = servers("status", folder)
    again = servers("up", folder)

    assert (half.returncode, half.stdout.splitlines()[0]) == (1, "kafka: not up")
    assert (again.returncode, again.stdout) == (0, addresses)
    after = identities(folder)
    assert (after["elasticsearch"], after["kafka"] != before["kafka"]) == (before["elasticsearch"], True)


def test_down_ends_both_and_no_process_that_has_only_taken_over_a_number(folder):
    before = identities(folder)
    with subprocess.Popen(["sleep", "600"]) as bystander:
        other = identity_of(bystander.pid)
        known = json.loads((folder / "servers.json").read_text("utf-8"))
        stale = known | {"old": {"identity": {"pid": other.pid, "started": other.started - 1}, "address": "x:1"}}
        (folder / "servers.json").write_text(json.dumps(stale), "utf-8")

        down = servers("down", folder)
        spared = alive(other)
        bystander.kill()

    assert (down.returncode, spared) == (0, True)
    assert sorted(down.stderr.splitlines()) == ["elasticsearch is down", "kafka is down", "old was not up"]
    assert not any(alive(identity) for identity in before.values())
    assert servers("status", folder).stdout == "kafka: not up\nelasticsearch: not up\n"
    assert (folder / "kafka" / "log" / "meta.properties").exists()
