"""A query said back: `render` as text that parses to it again, `explain` in words for the page."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from tidings.matching import And, Field, Not, Or, Phrase, Query, Range, Words
from tidings.query_tokens import QUOTES

_LABELS = {"type": "signal type", "number": "document number", "source": "source", "live": "live"}


def render(query: Query) -> str:
    """The text that `tidings.query.parse` reads as `query`; "" for every article."""
    match query:
        case Words(text=text, field=field):
            return _titled(field, text)
        case Phrase(text=text, field=field):
            return _titled(field, _quoted(text))
        case Field(name=name, value=value):
            return f"{name}:{value if value.isalnum() else _quoted(value)}"
        case Range():
            return f"{query.field}:{_bounds(query)}"
        case Not(query=inner):
            return "-" + _grouped(inner, render, (And, Or))
        case And(queries=queries):
            return " ".join(_grouped(part, render, (And, Or)) for part in queries)
        case Or(queries=queries):
            return " OR ".join(_grouped(part, render, (Or,)) for part in queries)


def explain(query: Query) -> str:
    """How `query` was understood: 'company Johnson & Johnson and the word "recall" in any form'."""
    match query:
        case Words(text=text, field=field):
            return f"{_said(text)}{' in the title' if field else ''}"
        case Phrase(text=text, field=field):
            return f"exactly “{text}”{' in the title' if field else ''}"
        case Field(name=name, value=value):
            return f"{_LABELS.get(name, name)} {value}"
        case Range():
            return _explained(query)
        case Not(query=inner):
            return "not " + _grouped(inner, explain, (And, Or))
        case And(queries=()):
            return "every article"
        case And(queries=queries):
            return " and ".join(_grouped(part, explain, (And, Or)) for part in queries)
        case Or(queries=queries):
            return " or ".join(_grouped(part, explain, (And, Or)) for part in queries)


def _grouped(query: Query, say: Callable[[Query], str], kinds: tuple[type, ...]) -> str:
    said = say(query)
    return f"({said})" if isinstance(query, kinds) else said


def _titled(field: str | None, text: str) -> str:
    return f"{field}:{text}" if field else text


def _quoted(text: str) -> str:
    """In the first pair of quotation marks that does not occur in `text`; a parsed text leaves one free."""
    opening = next((mark for mark in QUOTES if not any(closing in text for closing in QUOTES[mark])), '"')
    return f"{opening}{text}{QUOTES[opening][0]}"


def _said(text: str) -> str:
    return f"the word “{text}” in any form" if re.search("[A-Za-z]{3}", text) else f"“{text}”"


def _bounds(query: Range) -> str:
    return f"{_first(query.since)}..{_last(query.until)}"


def _last(until: datetime | None) -> str:
    """The last second, minute or day before `until`: a range names its last moment, not the first after it."""
    if until is None:
        return ""
    if until.second:
        return (until - timedelta(seconds=1)).isoformat()
    if until.hour or until.minute:
        return (until - timedelta(minutes=1)).isoformat(timespec="minutes")
    return (until - timedelta(days=1)).date().isoformat()


def _first(since: datetime | None) -> str:
    return since.isoformat().removesuffix("T00:00:00") if since else ""


def _explained(query: Range) -> str:
    verb = "published" if query.field == "published" else "first seen"
    since, last = _first(query.since), _last(query.until)
    if since and since == last:
        return f"{verb} on {since}"
    return " ".join([verb, *(["from", since] if since else []), *(["up to", last] if last else [])])
