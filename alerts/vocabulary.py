"""The words that a rule may use: which conditions each signal type knows, and which values each of them may have.

What the records say (tidings/records.py) is read from there; what docs/signals.md leaves open in the records, the
metrics and units, is listed here.
"""

import difflib
import functools
import typing
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from tidings.lexicon import Kind, Lexicon
from tidings.records import SIGNAL_TYPES, Signal

#: How a condition reads its value.
Form = Literal["choice", "name", "phrase", "flag", "quantity", "confidence"]

#: Conditions that have another name than the signal's attribute, which holds several.
ATTRIBUTES: dict[str, str] = {"company": "companies", "device": "devices", "region": "regions"}
#: Conditions whose values are names of the lexicon.
NAMED: dict[str, Kind] = {"company": "company", "device": "device", "region": "region", "authority": "authority"}

_GROWING = (
    "revenue", "net_profit", "gross_profit", "gross_margin", "segment_profit", "rd_spend", "orders",
)  # fmt: skip
METRICS: dict[str, tuple[str, ...]] = {
    "export": (
        "export_value", "export_growth", "import_value", "import_growth", "trade_value", "trade_growth",
        "trade_balance", "overseas_revenue", "overseas_revenue_share", "overseas_revenue_growth",
        "countries", "customers", "order", "shipment",
    ),
    "results": tuple(name + end for name in _GROWING for end in ("", "_growth")),
}  # fmt: skip

PATHWAYS = ("innovative", "priority", "emergency", "conditional", "breakthrough", "510k", "pma", "de-novo")

UNITS = (
    "percent", "percentage_points", "rank", "countries", "products", "companies", "units", "cases", "hospitals",
    "provinces", "batches", "standards", "projects", "items", "sites", "categories", "notices", "days",
    # ISO 4217, those that trade news in this field uses
    "CNY", "USD", "EUR", "GBP", "JPY", "KRW", "HKD", "TWD", "SGD", "INR", "CHF", "AUD", "CAD", "BRL", "RUB",
    "SEK", "DKK", "NOK", "PLN", "TRY", "MXN", "THB", "VND", "IDR", "MYR", "PHP", "SAR", "AED", "ILS", "ZAR", "NZD",
)  # fmt: skip


@functools.cache
def conditions(type_name: str) -> dict[str, Form]:
    """What a rule on signals of this type may ask, in the order of the record's fields."""
    forms: dict[str, Form] = {"company": "name", "device": "name", "region": "name", "quantity": "quantity"}
    forms["forecast"] = "flag"
    forms["confidence_min"] = "confidence"
    shared = {field.name for field in msgspec.structs.fields(Signal)}
    own = {name: annotation for name, annotation in _types(type_name).items() if name not in shared}
    return forms | {name: _form(type_name, name, annotation) for name, annotation in own.items()}


def choices(type_name: str, name: str) -> tuple[str, ...]:
    """The values that a "choice" may have."""
    if name == "pathway":
        return PATHWAYS
    return METRICS[type_name] if _open_metric(type_name, name) else _literals(_types(type_name)[name])


def names(kind: Kind, lexicon: Lexicon) -> list[str]:
    """Every canonical name of a kind."""
    return [entry.name for entry in lexicon.entries if entry.kind == kind]


def canonical(kind: Kind, written: str, lexicon: Lexicon) -> str | None:
    """The canonical name of what a rule calls `written`, in either language; None if the lexicon knows none."""
    if written in names(kind, lexicon):
        return written
    entry = lexicon.lookup(written)
    return entry.name if entry and entry.kind == kind else None


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "approved"?` or "": for the end of a message about an unknown word."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f'; did you mean "{folded[near[0]]}"?' if near else ""


def one_of(known: Sequence[str], shown_max: int = 20) -> str:
    """`one of a, b, c`, cut where the list is long."""
    return "one of " + ", ".join(known[:shown_max]) + (", ..." if len(known) > shown_max else "")


def _form(type_name: str, name: str, annotation: object) -> Form:
    if annotation is bool:
        return "flag"
    if name in NAMED:
        return "name"
    if name == "pathway" or _literals(annotation) or _open_metric(type_name, name):
        return "choice"
    return "phrase"


def _open_metric(type_name: str, name: str) -> bool:
    return name == "metric" and type_name in METRICS


def _literals(annotation: object) -> tuple[str, ...]:
    """The words of a Literal, also where it may be None; () for any other type."""
    if typing.get_origin(annotation) is Literal:
        return typing.get_args(annotation)
    return tuple(word for part in typing.get_args(annotation) for word in _literals(part))


def _types(type_name: str) -> dict[str, object]:
    return {field.name: field.type for field in msgspec.structs.fields(SIGNAL_TYPES[type_name])}
