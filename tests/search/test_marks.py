from hypothesis import given, settings
from hypothesis import strategies as st
from morning import APPROVALS, articles

from search.marks import (
    SNIPPET_COLUMNS,
    Mark,
    Paragraph,
    Piece,
    Table,
    blocks,
    evidence_marks,
    line,
    query_marks,
    snippet,
)
from tidings.records import Export, Span

TEXTS = st.text(alphabet="ab 国。.\t\n<é", max_size=60)


@st.composite
def marked_texts(draw):
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    borders = draw(st.lists(st.tuples(places, places, st.none() | st.integers(0, 3)), max_size=8))
    return text, [Mark(start=min(a, b), end=max(a, b), signal=signal) for a, b, signal in borders]


def cover(text, marks):
    """What is marked, character by character: the plain reference."""
    return [
        (
            character,
            {m.signal for m in marks if m.start <= place < m.end and m.signal is not None},
            any(m.start <= place < m.end and m.signal is None for m in marks),
        )
        for place, character in enumerate(text)
    ]


def spread(pieces):
    return [(character, set(piece.signals), piece.hit) for piece in pieces for character in piece.text]


def cells(block):
    if isinstance(block, Paragraph):
        return [block.pieces]
    return [cell for row in (block.header, *block.rows) for cell in row]


@given(marked_texts())
@settings(derandomize=True, deadline=None)
def test_pieces_say_of_every_character_what_marks_it(marked):
    text, marks = marked

    assert spread(line(text, marks)) == cover(text, marks)


@given(marked_texts())
@settings(derandomize=True, deadline=None)
def test_blocks_keep_every_word_and_every_mark_in_order(marked):
    text, marks = marked

    shown = [c for block in blocks(text, marks) for cell in cells(block) for c in spread(cell) if not c[0].isspace()]

    lone = " · "  # what stands between the cells of a row that is no table
    assert [c for c in shown if c[0] not in lone] == [c for c in cover(text, marks) if not c[0].isspace()]


@given(marked_texts())
@settings(derandomize=True, deadline=None)
def test_note_of_every_evidence_with_words_stands_beside_exactly_one_block(marked):
    text, marks = marked

    beside = [number for block in blocks(text, marks) for number in block.signals]

    lines = text.split("\n")
    starts = [sum(len(before) + 1 for before in lines[:n]) for n in range(len(lines))]
    shown = {
        m.signal
        for m in marks
        if m.signal is not None
        for start, words in zip(starts, lines, strict=True)
        for place in range(m.start, m.end)
        if words.strip() and start <= place < start + len(words) and text[place] != "\t"
    }
    assert sorted(beside) == sorted(shown)


def test_overlapping_evidence_is_cut_where_each_begins_and_ends():
    wide, narrow = Mark(start=0, end=10, signal=0), Mark(start=4, end=7, signal=1)

    assert line("abcdefghijk", [wide, narrow, Mark(start=5, end=6)]) == [
        Piece(text="abcd", signals=(0,)),
        Piece(text="e", signals=(1, 0)),
        Piece(text="f", signals=(1, 0), hit=True),
        Piece(text="g", signals=(1, 0), ends=(1,)),
        Piece(text="hij", signals=(0,), ends=(0,)),
        Piece(text="k"),
    ]


def test_rows_with_tabs_become_a_table_that_keeps_its_marks():
    read = articles()[0]

    above, table, below = blocks(read.body, evidence_marks(read.body, "body", read.signals))

    assert isinstance(above, Paragraph) and isinstance(table, Table) and isinstance(below, Paragraph)
    assert ["".join(p.text for p in cell) for cell in table.header] == APPROVALS.split("\n")[1].split("\t")
    assert [["".join(p.text for p in cell) for cell in row] for row in table.rows] == [
        row.split("\t") for row in APPROVALS.split("\n")[2:7]
    ]
    assert (above.signals, table.signals, below.signals) == ((0,), (1, 2, 3, 4, 5), ())
    assert [[piece.ends for cell in row for piece in cell if piece.ends] for row in table.rows] == [
        [(number,)] for number in (1, 2, 3, 4, 5)
    ]


def test_lone_row_is_a_line_and_no_table():
    (block,) = blocks("name\tnumber", [])

    assert block == Paragraph(pieces=[Piece(text="name"), Piece(text=" · "), Piece(text="number")])


def test_evidence_ends_at_its_last_word_and_not_in_the_white_space_after_it():
    signal = Export(evidence=Span(field="body", start=0, end=6), metric="countries")

    assert evidence_marks("word \n next", "body", [signal]) == [Mark(start=0, end=4, signal=0)]


def test_marks_of_the_other_field_are_left_out():
    spans = [Span(field="title", start=1, end=2), Span(field="body", start=3, end=4)]

    assert query_marks("title", spans) == [Mark(start=1, end=2)]


def test_snippet_shows_the_first_match_from_the_start_of_its_sentence():
    text = "Nothing here. " * 30 + "The scanner was approved today. " + "More of the same. " * 30
    place = text.index("approved")

    shown = snippet(text, [Mark(start=place, end=place + 8)])

    assert shown.pieces[:2] == [Piece(text="The scanner was "), Piece(text="approved", hit=True)]
    assert (shown.cut_before, shown.cut_after) == (True, True)


def test_snippet_of_chinese_is_half_as_many_characters():
    text = "国" * 500

    shown = snippet(text, [])

    assert "".join(piece.text for piece in shown.pieces) == "国" * (SNIPPET_COLUMNS // 2)


def test_snippet_without_a_match_shows_the_evidence():
    text = "Opening words.\n" * 20 + "Exports rose by 5.4%."

    shown = snippet(text, [], around=Span(field="body", start=text.index("Exports"), end=len(text)))

    assert shown.pieces == [Piece(text="Exports rose by 5.4%.")]


@given(marked_texts())
@settings(derandomize=True, deadline=None)
def test_snippet_is_one_short_line_of_the_text(marked):
    text, marks = marked

    shown = "".join(piece.text for piece in snippet(text, marks).pieces)

    assert shown in text.replace("\t", " · ").replace("\n", " ")
    assert "\n" not in shown and "\t" not in shown
