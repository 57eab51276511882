"""The words and signs of a query, each with its place."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from tidings.errors import QueryError

#: Characters of one query.
CHARACTERS_MAX = 2_000

Kind = Literal["word", "phrase", "field", "(", ")", "-", "or"]

#: What opens a phrase -> what closes it. Input methods pair them carelessly, so all of one row close each other.
QUOTES = {**dict.fromkeys('"“”„＂', '"“”„＂'), "「": "」", "『": "』"}
_OPEN, _CLOSED = "(（", ")）"
_FIELD = re.compile(r"([A-Za-z_]+)[:：]")
#: （2024）12号 is a document's number, not a group.
_NUMBERED = re.compile(r"[(（]\d+[)）][^\s()（）]")
_SIGNS: dict[str, Kind | None] = {"OR": "or", "NOT": "-", "AND": None}


@dataclass(frozen=True, kw_only=True)
class Token:
    """One word or sign of a query, at the code points [start, end)."""

    kind: Kind
    #: As typed, without quotation marks and without the field's name.
    text: str
    start: int
    end: int
    #: The name before the colon, in lower case; "" for what has none.
    field: str = ""
    quoted: bool = False


def read(text: str, fields: Collection[str]) -> list[Token]:
    """The tokens of `text`. Raises QueryError for an open quotation mark, an unknown field, a parenthesis too many."""
    if len(text) > CHARACTERS_MAX:
        raise QueryError(f"query of {len(text)} characters; want at most {CHARACTERS_MAX}")
    tokens: list[Token] = []
    place = depth = 0
    while (place := _after_space(text, place)) < len(text):
        token = _token(text, place, fields)
        depth += (token.kind == "(") - (token.kind == ")")
        if depth < 0:
            raise fault(place, f'"{text[place]}" closes nothing; want "(" before it, or quotation marks around it')
        place = token.end
        if token.quoted or token.kind != "word" or token.text not in _SIGNS:
            tokens.append(token)
        elif kind := _SIGNS[token.text]:
            tokens.append(Token(kind=kind, text=token.text, start=token.start, end=token.end))
    return tokens


def fault(place: int, words: str) -> QueryError:
    """The error at the code point `place` of a query."""
    return QueryError(f"query, character {place + 1}: {words}")


def _token(text: str, place: int, fields: Collection[str]) -> Token:
    character, following = text[place], text[place + 1 : place + 2]
    if character in QUOTES:
        return _phrase(text, place)
    if character in _CLOSED:
        return Token(kind=")", text=character, start=place, end=place + 1)
    if character in _OPEN and not _NUMBERED.match(text, place):
        return Token(kind="(", text=character, start=place, end=place + 1)
    if character in "-－" and following.strip():
        return Token(kind="-", text=character, start=place, end=place + 1)
    if named := _FIELD.match(text, place):
        return _field(text, place, named, fields)
    return _word(text, place)


def _phrase(text: str, place: int) -> Token:
    closing = QUOTES[text[place]]
    end = next((i for i in range(place + 1, len(text)) if text[i] in closing), None)
    if end is None:
        raise fault(place, f"{text[place]} is never closed; want {closing[-1] if len(closing) == 1 else text[place]}")
    return Token(kind="phrase", text=text[place + 1 : end], start=place, end=end + 1, quoted=True)


def _field(text: str, place: int, named: re.Match[str], fields: Collection[str]) -> Token:
    name = named[1].lower()
    if name not in fields:
        raise fault(
            place, f'there is no field "{named[1]}"; want one of {", ".join(fields)}, or quotation marks around it'
        )
    start = named.end()
    if start == len(text) or text[start].isspace() or text[start] in _CLOSED:
        raise fault(place, f'"{named[0]}" has no value; want one right after it')
    if text[start] in _OPEN and not _NUMBERED.match(text, start):
        raise fault(start, f'{name} wants one value, not "{text[start]}"; want {name}:A OR {name}:B')
    value = _phrase(text, start) if text[start] in QUOTES else _word(text, start)
    return Token(kind="field", text=value.text, start=place, end=value.end, field=name, quoted=value.quoted)


def _word(text: str, place: int) -> Token:
    """Up to a space, a quotation mark or a parenthesis that closes a group; 510(k) is one word."""
    depth = 0
    for end in range(place, len(text)):
        depth += (text[end] in _OPEN) - (text[end] in _CLOSED)
        if depth < 0 or text[end].isspace() or text[end] in QUOTES:
            break
    else:
        end = len(text)
    return Token(kind="word", text=text[place:end], start=place, end=end)


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place
