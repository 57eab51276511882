"""`tidings crawl`: the sources polled on their schedules."""

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.stopping import stop_with_parent
from streams.lease import lease

if TYPE_CHECKING:
    from app.wiring import Service

logger = logging.getLogger(__name__)


def crawl_sources(service: "Service", *, once: bool, names: Sequence[str], with_parent: bool) -> int:
    """Crawl until told to stop, or once through; a bad source file is named and the rest goes on."""
    from crawlers.crawl import crawl
    from crawlers.memory import Memory
    from crawlers.spool import Spool

    if with_parent:
        stop_with_parent()
    sources, errors = service.loaded_sources()
    for error in errors:
        logger.error(f"source not taken: {error}", extra={"action": "source_refused", "reason": str(error)})
    with lease(service.state / "crawl.lock", "crawl"):
        answered = crawl(
            sources,
            service.log,
            Memory(service.state / "crawl.sqlite"),
            service.clock,
            contact=service.values["contact"],
            once=once,
            only=names,
            every_seconds=service.values["poll_seconds"],
            spool=Spool(service.state / "spool.sqlite"),
        )
    if not answered:
        # Kafka's client waits for its brokers as Python ends, longer than a stop may take. What it still holds is
        # fetched again by the next poll, or is in the spool.
        logging.shutdown()
        os._exit(0)
    return 0
