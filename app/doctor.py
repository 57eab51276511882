"""`tidings doctor`: look at everything the service needs, and say what to do about what is wrong."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app import ready, servers
from app.ready import Finding
from tidings.errors import TidingsError

if TYPE_CHECKING:
    from app.wiring import Service

#: The newest record may be from the future by this much before the clock is doubted.
CLOCK_SLACK = timedelta(minutes=5)
CONNECT_SECONDS = 5.0


def findings(service: "Service") -> Iterator[Finding]:
    """One finding after the other; the settings have been read by now, so they are well."""
    yield from _files(service)
    yield _mail(service)
    yield _slack(service)
    found = list(service.readiness())
    yield from found
    if service.distributed and not all(finding.ok for finding in found if finding.subject.startswith("Kafka")):
        return
    if service.distributed:
        yield from servers.topics(service)
    yield _clock(service)
    yield ready.dead_letters(service.status())


def _clock(service: "Service") -> Finding:
    last = service.log.position("ticks")
    now = service.clock()
    ahead = datetime.fromtimestamp(max(last, 0), UTC) - now
    ok = ahead <= CLOCK_SLACK
    says = f"{now:%Y-%m-%d %H:%M:%S} UTC" + ("" if ok else f", but the log has a tick {ahead} later: set the clock")
    return Finding(subject="clock", ok=ok, says=says)


def _files(service: "Service") -> Iterator[Finding]:
    sources, errors = service.loaded_sources()
    yield Finding(
        subject="sources", ok=not errors, says="; ".join(map(str, errors)) or f"{len(sources)} files are well"
    )
    rules, errors = service.checked_rules()
    yield Finding(
        subject="rules", ok=not errors, says="; ".join(map(str, errors)) or f"{len(rules.rules)} files are well"
    )


def _mail(service: "Service") -> Finding:
    host, port = service.values["smtp_host"], service.values["smtp_port"]
    if not host:
        return Finding(subject="e-mail", ok=True, says="off: TIDINGS_SMTP_HOST is not set")
    kind = smtplib.SMTP_SSL if service.values["smtp_tls"] == "tls" else smtplib.SMTP
    try:
        with kind(host, port, timeout=CONNECT_SECONDS) as server:
            code, _ = server.noop()
    except (OSError, smtplib.SMTPException) as error:
        says = f"{host}:{port} does not answer ({error}): check TIDINGS_SMTP_HOST, _PORT, _TLS and the network"
        return Finding(subject="e-mail", ok=False, says=says)
    return Finding(subject="e-mail", ok=code == 250, says=f"{host}:{port} answers {code}")


def _slack(service: "Service") -> Finding:
    if not service.values["slack_token"]:
        return Finding(subject="Slack", ok=True, says="off: TIDINGS_SLACK_TOKEN is not set")
    try:
        who = service.slack().identity()
    except TidingsError as error:
        return Finding(subject="Slack", ok=False, says=f"{error}; see TIDINGS_SLACK_TOKEN and the network")
    return Finding(subject="Slack", ok=True, says=f"{who}; `tidings alerts test slack '#channel'` sends a message")
