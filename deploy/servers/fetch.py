"""Bring both servers onto this machine, once: jars from Maven Central, our small launchers compiled beside them."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.servers.java import java_home
from tidings.errors import ConfigError, TidingsError

HERE = Path(__file__).parent
#: In the checkout, kept out of git by a file of its own.
CACHE = HERE.parents[1] / ".servers"
#: For root in a folder that nobody else may enter: Elasticsearch runs as another user.
CACHE_OF_ROOT = Path("/var/cache/tidings-servers")
#: The carrier of Elasticsearch is a download of 947 MB.
FETCH_SECONDS_MAX = 1800
#: Maven's local repository is not locked between processes: what met another's download is whole at the second try.
TRIES = 2
LINES_SHOWN = 15


@dataclass(frozen=True, kw_only=True)
class Server:
    """What is fetched for one server."""

    name: str
    #: Least version of Java it runs on.
    java: int
    #: SHA-256 over what Maven brought: names and contents, see `digest`.
    sha256: str
    launcher: str
    compiled_with: tuple[str, ...]

    @property
    def files(self) -> tuple[Path, Path]:
        return HERE / f"{self.name}.xml", HERE / f"{self.launcher}.java"


KAFKA = Server(
    name="kafka",
    java=17,
    sha256="3fb449341d5b024d7940094056a3431e31a7b5c6436eda946d4945f119f13486",
    launcher="KafkaNode",
    compiled_with=("--class-path", "{folder}/lib/*"),
)
ELASTICSEARCH = Server(
    name="elasticsearch",
    java=21,
    sha256="61c45b340ecdf6e2319601e6862b32d8353725f0a3c6a18c3707a494d70f869f",
    launcher="ElasticsearchNode",
    compiled_with=("--module-path", "{folder}/home/lib", "--add-modules", "ALL-MODULE-PATH"),
)


def fetch(cache: Path | None = None) -> None:
    """Both servers, at the same time. Raises what `fetched` raises."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda server: fetched(server, cache), (KAFKA, ELASTICSEARCH)))


def fetched(server: Server, cache: Path | None = None) -> Path:
    """The folder with the server; fetched if it is not there yet, or was fetched for other versions.

    Any number of processes may ask at once. `cache`: where servers are kept; None: `.servers` in the checkout.
    Raises ConfigError if Java or Maven is missing, TidingsError if the fetch fails.
    """
    cache = (cache or _default_cache()).resolve()
    folder, stamp = cache / server.name, cache / f"{server.name}.stamp"
    wanted = _wanted(server)
    with _locked(cache, server.name):
        if not stamp.exists() or stamp.read_text("ascii") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            _download(server, folder)
            _check(server, folder)
            _compile(server, folder)
            stamp.write_text(wanted, "ascii")
    return folder


def enterable(folder: Path) -> bool:
    """Whether users other than the owner may read files below `folder`, as far as its parents say."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents) if path.exists())


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of all files in `folder`, hidden ones apart."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("."):
            total.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _default_cache() -> Path:
    return CACHE_OF_ROOT if os.geteuid() == 0 and not enterable(CACHE.parent) else CACHE


def _wanted(server: Server) -> str:
    """Changes with everything that the fetch depends on."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in server.files) + server.sha256.encode()).hexdigest()


@contextmanager
def _locked(cache: Path, name: str) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    (cache / ".gitignore").write_text("*\n", "ascii")
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(server: Server, folder: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ConfigError(
            f"mvn is not on PATH, and {server.name} is fetched with it: install Maven (Debian's package maven), "
            "or set KAFKA_BOOTSTRAP and ELASTICSEARCH_URL to servers that run"
        )
    command = [maven, "-B", "-q", "-f", str(server.files[0]), f"-Dfolder={folder}", "process-resources"]
    for left in reversed(range(TRIES)):
        done = _run(command, f"fetching {server.name}")
        if done.returncode == 0:
            return
        if not left:
            raise _failed(f"Maven could not fetch {server.name}", done)


def _check(server: Server, folder: Path) -> None:
    found = digest(folder)
    if found != server.sha256:
        shutil.rmtree(folder)
        raise TidingsError(
            f"what Maven brought for {server.name} has SHA-256 {found}, not {server.sha256}: it is not what was "
            f"reviewed, and was deleted; after a change of deploy/servers/{server.name}.xml change the sum in fetch.py"
        )


def _compile(server: Server, folder: Path) -> None:
    options = [option.format(folder=folder) for option in server.compiled_with]
    javac = java_home(server.java) / "bin" / "javac"
    command = [str(javac), "--release", str(server.java), "-d", str(folder / "launcher"), *options]
    done = _run([*command, str(server.files[1])], f"compiling {server.launcher}")
    if done.returncode:
        raise _failed(f"{server.launcher}.java does not compile", done)


def _run(command: list[str], doing: str) -> subprocess.CompletedProcess[str]:
    try:
        # Readable for the user that Elasticsearch runs as, whatever ours is set to.
        return subprocess.run(  # noqa: S603 - our own list of words, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=FETCH_SECONDS_MAX,
            umask=0o022,
        )
    except subprocess.TimeoutExpired as error:
        raise TidingsError(f"{doing} took more than {FETCH_SECONDS_MAX} s; try again when the network is") from error


def _failed(what: str, done: subprocess.CompletedProcess[str]) -> TidingsError:
    tail = "\n".join(done.stdout.splitlines()[-LINES_SHOWN:])
    return TidingsError(f"{what} (exit status {done.returncode}); the end of what it said:\n{tail}")
