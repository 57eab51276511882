"""The status for people and for programs."""

from collections.abc import Iterator
from typing import Any

from app.content import Content
from app.status import Status


def lines(status: Status) -> Iterator[str]:
    """A line for each step, then what else matters."""
    for step in status.steps:
        ended = ", ".join(f"{n} {word}" for word, n in step.counts.items())
        behind = f"{step.behind} behind, oldest {step.lag_seconds:.0f} s" if step.behind else "up to date"
        yield f"{step.name:<8} {behind:<28} {ended}"
    yield "topics   " + ", ".join(f"{topic}: {n}" for topic, n in status.topics.items())
    yield "delivery " + (", ".join(f"{n} {state}" for state, n in status.receipts.items()) or "nothing to deliver")
    yield f"{status.dead_open} open dead letters; {'idle' if status.idle else 'working'}"


def summary(content: Content, status: Status) -> dict[str, Any]:
    """What a program that waits for the service wants to know; docs/operate.md has the fields."""
    return {
        "idle": status.idle,
        "polls": dict(content.polls),
        "pages": content.pages,
        "articles": content.articles,
        "signals": content.signals,
        "notifications": len(content.notifications),
        "sent": status.receipts.get("sent", 0),
        "retry": status.receipts.get("retry", 0),
        "dead": status.receipts.get("dead", 0),
        "dead_letters": status.dead_open,
        "lag": {step.name: step.lag_seconds for step in status.steps},
        "behind": {step.name: step.behind for step in status.steps},
        "counts": {step.name: step.counts for step in status.steps},
    }
