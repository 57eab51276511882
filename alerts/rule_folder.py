"""A folder of rule files: every file is checked, a bad one is named, and the rest can go on."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from alerts.rule import Analyse, Rule, RuleSet
from alerts.rule_file import read_rule
from tidings.errors import ConfigError
from tidings.lexicon import Lexicon

SUFFIXES = (".yaml", ".yml")
#: Rules of one folder.
RULES_MAX = 1000
#: The rules that come with Tidings.
STARTERS = Path(__file__).parent / "rules"


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
