"""Figures in people's units, and the same figures exactly."""

from decimal import ROUND_HALF_UP, Decimal

from tidings.records import Quantity

#: Significant digits of a shortened figure; the exact one always stands beside it.
SIGNIFICANT_DIGITS = 4

#: Figures below this keep all their digits.
SHORTENED_FROM = Decimal(10) ** 6

_SCALES = ((Decimal(10) ** 12, "tn"), (Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"))
_SUFFIXES = {"percent": "%", "percentage_points": " pp"}
_MINUS = "−"


def short(quantity: Quantity, *, signed: bool = False) -> str:
    """Read `quantity` as an analyst writes it: "USD 345.4 bn", "over 190 countries", "−8.2%", "CNY 3–4 bn".

    `signed`: put a plus before a rise, where the figure is a change.
    """
    scale, name = _scale(quantity)
    figures = [_rounded(value / scale) for value in (quantity.value, quantity.upper) if value is not None]
    text = "–".join(_grouped(figure) for figure in figures)
    if signed and quantity.value > 0:
        text = "+" + text
    return _approximate(quantity, _with_unit(text, name, quantity.unit))


def exact(quantity: Quantity) -> str:
    """Write `quantity` with every digit it has: "345,400,000,000 USD", "5.4 percent"."""
    values = [_grouped(value) for value in (quantity.value, quantity.upper) if value is not None]
    return f"{' – '.join(values)} {_unit_words(quantity.unit)}"


def is_scaled(quantity: Quantity) -> bool:
    """True if `short` writes the figure in thousands of millions or the like."""
    return bool(_scale(quantity)[1])


def _scale(quantity: Quantity) -> tuple[Decimal, str]:
    largest = max(abs(quantity.value), abs(quantity.upper or quantity.value))
    if largest < SHORTENED_FROM:
        return Decimal(1), ""
    return next((scale, name) for scale, name in _SCALES if _rounded(largest / scale) >= 1)


def _rounded(value: Decimal) -> Decimal:
    if value == 0:
        return value
    places = max(0, SIGNIFICANT_DIGITS - 1 - value.adjusted())
    step = Decimal(1).scaleb(-places)
    return value.quantize(step, rounding=ROUND_HALF_UP) if -value.as_tuple().exponent > places else value  # type: ignore[operator]


def _grouped(value: Decimal) -> str:
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", _MINUS)


def _with_unit(text: str, scale: str, unit: str) -> str:
    scaled = f"{text} {scale}" if scale else text
    if unit in _SUFFIXES:
        return scaled + _SUFFIXES[unit]
    if unit == "rank":
        return f"no. {scaled}"
    return f"{unit} {scaled}" if is_currency(unit) else f"{scaled} {_unit_words(unit)}"


def _approximate(quantity: Quantity, text: str) -> str:
    return f"{quantity.approx} {text}" if quantity.approx else text


def is_currency(unit: str) -> bool:
    """True for an ISO 4217 code: three capital letters."""
    return len(unit) == 3 and unit.isascii() and unit.isupper()


def _unit_words(unit: str) -> str:
    return unit.replace("_", " ")
