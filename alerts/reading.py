"""Read YAML strictly, as text with line numbers, so that every complaint can say where.

YAML's own types are not used: `on` and `no` stay words, a date stays as written, a number keeps its digits. What a
value has to be is decided by whoever asks for it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from alerts.vocabulary import nearest, one_of
from tidings.errors import ConfigError

#: A rule file is read whole.
BYTES_MAX = 200_000


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value of a file: text, a list or a mapping, and where it stands."""

    #: The file's name, for messages.
    file: str
    #: From 1.
    line: int
    #: "signal.action"; "" for the whole file.
    key: str
    content: "str | list[Value] | dict[str, Value] | None"

    def wrong(self, wanted: str) -> ConfigError:
        """The error that says what stands here and what was wanted."""
        match self.content:
            case None:
                said = "is empty"
            case str() as text:
                said = f'is "{_shortened(text)}"'
            case list():
                said = "is a list"
            case _:
                said = "is a mapping"
        subject = f'key "{self.key}"' if self.key else "the file"
        return ConfigError(f"{self.file}:{self.line}: {subject} {said}; want {wanted}")

    def text(self, wanted: str = "one line of text") -> str:
        """The value as one line of text that is not blank."""
        if not isinstance(self.content, str) or not self.content.strip() or "\n" in self.content.strip():
            raise self.wrong(wanted)
        return self.content.strip()

    def paragraphs(self) -> str:
        """The value as text of any number of lines."""
        if not isinstance(self.content, str) or not self.content.strip():
            raise self.wrong("text")
        return self.content.strip()

    def items(self, wanted: str = "a list") -> "list[Value]":
        """The items of a list that is not empty."""
        if not isinstance(self.content, list) or not self.content:
            raise self.wrong(wanted)
        return self.content

    def one_or_more(self) -> "list[Value]":
        """The items of a list, or the one value that stands here without one."""
        return self.items() if isinstance(self.content, list) else [self]

    def mapping(self, known: Collection[str], wanted: str = "NAME: value lines") -> "dict[str, Value]":
        """The entries of a mapping all of whose names are known."""
        if not isinstance(self.content, dict):
            raise self.wrong(wanted)
        for name, value in self.content.items():
            if name not in known:
                said = f'unknown key "{_shortened(value.key)}"'
                raise ConfigError(f"{self.file}:{value.line}: {said}; want {one_of(list(known))}{nearest(name, known)}")
        return self.content

    def flag(self) -> bool:
        """The value as true or false."""
        if self.content not in ("true", "false"):
            raise self.wrong("true or false")
        return self.content == "true"

    def number(self, wanted: str = "a number in digits, such as 300000000 or -8.2") -> Decimal:
        """The value as an exact number; `_` may group its digits."""
        if not isinstance(self.content, str) or not re.fullmatch(
            r"[-+]?[0-9][0-9_]{0,29}(\.[0-9]{1,12})?", self.content
        ):
            raise self.wrong(wanted)
        return Decimal(self.content)


def read(path: Path) -> Value:
    """The file's content. Raises ConfigError for what is no YAML, repeats a key or is too large."""
    try:
        size = path.stat().st_size
        text = path.read_text("utf-8") if size <= BYTES_MAX else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name}: cannot be read ({error}); want a YAML file in UTF-8") from error
    if size > BYTES_MAX:
        raise ConfigError(f"{path.name}: has {size} bytes; want at most {BYTES_MAX}")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            raise ConfigError(f"{path.name}:1: the file is empty; want NAME: value lines")
        return _value(node, path.name, "", 1, set())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path.name}:{line}: {error.problem}; want YAML") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path.name}: {type(error).__name__}: {_shortened(str(error))}; want YAML") from error


def _value(node: yaml.Node, file: str, key: str, line: int, seen: set[int]) -> Value:
    if id(node) in seen:  # shared nodes are how a small file becomes an endless one
        raise ConfigError(f'{file}:{line}: key "{key}" repeats an anchor; want the value written out')
    seen.add(id(node))
    content: str | list[Value] | dict[str, Value] | None
    if isinstance(node, yaml.MappingNode):
        content = dict(_entries(node, file, key, seen))
    elif isinstance(node, yaml.SequenceNode):
        content = [_value(item, file, key, item.start_mark.line + 1, seen) for item in node.value]
    else:
        content = None if node.tag == "tag:yaml.org,2002:null" else node.value
    return Value(file=file, line=line, key=key, content=content)


def _entries(node: yaml.MappingNode, file: str, key: str, seen: set[int]) -> Iterator[tuple[str, Value]]:
    names: set[str] = set()
    for name_node, value_node in node.value:
        line = name_node.start_mark.line + 1
        if not isinstance(name_node, yaml.ScalarNode):
            raise ConfigError(f"{file}:{line}: a key is no word; want NAME: value lines")
        name = name_node.value
        if name in names:
            raise ConfigError(f'{file}:{line}: key "{name}" stands there twice; want it once')
        names.add(name)
        # A block's text begins a line below its key: the key's line is what the reader looks for.
        yield name, _value(value_node, file, f"{key}.{name}" if key else name, line, seen)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
