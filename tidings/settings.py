"""Every setting: its name, which is also its environment name, default, unit and help.

The environment wins over the file named by TIDINGS_CONFIG, the file over the default. A secret may come from a file:
TIDINGS_SMTP_PASSWORD_FILE. An unknown TIDINGS_ name is an error: a slip in a name must not pass silently.
Only `app/wiring.py` and `tidings/following.py` call `load`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from tidings.errors import ConfigError

PREFIX = "TIDINGS_"

Kind = Literal["path", "text", "integer", "number"]
_TYPES: Mapping[Kind, type] = {"path": str, "text": str, "integer": int, "number": float}
_WANTED: Mapping[Kind, str] = {"path": "a path", "text": "text", "integer": "a whole number", "number": "a number"}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One line of the table."""

    name: str
    kind: Kind
    default: Any
    help: str
    secret: bool = False
    #: Words that are allowed; empty: any.
    words: tuple[str, ...] = ()


def _o(name: str, kind: Kind, default: Any, help: str, *, secret: bool = False, words: tuple[str, ...] = ()) -> Setting:
    return Setting(name=name, kind=kind, default=default, help=help, secret=secret, words=words)


def _s(name: str, kind: Kind, default: Any, help: str, *, secret: bool = False, words: tuple[str, ...] = ()) -> Setting:
    return _o(PREFIX + name, kind, default, help, secret=secret, words=words)


SETTINGS: tuple[Setting, ...] = (
    _s(
        "MODE",
        "text",
        "embedded",
        "embedded: one folder, no servers; distributed: Kafka, Faust and Elasticsearch.",
        words=("embedded", "distributed"),
    ),
    _s("DATA", "path", Path("data"), "Folder that holds the log, the state and the index."),
    _s("SOURCES", "path", None, "Folder of source files; unset: those that come with Tidings."),
    _s("RULES", "path", None, "Folder of alert rules; unset: those that come with Tidings."),
    _s("BIND", "text", "127.0.0.1", "Address on which the search page listens."),
    _s("PORT", "integer", 8000, "Port of the search page."),
    _s(
        "CONTACT", "text", "https://example.org/tidings", "Address or mailbox that the crawler names in its User-Agent."
    ),
    _s("POLL_SECONDS", "number", None, "Looks at every source this often (seconds); unset: as each source file says."),
    _s("TICK_SECONDS", "number", 60.0, "Time between two ticks on the log (seconds)."),
    _s("RESTART_SECONDS_MAX", "number", 30.0, "Longest wait before a part that died is started again (seconds)."),
    _s("CLOCK", "path", None, "File that holds the time, for rehearsals (ISO 8601); unset: the system's clock."),
    _s(
        "LOG_FORMAT",
        "text",
        "text",
        "How the processes log: text for people, json for machines.",
        words=("text", "json"),
    ),
    _s("LOG_LEVEL", "text", "INFO", "Least level that is logged.", words=("DEBUG", "INFO", "WARNING", "ERROR")),
    _s("LINK", "text", "", "Address of the search page as readers see it, for links in alerts; empty: BIND and PORT."),
    _s("SMTP_HOST", "text", None, "Mail server; unset: e-mail is off."),
    _s("SMTP_PORT", "integer", 587, "Port of the mail server."),
    _s("SMTP_TLS", "text", "starttls", "How the mail connection is secured.", words=("none", "starttls", "tls")),
    _s("SMTP_USER", "text", None, "User at the mail server; unset: no login."),
    _s("SMTP_PASSWORD", "text", None, "Password at the mail server.", secret=True),
    _s("SMTP_FROM", "text", "tidings@localhost", "Sender of alert e-mails."),
    _s("SLACK_TOKEN", "text", None, "Bot token for Slack; unset: Slack is off.", secret=True),
    _s("SLACK_URL", "text", "https://slack.com/api/", "Base address of the Slack API."),
    _s(
        "DELIVERY_ATTEMPTS",
        "integer",
        30,
        "Attempts before a notification is dead for its channel: 30 take about a day.",
    ),
    _s("TOPIC_PREFIX", "text", "", "Stands before every topic and consumer group on Kafka: one prefix per desk."),
    _s("PAGES_PARTITIONS", "integer", 6, "Partitions of topic pages: so many analyse workers can share the work."),
    _s("PAGES_DAYS", "integer", 90, "Days that Kafka keeps fetched pages; every other topic is kept for ever."),
    _s("ANALYSE_WORKERS", "integer", 1, "Analyse workers that `tidings run` starts in distributed mode."),
    _s("WORKER", "text", None, "Name of this analyse worker, fixed over restarts; unset: host and data folder."),
    _s("INDEX", "text", "tidings", "Alias of the index in Elasticsearch: one per desk."),
    _s("BACKUP", "path", None, "Folder for backups of the states, made by `tidings work`; unset: none are made."),
    _s("BACKUP_HOURS", "number", 24.0, "Hours between two of them; the newest seven are kept."),
    _s("DISK_FREE_MB_MIN", "integer", 200, "Less free space than this (MB) makes /readyz and doctor complain."),
)

#: Names of other programs' customs that are read as well.
OTHER: tuple[Setting, ...] = (
    _o("KAFKA_BOOTSTRAP", "text", "127.0.0.1:9092", "Kafka brokers, host:port, comma between them."),
    _o(
        "KAFKA_SECURITY",
        "text",
        "PLAINTEXT",
        "How connections to Kafka are secured.",
        words=("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    ),
    _o("KAFKA_CA", "path", None, "Certificates that Kafka's are signed by (PEM); unset: the system's."),
    _o("KAFKA_CERT", "path", None, "Certificate with which Tidings shows itself to Kafka (PEM); unset: none."),
    _o("KAFKA_KEY", "path", None, "Key of that certificate (PEM, no password)."),
    _o(
        "KAFKA_SASL",
        "text",
        "SCRAM-SHA-512",
        "How Tidings logs in at Kafka, with SASL_ security.",
        words=("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
    ),
    _o("KAFKA_USER", "text", None, "User at Kafka."),
    _o("KAFKA_PASSWORD", "text", None, "Password at Kafka.", secret=True),
    _o("ELASTICSEARCH_URL", "text", "http://127.0.0.1:9200", "Elasticsearch nodes, comma between them."),
    _o("ELASTICSEARCH_API_KEY", "text", None, "API key for Elasticsearch; unset: user and password.", secret=True),
    _o("ELASTICSEARCH_USER", "text", None, "User at Elasticsearch; unset: no login."),
    _o("ELASTICSEARCH_PASSWORD", "text", None, "Password at Elasticsearch.", secret=True),
    _o("ELASTICSEARCH_CA", "path", None, "Certificates that Elasticsearch's are signed by (PEM); unset: the system's."),
    _o("SENTRY_DSN", "text", None, "Where errors are reported; unset: nowhere.", secret=True),
)

TABLE: Mapping[str, Setting] = {setting.name: setting for setting in (*SETTINGS, *OTHER)}

#: Read before the table: the file that may hold the rest.
CONFIG = PREFIX + "CONFIG"


def load(environment: Mapping[str, str]) -> dict[str, Any]:
    """Every setting's value by its name without the prefix, in lower case: {"data": Path("data"), "port": 8000, …}.

    Raises ConfigError that lists every fault found, not only the first.
    """
    given, faults = _given(environment)
    values = {}
    for name, setting in TABLE.items():
        try:
            values[short(name)] = _value(setting, given.get(name))
        except ConfigError as error:
            faults.append(str(error))
    if faults:
        raise ConfigError("\n".join(faults))
    return values


def short(name: str) -> str:
    """TIDINGS_SMTP_HOST -> smtp_host."""
    return name.removeprefix(PREFIX).lower()


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values for people: full names, secrets hidden."""
    return {
        name: "(set)" if setting.secret and values[short(name)] else _plain(values[short(name)])
        for name, setting in TABLE.items()
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _given(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """What file and environment say, and what is wrong with their names."""
    given: dict[str, Any] = {}
    faults: list[str] = []
    if path := environment.get(CONFIG):
        given |= _file(Path(path))
    for name, text in environment.items():
        if name.endswith("_FILE") and name.removesuffix("_FILE") in TABLE:
            given[name.removesuffix("_FILE")] = _secret(name, Path(text))
        elif name in TABLE or (name.startswith(PREFIX) and name != CONFIG):
            given[name] = text
    faults += [f"{name}: there is no such setting; `tidings config` lists them" for name in given if name not in TABLE]
    return given, faults


def _file(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{CONFIG}={path}: {error}; want a YAML file of NAME: value") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{CONFIG}={path}: holds a {type(content).__name__}; want NAME: value lines")
    return {str(name): value for name, value in content.items()}


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}={path}: {error.strerror}; want a readable file that holds the secret") from error


def _value(setting: Setting, given: Any) -> Any:
    if given is None or given == "":
        return setting.default
    try:
        value: Any = msgspec.convert(given, _TYPES[setting.kind], strict=False)
    except (msgspec.ValidationError, TypeError) as error:
        said = "(hidden)" if setting.secret else repr(given)
        raise ConfigError(f"{setting.name} is {said}; want {_WANTED[setting.kind]}: {setting.help}") from error
    if setting.words and value not in setting.words:
        raise ConfigError(f"{setting.name} is {given!r}; want one of {', '.join(setting.words)}: {setting.help}")
    return Path(value) if setting.kind == "path" else value
