"""Text as terms: what one is, and where it stands."""

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidings.inflection import stem
from tidings.terms import (
    TERM_CHARACTERS_MAX,
    Term,
    compact,
    fold,
    fold_with_offsets,
    is_registration_number,
    pattern,
    stream,
    terms,
)

#: Letters, digits, marks and signs of the scripts that matter, with the awkward ones over-represented.
CHARACTERS = st.one_of(
    st.sampled_from("排CTcté5.,()〔〕“”'’s ：Ⅲﬁ㍻㈱國国準ａ１\u0308\u200b\u00ad\u3099カ한กำ\ud800𠀀İß\n\t"),
    st.characters(),
)
TEXTS = st.text(CHARACTERS, max_size=40)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("64排CT", ["64", "排", "ct"]),
        ("1.5T and 3.0T", ["1.5t", "and", "3.0t"]),
        ("64-slice", ["64", "slice"]),
        ("医疗器械", ["医疗", "疗器", "器械", "械"]),
        ("《条例》（草案）", ["条例", "例草", "草案", "案"]),
        ("1,250,000.5 or 12,34,567", ["1250000.5", "or", "12", "34", "567"]),
        ("v1.2.3, 2024.05.17", ["v1", "2", "3", "2024", "05", "17"]),
        ("510(k)s", ["510k", "s"]),
        ("the U.S. FDA's, e.g. R&D", ["the", "us", "fda", "eg", "r", "d"]),
        ("国械注准 2025 3130390 12个", ["国械", "械注", "注准", "准", "20253130390", "12", "个"]),
        ("国械注准 2025 313039", ["国械", "械注", "注准", "准", "2025", "313039"]),
        ("粤械备20250012", ["粤械", "械备", "备", "20250012"]),
        ("カタカナ 한국", ["カタ", "タカ", "カナ", "ナ", "한국", "국"]),
        ("สวัสดี", ["สวัสดี"]),
        ("𠀀𠀁", ["𠀀𠀁", "𠀁"]),
        ("—— & ……", []),
    ],
)
def test_text_falls_into_these_terms(text: str, wanted: list[str]) -> None:
    assert [term.text for term in terms(text)] == wanted


def test_a_term_spans_the_original_and_not_its_folded_form() -> None:
    text = "ﬁrst ㍻ 國械注準 ２０２５ 3130390"

    found = terms(text)

    assert found[0] == Term("first", 0, 4)
    assert [(term.text, text[term.start : term.end]) for term in found[1:3]] == [("平成", "㍻"), ("成", "㍻")]
    assert (found[-1].text, text[found[-1].start : found[-1].end]) == ("20253130390", "２０２５ 3130390")


@settings(derandomize=True, deadline=None, max_examples=400)
@given(TEXTS)
def test_terms_lie_inside_the_text_in_order_and_hold_no_space(text: str) -> None:
    found = terms(text)

    assert all(0 <= term.start < term.end <= len(text) for term in found)
    assert all(a.start <= b.start for a, b in pairwise(found))
    assert all(token and not any(map(str.isspace, token)) for token in stream(found))
    assert all(len(term.text) <= TERM_CHARACTERS_MAX for term in found)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(TEXTS)
def test_offsets_lead_from_folded_text_back_to_where_it_came_from(text: str) -> None:
    folded, origins = fold_with_offsets(text)

    assert folded == fold(text) and len(origins) == len(folded)
    assert folded == "".join(fold(text[origin]) for origin in dict.fromkeys(origins))


@settings(derandomize=True, deadline=None, max_examples=400)
@given(TEXTS, TEXTS, TEXTS)
def test_a_text_between_spaces_holds_its_own_pattern(before: str, text: str, after: str) -> None:
    for inflected in (True, False):
        wanted = pattern(text, inflected=inflected)
        tokens = stream(terms(f"{before}\n{text}\n{after}"))
        last = len(tokens) - max((place for place, _ in wanted), default=0)
        assert not wanted or any(
            all(tokens[at + place] == token for place, token in wanted) for at in range(0, last, 2)
        )


def test_folding_twice_is_folding_once_for_every_character_that_a_text_may_hold() -> None:
    assigned = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in ("Cn", "Cs", "Co")]

    unstable = [c for c in assigned if fold(fold(c)) != fold(c)]

    assert len(assigned) > 140_000
    assert unstable == ["薴"]  # OpenCC has 薴 -> 苧 and 苧 -> 苎


@pytest.mark.parametrize(
    "written", ["〔2024〕12号", "[2024]12号", "（2024）12号", "(２０２４) 12號", "【2024】１２号", "2024 - 12号"]
)
def test_a_number_is_compared_by_letters_and_digits_alone(written: str) -> None:
    assert compact(written) == "202412号"


def test_a_registration_number_is_known_in_any_form() -> None:
    written = ("国械注准20253130390", "國械注進 2025 3130390", "粤械备２０２５００１２号", "津械注准20252140001")
    others = ("国械注准2025313039", "20253130390", "国械注准", "国药监械注〔2024〕12号")

    assert [is_registration_number(text) for text in (*written, *others)] == [True] * 4 + [False] * 4


def test_terms_of_hostile_text_are_made_in_time_that_grows_with_its_length() -> None:
    """A regular expression that backtracks would not end within the time a test may take."""
    for text in (
        "a1" * 100_000,
        "1,000" * 50_000,
        "1.1" * 50_000,
        "a." * 100_000,
        "国" + "（" * 200_000,
        "ก" * 200_000,
    ):
        assert len(terms(text)) <= len(text)


# -- inflection -------------------------------------------------------------------------------------------------------

FORMS = """
approve approves approved approving | device devices | company companies | scan scans scanned scanning | use used using
price prices priced pricing | import imports imported importing | control controls controlled controlling
image images imaged imaging | analysis analyses | diagnosis diagnoses | virus viruses | lens lenses | box boxes
process processes processed processing | biopsy biopsies | grow grows grew grown growing | agree agreed agreeing
exceed exceeds exceeded exceeding | launch launches launched | create created creating | study studies studied studying
sale sales | crisis crises | prosthesis prostheses | mri mris | disease diseases | cancel cancelled cancelling
tie ties tied tying | begin began beginning | stent stents stenting | value values valued | prefer preferred preferring
"""
APART = """
import important | organ organization | police policy | university universe | new news | gas ga | invest investment
author authority | operate operation | approve approval | product production | market marketplace | us use
"""


@pytest.mark.parametrize("forms", [line.split() for line in FORMS.replace("\n", "|").split("|") if line.strip()])
def test_the_forms_of_one_word_share_a_stem(forms: list[str]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("words", [line.split() for line in APART.replace("\n", "|").split("|") if line.strip()])
def test_words_that_only_look_alike_or_are_derived_do_not(words: list[str]) -> None:
    assert len({stem(word) for word in words}) == len(words)


@settings(derandomize=True, deadline=None)
@given(st.text("abdeginorsuy", max_size=12))
def test_any_letters_have_a_stem(word: str) -> None:
    assert len(stem(word)) <= max(len(word), 1) + 1 and bool(stem(word)) == bool(word)
