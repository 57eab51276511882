"""What is asked of articles, and what it means: `matches` is the one semantics that every index must agree with."""

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from tidings.documents import Document, key, keys, printed, values
from tidings.records import Span
from tidings.terms import Pattern, Term, pattern, stream, terms

#: Texts whose terms are remembered, so that many rules read an article once.
TEXTS_REMEMBERED = 8
#: Of a longer text the rest is kept and shown, but not searched.
SEARCHED_CHARACTERS_MAX = 500_000

TextField = Literal["title", "body", "attachment"]
TEXT_FIELDS: tuple[TextField, ...] = get_args(TextField)
RangeField = Literal["published", "seen"]
RANGE_FIELDS: tuple[RangeField, ...] = get_args(RangeField)


@dataclass(frozen=True)
class Words:
    """One bare word as typed: its terms stand next to each other in one field, in any inflection."""

    text: str
    #: None: anywhere.
    field: Literal["title"] | None = None


@dataclass(frozen=True)
class Phrase:
    """What stood in quotes: these terms, next to each other in one field, letter for letter once folded."""

    text: str
    field: Literal["title"] | None = None


@dataclass(frozen=True)
class Field:
    """Articles that say `value` for the field `name` (a key of tidings.documents.FIELDS)."""

    name: str
    value: str


@dataclass(frozen=True)
class Range:
    """Articles whose time lies in [since, until). Without zone: as printed for published, UTC for seen."""

    field: RangeField
    #: None: no bound.
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Not:
    """Articles that `query` does not match."""

    query: "Query"


@dataclass(frozen=True)
class And:
    """Articles that all of these match; without any, every article."""

    queries: tuple["Query", ...]


@dataclass(frozen=True)
class Or:
    """Articles that at least one of these matches; without any, none."""

    queries: tuple["Query", ...]


Query = Words | Phrase | Field | Range | Not | And | Or

EVERYTHING = And(())


def matches(query: Query, document: Document) -> list[Span] | None:
    """The words of title and body that made `query` match, in order and without overlap; None if it does not match.

    Words and phrases mark themselves, a company its mentions, a number its identifiers. Other fields, what a `Not`
    rules out and words found in attachments mark nothing: [] is a match.
    """
    spans = _spans(query, document)
    return None if spans is None else _merged(spans)


def tokens(query: Words | Phrase) -> Pattern:
    """The stream tokens that `query` asks for; () never matches."""
    return _pattern(query.text, inflected=isinstance(query, Words))


def text_fields(query: Words | Phrase) -> Sequence[TextField]:
    """The fields in which `query` may stand. It stands in one of them as a whole."""
    return TEXT_FIELDS if query.field is None else (query.field,)


def texts(field: TextField, document: Document) -> tuple[str, ...]:
    """What is searched as `field`. A phrase never goes from one text into the next."""
    article = document.article
    whole = {
        "title": (article.title,),
        "body": (article.body,),
        "attachment": [part.text for part in article.attachments],
    }
    return tuple(text[:SEARCHED_CHARACTERS_MAX] for text in whole[field])


def time(field: RangeField, document: Document) -> datetime | None:
    """The time that a Range compares, without zone; None if the article states none."""
    return printed(document) if field == "published" else document.seen.astimezone(UTC).replace(tzinfo=None)


def _spans(query: Query, document: Document) -> list[Span] | None:
    match query:
        case Words() | Phrase():
            return _of_text(query, document)
        case Field():
            return _of_field(query, document)
        case Range():
            at = time(query.field, document)
            return [] if at is not None and _within(query, at) else None
        case Not():
            return [] if _spans(query.query, document) is None else None
        case And():
            found = [_spans(part, document) for part in query.queries]
            return None if None in found else [span for spans in found for span in spans or ()]
        case Or():
            found = [spans for part in query.queries if (spans := _spans(part, document)) is not None]
            return [span for spans in found for span in spans or ()] if found else None


def _within(wanted: Range, at: datetime) -> bool:
    return (wanted.since is None or wanted.since <= at) and (wanted.until is None or at < wanted.until)


def _of_text(query: Words | Phrase, document: Document) -> list[Span] | None:
    wanted = tokens(query)
    found: list[Span] | None = None
    for field in text_fields(query):
        for text in texts(field, document):
            for start, end in _places(wanted, text):
                found = found or []
                if field != "attachment":
                    found.append(Span(field=field, start=start, end=end))
    return found


def _of_field(query: Field, document: Document) -> list[Span] | None:
    wanted = key(query.name, query.value)
    if not any(wanted in keys(query.name, value) for value in values(query.name, document)):
        return None
    article = document.article
    if query.name == "company":
        return [
            span for mention in article.companies if key("company", mention.name) == wanted for span in mention.spans
        ]
    if query.name == "number":
        return [identifier.span for identifier in article.identifiers if wanted in keys("number", identifier.value)]
    return []


def _places(wanted: Pattern, text: str) -> Iterator[tuple[int, int]]:
    """Where `text` holds the pattern, as code points [start, end)."""
    if not wanted:
        return
    reading = _read(text)
    rarest, token = min(wanted, key=lambda part: len(reading.places.get(part[1], ())))
    for place in reading.places.get(token, ()):
        first = place - rarest
        if first >= 0 and all(reading.token(first + offset) == part for offset, part in wanted):
            yield reading.extent(first + wanted[0][0], first + wanted[-1][0])


@dataclass(frozen=True)
class _Reading:
    """A text's terms, its stream, and where in the stream each token stands."""

    terms: Sequence[Term]
    stream: Sequence[str]
    places: Mapping[str, list[int]]

    def token(self, place: int) -> str | None:
        return self.stream[place] if place < len(self.stream) else None

    def extent(self, first: int, last: int) -> tuple[int, int]:
        """Code points from the term at place `first` to that at `last`; a lone character is only itself."""
        term = self.terms[last // 2]
        single = last % 2 == 1 and self.stream[last][1:] == term.text[0]
        return self.terms[first // 2].start, term.start + 1 if single else term.end


@functools.lru_cache(TEXTS_REMEMBERED)
def _read(text: str) -> _Reading:
    found = terms(text)
    tokens_ = stream(found)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens_):
        places[token].append(place)
    return _Reading(found, tokens_, places)


_pattern = functools.lru_cache(maxsize=10_000)(pattern)


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (-len(span.field), span.start, span.end)):
        last = merged[-1] if merged else None
        if last and last.field == span.field and span.start < last.end:
            merged[-1] = Span(field=span.field, start=last.start, end=max(last.end, span.end))
        else:
            merged.append(span)
    return merged
