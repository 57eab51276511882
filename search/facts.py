"""A signal in a few words: what the chips, the margin notes and the facets call things."""

from collections.abc import Sequence
from dataclasses import dataclass

from search import figures
from tidings.records import Signal, signal_type

#: Attributes that a chip shows, in this order, for the types whose order is their own.
_CHIP = {
    "registration": ("first_of_kind", "action", "quantity", "authority", "device_class", "product", "pathway"),
    "policy": ("stage", "issuer", "quantity", "doc_no", "title"),
    "procurement": ("action", "quantity", "programme"),
    "reimbursement": ("action", "quantity", "scheme"),
    "market_size": ("metric", "quantity", "period", "segment"),
    "market_share": ("metric", "quantity", "subject", "segment", "period"),
    "launch": ("claim", "product"),
    "deal": ("kind", "stage", "quantity", "target"),
    "manufacturing": ("action", "component", "site", "quantity"),
    "safety": ("action", "level", "authority", "quantity", "product"),
    "trade_measure": ("action", "imposer", "quantity", "target"),
}
_CHIP_DEFAULT = ("metric", "quantity", "period")
#: Parts of one chip: the note beside the text has the rest.
CHIP_PARTS_MAX = 4
#: Characters of one part.
PART_CHARACTERS_MAX = 40

#: Attributes that a note lists below its headline, with their labels.
_DETAILS = {
    "product": "Product",
    "registration_no": "Number",
    "number": "Number",
    "doc_no": "Number",
    "title": "Title",
    "segment": "Segment",
    "subject": "Subject",
    "issuer": "Issuer",
    "imposer": "Imposed by",
    "buyer": "Buyer",
    "target": "Target",
    "programme": "Programme",
    "scheme": "Scheme",
    "site": "Site",
    "component": "Component",
    "valid_until": "Valid until",
    "effective_on": "Effective",
    "comments_until": "Comments until",
}
_ACRONYMS = {"mri", "ct", "pet", "ivd", "bci", "ai", "ipo", "pma", "510k", "rd"}
_LANGUAGES = {
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ja": "日本語",
    "ko": "한국어",
    "de": "Deutsch",
}
_WORDS = {"xray": "X-ray", "510k": "510(k)", "rd_spend": "R&D spend"}


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One attribute of a signal, for a reader."""

    label: str
    value: str


def type_name(name: str) -> str:
    """A type as a reader calls it: "market_size" -> "Market size"."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def words(value: str) -> str:
    """A value of the vocabulary as a reader writes it: "ai-software" -> "AI software", "price_cut" -> "price cut"."""
    if value in _WORDS:
        return _WORDS[value]
    parts = value.replace("_", " ").replace("-", " ").split(" ")
    return " ".join(part.upper() if part in _ACRONYMS else part for part in parts)


def value_name(field: str, value: str) -> str:
    """A facet's value as a reader calls it; names (companies, sources) stay as they are."""
    if field == "type":
        return type_name(value)
    if field == "language":
        return _LANGUAGES.get(value, value)
    return words(value) if field in ("device", "topic", "action", "metric") else value


def chip(signal: Signal) -> tuple[str, ...]:
    """The parts of a signal's chip after its type: ("approved", "NMPA", "Class III")."""
    order = _CHIP.get(signal_type(signal), _CHIP_DEFAULT)
    said = [type_name(signal_type(signal))]
    parts: list[str] = []
    stated = [part for name in order if (part := _part(signal, name))]
    for place, text in enumerate(stated):
        if not any(_says(other, text) for other in (*said, *stated[place + 1 :])):
            parts.append(text)
            said.append(text)
    if signal.forecast:
        return (*parts[: CHIP_PARTS_MAX - 1], "forecast")
    return tuple(parts[:CHIP_PARTS_MAX])


def details(signal: Signal) -> list[Detail]:
    """What a signal states of its subject, each under its label, for the note beside its evidence."""
    return [
        Detail(label=label, value=str(value))
        for name, label in _DETAILS.items()
        if (value := getattr(signal, name, None))
    ]


def circumstances(signal: Signal) -> list[str]:
    """When, where and of what kind, and the figure with every digit if `figures.short` left any out."""
    exact = figures.exact(signal.quantity) if signal.quantity and figures.is_scaled(signal.quantity) else None
    named = (exact, signal.period, ", ".join(signal.regions), ", ".join(words(device) for device in signal.devices))
    return [text for text in named if text]


def shortened(text: str, characters_max: int = PART_CHARACTERS_MAX) -> str:
    """`text`, cut with an ellipsis if it is longer than `characters_max`."""
    return text if len(text) <= characters_max else text[: characters_max - 1].rstrip() + "…"


def _part(signal: Signal, name: str) -> str:
    value = getattr(signal, name, None)
    if value is None or value is False or value == "none":
        return ""
    if name == "quantity":
        return figures.short(value, signed=_is_change(signal))
    if name == "first_of_kind":
        return "first of its kind"
    if name == "device_class":
        return f"Class {value}"
    if name == "level":
        return f"level {value}"
    if name == "metric":
        return _metric(signal, value)
    return words(value) if name in ("action", "kind", "stage", "claim", "pathway") else shortened(str(value))


def _metric(signal: Signal, metric: str) -> str:
    """The metric without the type's own name before it: of an export, "export_growth" is "growth"."""
    return words(metric.removeprefix(signal_type(signal) + "_"))


def _is_change(signal: Signal) -> bool:
    metric: str = getattr(signal, "metric", "")
    unit = signal.quantity.unit if signal.quantity else ""
    return metric.endswith(("growth", "change", "cagr")) or unit == "percentage_points"


def _says(other: str, text: str) -> bool:
    """True if `text` adds nothing to `other`: "size" to "Market size", "countries" to "190 countries"."""
    return text.casefold() == other.casefold() or text.casefold() in other.casefold().split(" ")


def names(values: Sequence[str], most: int = 3) -> str:
    """The first few of `values`, and how many more there are."""
    shown = ", ".join(values[:most])
    return f"{shown} +{len(values) - most}" if len(values) > most else shown
