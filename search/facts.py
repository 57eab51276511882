"""A signal in a few words: what the chips, the margin notes and the facets call things."""

from dataclasses import dataclass

from tidings import figures
from tidings.records import Signal, signal_type
from tidings.wording import heading, region, regions, shortened, words

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
_LANGUAGES = {
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ja": "日本語",
    "ko": "한국어",
    "de": "Deutsch",
}


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One attribute of a signal, for a reader."""

    label: str
    value: str


def value_name(field: str, value: str) -> str:
    """A facet's value as a reader calls it; names (companies, sources) stay as they are."""
    if field == "type":
        return heading(value)
    if field == "region":
        return region(value)
    if field == "language":
        return _LANGUAGES.get(value, value)
    return words(value) if field in ("device", "topic", "action", "metric") else value


def chip(signal: Signal) -> tuple[str, ...]:
    """The parts of a signal's chip after its type: ("approved", "NMPA", "Class III")."""
    order = _CHIP.get(signal_type(signal), _CHIP_DEFAULT)
    said = [heading(signal_type(signal))]
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
    """When, where and of what kind, and the figure with every digit if the chip leaves any out."""
    devices = ", ".join(words(device) for device in signal.devices)
    named = (figures.unshortened(signal), signal.period, regions(signal.regions), devices)
    return [text for text in named if text]


def _part(signal: Signal, name: str) -> str:
    value = getattr(signal, name, None)
    if value is None or value is False or value == "none":
        return ""
    if name == "quantity":
        return figures.stated(signal)
    if name == "first_of_kind":
        return "first of its kind"
    if name == "device_class":
        return f"Class {value}"
    if name == "level":
        return f"level {value}"
    if name == "metric":
        return _metric(signal, value)
    if name in ("action", "kind", "stage", "claim", "pathway"):
        return words(value)
    return shortened(str(value), PART_CHARACTERS_MAX)


def _metric(signal: Signal, metric: str) -> str:
    """The metric without the type's own name before it: of an export, "export_growth" is "growth"."""
    return words(metric.removeprefix(signal_type(signal) + "_"))


def _says(other: str, text: str) -> bool:
    """True if `text` adds nothing to `other`: "size" to "Market size", "countries" to "190 countries"."""
    return text.casefold() == other.casefold() or text.casefold() in other.casefold().split(" ")
