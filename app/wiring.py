"""Make the parts of one installation out of its settings. The only place that reads settings."""

import logging
import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tidings
import tidings.settings
from app import ready, reporting, servers
from app.content import Content
from app.status import Status, StatusReader
from streams.logs.sqlite import SqliteLog
from streams.runner import Setting
from tidings.brokers import Brokers, brokers
from tidings.clock import Clock, file_clock, system_clock
from tidings.errors import ConfigError, NotFoundError
from tidings.layout import Layout
from tidings.lexicon import Lexicon
from tidings.lexicon import load as load_lexicon
from tidings.records import Notification, Record, content_id
from tidings.steps import Fold, Log, Map, Outcome, Step
from tidings.storage import connect

if TYPE_CHECKING:
    from alerts.channels import Channel, Message
    from alerts.channels.slack import SlackChannel
    from alerts.deliver import Delivery
    from alerts.rule import RuleSet
    from crawlers.check import Report
    from crawlers.source import Source
    from search.index import Index
    from streams.faust_app import Work
    from streams.logs.topics import Wanted

logger = logging.getLogger(__name__)


class Service:
    """The parts, each made when it is first asked for: `tidings --help` makes none."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self._rules_stamp: object = None

    @classmethod
    def from_environment(cls) -> "Service":
        """Raises ConfigError that lists every wrong setting."""
        return cls(tidings.settings.load(os.environ))

    # -- folders and files ----------------------------------------------------------------------------------------

    @property
    def data(self) -> Path:
        """Everything this installation keeps."""
        return Path(self.values["data"])

    @property
    def state(self) -> Path:
        """Fold states and step locks."""
        return self.data / "state"

    @property
    def index_folder(self) -> Path:
        """The search index; `tidings reindex` builds it anew."""
        return self.data / "index"

    @property
    def distributed(self) -> bool:
        """Kafka, Faust and Elasticsearch; else one folder and no server."""
        return bool(self.values["mode"] == "distributed")

    @cached_property
    def log(self) -> Log:
        """Raises StorageError if it is not to be reached."""
        if self.distributed:
            from streams.logs.kafka import KafkaLog

            return KafkaLog(self.brokers, member=self.own_name)
        return SqliteLog(self.data / "log.sqlite")

    @property
    def own_name(self) -> str:
        """Who this installation is among those that share the topics: host and data folder."""
        return f"{socket.gethostname()}-{content_id(self.data.resolve())[:8]}"

    def require_distributed(self, command: str) -> None:
        """Raise ConfigError unless Kafka is in use."""
        if not self.distributed:
            raise ConfigError(f"`tidings {command}` is for TIDINGS_MODE=distributed; the mode is {self.values['mode']}")

    @cached_property
    def brokers(self) -> Brokers:
        """Where Kafka is. Raises ConfigError where what it needs is not installed."""
        return brokers(self.values)

    @property
    def topics(self) -> "tuple[Wanted, ...]":
        """What every topic on Kafka should be."""
        from streams.logs.topics import wanted

        values = self.values
        return wanted(self.brokers, pages_partitions=values["pages_partitions"], pages_days=values["pages_days"])

    @cached_property
    def clock(self) -> Clock:
        path = self.values["clock"]
        return file_clock(path) if path else system_clock

    # -- what is known ----------------------------------------------------------------------------------------------

    @cached_property
    def lexicon(self) -> Lexicon:
        return load_lexicon()

    def loaded_sources(self) -> "tuple[list[Source], list[ConfigError]]":
        """The good source files, and what is wrong with the others."""
        from crawlers.load import HERE, load

        return load(self.values["sources"] or HERE)

    def tried_source(self, source: "Source", *, live: bool) -> "Report":
        """What a source file makes of its fixture, or of the site itself."""
        from crawlers.check import HERE, check_source, look_at_site

        if live:
            return look_at_site(source, self.analyse, self.clock, contact=self.values["contact"])
        return check_source(source, HERE / source.name, self.analyse)

    @cached_property
    def layouts(self) -> Mapping[str, Layout]:
        """How each source's pages are laid out."""
        return {source.name: source.layout for source in self.loaded_sources()[0]}

    @cached_property
    def analyse(self) -> Callable[[Record], Record | Outcome]:
        from streams.analyse import analyser

        return analyser(self.lexicon, self.layouts)

    # -- rules --------------------------------------------------------------------------------------------------------

    @property
    def rules_folder(self) -> Path:
        from alerts.rule_folder import STARTERS

        return Path(self.values["rules"] or STARTERS)

    def checked_rules(self) -> "tuple[RuleSet, list[ConfigError]]":
        """The rules of the good files, their examples run, and what is wrong with the others."""
        from alerts.rule_folder import check

        return check(self.rules_folder, self.analyse, self.lexicon)

    def refresh_rules(self) -> None:
        """Put the rule files in force if they have changed; a bad one is named and the set in force stays.

        With no set in force yet, the good files are better than none.
        """
        from alerts.rule import READER, publish
        from alerts.rule_folder import stamp

        stamped = stamp(self.rules_folder)
        if stamped == self._rules_stamp:
            return
        self._rules_stamp = stamped
        rules, errors = self.checked_rules()
        for error in errors:
            logger.error(f"rule not taken: {error}", extra={"action": "rule_refused", "reason": str(error)})
        if errors and self.log.position(READER) >= 0:
            logger.error("the previous rules stay in force", extra={"action": "rules_kept"})
        elif publish(self.log, rules, at=self.clock(), by="rule files"):
            names = ", ".join(rule.name for rule in rules.rules) or "none"
            logger.info(f"rules in force: {names}", extra={"action": "rules_published"})

    # -- steps --------------------------------------------------------------------------------------------------------

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        from app.topology import steps

        return steps(self)

    @cached_property
    def alert_fold(self) -> Fold:
        from alerts.desk import alert_fold

        return alert_fold(self.lexicon)

    @property
    def own_steps(self) -> tuple[Step, ...]:
        """The steps that `tidings work` runs: all, or all but the map where Faust workers run that."""
        return tuple(step for step in self.steps if not (self.distributed and isinstance(step, Map)))

    def worker(self, name: str | None) -> "Work":
        """What an analyse worker needs, its analysis warm: a worker that stands still is taken for dead.

        `name`: TIDINGS_WORKER, or else host and data folder.
        """
        from streams.analyse import warm_up
        from streams.faust_app import Work

        warm_up(self.analyse)
        [step] = [step for step in self.steps if isinstance(step, Map)]
        return Work(
            step=step,
            log=self.log,
            brokers=self.brokers,
            clock=self.clock,
            name=name or self.values["worker"] or self.own_name,
            folder=self.data,
            last_words=reporting.flush,
        )

    @cached_property
    def index(self) -> "Index":
        """One process writes it, any number read."""
        if self.distributed:
            return self._elastic()
        from search.tantivy import TantivyIndex

        return TantivyIndex(self.index_folder)

    def _elastic(self) -> "Index":
        from search.elastic import ElasticIndex

        return ElasticIndex(
            self.values["elasticsearch_url"],
            self.values["index"],
            api_key=self.values["elasticsearch_api_key"],
            user=self.values["elasticsearch_user"],
            password=self.values["elasticsearch_password"],
            ca=self.values["elasticsearch_ca"],
        )

    @property
    def state_files(self) -> list[Path]:
        """What a backup holds; embedded, the log itself too. The index is made again from the log."""
        names = [*(f"{fold.name}.sqlite" for fold in self.steps if isinstance(fold, Fold)), "deliver.sqlite"]
        states = [self.state / name for name in (*names, "crawl.sqlite", "spool.sqlite")]
        return states if self.distributed else [self.data / "log.sqlite", *states]

    @property
    def state_locks(self) -> list[tuple[Path, str]]:
        """(lock file, step) of all that writes a state."""
        return [(self.state / f"{name}.lock", name) for name in (*(step.name for step in self.own_steps), "crawl")]

    def backup_if_due(self) -> None:
        """A backup of the states, where TIDINGS_BACKUP asks for it and the newest is old."""
        if self.values["backup"]:
            from app.backup import backup_if_due

            every = timedelta(hours=self.values["backup_hours"])
            backup_if_due(self.state_files, self.values["backup"], self.clock(), every)

    # -- delivery -----------------------------------------------------------------------------------------------------

    @cached_property
    def channels(self) -> "Mapping[str, Channel]":
        """The channels whose settings are there."""
        from alerts.channels.console import ConsoleChannel

        channels: dict[str, Channel] = {"console": ConsoleChannel()}
        if self.values["smtp_host"]:
            channels["email"] = self._email()
        if self.values["slack_token"]:
            channels["slack"] = self.slack()
        return channels

    def _email(self) -> "Channel":
        from alerts.channels.email import EmailChannel

        return EmailChannel(
            host=self.values["smtp_host"],
            port=self.values["smtp_port"],
            tls=self.values["smtp_tls"],
            user=self.values["smtp_user"] or "",
            password=self.values["smtp_password"] or "",
            sender=self.values["smtp_from"],
        )

    def slack(self) -> "SlackChannel":
        """The channel with the token that is set."""
        from alerts.channels.slack import SlackChannel

        return SlackChannel(token=self.values["slack_token"], url=self.values["slack_url"])

    @cached_property
    def outbox(self) -> sqlite3.Connection:
        """The delivery's memory; any process may look, one writes."""
        from alerts.outbox import SCHEMA

        return connect(self.state / "deliver.sqlite", SCHEMA)

    @cached_property
    def delivery(self) -> "Delivery":
        from alerts.deliver import Backoff, Delivery

        return Delivery(
            log=self.log,
            state=self.outbox,
            channels=self.channels,
            clock=self.clock,
            backoff=Backoff(attempts_max=self.values["delivery_attempts"]),
            site=self.site,
        )

    @property
    def site(self) -> str:
        """The search page's address as readers see it."""
        return str(self.values["link"] or f"http://{self.values['bind']}:{self.values['port']}").rstrip("/")

    def test_channel(self, kind: str, recipient: str) -> str:
        """Send one test message; gives the other side's id. Raises NotFoundError for a channel that is not set up."""
        from alerts.channels import CHANNELS, Message

        if kind not in self.channels:
            remedy = "its settings are missing: `tidings config`" if kind in CHANNELS else f"want {', '.join(CHANNELS)}"
            raise NotFoundError(f"channel {kind} is not set up: {remedy}")
        text = f"This is a test message of Tidings over {kind}. No rule fired."
        message = Message(subject="Tidings: test message", text=text, html=f"<p>{text}</p>", blocks=())
        return self.channels[kind].send(message, recipient=recipient, key=content_id("test", self.clock().isoformat()))

    def render(self, notification: Notification) -> "Message":
        """The message that says what the notification says."""
        from alerts.render import render

        return render(notification, site=self.site)

    def setting(self, stop: threading.Event) -> Setting:
        """What the steps of this process share."""
        return Setting(log=self.log, folder=self.state, clock=self.clock, stop=stop)

    def settle(
        self, stop: threading.Event, progress: Callable[[Status], None] = lambda _: None, *, only_wait: bool = False
    ) -> None:
        """See everything on the log through, with the rules in force as they stand; `only_wait`: others do it."""
        from app.settle import settle
        from app.ticker import tick

        self.refresh_rules()
        tick(self.log, self.clock(), self.values["tick_seconds"])
        settle(() if only_wait else self.own_steps, self.setting(stop), self.status, progress, upto=self.steps)

    # -- status -------------------------------------------------------------------------------------------------------

    @cached_property
    def content(self) -> Content:
        return Content(log=self.log)

    @cached_property
    def _status_reader(self) -> StatusReader:
        return StatusReader(self.log, self.state, self.steps)

    def status(self) -> Status:
        """How far every step is, now."""
        return self._status_reader.read(self.clock())

    def readiness(self) -> Iterator[ready.Finding]:
        """What /readyz looks at."""
        yield ready.disk(self.data, self.values["disk_free_mb_min"])
        if not self.distributed:
            yield from ready.running(self.state, [step.name for step in self.steps])
            yield from ready.lags(self.status())
            return
        yield servers.index(self)
        yield (kafka := servers.kafka(self))
        if kafka.ok:
            yield from servers.readers(self)
            yield from ready.lags(self.status())

    def start_reporting(self, *, quiet: bool) -> None:
        """Logs and Sentry for this process; `quiet`: a command whose output is its result logs warnings only."""
        reporting.start_logging(self.values["log_format"], "WARNING" if quiet else self.values["log_level"])
        reporting.start_sentry(self.values["sentry_dsn"], f"tidings@{tidings.VERSION}")
