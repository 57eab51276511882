"""Records for tests: whole ones, from the few words a test cares about."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from tidings.records import (
    AnySignal,
    Article,
    Export,
    Page,
    Poll,
    Quantity,
    Registration,
    Span,
    content_id,
    signal_key,
)

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

BODY = (
    "Exports of medical devices rose by 5.4% in 2025, the customs office said on Monday. "
    "The association expects the pace to hold through the coming year as new plants open along the coast."
)


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def page(path: str = "a", *, body: bytes = b"<p>text</p>", **over: Any) -> Page:
    return msgspec.structs.replace(
        Page(source="site", url=f"http://site.test/{path}", fetched_at=NOON, body=body), **over
    )


def article(path: str = "a", *, title: str = "Exports rise", body: str = BODY, **over: Any) -> Article:
    """An article whose id, revision and signal keys are functions of what it says, as everywhere."""
    url = f"http://site.test/{path}"
    made = Article(
        id=content_id(url),
        revision=content_id(title, body),
        url=url,
        source="site",
        origin="site",
        title=title,
        body=body,
        language="en",
        fetched_at=NOON,
        reader="analyse/1 lexicon/test",
        relevant=True,
    )
    made = msgspec.structs.replace(made, **over)
    keyed = tuple(msgspec.structs.replace(s, key=signal_key(made.id, s)) for s in made.signals)
    return msgspec.structs.replace(made, signals=keyed)


def export(value: str = "5.4", *, metric: str = "export_growth", unit: str = "percent", **over: Any) -> AnySignal:
    return Export(
        evidence=Span(field="body", start=0, end=20),
        metric=metric,
        quantity=Quantity(value=Decimal(value), unit=unit),
        **over,
    )


def approval(product: str = "Tianji CT", **over: Any) -> AnySignal:
    return Registration(
        evidence=Span(field="body", start=0, end=20), authority="NMPA", action="approved", product=product, **over
    )


def poll(minutes: float = 0, source: str = "site", **over: Any) -> Poll:
    return Poll(source=source, at=later(minutes), result="ok", **over)
