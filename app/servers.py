"""What the servers of the distributed mode are up to, as findings for /readyz and doctor."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.ready import Finding
from tidings.errors import TidingsError

if TYPE_CHECKING:
    from app.wiring import Service


def kafka(service: "Service") -> Finding:
    """Does a broker take connections? Asked first: whatever else one asks of an absent broker takes half a minute."""
    from streams.logs.broker import answers

    ok, where = answers(service.brokers), service.brokers.bootstrap
    says = "answers" if ok else "no broker answers: start it or set KAFKA_BOOTSTRAP; everything waits, nothing is lost"
    return Finding(subject=f"Kafka at {where}", ok=ok, says=says)


def topics(service: "Service") -> Iterator[Finding]:
    """In what the topics are not as they should be."""
    from streams.logs.topics import differences, found

    wanted = service.topics
    differing = list(differences(wanted, found(service.brokers, wanted)))
    for d in differing:
        says = f"{d.what} is {d.found}, want {d.wanted}: `tidings topics apply`" + (
            "" if d.mendable else " cannot mend it"
        )
        yield Finding(subject=f"topic {d.topic}", ok=False, says=says)
    if not differing:
        yield Finding(subject="topics", ok=True, says=f"{len(wanted)} are as they should be")


def index(service: "Service") -> Finding:
    """Does the index answer, and does it take articles?"""
    from search.elastic import ElasticIndex

    assert isinstance(service.index, ElasticIndex)
    try:
        upto, refusal = service.index.upto(), service.index.refusal()
    except TidingsError as error:
        return Finding(subject="search index", ok=False, says=f"{error}; articles wait on the log meanwhile")
    if refusal:
        return Finding(subject="search index", ok=False, says=f"{refusal}; articles wait on the log meanwhile")
    return Finding(subject="search index", ok=True, says=f"answers, up to event {upto}")


def readers(service: "Service") -> Iterator[Finding]:
    """How many processes stand in each step's group: one reads, or, of the map, all share."""
    from streams.logs.topics import groups

    prefix = service.brokers.prefix
    members = groups(service.brokers, [prefix + step.name for step in service.steps])
    for step in service.steps:
        n = members[prefix + step.name]
        says = f"yes, in {n} processes" if n > 1 else "yes" if n else f"no: start `{_command(step.name)}`"
        yield Finding(subject=f"{step.name} runs", ok=n > 0, says=says)


def _command(step: str) -> str:
    return "tidings analyse-worker" if step == "analyse" else "tidings work"
