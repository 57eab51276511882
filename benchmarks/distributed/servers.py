"""The servers that a run is on: its own, which end with it, or those that somebody names."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.servers import ElasticsearchServer, KafkaServer


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where they are."""

    kafka: str
    elasticsearch: str
    #: "Kafka", "Elasticsearch" -> process; without those that were not started here.
    pids: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def servers(kafka: str | None, elasticsearch: str | None) -> Iterator[Servers]:
    """Start what is not named. Elasticsearch has a heap of 512 MB and both of Java's compilers."""
    folder = Path(tempfile.mkdtemp(prefix="tidings-benchmark-"))
    # Root's Elasticsearch runs as another user, who must get there.
    folder.chmod(0o755)
    own = [] if kafka else [KafkaServer(folder / "kafka")]
    own += [] if elasticsearch else [ElasticsearchServer(folder / "elasticsearch")]
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda server: server.start(), own))
        yield _running(kafka, elasticsearch, own)
    finally:
        for server in own:
            server.stop()
        shutil.rmtree(folder)


def _running(kafka: str | None, elasticsearch: str | None, own: list[KafkaServer | ElasticsearchServer]) -> Servers:
    pids = {}
    for server in own:
        assert server.pid
        if isinstance(server, KafkaServer):
            kafka, pids["Kafka"] = server.bootstrap, server.pid
        else:
            elasticsearch, pids["Elasticsearch"] = server.url, server.pid
    assert kafka and elasticsearch
    return Servers(kafka=kafka, elasticsearch=elasticsearch, pids=pids)
