"""No server outlives whoever it is tied to, however that one ends."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from waiting import wait_until

from deploy.servers.identity import Identity, alive, end, identity_of

ROOT = Path(__file__).parents[2]
#: Starts a server, tells who it is, and then does nothing.
HOLDER = """
import sys, time
from pathlib import Path
from deploy.servers import {server}
server = {server}(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""
END_SECONDS_MAX = 30


def held(server: str, folder: str) -> tuple[subprocess.Popen[str], Identity]:
    """A process that has started a server, and the server."""
    words = [sys.executable, "-c", HOLDER.format(server=server), folder]
    holder = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    return holder, identity_of(int(holder.stdout.readline()))


@pytest.mark.parametrize("server", ["KafkaServer", "ElasticsearchServer"])
def test_a_server_ends_when_the_process_that_started_it_is_killed(server):
    with tempfile.TemporaryDirectory(prefix="tidings-server-") as folder:
        holder, started = held(server, folder)
        try:
            before = alive(started)
            holder.kill()
            holder.communicate()
            wait_until(lambda: not alive(started), END_SECONDS_MAX)
        finally:
            end(started, 0)

        assert before


def test_two_workers_of_one_run_share_a_server_that_ends_with_the_run(tmp_path):
    """The tests' own conftest.py, with a suite that notes what it was given."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    servers: x\n", "ascii")
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(SUITE.format(name=name), "ascii")
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "servers", str(tmp_path)]

    done = subprocess.run(
        words, cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )

    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout + done.stderr
    (first, worker), (second, other) = (
        (tmp_path / f"{name}.seen").read_text("ascii").split(" by ") for name in ("one", "two")
    )
    assert first == second and worker != other
    number, started, shared = first.split()
    assert not alive(Identity(int(number), int(started)))
    assert not Path(shared).exists()


SUITE = """
from pathlib import Path

def test_{name}(kafka_bootstrap, pytestconfig, worker_id):
    [noted] = [p for p in Path("/tmp").glob("tidings-servers-*/kafka.address") if p.read_text() == kafka_bootstrap]
    process = noted.with_name("kafka.process").read_text()
    Path(__file__).with_name("{name}.seen").write_text(f"{{process}} {{noted.parent}} by {{worker_id}}")
"""
