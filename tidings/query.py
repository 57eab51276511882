"""The analyst's query language (docs/search.md): text to `Query`, and back to text or to words that explain it.

Words stand side by side for AND; `OR`, `-`, parentheses, "phrases", `field:value` and ranges do the rest.
AND binds tighter than OR. Chinese quotation marks, colons and parentheses do as well as Latin ones.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from tidings import query_tokens
from tidings.documents import FIELDS as DOCUMENT_FIELDS
from tidings.documents import Document, document, key
from tidings.errors import QueryError
from tidings.lexicon import Lexicon
from tidings.matching import (
    EVERYTHING,
    RANGE_FIELDS,
    And,
    Field,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    RangeField,
    Words,
    matches,
)
from tidings.query_tokens import Token, fault
from tidings.query_words import explain, render
from tidings.records import SIGNAL_TYPES
from tidings.terms import fold, is_registration_number, pattern

__all__ = [
    "EVERYTHING", "FIELDS", "And", "Document", "Field", "Not", "Or", "Phrase", "Query", "QueryError", "Range", "Words",
    "document", "explain", "matches", "parse", "render",
]  # fmt: skip

#: Every word that may stand before a colon.
FIELDS: tuple[str, ...] = (*DOCUMENT_FIELDS, *RANGE_FIELDS, "title")
#: Words, phrases and fields of one query.
TOKENS_MAX = 200
#: Parentheses and minus signs around each other.
DEPTH_MAX = 20
#: Words of the longest name that is looked up in the lexicon.
NAME_WORDS_MAX = 8


def parse(text: str, lexicon: Lexicon) -> Query:
    """Read `text`; empty, it asks for every article.

    Bare words that name a company in `lexicon` ask for that company, however an article writes it; in quotes they are
    letters. Values of company, device, authority and region may be any written form of a name.
    Raises QueryError, which says at which character what was wanted.
    """
    tokens = query_tokens.read(text, FIELDS)
    if len(tokens) > TOKENS_MAX:
        raise QueryError(f"query of {len(tokens)} words and signs; want at most {TOKENS_MAX}")
    return _Parser(text, tokens, lexicon).query() if tokens else EVERYTHING


class _Parser:
    """Recursive descent over the tokens; `_place` is the next one."""

    def __init__(self, text: str, tokens: Sequence[Token], lexicon: Lexicon) -> None:
        self._text = text
        self._tokens = tokens
        self._lexicon = lexicon
        self._place = 0

    def query(self) -> Query:
        query = self._either(0)
        assert self._place == len(self._tokens), "the reader of tokens lets no unopened parenthesis through"
        return query

    def _either(self, depth: int) -> Query:
        parts = [self._all(depth)]
        while self._take("or"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Query:
        first = self._place
        parts = []
        while (token := self._peek()) and token.kind not in ("or", ")"):
            if (part := self._one(depth)) is not None:
                parts.append(part)
        if not parts:
            raise self._nothing(first)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Query | None:
        """The next thing asked for; None for a bare sign such as "&", which asks for nothing."""
        token = self._tokens[self._place]
        if depth > DEPTH_MAX:
            raise fault(token.start, f"more than {DEPTH_MAX} parentheses and minus signs around each other; want fewer")
        if token.kind == "word":
            return self._word()
        self._place += 1
        if token.kind == "field":
            return _field(token, self._lexicon)
        if token.kind == "phrase":
            return _text(Phrase(token.text), token)
        if token.kind == "-":
            return self._not(token, depth)
        query = self._either(depth + 1)
        if not self._take(")"):
            raise fault(token.start, '"(" is never closed; want ")"')
        return query

    def _not(self, minus: Token, depth: int) -> Query | None:
        following = self._peek()
        if following is None or following.kind in ("or", ")"):
            raise fault(minus.start, f'nothing follows "{minus.text}"; want a word, a phrase, a field or "("')
        query = self._one(depth + 1)
        return None if query is None else Not(query)

    def _word(self) -> Query | None:
        """A company's name or a number, of as many words as possible; else one word."""
        first = self._place
        for last in range(min(first + NAME_WORDS_MAX, len(self._tokens)) - 1, first - 1, -1):
            if all(token.kind == "word" for token in self._tokens[first : last + 1]):
                name = " ".join(self._text[self._tokens[first].start : self._tokens[last].end].split())
                if query := self._named(name):
                    self._place = last + 1
                    return query
        self._place += 1
        word = self._tokens[first].text
        return Words(word) if pattern(word, inflected=True) else None

    def _named(self, name: str) -> Query | None:
        entry = self._lexicon.lookup(name)
        if entry is not None and entry.kind == "company":
            return Field("company", entry.name)
        return Words(name) if is_registration_number(name) else None

    def _peek(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, kind: str) -> bool:
        token = self._peek()
        taken = token is not None and token.kind == kind
        self._place += taken
        return taken

    def _nothing(self, first: int) -> QueryError:
        """What to say where the tokens from `first` to here ask for nothing."""
        if first < self._place:
            token = self._tokens[first]
            return fault(token.start, f'"{token.text}" has no letter or digit to search for; want words')
        token = self._peek() or self._tokens[-1]
        return fault(token.start, f'nothing to search for beside "{token.text}"; want words on both sides')


def _text(query: Words | Phrase, token: Token) -> Words | Phrase:
    if not pattern(query.text, inflected=True):
        raise fault(token.start, f'"{query.text}" has no letter or digit to search for; want words')
    return query


def _field(token: Token, lexicon: Lexicon) -> Query:
    name, value = token.field, token.text
    if name == "title":
        return _text(Phrase(value, "title") if token.quoted else Words(value, "title"), token)
    for times in RANGE_FIELDS:
        if name == times:
            return _range(times, token)
    if not key(name, value):
        raise fault(token.start, f'"{value}" is no value for {name}; want letters or digits')
    if name == "type" and key(name, value) not in SIGNAL_TYPES:
        raise fault(token.start, f'"{value}" is no type of signal; want one of {", ".join(SIGNAL_TYPES)}')
    if name == "live" and key(name, value) not in ("true", "false"):
        raise fault(token.start, f'live is "{value}"; want true or false')
    entry = lexicon.lookup(value)
    return Field(name, entry.name if entry is not None and entry.kind == name else value)


# -- times ------------------------------------------------------------------------------------------------------------

_TIME = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:t(\d\d):(\d\d)(?::(\d\d))?)?)?)?")
_WANTED_TIME = (
    "want 2025, 2025-06, 2025-06-30 or 2025-06-30T14:00, alone or as 2025-01..2025-06, 2025.., ..2025, >=2025, <2025"
)


def _range(name: RangeField, token: Token) -> Range:
    text = fold(token.text)
    sign = re.match(r"[<>]=?", text)
    if sign:
        start, end = _unit(name, token, text[sign.end() :])
        bounds = {">=": (start, None), ">": (end, None), "<": (None, start), "<=": (None, end)}
        return Range(name, *bounds[sign[0]])
    first, dots, last = text.partition("..")
    if not dots:
        return Range(name, *_unit(name, token, text))
    since = _unit(name, token, first)[0] if first else None
    until = _unit(name, token, last)[1] if last or not first else None
    if since is not None and until is not None and since >= until:
        raise fault(token.start, f"{name}:{token.text} ends before it begins; want the earlier time first")
    return Range(name, since, until)


def _unit(name: str, token: Token, text: str) -> tuple[datetime, datetime]:
    """The year, month, day, minute or second that `text` names: its first moment and the first after it."""
    found = _TIME.fullmatch(text)
    parts = [int(part) for part in found.groups() if part is not None] if found else []
    try:
        start = datetime(*(*parts, 1, 1)[: max(3, len(parts))])  # type: ignore[arg-type]
        return start, _following(start, len(parts))
    except (ValueError, TypeError, OverflowError):
        raise fault(token.start, f'{name} is "{token.text}", which is no time; {_WANTED_TIME}') from None


def _following(start: datetime, precision: int) -> datetime:
    if precision == 1:
        return start.replace(year=start.year + 1)
    if precision == 2:
        return (start + timedelta(days=31)).replace(day=1)
    return start + {3: timedelta(days=1), 5: timedelta(minutes=1), 6: timedelta(seconds=1)}[precision]
