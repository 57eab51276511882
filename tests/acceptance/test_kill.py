"""Kill the service's processes at random points; what it says in the end is what it says when left alone.

The real command line on the sample site. The clock stands still between two stages, so that both runs see the same
times; at each stage the site publishes more and every source is polled once.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ports import free_ports

from app.wiring import Service
from deploy.demo.parts import Ports, opened
from deploy.demo.service import TIDINGS, settings, write_sources
from tidings.settings import load

ROOT = Path(__file__).parents[2]
SEED = 20261124
STAGES = 4
KILLS_A_STAGE = 5
STAGE_SECONDS_MAX = 90
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Rehearsal:
    """One run of the service on the sample site, in a folder of its own."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        self.folder, self.ports = folder, ports
        self.clock = folder / "clock"
        folder.mkdir(parents=True)
        self.sources = write_sources(folder / "sources", ports.site)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")},
            **settings(folder, ports),
            "TIDINGS_CLOCK": str(self.clock),
            "TIDINGS_POLL_SECONDS": "600",
            "TIDINGS_TICK_SECONDS": "86400",
            "TIDINGS_RESTART_SECONDS_MAX": "0.5",
        }
        self.set_clock(0)
        # Looks at the same files from outside, whatever is being killed.
        self.view = Service(load({k: v for k, v in self.environment.items() if k.startswith("TIDINGS_")}))
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.stage = 0
        self.kills = 0
        #: Kills that came while something was unfinished.
        self.interruptions = 0

    def set_clock(self, stage: int) -> None:
        made = self.clock.with_suffix(".new")
        made.write_text((START + timedelta(hours=stage)).isoformat())
        made.replace(self.clock)  # a reader sees the old time or the new one, never half a file

    def start(self) -> None:
        with (self.folder / "service.log").open("ab") as log:
            self.supervisor = subprocess.Popen(
                [TIDINGS, "run"], cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def play(self, chance: random.Random | None) -> None:
        """All stages, with kills if there is a chance for them."""
        with opened(self.folder / "world", self.ports) as site:
            steps = [site.last_step * stage // (STAGES - 1) for stage in range(STAGES)]
            self.start()
            try:
                for stage in range(STAGES):
                    while site.step < steps[stage]:
                        site.publish()
                    self.stage = stage
                    self.set_clock(stage)
                    for _ in range(KILLS_A_STAGE if chance else 0):
                        time.sleep(chance.uniform(0.05, 1.6))
                        self.kill_one(chance)
                    self.wait_for(stage + 1)
            finally:
                self.end()

    def kill_one(self, chance: random.Random) -> None:
        assert self.supervisor is not None
        children = children_of(self.supervisor.pid)
        victim = chance.choice([self.supervisor.pid, *sorted(children)])
        os.kill(victim, signal.SIGKILL)
        self.kills += 1
        self.interruptions += not self.is_done(self.stage + 1)
        if victim == self.supervisor.pid:
            self.supervisor.wait()
            wait_until(lambda: not any(alive(child) for child in children), 10, "orphans end with their supervisor")
            self.start()

    def is_done(self, polls: int) -> bool:
        content = self.view.content.catch_up()
        polled = set(content.polls) == set(self.sources) and min(content.polls.values()) >= polls
        return polled and self.view.status().idle

    def wait_for(self, polls: int) -> None:
        wait_until(
            lambda: self.is_done(polls), STAGE_SECONDS_MAX, f"poll {polls} of every source, and idle\n{self.tail()}"
        )

    def tail(self) -> str:
        return (self.folder / "service.log").read_text("utf-8", "replace")[-3000:]

    def end(self) -> None:
        if self.supervisor and self.supervisor.poll() is None:
            self.supervisor.send_signal(signal.SIGINT)
            try:
                self.supervisor.wait(10)
            finally:
                self.supervisor.kill()

    def export(self, what: str) -> bytes:
        done = subprocess.run(
            [TIDINGS, "export", what], cwd=ROOT, env=self.environment, capture_output=True, timeout=60, check=True
        )
        return done.stdout

    def mailbox(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.folder / "world" / "mailbox.jsonl").read_text("utf-8").splitlines()]


def children_of(parent: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(reached, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the service's processes in /proc")
@pytest.mark.timeout(600)
def test_twenty_kills_change_no_event_and_no_notification(tmp_path):
    ports = free_ports()
    calm, rough = Rehearsal(tmp_path / "calm", ports), Rehearsal(tmp_path / "rough", ports)

    calm.play(None)
    rough.play(random.Random(SEED))

    assert rough.kills == STAGES * KILLS_A_STAGE == 20
    assert rough.interruptions >= 8
    events, notifications = calm.export("events"), calm.export("notifications")
    assert len(events.splitlines()) > 30 and len(notifications.splitlines()) > 5
    assert rough.export("events") == events
    assert rough.export("notifications") == notifications
    mailed = {n["id"] for n in map(json.loads, notifications.splitlines()) if n["channel"] == "email"}
    assert {mail["key"] for mail in calm.mailbox()} == mailed
    assert {mail["key"] for mail in rough.mailbox()} == mailed
    said = {mail["key"]: (mail["subject"], mail["text"]) for mail in calm.mailbox()}
    assert {(mail["key"], mail["subject"], mail["text"]) for mail in rough.mailbox()} == {
        (key, *words) for key, words in said.items()
    }
