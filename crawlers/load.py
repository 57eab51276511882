"""Source files into sources: strict, and every fault named with file, line, key and what was wanted."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

from crawlers.source import Source
from tidings.errors import ConfigError

HERE = Path(__file__).parent / "sources"

#: What a reader should have written, where the type alone says too little.
WANTED = {
    "kind": "feed or listing",
    "start": "a list of addresses",
    "title": "en: and zh: names",
    "country": "two capital letters, in quotes",
    "timezone": 'an offset in quotes, such as "+08:00"',
    "state": "enabled or disabled",
    "every_minutes": "a whole number of minutes",
    "recheck.every_minutes": "a whole number of minutes",
    "delay_seconds": "a number of seconds",
    "recheck.days": "a number of days",
    "paging.mode": "none, index-n, index-minus-one, next-link or query-n",
    "allow_private": "true or false",
}


def load(folder: Path = HERE) -> tuple[list[Source], list[ConfigError]]:
    """Every source of `folder`, by name, and what is wrong with the files that could not be taken."""
    sources: list[Source] = []
    errors: list[ConfigError] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            sources.append(load_file(path))
        except ConfigError as error:
            errors.append(error)
    return sources, errors


def load_file(path: Path) -> Source:
    """The source in `path`. Raises ConfigError."""
    try:
        text = path.read_text("utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{_shown(path)}: cannot be read as YAML: {' '.join(str(error).split())[:300]}") from error
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{_shown(path)}: holds no keys; want kind, start, title, ... (see docs/sources.md)")
    if twice := next(_repeated(node), None):
        raise ConfigError(f'{_shown(path)}, line {_line(node, twice)}: key "{twice}" is there twice; keep one')
    if "name" in values:
        raise ConfigError(f'{_shown(path)}, line {_line(node, "name")}: key "name" is not wanted: the file bears it')
    try:
        source = msgspec.convert({**values, "name": path.stem}, Source)
    except msgspec.ValidationError as error:
        raise _explain(path, node, values, str(error)) from error
    for key, value, wanted in _faults(source):
        raise ConfigError(f'{_shown(path)}, line {_line(node, key)}: key "{key}" is {value!r}; want {wanted}')
    return source


def _explain(path: Path, node: yaml.MappingNode, values: object, message: str) -> ConfigError:
    """A sentence of ours for a message of msgspec's: "Expected `int`, got `str` - at `$.every_minutes`"."""
    said, _, place = message.partition(" - at `$")
    key = place.rstrip("`").lstrip(".")
    if unknown := re.search(r"unknown field `(.+)`", said):
        full = f"{key}.{unknown[1]}".lstrip(".")
        return ConfigError(f'{_shown(path)}, line {_line(node, full)}: key "{full}" is not known; see docs/sources.md')
    if missing := re.search(r"missing required field `(.+)`", said):
        full = f"{key}.{missing[1]}".lstrip(".")
        wanted = WANTED.get(full, "a value")
        return ConfigError(f'{_shown(path)}, line {_line(node, key)}: key "{full}" is missing; want {wanted}')
    general = re.sub(r"\[[0-9]+\]", "", key)
    wanted = WANTED.get(general, said[0].lower() + said[1:])
    return ConfigError(f'{_shown(path)}, line {_line(node, key)}: key "{key}" is {_value(values, key)}; want {wanted}')


def _faults(source: Source) -> Iterator[tuple[str, object, str]]:
    """What the types cannot say: (key, its value, what was wanted)."""
    if not source.start:
        yield "start", [], "at least one address"
    for url in source.start:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            yield "start", url, "addresses that begin with http:// or https://"
    if not re.fullmatch(r"[A-Z]{2}", source.country):
        yield "country", source.country, WANTED["country"]
    if not re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", source.timezone):
        yield "timezone", source.timezone, WANTED["timezone"]
    if source.state == "disabled" and not source.reason:
        yield "reason", "", "why the source is disabled"
    if source.kind == "listing" and not source.list.rows:
        yield "list.rows", "", "the selector of one item of the list"
    if source.kind == "feed" and source.paging.mode not in ("none", "query-n"):
        yield "paging.mode", source.paging.mode, "none or query-n for a feed"
    if source.paging.mode == "next-link" and not source.paging.next:
        yield "paging.next", [], "the selector of the link to the next page"
    yield from _limits(source)
    yield from _patterns(source)
    yield from _selectors(source)


def _limits(source: Source) -> Iterator[tuple[str, object, str]]:
    least: dict[str, tuple[float, float]] = {
        "every_minutes": (source.every_minutes, 1),
        "delay_seconds": (source.delay_seconds, 0),
        "min_rows": (source.min_rows, 0),
        "max_items": (source.max_items, 1),
        "paging.limit": (source.paging.limit, 1),
        "recheck.days": (source.recheck.days, 0),
        "recheck.every_minutes": (source.recheck.every_minutes, 1),
    }
    for key, (value, minimum) in least.items():
        if value < minimum:
            yield key, value, f"{minimum} or more"


def _patterns(source: Source) -> Iterator[tuple[str, object, str]]:
    rows = source.list
    for key, pattern in (("allow", rows.allow), ("deny", rows.deny), ("date_pattern", rows.date_pattern)):
        try:
            re.compile(pattern or "")
        except re.error as error:
            yield f"list.{key}", pattern, f"a regular expression ({error})"


def _selectors(source: Source) -> Iterator[tuple[str, object, str]]:
    from cssselect import HTMLTranslator, SelectorError  # loads lxml's grammar: only when sources are read

    check: Callable[[str], str] = HTMLTranslator().css_to_xpath
    rows, detail = source.list, source.detail
    named = {
        "list.rows": (rows.rows,) if rows.rows else (),
        "list.url": rows.url,
        "list.title": rows.title,
        "list.date": rows.date,
        "paging.next": source.paging.next,
        "detail.title": detail.title,
        "detail.body": detail.body,
        "detail.date": detail.date,
        "detail.origin": detail.origin,
        "detail.remove": detail.remove,
    }
    for key, selectors in named.items():
        for selector in selectors:
            css = selector.partition("/@")[0]
            try:
                # "." is the row itself.
                check("*" if css == "." else css)
            except SelectorError as error:
                yield key, selector, f"a CSS selector ({error})"


def _repeated(node: yaml.MappingNode, prefix: str = "") -> Iterator[str]:
    """Keys that stand twice in one mapping: YAML would silently keep the last."""
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            yield prefix + key.value
        seen.add(key.value)
        if isinstance(value, yaml.MappingNode):
            yield from _repeated(value, f"{prefix}{key.value}.")


def _line(node: yaml.MappingNode, key: str) -> int:
    """The line of `key` ("list.rows"), or of the deepest part of it that stands in the file."""
    line = node.start_mark.line + 1
    current: Any = node
    for part in re.findall(r"[^.\[\]]+", key):
        if not isinstance(current, yaml.MappingNode):
            break
        found = [(k, v) for k, v in current.value if k.value == part]
        if not found:
            break
        line, current = found[-1][0].start_mark.line + 1, found[-1][1]
    return line


def _value(values: Any, key: str) -> str:
    for part in re.findall(r"[^.\[\]]+", key):
        try:
            values = values[int(part) if isinstance(values, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            break
    return f'"{values}"'[:80]


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
