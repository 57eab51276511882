"""The query language: what is understood, how it is said back, and what is refused."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import NOON, approval, article, export

from tidings.documents import Document, document, printed, values
from tidings.errors import QueryError, RecordError
from tidings.lexicon import Entry, Lexicon
from tidings.query import (
    EVERYTHING,
    FIELDS,
    And,
    Field,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Words,
    explain,
    matches,
    parse,
    render,
)
from tidings.records import Event, Published, Story

LEXICON = Lexicon(
    entries=(
        Entry(kind="company", name="Johnson & Johnson", aliases=("J&J", "强生")),
        Entry(kind="company", name="Johnson", aliases=()),
        Entry(kind="device", name="mri", aliases=("MRI", "磁共振")),
        Entry(kind="authority", name="NMPA", aliases=("国家药监局",)),
    ),
    topics={},
    relevance={},
)
JNJ = Field("company", "Johnson & Johnson")


def day(*parts: int) -> datetime:
    return datetime(*parts)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", EVERYTHING),
        ("  \n", EVERYTHING),
        ("scanner", Words("scanner")),
        ("mri scanner", And((Words("mri"), Words("scanner")))),
        ("mri AND scanner", And((Words("mri"), Words("scanner")))),
        ('"mri scanner"', Phrase("mri scanner")),
        ("“迈瑞医疗” 「采购」", And((Phrase("迈瑞医疗"), Phrase("采购")))),
        ("a b OR c", Or((And((Words("a"), Words("b"))), Words("c")))),
        ("a (b OR c)", And((Words("a"), Or((Words("b"), Words("c")))))),
        ("a （b OR c）", And((Words("a"), Or((Words("b"), Words("c")))))),
        ("a -b NOT c", And((Words("a"), Not(Words("b")), Not(Words("c"))))),
        ("-(a b)", Not(And((Words("a"), Words("b"))))),
        ("64-slice 510(k)", And((Words("64-slice"), Words("510(k)")))),
        ("(2024)12号", Words("(2024)12号")),
        ("国械注准 2025 3130390 x", And((Words("国械注准 2025 3130390"), Words("x")))),
        ("强生", JNJ),
        ("j&j recall", And((JNJ, Words("recall")))),
        ("Johnson &  Johnson recall", And((JNJ, Words("recall")))),
        ("Johnson recall", And((Field("company", "Johnson"), Words("recall")))),
        ("-Johnson & Johnson", Not(JNJ)),
        ("“强生”", Phrase("强生")),
        ("MRI", Words("MRI")),
        ("company:强生", JNJ),
        ('COMPANY："j&j"', JNJ),
        ("device:磁共振 authority:国家药监局", And((Field("device", "mri"), Field("authority", "NMPA")))),
        ("origin:强生", Field("origin", "强生")),
        ('origin:"China Daily"', Field("origin", "China Daily")),
        ("number:〔2024〕12号", Field("number", "〔2024〕12号")),
        ("number:(2024)12号", Field("number", "(2024)12号")),
        ("title:recall title:“5T 系统”", And((Words("recall", "title"), Phrase("5T 系统", "title")))),
        ("a & b", And((Words("a"), Words("b")))),
        ("a - b", And((Words("a"), Words("b")))),
        ("published:2025", Range("published", day(2025, 1, 1), day(2026, 1, 1))),
        ("published:2025-12", Range("published", day(2025, 12, 1), day(2026, 1, 1))),
        ("seen:2026-11-24", Range("seen", day(2026, 11, 24), day(2026, 11, 25))),
        ("published:2025/1..2025/06", Range("published", day(2025, 1, 1), day(2025, 7, 1))),
        ("published:2025..", Range("published", day(2025, 1, 1), None)),
        ("published:..2025-02", Range("published", None, day(2025, 3, 1))),
        ("published:>=2025", Range("published", day(2025, 1, 1), None)),
        ("published:＞2025", Range("published", day(2026, 1, 1), None)),
        ("published:<2025-06-30", Range("published", None, day(2025, 6, 30))),
        ("seen:<=2025-06-30T14:05", Range("seen", None, day(2025, 6, 30, 14, 6))),
        ("seen:2025-06-30T14:05:59", Range("seen", day(2025, 6, 30, 14, 5, 59), day(2025, 6, 30, 14, 6))),
    ],
)
def test_a_text_is_understood_as(text: str, query: Query) -> None:
    assert parse(text, LEXICON) == query
    assert parse(render(query), LEXICON) == query


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(a", 'query, character 1: "(" is never closed; want ")"'),
        ("a b)", 'query, character 4: ")" closes nothing; want "(" before it, or quotation marks around it'),
        ('a "b', 'query, character 3: " is never closed; want "'),
        ("「b", "query, character 1: 「 is never closed; want 」"),
        ("a OR", 'query, character 3: nothing to search for beside "OR"; want words on both sides'),
        ("OR a", 'query, character 1: nothing to search for beside "OR"; want words on both sides'),
        ("()", 'query, character 2: nothing to search for beside ")"; want words on both sides'),
        ("a NOT", 'query, character 3: nothing follows "NOT"; want a word, a phrase, a field or "("'),
        ("…", 'query, character 1: "…" has no letter or digit to search for; want words'),
        ('a "&"', 'query, character 3: "&" has no letter or digit to search for; want words'),
        (
            "colour:red",
            f'query, character 1: there is no field "colour"; want one of {", ".join(FIELDS)}, or quotation',
        ),
        ("a company: b", 'query, character 3: "company:" has no value; want one right after it'),
        ("company:(a OR b)", 'query, character 9: company wants one value, not "("; want company:A OR company:B'),
        ("type:recall", 'query, character 1: "recall" is no type of signal; want one of registration, export,'),
        ("live:maybe", 'query, character 1: live is "maybe"; want true or false'),
        ("number:--", 'query, character 1: "--" is no value for number; want letters or digits'),
        ("published:may", 'query, character 1: published is "may", which is no time; want 2025, 2025-06, 2025-06-30'),
        ("published:2025-02-30", 'query, character 1: published is "2025-02-30", which is no time; want 2025'),
        ("published:..", 'query, character 1: published is "..", which is no time; want 2025, 2025-06'),
        ("published:9999", 'query, character 1: published is "9999", which is no time; want 2025'),
        ("seen:2025..2024", "query, character 1: seen:2025..2024 ends before it begins; want the earlier time first"),
        ("(" * 30 + "a" + ")" * 30, "query, character 22: more than 20 parentheses and minus signs around each other"),
        ("a " * 201, "query of 201 words and signs; want at most 200"),
        ("a" * 2001, "query of 2001 characters; want at most 2000"),
    ],
)
def test_what_cannot_be_understood_says_where_and_what_was_wanted(text: str, message: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(text, LEXICON)

    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "every article"),
        ("强生 recall", "company Johnson & Johnson and the word “recall” in any form"),
        ('"强生" OR 召回', "exactly “强生” or “召回”"),
        ("a (b OR -c)", "“a” and (“b” or not “c”)"),
        ("type:export -title:weekly", "signal type export and not the word “weekly” in any form in the title"),
        ("published:2025-01..2025-06", "published from 2025-01-01 up to 2025-06-30"),
        ("seen:2026-11-24", "first seen on 2026-11-24"),
        ("seen:<2026-11-24T08:30", "first seen up to 2026-11-24T08:29"),
    ],
)
def test_a_query_is_explained_as_it_was_understood(text: str, words: str) -> None:
    assert explain(parse(text, LEXICON)) == words


SAID = """
强生 Johnson & J&J a 排 64-slice OR AND NOT - ( ) （ ） " “ ” 「 」 : ： company: title: published: seen: 2025 ..
>= 510(k) 2025-06-30T14:00 number: (2024)12号 国械注准 20253130390 live:true origin:"x y" '
"""
PIECES = st.one_of(st.sampled_from(SAID.split()), st.text(max_size=4))


@settings(derandomize=True, deadline=None, max_examples=1_500)
@given(st.lists(st.tuples(PIECES, st.sampled_from(("", " "))), max_size=10))
def test_any_text_is_understood_the_same_when_said_back_or_refused_with_a_place(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + space for piece, space in pieces)
    try:
        query = parse(text, LEXICON)
    except QueryError as error:
        assert str(error).startswith("query, character ")
        return

    assert parse(render(query), LEXICON) == query
    assert explain(query)


# -- documents --------------------------------------------------------------------------------------------------------

MADE = article(
    "a",
    language="zh-Hans",
    signals=(approval(companies=("Mindray",), regions=("CN",)), export(regions=("US", "CN"))),
    devices=("ct",),
    published=Published(value=NOON.replace(hour=16), precision="day", found="meta", zone="+08:00"),
)
EVENT = Event(
    pos=(3, 1), at=NOON, kind="new", article=MADE, story=Story(id="s", lead=MADE.id, articles=(MADE.id,)), live=False
)


def test_an_event_with_an_article_is_a_document_and_one_without_is_none() -> None:
    assert document(EVENT) == Document(article=MADE, story=EVENT.story, seen=NOON, pos=(3, 1), live=False)
    with pytest.raises(RecordError, match=r"event \(3, 1\) \(tick\) bears no article"):
        document(msgspec.structs.replace(EVENT, kind="tick", article=None))


def test_a_field_gives_each_value_once_from_article_and_signals() -> None:
    made = document(EVENT)

    assert {
        name: values(name, made) for name in ("type", "region", "company", "action", "metric", "number", "live")
    } == {
        "type": ("registration", "export"),
        "region": ("CN", "US"),
        "company": ("Mindray",),
        "action": ("approved",),
        "metric": ("export_growth",),
        "number": (),
        "live": ("false",),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("published:2026-11-25", True),  # as printed in China, although it was the 24th in UTC
        ("published:2026-11-24", False),
        ("seen:2026-11-24", True),
        ("language:zh", True),
        ("language:zh-hans", True),
        ("language:zh-hant", False),
        ("type:registration region:us", True),  # fields are the article's: two signals may each bring one
        ("device:CT", True),
        ("-live:true", True),
    ],
)
def test_fields_and_times_are_compared_folded_and_as_printed(text: str, found: bool) -> None:
    assert (matches(parse(text, LEXICON), document(EVENT)) is not None) == found


def test_an_article_without_date_is_in_no_range_of_publication() -> None:
    undated = document(msgspec.structs.replace(EVENT, article=msgspec.structs.replace(MADE, published=None)))

    assert printed(undated) is None
    assert matches(Range("published", None, None), undated) is None
    assert (
        matches(Range("seen", NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + timedelta(seconds=1)), undated)
        == []
    )


def test_nothing_matches_an_or_of_nothing_and_everything_an_and_of_nothing() -> None:
    made = document(EVENT)

    assert (matches(Or(()), made), matches(EVERYTHING, made), matches(Words("…"), made)) == (None, [], None)


def test_every_example_in_the_docs_is_understood_and_every_field_is_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "search.md").read_text("utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    asked = [
        example for row in rows for example in re.findall("`([^`]+)`", row[2 if row[1].strip(" `") in FIELDS else 1])
    ]

    assert {row[1].strip(" `") for row in rows} >= set(FIELDS)
    assert len(asked) > 40 and all(parse(example, LEXICON) for example in asked)
