"""Servers that outlive the command that started them, remembered in a file, so that `down` finds what `up` started."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from deploy.servers.elasticsearch import ElasticsearchServer
from deploy.servers.fetch import fetch
from deploy.servers.identity import Identity, alive, end, identity_of
from deploy.servers.kafka import KafkaServer
from deploy.servers.lifeline import itself
from tidings.errors import ConfigError

#: Where clients look by themselves.
PORTS = {"kafka": 9092, "elasticsearch": 9200}
STOP_SECONDS_MAX = 30
MEMORY = "servers.json"

Server = KafkaServer | ElasticsearchServer


class Running(Struct, frozen=True, kw_only=True):
    """One server that `up` started."""

    identity: Identity
    #: For clients: host:port of Kafka, URL of Elasticsearch.
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


def up(folder: Path, cache: Path | None, say: Callable[[str], None]) -> Mapping[str, Running]:
    """Start what does not run yet, on its former port where that is free. Raises TidingsError if one cannot be had.

    `folder` keeps the data of both and what was started. What was started before a failure stays, for `down`.
    """
    with _locked(folder):
        known = _read(folder)
        missing = [name for name in PORTS if name not in known or not alive(known[name].identity)]
        for name in known.keys() - missing:
            say(f"{name} is up already")
        if missing:
            say(f"starting {' and '.join(missing)}: a minute the first time, they are fetched then")
            fetch(cache)
            _start(folder, cache, {name: _port(known, name) for name in missing}, known)
        return known


def down(folder: Path, say: Callable[[str], None]) -> None:
    """End what `up` started and nothing else: a process that has only taken over a number is left alone."""
    if not folder.exists():
        say("nothing is up")
        return
    with _locked(folder):
        for name, running in _read(folder).items():
            runs = alive(running.identity)
            end(running.identity, STOP_SECONDS_MAX)
            say(f"{name} is down" if runs else f"{name} was not up")
        (folder / MEMORY).unlink(missing_ok=True)


def status(folder: Path) -> Mapping[str, Running | None]:
    """Each server, None for one that is not up."""
    known = _read(folder)
    return {name: known[name] if name in known and alive(known[name].identity) else None for name in PORTS}


def _start(folder: Path, cache: Path | None, ports: Mapping[str, int], known: dict[str, Running]) -> None:
    servers = {name: _server(name, folder / name, cache, port) for name, port in ports.items()}
    try:
        with ThreadPoolExecutor(len(servers)) as pool:
            starts = [pool.submit(server.start) for server in servers.values()]
    finally:
        # Whatever came between, each has started or ended by now, and what runs is remembered.
        known |= {name: _running(server) for name, server in servers.items() if server.pid}
        (folder / MEMORY).write_bytes(msgspec.json.encode(known))
    for start in starts:
        start.result()


def _server(name: str, folder: Path, cache: Path | None, port: int) -> Server:
    folder.mkdir(parents=True, exist_ok=True)
    lifeline = itself(folder / "lifeline")
    if name == "kafka":
        return KafkaServer(folder, cache=cache, port=port, lifeline=lifeline)
    return ElasticsearchServer(folder, cache=cache, port=port, lifeline=lifeline)


def _running(server: Server) -> Running:
    address = server.bootstrap if isinstance(server, KafkaServer) else server.url
    return Running(identity=identity_of(server.pid), address=address)


def _port(known: Mapping[str, Running], name: str) -> int:
    return known[name].port if name in known else PORTS[name]


def _read(folder: Path) -> dict[str, Running]:
    path = folder / MEMORY
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Running]) if path.exists() else {}
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{path}: {error}; end what runs from {folder} by hand, then remove the file") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One `up` or `down` at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
