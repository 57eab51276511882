"""Where sentences and their clauses begin and end."""

import re
from collections.abc import Iterator

#: (start, end) in code points of the text.
Range = tuple[int, int]

#: Longest paragraph that is cut into sentences; what is longer is no prose.
PARAGRAPH_CHARACTERS_MAX = 20_000

_LINE = re.compile(r"[^\n]+")
_END_ZH = re.compile(r"(?:[。！？!?；]|;(?=[^\x00-\x7f])|……)+[”’\"')）」』]*")
#: After these an English sentence goes on, whatever the splitter says; after a company's legal form only if a small
#: letter follows.
_GOES_ON = re.compile(r"\b(?:approx|pct|Sec|Dr|Mr|Ms|Prof|vs|cf|No|Nos|Fig|Art|est)\.\s*$")
_LEGAL_FORM = re.compile(r"\b(?:Ltd|Inc|Corp|Co|Bhd|Pty)\.,?\s*$")
#: The splitter takes every month before a stop for an abbreviation; this one never is.
_MAY = re.compile(r"\bMay\.\s+(?=[A-Z])")
_CLAUSE_ZH = re.compile(r"[，；;]|,(?!\d)|:(?!\d)|：")
_CLAUSE_EN = re.compile(
    r"[;,](?!\d|\s(?:19|20)\d\d\b(?! [a-z])|\s?(?:Ltd|Inc|LLC|Co\b|Corp))\s|\s[-–—]\s|:\s|\s(?=(?:while|whereas"
    r"|although|but)\s)"
)


def sentences(text: str, language: str) -> list[Range]:
    """The sentences of `text`, each without the blanks around it. A line ends a sentence; a table row is one.

    Chinese is cut at 。！？； and what closes a quotation after them, English by sentencex.
    """
    split = _chinese if language.startswith(("zh", "ja")) else _english
    found: list[Range] = []
    for line in _LINE.finditer(text):
        if "\t" in line[0] or len(line[0]) > PARAGRAPH_CHARACTERS_MAX:
            found.append(line.span())
            continue
        found += (_trimmed(text, line.start() + start, line.start() + end) for start, end in split(line[0]))
    return [(start, end) for start, end in found if start < end]


def clauses(text: str, start: int, end: int, language: str) -> list[Range]:
    """The clauses of the sentence text[start:end]; the mark that ends a clause belongs to none."""
    found, begin = [], start
    for mark in (_CLAUSE_ZH if language.startswith(("zh", "ja")) else _CLAUSE_EN).finditer(text, start, end):
        found.append((begin, mark.start()))
        begin = mark.end()
    return [_trimmed(text, s, e) for s, e in [*found, (begin, end)] if e > s]


def _chinese(line: str) -> Iterator[Range]:
    begin = 0
    for mark in _END_ZH.finditer(line):
        yield begin, mark.end()
        begin = mark.end()
    yield begin, len(line)


def _english(line: str) -> Iterator[Range]:
    import sentencex  # type: ignore[import-untyped]

    begin = 0
    ends = [boundary["end_index"] for boundary in sentencex.get_sentence_boundaries("en", line)]
    for end in sorted({*ends, *(month.end() for month in _MAY.finditer(line))}):
        small = line[end : end + 1].islower() or line[end : end + 1] == "("
        if end < len(line) and (_GOES_ON.search(line, begin, end) or (small and _LEGAL_FORM.search(line, begin, end))):
            continue
        yield begin, end
        begin = end
    if begin < len(line):
        yield begin, len(line)


def _trimmed(text: str, start: int, end: int) -> Range:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
