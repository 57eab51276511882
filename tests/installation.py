"""One installation under test: its folder, its settings, its real command line, and processes that may be killed."""

import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from random import Random

from waiting import wait_until

from app.statusview import summary
from app.wiring import Service
from deploy.demo.service import TIDINGS
from tidings.settings import TABLE, load

ROOT = Path(__file__).parents[1]
#: The clock stands still: two installations then see the same times.
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
COMMAND_SECONDS_MAX = 300
#: Longer than any process takes by itself; the machine may be busy.
STOP_SECONDS_MAX = 40


class Installation:
    """Embedded, unless it is told where Kafka and Elasticsearch are."""

    def __init__(self, folder: Path, **settings: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "clock").write_text(NOW.isoformat())
        self.folder, self.data = folder, folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")}
        self.environment = inherited | {
            "TIDINGS_DATA": str(self.data),
            "TIDINGS_CLOCK": str(folder / "clock"),
            "TIDINGS_TICK_SECONDS": "1000000000",
            **{name: str(value) for name, value in settings.items()},
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, tuple[str, ...]] = {}

    def __call__(self, *words: object, status: int = 0, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        done = subprocess.run(
            [TIDINGS, *map(str, words)],
            input=given,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            env=self.environment,
            cwd=ROOT,
        )
        assert done.returncode == status, done.stdout[-2000:] + done.stderr[-4000:]
        return done

    def export(self, what: str) -> str:
        return self("export", what).stdout

    def lines(self, *words: object) -> list[dict]:
        return [json.loads(line) for line in self(*words).stdout.splitlines()]

    @cached_property
    def view(self) -> Service:
        """The same installation, looked at from this process: a status costs no start of Python."""
        known = {name: value for name, value in self.environment.items() if name in TABLE}
        return Service(load(known))

    def lose_states(self) -> None:
        """As if the machine that holds them had burnt down."""
        self.__dict__.pop("view", None)  # it looks at the files that are gone
        shutil.rmtree(self.data / "state")

    def status(self) -> dict:
        return summary(self.view.content.catch_up(), self.view.status())

    def start(self, name: str, *words: object) -> None:
        """Start a process of the service, or, without words, the one of that name again."""
        if words:
            self._commands[name] = tuple(map(str, words))
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [TIDINGS, *self._commands[name]],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """End the process and see it gone; gives its exit status."""
        process = self.running.pop(name)
        process.send_signal(how)
        return process.wait(STOP_SECONDS_MAX)

    def revive(self) -> None:
        """What a supervisor does: start again whatever has died; a command that is through is left alone."""
        for name, process in list(self.running.items()):
            if process.poll():
                self.start(name)

    def wait_idle(self, seconds_max: float, steps: tuple[str, ...] = ()) -> None:
        """Until none of `steps` has anything left to do, or, without them, everything is done and delivered.

        What ends by itself meanwhile is started again.
        """

        def idle() -> bool:
            self.revive()
            status = self.status()
            return not any(status["behind"][step] for step in steps) if steps else status["idle"]

        wait_until(idle, seconds_max)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def end(self) -> None:
        for name in list(self.running):
            self.kill(name)


@contextmanager
def distributed(folder: Path, bootstrap: str, elasticsearch: str, **settings: object) -> Iterator[Installation]:
    """An installation of its own on these servers, its topics made; its processes end with the block."""
    own = f"test-{uuid.uuid4().hex[:8]}"
    made = Installation(
        folder,
        TIDINGS_MODE="distributed",
        KAFKA_BOOTSTRAP=bootstrap,
        ELASTICSEARCH_URL=elasticsearch,
        TIDINGS_TOPIC_PREFIX=f"{own}.",
        TIDINGS_INDEX=own,
        TIDINGS_PAGES_PARTITIONS=settings.pop("TIDINGS_PAGES_PARTITIONS", 6),
        **settings,
    )
    made("topics", "apply")
    try:
        yield made
    finally:
        made.end()


def write_articles(path: Path, count: int, *, seed: int = 20261124, name: str = "page") -> Path:
    """Articles as `tidings ingest` takes them: facts that the starter rules want, copies and revisions among them.

    Two files share no article unless they have the same `name`.
    """
    chance = Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            # One in ten says again what an earlier page said, one in ten changes a figure of an earlier page.
            told = chance.randrange(n) if n and chance.random() < 0.2 else n
            page = f"{name}-{told}" if told != n and chance.random() < 0.5 else f"{name}-{n}"
            revised = 5.0 if page == f"{name}-{told}" and told != n else 0.0
            file.write(json.dumps(_article(name, page, told, revised), ensure_ascii=False) + "\n")
    return path


def _article(name: str, page: str, n: int, revised: float) -> dict[str, str]:
    percent = f"{(n * 7) % 300 / 10 + 1 + revised:.1f}"
    words = [
        (
            f"Customs bulletin {name} {n}",
            f"China's exports of medical devices rose {percent}% year on year in the first half of {2000 + n % 26}, "
            f"customs figures show. Bulletin {name} {n} names no single port.",
        ),
        (
            f"Market note {name} {n}",
            f"The global infusion pump market was worth {percent} billion U.S. dollars in {2000 + n % 26}, according "
            f"to report {name} {n} on medical devices.",
        ),
        (
            f"器械简报{name}第{n}期",
            f"海关数据显示，{2000 + n % 26}年上半年我国医疗器械出口额同比增长{percent}%。本期为{name}第{n}期。",
        ),
        (f"Town notes {name} {n}", f"The library opens {percent} hours a week from next month. Notice {name} {n}."),
    ]
    title, text = words[n % 4]
    return {"id": page, "url": f"https://site.test/{page}", "title": title, "published": "2026-11-20", "text": text}


def pause(chance: Random, least: float, most: float) -> None:
    """Let the others work for a moment that chance decides."""
    time.sleep(chance.uniform(least, most))
