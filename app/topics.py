"""`tidings topics`: the topics on Kafka as they should be and as they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from app.printing import print_json
from streams.logs.topics import Difference, Found, apply, differences, found

if TYPE_CHECKING:
    from app.wiring import Service


def applied(service: "Service") -> int:
    """Create and mend; exit status 1 if something is left that would cost records."""
    service.require_distributed("topics apply")
    differing = apply(service.brokers, service.topics)
    for difference in differing:
        click.echo(_line(difference, "now" if difference.mendable else "left as it is: it would cost records; found"))
    left = [difference for difference in differing if not difference.mendable]
    click.echo(f"{len(service.topics)} topics, {len(differing) - len(left)} things mended, {len(left)} left")
    return 1 if left else 0


def shown(service: "Service", *, as_json: bool) -> int:
    """Every topic and in what it is not as it should be; exit status 1 if there is such a thing."""
    service.require_distributed("topics show")
    wanted = service.topics
    are = found(service.brokers, wanted)
    differing = list(differences(wanted, are))
    if as_json:
        print_json([_topic(is_, differing) for is_ in are])
    else:
        for is_ in are:
            click.echo(f"{is_.name:<30} {is_.partitions:>3} partitions {is_.records:>10} records {_size(is_.bytes):>9}")
        for difference in differing:
            click.echo(_line(difference, "is"))
    return 1 if differing else 0


def _topic(is_: Found, differing: Sequence[Difference]) -> dict[str, object]:
    differs = {d.what: {"wanted": d.wanted, "found": d.found} for d in differing if d.topic == is_.name}
    plain = {"name": is_.name, "partitions": is_.partitions, "records": is_.records, "bytes": is_.bytes}
    return {**plain, "retention_ms": is_.configuration.get("retention.ms"), "differs": differs}


def _line(difference: Difference, says: str) -> str:
    shown = difference.wanted if says == "now" else difference.found
    wanted = "" if says == "now" else f", want {difference.wanted}"
    return f"{difference.topic}: {difference.what} {says} {shown}{wanted}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
