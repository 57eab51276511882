"""One signal in a reader's words: the line that an alert's subject carries, and its parts."""

import re
from collections.abc import Callable

from tidings.figures import stated
from tidings.records import Export, MarketSize, Registration, Signal, signal_type
from tidings.wording import heading, regions, words

#: Attributes that say what was done or measured, in the order in which a sentence wants them.
_DEEDS = ("action", "metric", "kind", "stage")
#: Attributes that name who did it or what it is about.
_SUBJECTS = (
    "buyer", "subject", "product", "title", "target",
    "segment", "programme", "scheme", "site", "component", "registration_no", "number", "doc_no",
)  # fmt: skip
_EXPORT_NOUNS = {
    "export": "Exports",
    "import": "Imports",
    "trade": "Trade",
    "trade_balance": "Trade balance",
    "overseas_revenue": "Overseas revenue",
    "overseas_revenue_share": "Overseas revenue share",
    "countries": "Presence in",
    "customers": "Customers abroad",
    "order": "Order from abroad",
    "shipment": "Shipment abroad",
}


def headline(signal: Signal) -> str:
    """The fact in one line, the most telling part first: "NMPA approved · Mindray · Class III"."""
    lead, named = _LINES.get(type(signal), _other)(signal)
    parts = [lead, *named, signal.period, "forecast" if signal.forecast else None]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def act(signal: Signal) -> str:
    """What kind of fact it is, as part of a sentence: "registration approved by NMPA", "market size growth"."""
    deeds = [words(value) for name in _DEEDS if isinstance(value := getattr(signal, name, None), str)]
    by = next((value for name in ("authority", "issuer", "imposer") if (value := getattr(signal, name, None))), None)
    noun = words(signal_type(signal)).split(" ")
    # "export growth" and "market share change", not "export export growth" and "market share share change"
    if deeds and deeds[0].split(" ")[0] == noun[-1]:
        noun.pop()
    return " ".join((*noun, *deeds, *([f"by {by}"] if by else [])))


def _registration(signal: Signal) -> tuple[str, list[str | None]]:
    assert isinstance(signal, Registration)
    lead = " ".join(part for part in (signal.authority or "Registration", signal.action, stated(signal)) if part)
    return lead, [
        _companies(signal),
        signal.product,
        signal.registration_no,
        f"Class {signal.device_class}" if signal.device_class else None,
    ]


def _export(signal: Signal) -> tuple[str, list[str | None]]:
    assert isinstance(signal, Export)
    stem = re.sub(r"_(value|growth)$", "", signal.metric)
    noun = _EXPORT_NOUNS.get(stem, heading(signal.metric))
    return _with_figure(noun, signal), [_companies(signal), regions(signal.regions)]


def _market_size(signal: Signal) -> tuple[str, list[str | None]]:
    assert isinstance(signal, MarketSize)
    noun = "Market CAGR" if signal.metric == "cagr" else "Market"
    return _with_figure(noun, signal), [signal.segment, regions(signal.regions)]


def _other(signal: Signal) -> tuple[str, list[str | None]]:
    names = [value for name in _SUBJECTS if isinstance(value := getattr(signal, name, None), str)]
    lead = act(signal)
    return _with_figure(lead[0].upper() + lead[1:], signal), [_companies(signal), *names, regions(signal.regions)]


def _with_figure(noun: str, signal: Signal) -> str:
    if signal.quantity and signal.quantity.unit == "rank":
        noun = noun.removesuffix(" rank")  # "no. 1" says it
    return " ".join(part for part in (noun, stated(signal)) if part)


_LINES: dict[type[Signal], Callable[[Signal], tuple[str, list[str | None]]]] = {
    Registration: _registration,
    Export: _export,
    MarketSize: _market_size,
}


def _companies(signal: Signal) -> str:
    return ", ".join(signal.companies)
