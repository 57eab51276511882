"""Records and schemas as they were first published: today's code reads the records, today's schemas break no reader.

tests/golden/records/ holds, for each schema, records (`event.v1.jsonl`) and the schema itself (`event.v1.json`). They
are never written again; a new version of a record gets files of its own.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tidings.codec import decode, encode, schemas

GOLDEN = Path(__file__).parents[1] / "golden" / "records"
RECORDS = [
    pytest.param(path.stem, line, id=f"{path.stem}-{number}")
    for path in sorted(GOLDEN.glob("*.jsonl"))
    for number, line in enumerate(path.read_bytes().splitlines(), 1)
]
SCHEMAS = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}

#: What JSON Schema says beside a value's type: texts for people.
TEXTS = {"title", "description"}


def breaches(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What in `new` breaks a reader of `old`, or refuses a record of it: path and fault."""
    return list(_compare(old, new, old, new, "", frozenset()))


def _compare(old: Any, new: Any, olds: Any, news: Any, path: str, seen: frozenset[str]) -> Iterator[str]:
    if (ref := old.get("$ref")) in seen:
        return
    seen |= {ref} if ref else set()
    old, new = _resolved(old, olds), _resolved(new, news)
    if "anyOf" in old:
        yield from _compare_choices(old["anyOf"], new.get("anyOf", [new]), olds, news, path, seen)
        return
    yield from _compare_values(old, new, path)
    if "properties" in old:
        yield from _compare_fields(old, new, olds, news, path, seen)
    for inner in ("items", "additionalProperties"):
        if isinstance(old.get(inner), dict):
            yield from _compare(old[inner], new.get(inner) or {}, olds, news, f"{path}[]", seen)


def _compare_fields(old: Any, new: Any, olds: Any, news: Any, path: str, seen: frozenset[str]) -> Iterator[str]:
    for name, field in old["properties"].items():
        if name not in new.get("properties", {}):
            yield f"{path}.{name}: is gone"
        else:
            yield from _compare(field, new["properties"][name], olds, news, f"{path}.{name}", seen)
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{path}.{name}: is required, and older records lack it"


def _compare_choices(old: Any, new: Any, olds: Any, news: Any, path: str, seen: frozenset[str]) -> Iterator[str]:
    """Each choice must still be there; new ones may come: another type of fact, a figure that may be unknown."""
    there = {_choice(option, news): option for option in new}
    for option in old:
        if (which := _choice(option, olds)) not in there:
            yield f"{path}: may no longer be {which}"
        else:
            yield from _compare(option, there[which], olds, news, f"{path}({which})", seen)


def _compare_values(old: Any, new: Any, path: str) -> Iterator[str]:
    """Everything that says what a value is, but fields and items; an enumeration may have more words."""
    for word in old.get("enum", ()):
        if word not in new.get("enum", ()):
            yield f"{path}: may no longer be {word!r}"
    inner = {"$defs", "$schema", "properties", "required", "items", "additionalProperties", "enum"}
    for name in sorted((old.keys() | new.keys()) - inner - TEXTS):
        if old.get(name) != new.get(name):
            yield f"{path}: {name} is {new.get(name)!r}, was {old.get(name)!r}"


def _choice(option: Any, schema: Any) -> str:
    """By which a choice is known again: a record's or fact's tag, else its type."""
    resolved = _resolved(option, schema)
    tag = resolved.get("properties", {}).get("type") or resolved.get("properties", {}).get("record") or {}
    return ",".join(tag.get("enum", ())) or resolved.get("type") or "+".join(resolved.get("enum", ()))


def _resolved(part: Any, schema: Any) -> Any:
    while "$ref" in part:
        part = {
            **schema["$defs"][part["$ref"].removeprefix("#/$defs/")],
            **{k: v for k, v in part.items() if k != "$ref"},
        }
    return part


@pytest.mark.parametrize(("name", "line"), RECORDS)
def test_a_record_of_the_published_schema_is_read_today_and_written_again_fits_both_schemas(name, line):
    written = json.loads(encode(decode(line)))

    for schema in (SCHEMAS[f"{name}.json"], schemas()[f"{name}.json"]):
        jsonschema.Draft202012Validator(schema).validate(written)
    # What was said then is said again; fields that came later stand beside it.
    assert without_additions(written, json.loads(line)) == json.loads(line)


def without_additions(new: Any, old: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {name: without_additions(new[name], old[name]) for name in new.keys() & old.keys()}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [without_additions(n, o) for n, o in zip(new, old, strict=True)]
    return new


def test_every_schema_and_every_field_of_it_has_a_golden_record():
    """So that what is said of these records is said of all."""
    assert {path.stem for path in GOLDEN.glob("*.jsonl")} == {name.removesuffix(".json") for name in SCHEMAS}
    for name, schema in SCHEMAS.items():
        lines = (GOLDEN / name).with_suffix(".jsonl").read_bytes().splitlines()
        assert any(json.loads(line).keys() == schema_fields(schema) for line in lines), name


def schema_fields(schema: Any) -> set[str]:
    return set(_resolved(schema, schema)["properties"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_of_the_published_schema_is_still_there_with_its_type_and_new_ones_have_defaults(name):
    assert breaches(SCHEMAS[name], json.loads(json.dumps(schemas()[name]))) == []


def event_schema(change):
    """Today's schema of events with a change made to it."""
    schema = copy.deepcopy(SCHEMAS["event.v1.json"])
    change(schema["$defs"])
    return schema


def rename(defs):
    defs["Event"]["properties"]["when"] = defs["Event"]["properties"].pop("at")
    defs["Event"]["required"] = ["when" if name == "at" else name for name in defs["Event"]["required"]]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda defs: defs["Event"]["properties"].pop("live"), [".live: is gone"]),
        (rename, [".at: is gone", ".when: is required, and older records lack it"]),
        (
            lambda defs: defs["Event"]["required"].append("story"),
            [".story: is required, and older records lack it"],
        ),
        (
            lambda defs: defs["Event"]["properties"].update(live={"type": "string", "default": True}),
            [".live: type is 'string', was 'boolean'"],
        ),
        (
            lambda defs: defs["Event"]["properties"]["live"].update(default=False),
            [".live: default is False, was True"],
        ),
        (
            lambda defs: defs["Event"]["properties"]["kind"]["enum"].remove("repost"),
            [".kind: may no longer be 'repost'"],
        ),
        (lambda defs: defs["Article"]["properties"].pop("title"), [".article(article/1).title: is gone"]),
        (
            lambda defs: defs["Export"]["properties"].update(metric={"type": "number"}),
            [
                ".article(article/1).signals[](export).metric: type is 'number', was 'string'",
                ".added[](export).metric: type is 'number', was 'string'",
                ".changed[].before(export).metric: type is 'number', was 'string'",
                ".changed[].after(export).metric: type is 'number', was 'string'",
                ".removed[](export).metric: type is 'number', was 'string'",
            ],
        ),
    ],
    ids=["removed", "renamed", "required", "type", "default", "word", "nested", "in-a-fact"],
)
def test_a_change_that_breaks_readers_is_found(change, expected):
    assert sorted(breaches(SCHEMAS["event.v1.json"], event_schema(change))) == sorted(expected)


@pytest.mark.parametrize(
    "change",
    [
        lambda defs: defs["Event"]["properties"].update(mood={"type": "string", "default": ""}),
        lambda defs: defs["Event"]["properties"]["kind"]["enum"].append("corrected"),
        lambda defs: defs["Event"].update(description="Other words for people."),
        lambda defs: defs["Export"]["properties"].update(port={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ],
    ids=["field", "word", "text", "field-of-a-fact"],
)
def test_a_change_that_only_adds_is_none_that_breaks(change):
    assert breaches(SCHEMAS["event.v1.json"], event_schema(change)) == []
