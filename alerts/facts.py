"""One signal in a reader's words: the line that an alert's subject carries, and its parts."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal

from tidings.records import Export, MarketSize, Quantity, Registration, Signal, signal_type

#: Figures that a reader takes in at a glance; the exact one stands beside.
SIGNIFICANT_DIGITS = 4

_SCALES = ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"))
_APPROX = {"over": "over ", "under": "under ", "about": "about "}
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
    noun = words(signal_type(signal))
    # "export growth" and "market size", not "export export growth" and "market size size"
    if deeds and deeds[0].startswith(noun):
        noun = ""
    deeds = [deed for deed in deeds if not noun.endswith(deed)]
    return " ".join(part for part in (noun, *deeds, f"by {by}" if by else "") if part)


def figure(quantity: Quantity, *, signed: bool = False) -> str:
    """The figure as a reader says it: "USD 345.4 bn", "+5.4%", "over 190 countries", "USD 3 bn to 4 bn".

    `signed`: a rise bears its plus, as growth does.
    """
    values = [value for value in (quantity.value, quantity.upper) if value is not None]
    plus = "+" if signed and quantity.value > 0 else ""
    unit = quantity.unit
    approx = _APPROX.get(quantity.approx or "", "")
    if unit == "percent":
        return approx + plus + " to ".join(f"{_plain(value)}%" for value in values)
    if unit == "percentage_points":
        return approx + plus + " to ".join(_plain(value) for value in values) + " percentage points"
    if unit == "rank":
        return approx + " to ".join(_plain(value) for value in values)
    if _is_currency(unit):
        return f"{approx}{unit} " + " to ".join(_scaled(value) for value in values)
    return approx + " to ".join(f"{value:,f}" for value in values) + " " + words(unit)


def exact(quantity: Quantity) -> str:
    """The exact figure where `figure` scaled or rounded it: "USD 345,400,000,000"; "" where it did not."""
    values = [value for value in (quantity.value, quantity.upper) if value is not None]
    if not _is_currency(quantity.unit) or " " not in "".join(_scaled(value) for value in values):
        return ""
    return f"{quantity.unit} " + " to ".join(f"{value:,f}" for value in values)


def words(name: str) -> str:
    """A vocabulary word as prose: "market_size" -> "market size"."""
    return name.replace("_", " ")


def _registration(signal: Signal) -> tuple[str, list[str | None]]:
    assert isinstance(signal, Registration)
    count = figure(signal.quantity) if signal.quantity else None
    lead = " ".join(part for part in (signal.authority or "Registration", signal.action, count) if part)
    return lead, [
        _companies(signal),
        signal.product,
        signal.registration_no,
        f"Class {signal.device_class}" if signal.device_class else None,
    ]


def _export(signal: Signal) -> tuple[str, list[str | None]]:
    assert isinstance(signal, Export)
    stem = re.sub(r"_(value|growth)$", "", signal.metric)
    noun = _EXPORT_NOUNS.get(stem, words(signal.metric).capitalize())
    return _with_figure(noun, signal, signal.metric.endswith("_growth")), [_companies(signal), _regions(signal)]


def _market_size(signal: Signal) -> tuple[str, list[str | None]]:
    assert isinstance(signal, MarketSize)
    noun = "Market CAGR" if signal.metric == "cagr" else "Market"
    named = [signal.segment, _regions(signal)]
    return _with_figure(noun, signal, signal.metric != "size"), named


def _other(signal: Signal) -> tuple[str, list[str | None]]:
    names = [value for name in _SUBJECTS if isinstance(value := getattr(signal, name, None), str)]
    metric = getattr(signal, "metric", "")
    lead = act(signal)
    return _with_figure(lead[0].upper() + lead[1:], signal, metric.endswith("growth")), [
        _companies(signal),
        *names,
        _regions(signal),
    ]


def _with_figure(noun: str, signal: Signal, signed: bool) -> str:
    return f"{noun} {figure(signal.quantity, signed=signed)}" if signal.quantity else noun


_LINES: dict[type[Signal], Callable[[Signal], tuple[str, list[str | None]]]] = {
    Registration: _registration,
    Export: _export,
    MarketSize: _market_size,
}


def _companies(signal: Signal) -> str | None:
    return ", ".join(signal.companies) or None


#: The regions that readers here know better by name than by code; others are shown as they are.
_REGIONS = {
    "CN": "China", "US": "United States", "JP": "Japan", "DE": "Germany", "GB": "United Kingdom", "KR": "South Korea",
    "IN": "India", "BR": "Brazil", "FR": "France", "RU": "Russia", "EUROPE": "Europe", "GLOBAL": "world",
}  # fmt: skip


def _regions(signal: Signal) -> str | None:
    return ", ".join(_REGIONS.get(region, region) for region in signal.regions) or None


def _is_currency(unit: str) -> bool:
    return re.fullmatch("[A-Z]{3}", unit) is not None


def _scaled(value: Decimal) -> str:
    # Rounded first: 999,999,999 is 1 bn, not 1,000 m.
    short = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_UP).plus(value)
    scale, name = next(((scale, name) for scale, name in _SCALES if abs(short) >= scale), (None, ""))
    return f"{_plain(short / scale)} {name}" if scale else _plain(value)


def _plain(value: Decimal) -> str:
    """No exponent, no zeros that say nothing."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
