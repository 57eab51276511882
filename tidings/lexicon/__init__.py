"""The names Tidings knows, in both languages: one line of YAML each, one file a kind.

Companies, devices, authorities and regions are entries with names of their own. Topics and relevance are weighted
words,
places tell where a Chinese legal name begins.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

from tidings.errors import ConfigError
from tidings.terms import fold

#: Changes whenever a YAML file here changes what analysis finds; part of an article's `reader`.
VERSION = "2026-11-24.2"

HERE = Path(__file__).parent

Kind = Literal["company", "device", "authority", "region"]
FILES: dict[str, Kind] = {
    "companies.yaml": "company",
    "devices.yaml": "device",
    "authorities.yaml": "authority",
    "regions.yaml": "region",
}
KEYS = ("aliases", "near", "not_in", "region", "prefix", "maker", "ambiguous")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing with a name of its own."""

    kind: Kind
    #: Canonical: a company's or authority's name, a device category ("mri"), a region's code ("CN").
    name: str
    #: Written forms. A company and an authority are also written by their canonical name.
    aliases: tuple[str, ...] = ()
    #: Forms that are also everyday words: they count only if a word of `near`, or another form, stands in the same
    #: article.
    ambiguous: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    #: Longer words that hold a form and are not this thing: 增强生 holds 强生.
    not_in: tuple[str, ...] = ()
    #: Of an authority: where it decides.
    region: str | None = None
    #: Of an authority: the character that its registration numbers begin with.
    prefix: str | None = None
    #: False for a company that makes no devices: an investor, a broker.
    maker: bool = True

    @property
    def written(self) -> tuple[str, ...]:
        """Every form that text may use. The codes of devices and regions are ours, not the text's."""
        return self.aliases if self.kind in ("device", "region") else (self.name, *self.aliases)


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All entries and weighted words."""

    entries: tuple[Entry, ...]
    #: Topic -> (word, weight).
    topics: Mapping[str, tuple[tuple[str, int], ...]]
    #: "for", "against" and "names" (parts of a device maker's name) -> (word, weight).
    relevance: Mapping[str, tuple[tuple[str, int], ...]]
    #: Provinces and cities, longest first.
    places: tuple[str, ...] = ()

    @cached_property
    def by_alias(self) -> Mapping[str, Entry]:
        """Folded written form -> entry; the canonical name always wins over another entry's alias."""
        aliases = {fold(form): entry for entry in self.entries for form in entry.written}
        return aliases | {fold(entry.name): entry for entry in self.entries if entry.kind != "region"}

    @cached_property
    def authorities_by_prefix(self) -> Mapping[str, Entry]:
        """First character of a registration number -> the authority that issues it."""
        return {entry.prefix: entry for entry in self.entries if entry.prefix}

    def lookup(self, name: str) -> Entry | None:
        """The entry that bears `name` as one of its written forms, case and width aside; None if none does."""
        return self.by_alias.get(fold(name))


def load(folder: Path = HERE) -> Lexicon:
    """Read the YAML files of `folder`. Raises ConfigError naming file and entry."""
    words = {name: _weighted(folder / name) for name in ("topics.yaml", "relevance.yaml")}
    places = _read(folder / "places.yaml").get("places", ())
    return Lexicon(
        entries=tuple(entry for name, kind in FILES.items() for entry in _entries(folder / name, kind)),
        topics=words["topics.yaml"],
        relevance=words["relevance.yaml"],
        places=tuple(sorted(map(str, places), key=lambda place: (-len(place), place))),
    )


def _entries(path: Path, kind: Kind) -> Iterator[Entry]:
    for name, value in _read(path).items():
        where = f'{path.name}: "{name}"'
        if not isinstance(name, str) or not isinstance(value, dict):
            raise ConfigError(f"{where} is no entry; want NAME: {{aliases: [...]}}, a NAME like NO in quotes")
        if unknown := sorted(set(value) - set(KEYS)):
            raise ConfigError(f'{where} has the unknown key "{unknown[0]}"; want one of {", ".join(KEYS)}')
        lists = {key: _strings(where, key, value.get(key, [])) for key in ("aliases", "ambiguous", "near", "not_in")}
        if strange := [form for form in lists["ambiguous"] if form not in (name, *lists["aliases"])]:
            raise ConfigError(f'{where}: "{strange[0]}" is ambiguous but no alias; want it among the aliases')
        yield Entry(
            kind=kind,
            name=name,
            region=value.get("region"),
            prefix=value.get("prefix"),
            maker=value.get("maker", True),
            **lists,
        )


def _strings(where: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ConfigError(
            f'{where}: "{key}" is {value!r}; want a list of words, each in quotes if YAML reads it otherwise'
        )
    return tuple(value)


def _weighted(path: Path) -> dict[str, tuple[tuple[str, int], ...]]:
    words: dict[str, tuple[tuple[str, int], ...]] = {}
    for name, groups in _read(path).items():
        if not isinstance(groups, dict) or not all(isinstance(weight, int) for weight in groups):
            raise ConfigError(f'{path.name}: "{name}" is no list of weights; want {name}: {{3: [words], 2: [words]}}')
        where = f'{path.name}: "{name}"'
        words[str(name)] = tuple((w, n) for n, group in groups.items() for w in _strings(where, str(n), group))
    return words


def _read(path: Path) -> dict[Any, Any]:
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path} does not exist; a lexicon folder holds {', '.join(FILES)} and the word lists"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path.name} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name} holds no entries; want NAME: {{aliases: [...]}} lines")
    return content
