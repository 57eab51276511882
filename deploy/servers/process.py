"""The process of one server: started, looked at until it is ready, ended. Its output goes to a file."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.servers.lifeline import Lifeline, this_process
from tidings.errors import TidingsError

#: Between two looks at whether it is ready.
LOOK_SECONDS = 0.05
#: A start takes 3 s (Kafka) to 8 s (Elasticsearch), several times that where both cores are busy.
READY_SECONDS_MAX = 180
STOP_SECONDS_MAX = 30
LINES_SHOWN = 15
PORT_TAKEN = "Address already in use"


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a server is started."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    #: User and group to become; None: stay who we are.
    user: tuple[int, int] | None = None


class PortTakenError(TidingsError):
    """Somebody else listens on the port that a server was to have."""


class Process:
    """One server's process, or none at the moment. `log` is added to, never cleared."""

    def __init__(self, name: str, log: Path, lifeline: Lifeline = this_process) -> None:
        self._name = name
        self._log = log
        self._lifeline = lifeline
        self._held: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        #: Size of the log before this start.
        self._before = 0

    @property
    def pid(self) -> int | None:
        """Of the running server; None when there is none."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def said(self) -> str:
        """What it has written since it was started."""
        with self._log.open("rb") as log:
            log.seek(self._before)
            return log.read().decode("utf-8", "replace")

    def start(self, run: Run) -> None:
        """Start it; does not wait until it is ready."""
        assert self.pid is None, f"{self._name} runs already"
        self._let_go()
        self._before = self._log.stat().st_size if self._log.exists() else 0
        line, self._held = self._lifeline()
        user, group = run.user or (None, None)
        try:
            with self._log.open("ab") as log:
                # A session of its own: Ctrl-C at the terminal is for us, who then end it in order.
                self._process = subprocess.Popen(  # noqa: S603 - our own list of words, no shell
                    run.command,
                    cwd=run.folder,
                    env=dict(run.environment),
                    stdin=line,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    user=user,
                    group=group,
                    extra_groups=None if user is None else (),
                )
        finally:
            os.close(line)

    def wait_ready(self, ready: Callable[[], bool]) -> None:
        """Look until `ready`. Raises PortTakenError, or TidingsError with the end of its log; it is then ended."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready():
            if self.pid is None:
                raise self._ended()
            if time.monotonic() > deadline:
                self.kill()
                raise TidingsError(f"{self._name} was not ready after {READY_SECONDS_MAX} s; {self._tail()}")
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End it in order, by force if that takes too long. Harmless if it does not run."""
        self._end(subprocess.Popen.terminate)

    def kill(self) -> None:
        """End it as a power cut ends a process: kill -9. Harmless if it does not run."""
        self._end(subprocess.Popen.kill)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process:
            how(self._process)
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
        self._held = None

    def _ended(self) -> TidingsError:
        assert self._process
        self._let_go()
        if PORT_TAKEN in self.said:
            return PortTakenError(f"{self._name}: somebody else listens on its port; {self._tail()}")
        return TidingsError(f"{self._name} ended with status {self._process.returncode}; {self._tail()}")

    def _tail(self) -> str:
        return f"the end of {self._log}:\n" + "\n".join(self.said.splitlines()[-LINES_SHOWN:])
