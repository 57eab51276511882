"""Marks in text: cut a text where evidence and query matches begin and end, so that overlaps nest without lies.

Spans are code points of one field of one revision. A piece never changes its text: joined, the pieces are the field.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tidings.records import Signal, Span

#: Code points of a body that a page shows; the rest is at the source.
BODY_CHARACTERS_MAX = 300_000
#: Width of a snippet, in half-width columns: a Chinese character takes two.
SNIPPET_COLUMNS = 230
#: How far before the first match a snippet may begin, in columns.
SNIPPET_LEAD_COLUMNS = 60

_SENTENCE_ENDS = "。！？；\n"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A stretch to mark: code points [start, end) of one field."""

    start: int
    end: int
    #: Which signal of the article this is evidence of; None for a match of the query.
    signal: int | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text under one set of marks."""

    text: str
    #: The signals whose evidence covers it, the narrowest evidence first.
    signals: tuple[int, ...] = ()
    #: True if the query matched here.
    hit: bool = False
    #: The signals whose evidence ends here: their numbers are printed after it.
    ends: tuple[int, ...] = ()


Line = list[Piece]


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """One line of the body."""

    pieces: Line
    #: Signals whose evidence begins here: their notes stand beside it.
    signals: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows whose cells a tab separates; the first row is the header."""

    header: list[Line]
    rows: list[list[Line]]
    signals: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A few words around what matters."""

    pieces: Line
    #: True if text was left out before, after.
    cut_before: bool = False
    cut_after: bool = False


def evidence_marks(text: str, field: str, signals: Sequence[Signal]) -> list[Mark]:
    """The evidence of `signals` in this field, white space at its end left out."""
    return [
        Mark(start=span.start, end=span.start + len(text[span.start : span.end].rstrip()), signal=number)
        for number, signal in enumerate(signals)
        if (span := signal.evidence).field == field
    ]


def query_marks(field: str, spans: Sequence[Span]) -> list[Mark]:
    """The matches of the query in this field."""
    return [Mark(start=span.start, end=span.end) for span in spans if span.field == field]


def line(text: str, marks: Sequence[Mark]) -> Line:
    """The pieces of one whole line, such as a title."""
    return next(_cut(text, [(0, len(text))], marks))


def blocks(text: str, marks: Sequence[Mark]) -> list[Paragraph | Table]:
    """The body as paragraphs and tables. At least two rows with tabs make a table."""
    grid = [_cells(text, start, end) for start, end in _lines(text)]
    pieces = _cut(text, [cell for row in grid for cell in row], marks)
    rows = [[next(pieces) for _ in row] for row in grid]
    told: set[int] = set()
    return [_block(group, told) for group in _groups(rows)]


def snippet(text: str, marks: Sequence[Mark], *, around: Span | None = None) -> Snippet:
    """The words around the first mark, else around `around`, else from the beginning."""
    place = min((mark.start for mark in marks), default=around.start if around else 0)
    start = _snippet_start(text, place)
    end = _snippet_end(text, start)
    inner = next(_cut(text, [(start, end)], marks))
    return Snippet(pieces=[_flat(piece) for piece in inner], cut_before=start > 0, cut_after=end < len(text.rstrip()))


# -- cutting ----------------------------------------------------------------------------------------------------------


def _cut(text: str, cells: Sequence[tuple[int, int]], marks: Sequence[Mark]) -> Iterator[Line]:
    """Give the pieces of each cell; cells are in order and do not overlap. One pass over text and marks."""
    borders = sorted({border for mark in marks for border in (mark.start, mark.end)})
    waiting = sorted((mark for mark in marks if mark.start < mark.end), key=lambda mark: -mark.start)
    open_marks: list[Mark] = []
    for start, end in cells:
        inner = borders[bisect_right(borders, start) : bisect_left(borders, end)]
        pieces: Line = []
        for left, right in pairwise([start, *inner, end]):
            while waiting and waiting[-1].start <= left:
                open_marks.append(waiting.pop())
            open_marks = [mark for mark in open_marks if mark.end > left]
            if left < right:
                pieces.append(_piece(text[left:right], right, open_marks))
        yield pieces


def _piece(text: str, right: int, marks: Sequence[Mark]) -> Piece:
    evidence = sorted((mark.end - mark.start, mark.signal) for mark in marks if mark.signal is not None)
    return Piece(
        text=text,
        signals=tuple(number for _, number in evidence),
        hit=any(mark.signal is None for mark in marks),
        ends=tuple(sorted(mark.signal for mark in marks if mark.signal is not None and mark.end == right)),
    )


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The borders of every line that holds more than white space."""
    start = 0
    for part in text.split("\n"):
        if part.strip():
            yield start, start + len(part)
        start += len(part) + 1


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cells = []
    for part in text[start:end].split("\t"):
        cells.append((start, start + len(part)))
        start += len(part) + 1
    return cells


def _groups(rows: Sequence[list[Line]]) -> Iterator[list[list[Line]]]:
    """Rows that belong together: a run of rows with several cells, or one line alone."""
    run: list[list[Line]] = []
    for row in rows:
        if len(row) == 1 and run:
            yield run
            run = []
        if len(row) == 1:
            yield [row]
        else:
            run.append(row)
    if run:
        yield run


def _block(group: list[list[Line]], told: set[int]) -> Paragraph | Table:
    """The block of these rows; `told` are the signals whose notes stand beside an earlier block, and grows."""
    covered = dict.fromkeys(
        number for row in group for cell in row for piece in cell for number in piece.signals if number not in told
    )
    signals = tuple(sorted(covered))
    told.update(signals)
    if len(group) == 1:
        return Paragraph(pieces=_joined(group[0]), signals=signals)
    return Table(header=group[0], rows=group[1:], signals=signals)


def _joined(row: list[Line]) -> Line:
    """The cells of a lone row as one line."""
    pieces = list(row[0])
    for cell in row[1:]:
        pieces += [Piece(text=" · "), *cell]
    return pieces


# -- snippets ---------------------------------------------------------------------------------------------------------


def _snippet_start(text: str, place: int) -> int:
    """Begin at the sentence if it begins near enough, else at a word."""
    nearest = _walk(text, place, -1, SNIPPET_LEAD_COLUMNS)
    if nearest == 0:
        return 0
    sentence = max(text.rfind(end, nearest - 1, place) + 1 for end in (*_SENTENCE_ENDS, ". "))
    if sentence >= nearest:
        return _past_space(text, sentence, place)
    space = text.find(" ", nearest, place)
    return space + 1 if space >= 0 else nearest


def _snippet_end(text: str, start: int) -> int:
    """End between words, where there are any."""
    end = _walk(text, start, 1, SNIPPET_COLUMNS)
    if end == len(text) or not (text[end - 1].isascii() and text[end].isascii()):
        return end
    space = text.rfind(" ", start, end)
    return space if space > start + (end - start) // 2 else end


def _walk(text: str, place: int, step: int, columns: int) -> int:
    """Go `columns` from `place`, a wide character counting two."""
    while columns > 0 and place + min(step, 0) >= 0 and place + max(step, 0) <= len(text):
        columns -= 1 if text[place + min(step, 0)] < "\u1100" else 2
        place += step
    return place


def _past_space(text: str, start: int, place: int) -> int:
    while start < place and text[start].isspace():
        start += 1
    return start


def _flat(piece: Piece) -> Piece:
    """A piece on one line: rows and cells are told apart by a dot."""
    shown = piece.text.replace("\t", " · ").replace("\n", " ")
    return Piece(text=shown, signals=piece.signals, hit=piece.hit, ends=piece.ends)
