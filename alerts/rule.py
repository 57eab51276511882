"""Rules: what they are, how a folder of them is read, and how a set of them comes into force.

A set in force is an entry of the log, a `Control` with act "rules": the alert fold judges every article by the set that
stood in the log before it, never by what a file says now.
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from alerts.conditions import Condition
from tidings.errors import ConfigError, PermanentError
from tidings.lexicon import Lexicon
from tidings.records import Control, Page, Record, content_id
from tidings.steps import Done, Log, Outcome

SUFFIXES = (".yaml", ".yml")
#: Rules of one folder.
RULES_MAX = 1000
#: The rules that come with Tidings.
STARTERS = Path(__file__).parent / "rules"
#: Under this name the log remembers which set was published last.
READER = "rules"

#: Reads a page as the service does (an article, or why there is none); for the examples of rule files.
Analyse = Callable[[Page], Record | Outcome]


class Address(Struct, frozen=True, kw_only=True, order=True):
    """One channel and one recipient."""

    channel: str
    #: As the channel writes it; "" for the console.
    recipient: str


class Rule(Struct, frozen=True, kw_only=True):
    """What someone wants to be told of, and where. Either `conditions` or `query` is set."""

    name: str
    #: One line for people.
    says: str
    to: tuple[Address, ...]
    #: All must hold for one signal; the first is its type. () if the rule is a query.
    conditions: tuple[Condition, ...] = ()
    #: In the language of search, names resolved; None if the rule is on signals.
    query: str | None = None


class RuleSet(Struct, frozen=True, kw_only=True):
    """The rules that are in force together, by name."""

    rules: tuple[Rule, ...] = ()

    @property
    def text(self) -> str:
        """The set as JSON, the same for the same rules."""
        return _encoder.encode(self).decode()

    @property
    def id(self) -> str:
        """Which set this is: a hash of `text`."""
        return content_id(self.text)


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(RuleSet)


def load(folder: Path, analyse: Analyse, lexicon: Lexicon) -> RuleSet:
    """The rules of every YAML file in `folder`, each tried on its own examples.

    Raises ConfigError that names every bad file, one a line.
    """
    rules, errors = check(folder, analyse, lexicon)
    if errors:
        raise ConfigError("\n".join(str(error) for error in errors))
    return rules


def reload(previous: RuleSet, folder: Path, analyse: Analyse, lexicon: Lexicon) -> tuple[RuleSet, list[ConfigError]]:
    """(The folder's rules, []), or (`previous`, what is wrong): one bad file and the previous set stays, whole."""
    rules, errors = check(folder, analyse, lexicon)
    return (previous, errors) if errors else (rules, [])


def check(folder: Path, analyse: Analyse, lexicon: Lexicon) -> tuple[RuleSet, list[ConfigError]]:
    """(The rules of the good files, one error for each bad file)."""
    from alerts.rule_file import read_rule

    rules: dict[str, tuple[Rule, str]] = {}
    errors: list[ConfigError] = []
    for path in _files(folder):
        try:
            rule = read_rule(path, analyse, lexicon)
            if rule.name in rules:
                raise ConfigError(f'{path.name}: name "{rule.name}" is taken by {rules[rule.name][1]}; want another')
            rules[rule.name] = rule, path.name
        except ConfigError as error:
            errors.append(error)
    return RuleSet(rules=tuple(rules[name][0] for name in sorted(rules))), errors


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """(name, time of change in ns, bytes) of every rule file: equal until someone edits one."""
    return tuple(_stamps(folder))


def control(rules: RuleSet, *, at: datetime, by: str) -> Control:
    """The entry of the log that puts `rules` in force. `by`: who or what did it."""
    return Control(act="rules", at=at, by=by, body={"set": rules.text, "id": rules.id})


def decode(text: str) -> RuleSet:
    """The set whose `text` this is. Raises PermanentError if this Tidings cannot read it."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise PermanentError(
            f"a set of rules cannot be read ({error}); want it published again by this Tidings"
        ) from error


def publish(log: Log, rules: RuleSet, *, at: datetime, by: str) -> bool:
    """Append `rules` to intake unless they are what was published last; true if they were appended.

    The set's fingerprint is kept as the position of the reader "rules", together with the append: a process killed
    here publishes the same set once, not twice.
    """
    fingerprint = int(rules.id[:15], 16)
    if log.position(READER) == fingerprint:
        return False
    log.append("intake", [control(rules, at=at, by=by)], done=Done(reader=READER, offset=fingerprint))
    return True


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    for path in _files(folder):
        with contextlib.suppress(FileNotFoundError):  # an editor is putting another in its place
            stat = path.stat()
            yield path.name, stat.st_mtime_ns, stat.st_size


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder; want the folder of rule files")
    # Names with a dot in front are an editor's own: locks, files being written.
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not path.name.startswith("."))
    if len(paths) > RULES_MAX:
        raise ConfigError(f"{folder}: holds {len(paths)} rule files; want at most {RULES_MAX}")
    return paths
