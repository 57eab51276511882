"""A real Kafka and a real Elasticsearch for the tests that ask for them.

`kafka_bootstrap` and `elasticsearch_url` are one server each for the whole run, whatever the number of workers: the
worker that first needs one starts it, and it lives until the run ends. The environment's KAFKA_BOOTSTRAP and
ELASTICSEARCH_URL name servers that run already; then none is started. `own_kafka` and `own_elasticsearch` belong to
one test, which may kill them.

A test that uses one of the four has the marker `servers`; one that takes its name from a parameter sets it itself.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.servers import ElasticsearchServer, KafkaServer
from deploy.servers.identity import Identity, end, identity_of
from deploy.servers.lifeline import holder_of

FIXTURES = {"kafka_bootstrap", "elasticsearch_url", "own_kafka", "own_elasticsearch"}
FOLDER = Path(__file__).parent / "servers"
#: A server may have to be started, or started again, within a test.
TIMEOUT_SECONDS = 300

#: Where the servers of this run are kept; the same for all workers.
SHARED = pytest.StashKey[Path]()
#: What the run holds as long as it lasts; not in workers.
HELD = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    if worker := getattr(config, "workerinput", None):
        config.stash[SHARED] = Path(worker["servers"])
        return
    # Not pytest's own folder, which only we may enter: root's Elasticsearch runs as another user.
    shared = Path(tempfile.mkdtemp(prefix="tidings-servers-"))
    shared.chmod(0o755)
    os.mkfifo(shared / "lifeline")
    config.stash[SHARED] = shared
    config.stash[HELD] = os.open(shared / "lifeline", os.O_RDWR)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["servers"] = str(node.config.stash[SHARED])


def pytest_unconfigure(config: pytest.Config) -> None:
    if HELD in config.stash:
        os.close(config.stash[HELD])
        for path in config.stash[SHARED].glob("*.process"):
            # What they hold is thrown away: they need not end in order.
            end(Identity(*map(int, path.read_text("ascii").split())), seconds_max=0)
        shutil.rmtree(config.stash[SHARED])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First, so that -m sees the marker."""
    for item in items:
        if FOLDER in item.path.parents or not FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)
        if item.get_closest_marker("servers") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TIMEOUT_SECONDS))


@pytest.fixture(scope="session")
def kafka_bootstrap(pytestconfig: pytest.Config) -> str:
    """host:port of a real Kafka that other tests use too: take topic names and groups of your own."""
    return os.environ.get("KAFKA_BOOTSTRAP") or _shared(pytestconfig.stash[SHARED], "kafka")


@pytest.fixture(scope="session")
def elasticsearch_url(pytestconfig: pytest.Config) -> str:
    """Address of a real Elasticsearch that other tests use too: take index names of your own."""
    return os.environ.get("ELASTICSEARCH_URL") or _shared(pytestconfig.stash[SHARED], "elasticsearch")


@pytest.fixture
def own_kafka() -> Iterator[KafkaServer]:
    """A running Kafka that the test may stop, kill and start again."""
    with _folder() as folder:
        server = KafkaServer(folder, cache=_cache())
        try:
            server.start()
            yield server
        finally:
            server.kill()


@pytest.fixture
def own_elasticsearch() -> Iterator[ElasticsearchServer]:
    """A running Elasticsearch that the test may stop, kill and start again."""
    with _folder() as folder:
        server = ElasticsearchServer(folder, cache=_cache(), quick=True)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _shared(shared: Path, name: str) -> str:
    """The address of the run's server; whoever comes first starts it."""
    address = shared / f"{name}.address"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            address.write_text(_start(shared, name), "ascii")
    return address.read_text("ascii")


def _start(shared: Path, name: str) -> str:
    lifeline = holder_of(shared / "lifeline")
    server: KafkaServer | ElasticsearchServer
    if name == "kafka":
        server = KafkaServer(shared / name, cache=_cache(), lifeline=lifeline)
    else:
        server = ElasticsearchServer(shared / name, cache=_cache(), lifeline=lifeline, quick=True)
    server.start()
    identity = identity_of(server.pid)
    (shared / f"{name}.process").write_text(f"{identity.pid} {identity.started}", "ascii")
    return server.bootstrap if isinstance(server, KafkaServer) else server.url


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tidings-server-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _cache() -> Path | None:
    given = os.environ.get("SERVERS_CACHE")
    return Path(given) if given else None
