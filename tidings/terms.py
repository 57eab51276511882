"""Text as terms that know where they stand: the one reading of text that search, rules and highlights share.

Folding is per character, so that every offset survives. What a term is:

- a Han run (kana and hangul too) of n characters gives its n-1 bigrams, then its last character:
  医疗器械 -> 医疗 疗器 器械 械. A word is then a phrase of bigrams, and one character is found wherever it stands.
  Brackets and quotation marks do not end a run (“十四五”规划 holds 十四五规划); spaces, commas and full stops do;
- letters and digits stay together and end where Han begins: 64排CT -> 64 排 ct, 1.5T -> 1.5t, 64-slice -> 64 slice;
- a comma between groups of three digits is no border (1,250 -> 1250), nor is one decimal point (12.74);
  two or more points are (2024.05.17 -> 2024 05 17);
- 510(k) -> 510k, U.S. -> us, Alzheimer's -> alzheimer;
- the digits of a registration number are one term however they are spaced: 国械注准 2025 3130390 -> … 准 20253130390.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tidings.inflection import stem

#: A longer run of letters (an encoded image in the text) is known by its beginning.
TERM_CHARACTERS_MAX = 128
#: Terms whose companions are remembered: the vocabulary of a language comes again and again.
COMPANIONS_REMEMBERED = 200_000


class Term(NamedTuple):
    """One term, folded, and the code points [start, end) of the original text that it stands for."""

    text: str
    start: int
    end: int


#: Tokens of a stream: a text holds the pattern if there is an even place p with each token at p + its offset.
Pattern = tuple[tuple[int, str], ...]


def fold(text: str) -> str:
    """`text` in the form in which it is compared: width, case, accents, traditional or simplified aside.

    Character by character: NFKC, Latin and Greek without accents, traditional to simplified (OpenCC t2s, one to one),
    case folded. Marks and format characters (zero-width space, soft hyphen) fold to nothing: the length may change.
    """
    return text.translate(_FOLDED)


def fold_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """`fold(text)`, and for each of its characters the offset of the character in `text` that it came from."""
    folded = fold(text)
    if _FOLDED.uneven.isdisjoint(text):
        return folded, range(len(text))
    return folded, [offset for offset, character in enumerate(text) for _ in _FOLDED[ord(character)]]


def compact(text: str) -> str:
    """Only the letters and digits of `text`, folded: 〔2024〕12号, [2024] 12 號, （２０２４）12号 all give 202412号."""
    return "".join(filter(str.isalnum, fold(text)))


def terms(text: str) -> list[Term]:
    """The terms of `text`, in order. Their texts depend on the folded text alone."""
    folded, origins = fold_with_offsets(text)
    found: list[Term] = []
    for match in _TERM.finditer(folded):
        if match.lastgroup == "run":
            found.extend(_bigrams(match, origins))
        else:
            start, end = match.span("word")
            # Accents that folded to nothing belong to the letter before them.
            after = origins[end] if end < len(origins) else len(text)
            found.append(Term(_word(match), origins[start], max(origins[end - 1] + 1, after)))
    return found


def stream(found: Sequence[Term]) -> list[str]:
    """Tokens for an index: each term, then its companion (the stem of a word, the first character of a bigram).

    Term i stands at place 2i and its companion at 2i+1, marked with "~", so that one stream answers words,
    inflections and single characters alike. No token holds a space.
    """
    return [token for term in found for token in (term.text, companion(term.text))]


@functools.lru_cache(COMPANIONS_REMEMBERED)
def companion(term: str) -> str:
    """The token that stands beside `term` in a stream."""
    return "~" + (term[0] if _is_run(term) else stem(term))


def pattern(text: str, *, inflected: bool) -> Pattern:
    """What a stream must hold for `text` to stand in it as adjacent terms; () if `text` has no letter or digit.

    `inflected`: words match by their stems. Han at the end of `text` may go on in the stream, so its last character
    is asked for only when it stands alone.
    """
    found = terms(text)
    last = len(found) - 1
    tokens: list[tuple[int, str]] = []
    for i, term in enumerate(found):
        run = _is_run(term.text)
        if i == last and run and len(term.text) == 1:
            if i == 0 or not _overlap(found[i - 1], term):
                tokens.append((2 * i + 1, companion(term.text)))
        elif run or not inflected:
            tokens.append((2 * i, term.text))
        else:
            tokens.append((2 * i + 1, companion(term.text)))
    return tuple(tokens)


def is_registration_number(text: str) -> bool:
    """True if `text` is a Chinese registration or filing number, in any width, script or spacing."""
    return _REGISTRATION_NUMBER.fullmatch(fold(text)) is not None


def _bigrams(match: re.Match[str], origins: Sequence[int]) -> Iterator[Term]:
    run = match["run"]
    starts = origins[match.start() : match.end()]
    if not _BRACKETS.isdisjoint(run):
        starts = [start for start, character in zip(starts, run, strict=True) if character not in _BRACKETS]
        run = run.translate(_WITHOUT_BRACKETS)
    texts = [run[i : i + 2] for i in range(len(run))]
    return map(Term._make, zip(texts, starts, [start + 1 for start in (*starts[1:], starts[-1])], strict=True))


def _is_run(term: str) -> bool:
    return _RUN_CHARACTER.match(term) is not None


def _overlap(bigram: Term, character: Term) -> bool:
    """True if `character` is the last of the run that `bigram` belongs to."""
    return len(bigram.text) == 2 and _is_run(bigram.text) and bigram.end == character.end


def _word(match: re.Match[str]) -> str:
    text = match["word"]
    if text.isalnum():
        return text[:TERM_CHARACTERS_MAX]
    return text.translate(_WITHOUT_DOTS if match["acronym"] else _WITHOUT_GROUPING)[:TERM_CHARACTERS_MAX]


# -- characters -------------------------------------------------------------------------------------------------------

# Han with 々 and 〇, kana, hangul: written without spaces, or with particles attached.
_RUN = (
    r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
    r"\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
)
# Scripts whose vowel signs and tone marks are no letters to `re`: Indic, Thai to Myanmar, Khmer.
_MARKED = r"\u0900-\u0963\u0966-\u0df3\u0e01-\u0e4e\u0e50-\u0fbc\u1000-\u109f\u1780-\u17e9"
_LETTERS = rf"(?:[^\W_{_RUN}]++|[{_MARKED}])++"
_BRACKETS = frozenset("""()[]{}<>"'“”‘’„«»‹›《》〈〉「」『』【】〔〕〖〗""")
_WITHOUT_BRACKETS = dict.fromkeys(map(ord, _BRACKETS))
_BRACKET = "[" + re.escape("".join(sorted(_BRACKETS))) + "]"
_REGISTRATION = "注[准进许]"
_FILING = "械备"

_TERM = re.compile(
    rf"""
    (?P<run> [{_RUN}] (?: {_BRACKET}* [{_RUN}] )* )
  | (?P<word>
        [a-z]{{2,}}+ (?![\w.])  # most words, decided soonest
      | (?: (?<={_REGISTRATION}) | (?<={_REGISTRATION}[ ]) ) \d (?: [ ]?\d ){{10}} (?!\d)
      | (?: (?<={_FILING}) | (?<={_FILING}[ ]) ) \d (?: [ ]?\d ){{7}} (?!\d)
      | (?P<acronym> (?<![.\w]) [a-z] (?:\.[a-z])+ (?!\w) )
      | \d{{3,4}} \([a-z]\) (?= s? (?![^\W_{_RUN}]) )
      | (?<!\d\.) (?: (?<!\d,) \d{{1,3}} (?:,\d{{3}})+ (?!\d) | {_LETTERS} (?<=\d) ) \.\d+ (?!\.?\d) (?:{_LETTERS})?
      | (?<!\d,) \d{{1,3}} (?:,\d{{3}})+ (?!\d) (?:{_LETTERS})?
      | {_LETTERS}
    )
    (?: ['’]s (?!\w) )?
    """,
    re.VERBOSE,
)
_REGISTRATION_NUMBER = re.compile(
    rf"[{_RUN}]{{1,3}} (?: {_REGISTRATION}[ ]?\d(?:[ ]?\d){{10}} | {_FILING}[ ]?\d(?:[ ]?\d){{7}} ) 号?", re.VERBOSE
)
_WITHOUT_DOTS = str.maketrans("", "", ".")
_WITHOUT_GROUPING = str.maketrans("", "", " ,()")

_RUN_CHARACTER = re.compile(f"[{_RUN}]")


class _Folds(dict[int, str]):
    """Code point -> what it folds to, filled as characters come up."""

    def __init__(self) -> None:
        super().__init__()
        #: Characters seen so far that do not fold to exactly one.
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        self[code] = folded
        return folded


_FOLDED = _Folds()


def _fold_character(character: str) -> str:
    if unicodedata.category(character) == "Cf" or _is_dropped_mark(character):
        return ""
    form = unicodedata.normalize("NFKC", character)
    if unicodedata.name(form[0], "").startswith(("LATIN", "GREEK")):
        form = unicodedata.normalize("NFKD", form)
    return "".join(_simplified(c) for c in form if not _is_dropped_mark(c)).casefold()


def _is_dropped_mark(character: str) -> bool:
    """Accents, Hebrew points and Arabic vowel signs, which writers leave out as often as not; variation selectors."""
    return (
        "\u0300" <= character <= "\u036f"
        or ("\u0591" <= character <= "\u065f" and unicodedata.combining(character) > 0)
        or "\ufe00" <= character <= "\ufe0f"
    )


def _simplified(character: str) -> str:
    if not ("\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U000323af"):
        return character
    simple = str(_converter().convert(character))
    return simple if len(simple) == 1 else character


@functools.cache
def _converter() -> Any:
    import opencc  # loads its dictionaries when first used, not when `tidings --help` runs

    return opencc.OpenCC("t2s")
