"""Figures in people's units, and the same figures exactly: one wording for pages, messages and reasons."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from tidings.records import Quantity, Signal

#: Significant digits of a shortened figure; the exact one always stands beside it.
SIGNIFICANT_DIGITS = 4

_SCALES = ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"))
_SHORTENED = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_UP)
_SUFFIXES = {"percent": "%", "percentage_points": " pp"}
_CHANGES = ("growth", "change", "cagr")
_MINUS = "−"


def stated(signal: Signal) -> str:
    """A signal's figure, a change with its sign: "USD 345.4 bn", "+5.4%"; "" if it has none."""
    return short(signal.quantity, signed=_is_change(signal)) if signal.quantity else ""


def unshortened(signal: Signal) -> str:
    """A signal's figure with every digit where `stated` leaves some out; "" where it does not."""
    return exact(signal.quantity) if signal.quantity and _scale(signal.quantity)[1] else ""


def short(quantity: Quantity, *, signed: bool = False) -> str:
    """Write `quantity` as an analyst does: "USD 345.4 bn", "over 190 countries", "−8.2%", "CNY 3–4 bn", "no. 3".

    From a million on it is scaled and rounded; below, it keeps all its digits.
    `signed`: put a plus before a rise, where the figure is a change.
    """
    scale, name = _scale(quantity)
    ends = _ends(quantity)
    text = _joined(_SHORTENED.plus(end / scale) for end in ends) if name else _joined(ends)
    if signed and quantity.value > 0:
        text = "+" + text
    figure = _with_unit(f"{text} {name}" if name else text, quantity.unit)
    return f"{quantity.approx} {figure}" if quantity.approx else figure


def exact(quantity: Quantity) -> str:
    """Write `quantity` with every digit it has: "USD 345,400,000,000", "5.4 percent"."""
    text = _joined(_ends(quantity))
    return f"{text} {_unit_words(quantity.unit)}" if quantity.unit in _SUFFIXES else _with_unit(text, quantity.unit)


def _is_change(signal: Signal) -> bool:
    metric: str = getattr(signal, "metric", "")
    unit = signal.quantity.unit if signal.quantity else ""
    return metric.endswith(_CHANGES) or unit == "percentage_points"


def _ends(quantity: Quantity) -> list[Decimal]:
    return [end for end in (quantity.value, quantity.upper) if end is not None]


def _scale(quantity: Quantity) -> tuple[Decimal, str]:
    """The scale of both ends of a range; (1, "") below a million."""
    largest = max(map(abs, _ends(quantity)))
    if largest < _SCALES[-1][0]:
        return Decimal(1), ""
    # Rounded first: 999,999,999 is 1 bn, not 1,000 m.
    return next((scale, name) for scale, name in _SCALES if _SHORTENED.plus(largest) >= scale)


def _joined(values: Iterable[Decimal]) -> str:
    texts = [_grouped(value) for value in values]
    # "−8 to −4", for a dash between signs reads as one of them.
    return (" to " if any(text.startswith(_MINUS) for text in texts) else "–").join(texts)


def _grouped(value: Decimal) -> str:
    """No exponent, no zeros that say nothing."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", _MINUS)


def _with_unit(text: str, unit: str) -> str:
    if unit in _SUFFIXES:
        return text + _SUFFIXES[unit]
    if unit == "rank":
        return f"no. {text}"
    return f"{unit} {text}" if _is_currency(unit) else f"{text} {_unit_words(unit)}"


def _is_currency(unit: str) -> bool:
    """True for an ISO 4217 code: three capital letters."""
    return len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()


def _unit_words(unit: str) -> str:
    return unit.replace("_", " ")
