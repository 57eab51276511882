"""Where the demo's servers are: given, up by `make up`, or its own."""

import os
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from playing import SETTINGS, Demo
from waiting import wait_until

from deploy.demo.addresses import Addresses, servers
from deploy.demo.mode import check_mode
from deploy.servers.detached import Running
from deploy.servers.identity import identity_of
from tidings.errors import ConfigError

GIVEN = {"KAFKA_BOOTSTRAP": "kafka.example:9092", "ELASTICSEARCH_URL": "https://elastic.example:9200"}
STARTED_SECONDS_MAX = 240
ENDED_SECONDS_MAX = 30


@pytest.fixture
def made_up(tmp_path):
    """What `make up` remembers of two servers that run."""
    running = {
        "kafka": Running(identity=identity_of(os.getpid()), address="127.0.0.1:9092"),
        "elasticsearch": Running(identity=identity_of(os.getpid()), address="http://127.0.0.1:9200"),
    }
    return remembered(tmp_path / "made-up", running)


def remembered(folder, running):
    folder.mkdir()
    (folder / "servers.json").write_bytes(msgspec.json.encode(running))
    return folder


def test_what_the_shell_names_is_used_before_what_make_up_started(tmp_path, made_up):
    said = []
    with servers(tmp_path / "servers", GIVEN, said.append, made_up=made_up) as found:
        assert found == Addresses(kafka="kafka.example:9092", elasticsearch="https://elastic.example:9200")

    assert said == [] and not (tmp_path / "servers").exists()


def test_what_make_up_started_is_used_for_what_the_shell_does_not_name(tmp_path, made_up):
    given = {"KAFKA_BOOTSTRAP": "kafka.example:9092", "ELASTICSEARCH_URL": ""}
    with servers(tmp_path / "servers", given, print, made_up=made_up) as found:
        assert found == Addresses(kafka="kafka.example:9092", elasticsearch="http://127.0.0.1:9200")


@pytest.mark.parametrize(("mode", "trace"), [("embedded", "desk.json"), ("distributed", "service/log.sqlite")])
def test_a_folder_that_was_played_in_the_other_mode_is_refused(tmp_path, mode, trace):
    check_mode(tmp_path, mode)
    (tmp_path / trace).parent.mkdir(exist_ok=True)
    (tmp_path / trace).touch()

    with pytest.raises(ConfigError, match=r"this demo was played (embedded|distributed); choose another folder"):
        check_mode(tmp_path, mode)


@pytest.fixture
def own_demo(monkeypatch):
    """A demo that starts servers of its own, whatever the shell names and `make up` runs."""
    for name in [name for name in os.environ if name.startswith(SETTINGS)]:
        monkeypatch.delenv(name)
    # Not pytest's own folder, which only we may enter: root's Elasticsearch runs as another user.
    with tempfile.TemporaryDirectory(prefix="tidings-demo-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for server in ("kafka", "elasticsearch"):
            (folder / "servers" / server).mkdir(parents=True)
        demo = Demo(folder, "--mode", "distributed")
        yield demo
        demo.kill()
        wait_until(lambda: not processes_of(folder), ENDED_SECONDS_MAX)


def processes_of(folder):
    """Numbers of the processes that know the folder by their command or environment."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if str(folder).encode() in known(path)]


def known(process):
    try:
        return (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    except OSError:  # ended just now, or another user's
        return b""


@pytest.mark.servers
@pytest.mark.skipif(sys.platform != "linux", reason="the demo starts servers of its own on Linux only")
def test_its_own_servers_end_with_it_however_it_ends_and_have_their_data_at_the_next_start(own_demo):
    own_demo.start()
    said = own_demo.until("sample site", STARTED_SECONDS_MAX)
    own_demo.stop()
    left = processes_of(own_demo.folder)
    own_demo.start()
    own_demo.until("sample site", STARTED_SECONDS_MAX)  # it has found its topics again
    running = processes_of(own_demo.folder)
    own_demo.kill()

    assert [line.partition("  ")[2].split(" for ")[0] for line in said[:2]] == [
        "starting Kafka",
        "starting Elasticsearch",
    ]
    assert left == []
    assert len(running) >= 3
    wait_until(lambda: not processes_of(own_demo.folder), ENDED_SECONDS_MAX)
