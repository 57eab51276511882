"""What a rule may ask of a signal, and how a signal answers: the first condition that does not hold, in words."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from tidings.figures import short
from tidings.records import Quantity, Signal, signal_type
from tidings.terms import pattern, stream, terms
from tidings.wording import words


class AnyOf(Struct, frozen=True, kw_only=True, tag="any-of"):
    """The attribute is one of these names; of companies, devices and regions: at least one of them is."""

    attribute: str
    values: tuple[str, ...]


class Says(Struct, frozen=True, kw_only=True, tag="says"):
    """The attribute's text holds one of these phrases, in any case, inflection, width and Chinese script."""

    attribute: str
    phrases: tuple[str, ...]


class Is(Struct, frozen=True, kw_only=True, tag="is"):
    """The attribute is true, or is false."""

    attribute: str
    value: bool


class Within(Struct, frozen=True, kw_only=True, tag="within"):
    """The figure is in this unit and between these limits, ends included. A range must lie in it whole."""

    #: None: any unit.
    unit: str | None = None
    #: In base units: 300 million USD is 300000000. None: no limit on this side.
    min: Decimal | None = None
    max: Decimal | None = None


class Sure(Struct, frozen=True, kw_only=True, tag="sure"):
    """The extractor was at least this sure, 0 to 1."""

    min: float


Condition = AnyOf | Says | Is | Within | Sure


def fault(conditions: Sequence[Condition], signal: Signal) -> tuple[int, str] | None:
    """The first condition that `signal` fails: (its place, "action is renewed, rule wants approved"); None if none."""
    for place, condition in enumerate(conditions):
        if words_ := _fault(condition, signal):
            return place, words_
    return None


def _fault(condition: Condition, signal: Signal) -> str:
    match condition:
        case AnyOf(attribute=attribute, values=wanted):
            held = _held(signal, attribute)
            return "" if set(held) & set(wanted) else _differs(attribute, _listed(held), _choice(wanted))
        case Says(attribute=attribute, phrases=phrases):
            held = _held(signal, attribute)
            found = any(says(text, phrase) for text in held for phrase in phrases)
            return "" if found else _differs(attribute, _listed(held), _choice([f'"{phrase}"' for phrase in phrases]))
        case Is(attribute=attribute, value=wanted):
            held = getattr(signal, attribute)
            return "" if held is wanted else _differs(attribute, _yes(held), _yes(wanted))
        case Within():
            return _outside(condition, signal.quantity)
        case Sure(min=least):
            sure = signal.confidence >= least
            return "" if sure else _differs("confidence", f"{signal.confidence:g}", f"{least:g} or more")


def says(text: str, phrase: str) -> bool:
    """True if the words of `phrase` stand together in `text`; compared as search compares bare words."""
    wanted = pattern(phrase, inflected=True)
    tokens = stream(terms(text))
    last = len(tokens) - max((place for place, _ in wanted), default=0)
    return bool(wanted) and any(all(tokens[at + n] == token for n, token in wanted) for at in range(0, last, 2))


def _outside(limits: Within, quantity: Quantity | None) -> str:
    if quantity is None:
        return _differs("figure", "not stated", _span(limits))
    low, high = quantity.value, quantity.value if quantity.upper is None else quantity.upper
    inside = (
        (limits.unit is None or quantity.unit == limits.unit)
        and (limits.min is None or low >= limits.min)
        and (limits.max is None or high <= limits.max)
    )
    return "" if inside else _differs("figure", short(quantity), _span(limits))


def _span(limits: Within) -> str:
    least = f"at least {limits.min:,f}" if limits.min is not None else ""
    most = f"at most {limits.max:,f}" if limits.max is not None else ""
    numbers = " and ".join(end for end in (least, most) if end)
    return " ".join(part for part in (numbers, limits.unit) if part)


def _held(signal: Signal, attribute: str) -> tuple[str, ...]:
    """What the signal has for the attribute, always as a list; () if nothing."""
    if attribute == "type":
        return (signal_type(signal),)
    value = getattr(signal, attribute, None)
    return () if value is None else value if isinstance(value, tuple) else (str(value),)


def _differs(attribute: str, is_: str, wants: str) -> str:
    verb = "are" if attribute in ("companies", "devices", "regions") else "is"
    return f"{words(attribute)} {verb} {is_}, rule wants {wants}"


def _listed(held: Sequence[str]) -> str:
    return " and ".join(held) or "not stated"


def _choice(values: Sequence[str]) -> str:
    return " or ".join(values)


def _yes(value: bool) -> str:
    return "true" if value else "false"
