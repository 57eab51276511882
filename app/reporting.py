"""What the service says of itself: logs, metrics, errors to Sentry. The only place that knows sentry_sdk."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.status import Status
from tidings.errors import ConfigError, LostPositionError, StaleIndexError, StepBusyError, StorageError

#: Errors whose messages speak of the installation only; any other message might quote an article.
SPEAKING = (ConfigError, LostPositionError, StaleIndexError, StepBusyError, StorageError)

#: Libraries that say too much at INFO.
#: Clients that tell of every attempt to reach a server which is away: one line in so many seconds is enough.
CLIENTS = ("kafka", "aiokafka", "elastic_transport", "elasticsearch")
CLIENT_SECONDS = 10.0
QUIET = ("scrapy", "httpx", "asyncio", "trafilatura", "htmldate", "urllib3", "filelock", "mail.log", "uvicorn.access",
    "faust", "mode")  # fmt: skip


def start_logging(form: str, level: str) -> None:
    """Log to standard error: a line for people ("text") or one JSON object a line with every `extra` key ("json")."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _json() if form == "json" else logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    for name in CLIENTS:
        logging.getLogger(name).setLevel(logging.ERROR)
    handler.addFilter(_Seldom())


class _Seldom(logging.Filter):
    """Lets one record of the clients pass, then none for a while."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(CLIENTS):
            return True
        passes = record.created >= self._next
        self._next = record.created + CLIENT_SECONDS if passes else self._next
        return passes


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        "%(asctime)s %(levelname)s %(name)s %(process)d %(message)s",
        rename_fields={"asctime": "at", "levelname": "level"},
    )


def start_sentry(dsn: str | None, release: str) -> None:
    """Report errors to Sentry: type, place in the code, step and offset; no article text, no variable, no secret."""
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        release=release,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_enabling_integrations=False,
        before_send=_scrub,
        server_name="",
    )


def flush() -> None:
    """Wait a moment for what is on its way to Sentry: the process is about to end itself."""
    import sentry_sdk

    sentry_sdk.flush(timeout=2.0)


def _scrub(event: Any, hint: Mapping[str, Any]) -> Any:
    """Withhold what might quote an article or an address: exception messages, extras other than ours, the request."""
    for error in event.get("exception", {}).get("values", ()):
        if not any(error.get("type") == kind.__name__ for kind in SPEAKING):
            error["value"] = "(withheld)"
    event.pop("request", None)
    event.pop("breadcrumbs", None)
    extra = event.get("extra", {})
    event["extra"] = {key: extra[key] for key in ("action", "step") if key in extra}
    return event


class LogCollector:
    """Prometheus metrics computed from the log and the states when asked for: exact, and they survive a kill."""

    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        status = self._status()
        ends = CounterMetricFamily("tidings_records", "Records by step and how they ended", labels=["step", "end"])
        lag = GaugeMetricFamily("tidings_lag_seconds", "Age of the oldest unfinished record", labels=["step"])
        behind = GaugeMetricFamily("tidings_lag_records", "Records not yet dealt with", labels=["step"])
        for step in status.steps:
            lag.add_metric([step.name], step.lag_seconds)
            behind.add_metric([step.name], step.behind)
            for word, n in step.counts.items():
                ends.add_metric([step.name, word], n)
        yield from (ends, lag, behind)
        topics = CounterMetricFamily("tidings_topic_records", "Records appended to each topic", labels=["topic"])
        for topic, n in status.topics.items():
            topics.add_metric([topic], n)
        yield topics
        yield GaugeMetricFamily(
            "tidings_dead_letters_open", "Dead letters that nobody has dealt with", status.dead_open
        )
        for word, n in status.audit.items():
            yield CounterMetricFamily(f"tidings_audit_{word}", f"Pages that `tidings audit` found {word}", n)
        receipts = CounterMetricFamily("tidings_receipts", "Delivery attempts by result", labels=["state"])
        for state, n in status.receipts.items():
            receipts.add_metric([state], n)
        yield receipts
