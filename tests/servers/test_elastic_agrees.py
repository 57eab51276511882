"""Elasticsearch beside the embedded index, on the same articles: the same answer to everything but relevance."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from aliases import own_alias
from asking import LEXICON, random_document, random_queries
from making import NOON, article

from search.elastic import ElasticIndex
from search.index import FACETS, Index
from search.tantivy import TantivyIndex
from tidings.query import DEPTH_MAX, EVERYTHING, And, Document, Not, Or, Phrase, Query, Words, parse
from tidings.records import Attachment, Story

ARTICLES = 120
QUERIES = 200
PAGE = 25


@pytest.fixture
def both(elasticsearch_url: str, tmp_path: Path) -> Iterator[tuple[Index, Index]]:
    with own_alias(elasticsearch_url) as alias:
        indices = ElasticIndex(elasticsearch_url, alias), TantivyIndex(tmp_path)
        yield indices
        for index in indices:
            index.close()


def test_totals_hits_marks_facets_order_and_cursors_are_the_same(both: tuple[Index, Index]) -> None:
    """24,000 pairs of a query and an article, with every page that each query has."""
    chance = random.Random(20261125)
    documents = [random_document(chance, place) for place in range(ARTICLES)]
    queries = random_queries(chance, documents, QUERIES)
    for index in both:
        index.put(documents, 0)
    found = 0

    for text, query in queries:
        served, embedded = (pages(index, query) for index in both)
        assert served == embedded, text
        found += served[0].total

    assert len(queries) == QUERIES and 2_000 < found < ARTICLES * QUERIES / 2


@pytest.mark.parametrize(
    "text",
    [
        "(scanner OR -" * (DEPTH_MAX // 2) + "recall" + ")" * (DEPTH_MAX // 2),
        "-(scanner 设备 OR " * (DEPTH_MAX // 2) + "recall" + ")" * (DEPTH_MAX // 2),
        "recall (scanner OR (pump the) OR " * (DEPTH_MAX - 1) + "设备" + ")" * (DEPTH_MAX - 1),
        "(a OR b) (c OR d (e OR f)) -(g OR h) -(i j) OR -k",
        " ".join(["the of a scanner 设备"] * 40),
        " OR ".join(f"w{i}" for i in range(99)) + " OR CT",
        '"' + "设" * 1_990 + '"',
    ],
    ids=["or-not", "not-and-or", "and-or", "mixed", "200 words", "100 alternatives", "longest phrase"],
)
def test_the_largest_queries_that_can_be_typed_are_answered(both: tuple[Index, Index], text: str) -> None:
    chance = random.Random(5)
    documents = [random_document(chance, place) for place in range(60)]
    documents.append(_document(article("long", body="设" * 3_000)))
    for index in both:
        index.put(documents, 0)
    query = parse(text, LEXICON)

    served, embedded = (pages(index, query) for index in both)

    assert served == embedded


@pytest.mark.parametrize(
    "query",
    [
        And(()),
        Or(()),
        Not(EVERYTHING),
        Not(Or(())),
        Not(Not(Words("pump"))),
        And((Or(()), Words("pump"))),
        And((Or((Words("pump"), Words("ct"))), Or((Words("ct"), Words("mri"))), Not(Or((Words("mri"), Words("ct")))))),
        Words("…"),
        Phrase("a" * 200),
        Phrase("𐐷" * 128),
        Phrase("one two"),
        Words("two three"),
    ],
    ids=str,
)
def test_what_stands_at_the_edges_is_the_same(both: tuple[Index, Index], query: Query) -> None:
    """Empty sets, terms cut at their greatest length (in two code units a character), the border of two attachments."""
    parts = tuple(Attachment(name="a", url="u", text=text) for text in ("one", "two", "", "three"))
    documents = [
        _document(article("1", body="pump and CT", attachments=parts)),
        _document(article("2", body="MRI 𐐷" + "𐐷" * 300 + " " + "a" * 400)),
        _document(article("3", title="", body="")),
    ]
    for index in both:
        index.put(documents, 0)

    served, embedded = (pages(index, query) for index in both)

    assert served == embedded


def pages(index: Index, query: Query) -> list:
    """Every page of the newest first, with facets; the number of pages is bounded by that of articles."""
    found = [index.search(query, limit=PAGE, facets=FACETS)]
    while found[-1].next and len(found) <= ARTICLES:
        found.append(index.search(query, limit=PAGE, after=found[-1].next))
    return found


def _document(made) -> Document:
    return Document(
        article=made, story=Story(id=made.id, lead=made.id, articles=(made.id,)), seen=NOON, pos=(0, 0), live=True
    )
