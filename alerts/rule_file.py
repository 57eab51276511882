"""One rule file: strict from the first key to the last example.

name: NMPA approvals
says: The Chinese regulator has approved a device.
signal: {type: registration, authority: NMPA, action: [approved, renewed]}    # or  query: 'Mindray "5T"'
to: ["email:desk@example.com", "slack:#medtech", "console:"]
must_fire:
  - {title: ..., text: ..., published: 2026-11-20}
must_not_fire:
  - {title: ..., text: ...}
"""

from pathlib import Path

from alerts import examples
from alerts.channels import CHANNELS
from alerts.conditions import AnyOf, Condition, Is, Says, Sure, Within
from alerts.reading import Value, read
from alerts.rule import Address, Analyse, Rule
from alerts.vocabulary import ATTRIBUTES, NAMED, UNITS, canonical, choices, conditions, names, nearest, one_of
from tidings.errors import ConfigError, QueryError
from tidings.lexicon import Lexicon
from tidings.query import parse, render
from tidings.records import SIGNAL_TYPES
from tidings.terms import pattern

KEYS = ("name", "says", "signal", "query", "to", "must_fire", "must_not_fire")
NAME_CHARACTERS_MAX = 80
#: Addresses of one rule.
ADDRESSES_MAX = 50
#: A rule fires at this confidence and above unless it says otherwise.
CONFIDENCE_MIN = 0.8


def read_rule(path: Path, analyse: Analyse, lexicon: Lexicon) -> Rule:
    """The rule in `path`, after its examples did what they must.

    Raises ConfigError that names file, line and key, what stands there and what was wanted.
    """
    file = read(path)
    entries = file.mapping(KEYS, "a rule: name, says, signal or query, to")
    for key in ("name", "says", "to"):
        if key not in entries:
            raise ConfigError(f'{file.file}:{file.line}: key "{key}" is missing')
    if ("signal" in entries) == ("query" in entries):
        raise ConfigError(f'{file.file}:{file.line}: want one of "signal" (conditions) and "query" (a search)')
    rule = Rule(
        name=_name(entries["name"]),
        says=entries["says"].text(),
        to=_addresses(entries["to"]),
        conditions=_conditions(entries["signal"], lexicon) if "signal" in entries else (),
        query=_query(entries["query"], lexicon) if "query" in entries else None,
    )
    for key, fires in (("must_fire", True), ("must_not_fire", False)):
        if key in entries:
            examples.check(rule, entries[key], fires, analyse, lexicon)
    return rule


def _name(value: Value) -> str:
    name = value.text()
    if len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        raise value.wrong(f"at most {NAME_CHARACTERS_MAX} printable characters")
    return name


def _addresses(value: Value) -> tuple[Address, ...]:
    wanted = 'a list of addresses such as ["email:desk@example.com", "slack:#medtech", "console:"]'
    addresses = {_address(item): item for item in value.items(wanted)}
    if len(addresses) > ADDRESSES_MAX:
        raise ConfigError(
            f'{value.file}:{value.line}: key "{value.key}" has {len(addresses)}; want at most {ADDRESSES_MAX}'
        )
    return tuple(addresses)


def _address(value: Value) -> Address:
    kind, colon, recipient = value.text('an address such as "console:"').partition(":")
    if not colon or kind not in CHANNELS:
        raise value.wrong(f"KIND:RECIPIENT with a kind that is {one_of(list(CHANNELS))}{nearest(kind, CHANNELS)}")
    if not CHANNELS[kind].recipient.fullmatch(recipient):
        raise value.wrong(CHANNELS[kind].wants)
    return Address(channel=kind, recipient=recipient)


def _query(value: Value, lexicon: Lexicon) -> str:
    text = value.text("a search, as in the search box")
    try:
        # Said back with its names resolved: what 强生 stands for is decided now, whatever the lexicon learns later.
        return render(parse(text, lexicon))
    except QueryError as error:
        raise value.wrong(f"a search that can be read: {error}") from error


def _conditions(value: Value, lexicon: Lexicon) -> tuple[Condition, ...]:
    wanted = "conditions, the type of the signal among them"
    # The type decides which other keys there are, so it is read before they are.
    typed = value.content.get("type") if isinstance(value.content, dict) else None
    if typed is None:
        raise value.wrong(wanted)
    type_name = typed.text()
    if type_name not in SIGNAL_TYPES:
        raise typed.wrong(one_of(list(SIGNAL_TYPES)) + nearest(type_name, SIGNAL_TYPES))
    entries = value.mapping(["type", *conditions(type_name)], wanted)
    asked = [_condition(type_name, name, entry, lexicon) for name, entry in entries.items() if name != "type"]
    sure = [] if "confidence_min" in entries else [Sure(min=CONFIDENCE_MIN)]
    return (AnyOf(attribute="type", values=(type_name,)), *asked, *sure)


def _condition(type_name: str, name: str, value: Value, lexicon: Lexicon) -> Condition:
    attribute = ATTRIBUTES.get(name, name)
    match conditions(type_name)[name]:
        case "choice":
            known = choices(type_name, name)
            return AnyOf(attribute=attribute, values=tuple(_choice(item, known) for item in value.one_or_more()))
        case "name":
            found = tuple(_canonical(name, item, lexicon) for item in value.one_or_more())
            return AnyOf(attribute=attribute, values=tuple(dict.fromkeys(found)))
        case "phrase":
            return Says(attribute=attribute, phrases=tuple(_phrase(item) for item in value.one_or_more()))
        case "flag":
            return Is(attribute=attribute, value=value.flag())
        case "quantity":
            return _within(value)
        case "confidence":
            return _sure(value)


def _choice(value: Value, known: tuple[str, ...]) -> str:
    word = value.text(one_of(known))
    if word not in known:
        raise value.wrong(one_of(known) + nearest(word, known))
    return word


def _canonical(name: str, value: Value, lexicon: Lexicon) -> str:
    kind = NAMED[name]
    a_kind = f"an {kind}" if kind == "authority" else f"a {kind}"
    written = value.text(f"the name of {a_kind}")
    found = canonical(kind, written, lexicon)
    if found is None:
        forms = [form for entry in lexicon.entries if entry.kind == kind for form in (entry.name, *entry.aliases)]
        known = one_of(names(kind, lexicon)) if kind == "device" else f"{a_kind} that the lexicon knows"
        raise value.wrong(known + nearest(written, forms))
    return found


def _phrase(value: Value) -> str:
    text = value.text("words")
    if not pattern(text, inflected=True):
        raise value.wrong("words with a letter or digit in them")
    return text


def _within(value: Value) -> Within:
    entries = value.mapping(("unit", "min", "max"), "{unit: percent, min: 5} or the like")
    if not entries:
        raise value.wrong("at least one of unit, min, max")
    unit = _choice(entries["unit"], UNITS) if "unit" in entries else None
    least, most = (entries[end].number() if end in entries else None for end in ("min", "max"))
    if least is not None and most is not None and least > most:
        raise entries["min"].wrong(f"at most the max, {most}")
    return Within(unit=unit, min=least, max=most)


def _sure(value: Value) -> Sure:
    wanted = "a number from 0 to 1, such as 0.8"
    least = value.number(wanted)
    if not 0 <= least <= 1:
        raise value.wrong(wanted)
    return Sure(min=float(least))
