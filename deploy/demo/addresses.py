"""Where the demo's Kafka and Elasticsearch are: given, up by `make up`, or started for the demo alone."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.servers import ElasticsearchServer, KafkaServer, detached
from deploy.servers.fetch import ELASTICSEARCH, KAFKA, fetched
from tidings.errors import ConfigError

#: Where `make up` remembers what it started.
MADE_UP = Path("data/servers")


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Of the two servers, as the service's settings have them."""

    kafka: str
    elasticsearch: str


@contextlib.contextmanager
def servers(
    folder: Path, given: Mapping[str, str], say: Callable[[str], None], *, made_up: Path = MADE_UP
) -> Iterator[Addresses]:
    """Where both are while the block runs. Raises TidingsError if one cannot be had.

    `given`: settings, of which KAFKA_BOOTSTRAP and ELASTICSEARCH_URL name servers that run. One that neither they nor
    `made_up` name is started in `folder`, and again at every later start: its data are there. It ends with the block,
    or with this process, however that ends.
    """
    up = {name: running.address for name, running in detached.status(made_up).items() if running}
    with contextlib.ExitStack() as stack:
        kafka = given.get("KAFKA_BOOTSTRAP") or _up(up, folder, "kafka")
        elasticsearch = given.get("ELASTICSEARCH_URL") or _up(up, folder, "elasticsearch")
        yield Addresses(
            kafka=kafka or _kafka(stack, folder / "kafka", say),
            elasticsearch=elasticsearch or _elasticsearch(stack, folder / "elasticsearch", say),
        )


def _up(up: Mapping[str, str], folder: Path, name: str) -> str | None:
    """The address of what `make up` started, unless an earlier start of the demo did without it."""
    return None if (folder / name).exists() else up.get(name)


# One after the other, in this thread: Ctrl-C then ends a fetch or a start at once.
def _kafka(stack: contextlib.ExitStack, folder: Path, say: Callable[[str], None]) -> str:
    _check_platform()
    say("starting Kafka for this demo; the first time it is fetched, which takes a while")
    fetched(KAFKA)
    server = KafkaServer(folder)
    stack.callback(server.stop)
    server.start()
    return server.bootstrap


def _elasticsearch(stack: contextlib.ExitStack, folder: Path, say: Callable[[str], None]) -> str:
    _check_platform()
    say("starting Elasticsearch for this demo; the first time it is fetched, which takes a while")
    fetched(ELASTICSEARCH)
    server = ElasticsearchServer(folder)
    stack.callback(server.stop)
    server.start()
    return server.url


def _check_platform() -> None:
    if sys.platform != "linux":
        raise ConfigError(
            "the demo starts servers of its own on Linux only: set KAFKA_BOOTSTRAP and ELASTICSEARCH_URL to some"
        )
