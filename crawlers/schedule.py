"""When a source is polled next: its own interval, longer after faults, a day after a challenge."""

from collections.abc import Sequence
from datetime import datetime

from crawlers.memory import Memory
from crawlers.remembered import Standing
from crawlers.source import Source

DAY_SECONDS = 24 * 3600.0
#: After so many faults in a row the wait no longer doubles.
DOUBLINGS_MAX = 8


def wait_seconds(source: Source, standing: Standing, every_seconds: float | None = None) -> float:
    """How long after its last poll the source is due again. `every_seconds` overrides the source's own interval.

    Doubles with each fault in a row, up to a day (or the interval, if that is longer).
    """
    every = source.every_minutes * 60.0 if every_seconds is None else every_seconds
    longest = max(every, DAY_SECONDS)
    if standing.result == "blocked":
        return longest
    return min(every * 2.0 ** min(standing.faults, DOUBLINGS_MAX), longest)


def due(sources: Sequence[Source], memory: Memory, now: datetime, every_seconds: float | None = None) -> list[Source]:
    """The sources that are due, the longest due first, those never polled before all others; ties by name."""
    ready: list[tuple[float, str, Source]] = []
    for source in sources:
        standing = memory.standing(source.name)
        at = 0.0
        if standing.polled_at is not None:
            at = standing.polled_at + wait_seconds(source, standing, every_seconds)
        if at <= now.timestamp():
            ready.append((at, source.name, source))
    return [source for _, _, source in sorted(ready, key=lambda each: each[:2])]
