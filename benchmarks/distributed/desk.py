"""An installation of its own on the servers: its topics, its index, its processes by the real command line."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from elasticsearch import Elasticsearch
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from benchmarks.distributed.servers import Servers
from deploy.servers.ports import free_port
from streams import ledger
from streams.logs.kafka import KafkaLog
from tidings.brokers import Brokers
from tidings.records import Record
from tidings.steps import Topic, place

ROOT = Path(__file__).parents[2]
#: The command that is installed beside this Python.
TIDINGS = str(Path(sys.executable).with_name("tidings"))
BATCH = 200
LOOK_SECONDS = 0.2
SECONDS_MAX = 900
STOP_SECONDS_MAX = 20
FETCH_MILLISECONDS = 2_000
#: No tick comes between: what was appended is all that there is to do.
NEVER_SECONDS = 1_000_000_000


@contextmanager
def desk(servers: Servers) -> Iterator["Desk"]:
    """An installation whose topics are made. With the block its processes end, and topics and index are removed."""
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as folder:
        made = Desk(servers=servers, folder=Path(folder))
        made.sources.mkdir()
        made.command("topics", "apply")
        try:
            yield made
        finally:
            made.close()


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Look until it is true."""
    deadline = time.monotonic() + SECONDS_MAX
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {SECONDS_MAX} s"
        time.sleep(LOOK_SECONDS)


@dataclass(kw_only=True)
class Desk:
    """One desk, reached from this process as well."""

    servers: Servers
    folder: Path
    #: Stands before its topics and is its index.
    name: str = field(default_factory=lambda: f"benchmark-{uuid.uuid4().hex[:8]}")
    #: Of its search page.
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Of its topics and groups."""
        return f"{self.name}."

    @property
    def sources(self) -> Path:
        """Where the crawler and the map look for source files: none at first."""
        return self.folder / "sources"

    @cached_property
    def log(self) -> KafkaLog:
        """Its log."""
        return KafkaLog(Brokers(bootstrap=self.servers.kafka, prefix=self.prefix))

    @property
    def environment(self) -> dict[str, str]:
        """All that its processes see: the shell's own settings change nothing."""
        own = {
            "PATH": os.defpath,
            "TIDINGS_MODE": "distributed",
            "TIDINGS_DATA": self.folder / "data",
            "TIDINGS_TOPIC_PREFIX": self.prefix,
            "TIDINGS_INDEX": self.name,
            "TIDINGS_TICK_SECONDS": NEVER_SECONDS,
            "KAFKA_BOOTSTRAP": self.servers.kafka,
            "ELASTICSEARCH_URL": self.servers.elasticsearch,
            "TIDINGS_SOURCES": self.sources,
            "TIDINGS_PORT": self.port,
        }
        return {name: str(value) for name, value in own.items()}

    @property
    def pids(self) -> dict[str, int]:
        """Its processes, and the servers that were started here."""
        return {**self.servers.pids, **{f"tidings {name}": process.pid for name, process in self.running.items()}}

    def command(self, *words: str) -> None:
        """Run one command to its end."""
        subprocess.run(
            [TIDINGS, *words], check=True, capture_output=True, timeout=SECONDS_MAX, env=self.environment, cwd=ROOT
        )

    def start(self, name: str) -> int:
        """Start the process of that name, which ends with this one; gives its id."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [TIDINGS, name, "--with-parent"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.running[name].pid

    def stop(self, name: str) -> None:
        """End it in order, by force if that takes too long."""
        process = self.running.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin
        process.stdin.close()

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """Let it stand still, for less than the time after which its group gives its place away."""
        self.running[name].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.running[name].send_signal(signal.SIGCONT)

    def wait_until(self, true: Callable[[], bool], what: str) -> None:
        """Look until it is true, or one of the processes has ended, which is an error."""

        def looked() -> bool:
            for name, process in self.running.items():
                said = (self.folder / f"{name}.log").read_text("utf-8", "replace")
                assert process.poll() is None, f"{name} ended with status {process.returncode}: {said[-2000:]}"
            return true()

        wait_until(looked, what)

    def fill(self, topic: Topic, records: Sequence[Record]) -> None:
        """Append them, some at a time."""
        for first in range(0, len(records), BATCH):
            self.log.append(topic, records[first : first + BATCH])

    def records(self, topic: Topic) -> int:
        """How many the topic has been given so far."""
        return sum(self.log.end(part) + 1 for part in self.log.parts(topic))

    def analysed(self) -> int:
        """How many pages the workers have dealt with."""
        return sum(self.log.position(place("analyse", part)) + 1 for part in self.log.parts("pages"))

    def settled(self) -> bool:
        """Is everything on intake decided, searchable, and what it calls for in notifications?"""
        events = self.log.end("events")
        return (
            self._fold("cluster") == self.log.end("intake")
            and self._fold("alert") == events
            and self.log.position("index") == events
        )

    def _fold(self, name: str) -> int:
        """How far a fold is; -1 before it has begun."""
        path = self.folder / "data" / "state" / f"{name}.sqlite"
        if not path.exists():
            return -1
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as state:
            try:
                return ledger.position(state, name)
            except sqlite3.OperationalError:  # it is just making its tables
                return -1

    def stamps(self, topic: str, key: bytes | None = None) -> list[float]:
        """When each record of a topic of one partition was appended (Unix seconds), in order; those with `key` only."""
        at = TopicPartition(self.prefix + topic, 0)
        consumer = KafkaConsumer(bootstrap_servers=self.servers.kafka, auto_offset_reset="earliest", group_id=None)
        try:
            consumer.assign([at])
            end = consumer.end_offsets([at])[at]
            found: list[float] = []
            while consumer.position(at) < end:
                records = consumer.poll(FETCH_MILLISECONDS).get(at, ())
                found += [record.timestamp / 1000 for record in records if key is None or record.key == key]
            return found
        finally:
            consumer.close()

    def close(self) -> None:
        """End its processes and remove what it has on the servers."""
        for name in list(self.running):
            self.stop(name)
        self.log.close()
        with closing(KafkaAdminClient(bootstrap_servers=self.servers.kafka)) as admin:
            admin.delete_topics([name for name in admin.list_topics() if name.startswith(self.prefix)])
        with closing(Elasticsearch(self.servers.elasticsearch)) as client:
            for index in client.indices.get(index=f"{self.name}*", expand_wildcards="all"):
                client.indices.delete(index=index)
