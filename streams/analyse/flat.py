"""An article's analysis as one plain object: the shape of docs/signals.md, which `tidings analyse` prints."""

from decimal import Decimal
from typing import Any

from msgspec.structs import asdict

from tidings.records import AnySignal, Article, Quantity, Span, signal_type


def flat(article: Article) -> dict[str, Any]:
    """{"id", "language", "relevant", "topics", "companies", "devices", "signals"}: companies by canonical name,
    evidence as text."""
    return {
        "id": article.id,
        "language": article.language,
        "relevant": article.relevant,
        "topics": list(article.topics),
        "companies": [company.name for company in article.companies],
        "devices": list(article.devices),
        "signals": [_signal(article, signal) for signal in article.signals],
    }


def evidence(article: Article, span: Span) -> str:
    """The words of `article` that stand at `span`."""
    return (article.title if span.field == "title" else article.body)[span.start : span.end]


def _signal(article: Article, signal: AnySignal) -> dict[str, Any]:
    fields = asdict(signal)
    del fields["key"]
    return {
        "type": signal_type(signal),
        **fields,
        "evidence": evidence(article, signal.evidence),
        "companies": list(signal.companies),
        "devices": list(signal.devices),
        "regions": list(signal.regions),
        "quantity": _quantity(signal.quantity),
    }


def _quantity(quantity: Quantity | None) -> dict[str, Any] | None:
    if quantity is None:
        return None
    return {
        "value": _number(quantity.value),
        "upper": None if quantity.upper is None else _number(quantity.upper),
        "unit": quantity.unit,
        "approx": quantity.approx,
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
