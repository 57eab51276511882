"""The list of steps, readable on one screen.

pages ──analyse──> intake ──cluster──> events ──alert──> notifications ──deliver──> receipts
                                          ├──index──> the search index
                                          └──publish──> signals (distributed mode: the public topic)

Embedded, one process runs them all; distributed, Faust workers run the map and `tidings work` the rest.
"""

from typing import TYPE_CHECKING

from streams.cluster import cluster_fold
from streams.publish import publish_sink
from tidings.steps import Map, Sink, Step

if TYPE_CHECKING:
    from app.wiring import Service


def steps(service: "Service") -> tuple[Step, ...]:
    """Every step of the service, in the order in which records pass them; parts are made at the first record."""
    from alerts.outbox import offset
    from search.sink import index_events

    return (
        Map(name="analyse", source="pages", sink="intake", apply=lambda page: service.analyse(page)),
        cluster_fold(),
        service.alert_fold,
        Sink(
            name="index",
            source="events",
            write=index_events(service.index),
            position=service.index.upto,
        ),
        *((publish_sink(service.log),) if service.distributed else ()),
        Sink(
            name="deliver",
            source="notifications",
            write=lambda batch: service.delivery.write(batch),
            due=lambda: service.delivery.due(),
            position=lambda: offset(service.outbox, "notifications"),
            finish=lambda: service.delivery.finish(),
        ),
    )
