"""The service as the demo's child process: its settings, its start and end, and what it says of itself."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import msgspec
import yaml
from msgspec import Struct

from app.statusview import summary
from app.wiring import Service as Installation
from deploy.demo.loopback import HOST
from deploy.demo.parts import Ports
from tidings.errors import TidingsError
from tidings.settings import load

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
#: What the shell says; nothing else in the demo reads it.
ENVIRONMENT: Mapping[str, str] = os.environ
#: The command that is installed beside this Python.
TIDINGS = Path(sys.executable).with_name("tidings")

#: Where the source files in this folder say that the site is.
WRITTEN_ADDRESS = "http://127.0.0.1:8100/"
#: The service looks at the site this often: news here is a page every two seconds.
POLL_SECONDS = 1
STATUS_SECONDS_MAX = 10
#: What the service needs to end its own parts; then it is killed, which it survives.
STOP_SECONDS_MAX = 1.7
#: The same where workers leave their group and Kafka's clients are closed.
DISTRIBUTED_STOP_SECONDS_MAX = 7.0
READY_SECONDS_MAX = 2
LOG_LINES_SHOWN = 15


class Status(Struct, frozen=True, kw_only=True):
    """What `tidings status --json` says; further fields are not looked at."""

    #: Complete polls per source.
    polls: dict[str, int] = {}
    pages: int = 0
    articles: int = 0
    signals: int = 0
    notifications: int = 0
    sent: int = 0
    #: True if nothing waits anywhere.
    idle: bool = False

    @property
    def counts(self) -> tuple[int, ...]:
        """What stands still once everything is done; polls go on."""
        return self.pages, self.articles, self.signals, self.notifications, self.sent


class Service:
    """`tidings run` on the sample site, with mail and Slack going to the stand-ins."""

    def __init__(
        self, data: Path, ports: Ports, *, desk: Mapping[str, str] | None = None, command: Path = TIDINGS
    ) -> None:
        """Writes the source files, with the site's port, and the settings into `data`. Nothing is started yet.

        `desk`: settings of its place on Kafka and Elasticsearch (desk.py); None: it is embedded.
        """
        self._command = str(command)
        self.log_path = data / "service.log"
        self.address = f"http://{HOST}:{ports.search}/"
        self.sources = write_sources(data / "sources", ports.site)
        own = {**settings(data, ports), **(desk or {})}
        write_settings(data / "settings.yaml", own)
        self.environment = {**ENVIRONMENT, **own}
        self._installation = installed(own) if desk else None
        self._stop_seconds = DISTRIBUTED_STOP_SECONDS_MAX if desk else STOP_SECONDS_MAX
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self) -> None:
        """Start the service in a session of its own: Ctrl-C reaches the demo alone, which then ends the service."""
        self._log = self.log_path.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "deploy.demo.tied", str(os.getpid()), self._command, "run"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    @property
    def process_id(self) -> int | None:
        """Of the started service; None if it was not started, or was stopped."""
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """End the service and whatever it started. Harmless if it does not run."""
        process, self._process = self._process, None
        if process and process.poll() is None:
            process.terminate()
            try:
                process.wait(self._stop_seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self._log:
            self._log.close()

    def check(self) -> None:
        """Raises TidingsError, with the end of its log, if the service has ended by itself."""
        code = self._process.poll() if self._process else None
        if code is not None:
            tail = "\n".join(self.log_path.read_text("utf-8", "replace").splitlines()[-LOG_LINES_SHOWN:])
            raise TidingsError(f"the service ended with status {code}; the end of {self.log_path}:\n{tail}")

    def status(self) -> Status | None:
        """How far it is; None if it cannot say yet."""
        return self._seen(self._installation) if self._installation else self._said()

    def _seen(self, installation: Installation) -> Status | None:
        """By our own eyes: a command would load Kafka's and Elasticsearch's clients at each look, 2 s of a core."""
        try:
            now = installation.status()
            return msgspec.convert(summary(installation.content.catch_up(), now), Status)
        except TidingsError:
            return None

    def _said(self) -> Status | None:
        try:
            done = subprocess.run(
                [self._command, "status", "--json"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=STATUS_SECONDS_MAX,
            )
            return msgspec.json.decode(done.stdout, type=Status) if done.returncode == 0 else None
        except (subprocess.TimeoutExpired, msgspec.DecodeError):
            return None

    def answers(self) -> bool:
        """True if the search page is up."""
        try:
            with urllib.request.urlopen(self.address, timeout=READY_SECONDS_MAX) as answer:  # noqa: S310 - loopback
                return bool(answer.status == 200)
        except OSError:
            return False


def installed(own: Mapping[str, str]) -> Installation:
    """The installation that these settings, and what else the shell says, describe. Raises ConfigError."""
    return Installation(load({**ENVIRONMENT, **own}))


def settings(data: Path, ports: Ports) -> Mapping[str, str]:
    """The service's settings as environment variables, embedded."""
    return {
        "TIDINGS_MODE": "embedded",
        "TIDINGS_DATA": str(data / "service"),
        "TIDINGS_SOURCES": str(data / "sources"),
        "TIDINGS_RULES": str(HERE / "rules"),
        "TIDINGS_BIND": HOST,
        "TIDINGS_PORT": str(ports.search),
        "TIDINGS_POLL_SECONDS": str(POLL_SECONDS),
        "TIDINGS_SMTP_HOST": HOST,
        "TIDINGS_SMTP_PORT": str(ports.mail),
        "TIDINGS_SMTP_TLS": "none",
        "TIDINGS_SMTP_FROM": "tidings@demo.example",
        "TIDINGS_SLACK_TOKEN": "xoxb-demo",
        "TIDINGS_SLACK_URL": f"http://{HOST}:{ports.slack}/api/",
    }


def write_settings(path: Path, values: Mapping[str, str]) -> None:
    """As a file for TIDINGS_CONFIG, by which `tidings` in another shell finds this installation."""
    path.write_text(yaml.safe_dump(dict(values)), "utf-8")


def write_sources(folder: Path, port: int) -> tuple[str, ...]:
    """Copy the demo's source files to `folder` with the site's port in them; gives the sources' names."""
    folder.mkdir(parents=True, exist_ok=True)
    originals = sorted((HERE / "sources").glob("*.yaml"))
    for path in originals:
        text = path.read_text("utf-8").replace(WRITTEN_ADDRESS, f"http://{HOST}:{port}/")
        (folder / path.name).write_text(text, "utf-8")
    return tuple(path.stem for path in originals)
