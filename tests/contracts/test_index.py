"""What every index promises. A new one is a line in IMPLEMENTATIONS."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aliases import own_alias
from asking import LEXICON, random_document, random_queries
from making import NOON, article

from search.elastic import ElasticIndex
from search.index import FACETS, Index
from search.tantivy import TantivyIndex
from tidings.documents import values
from tidings.errors import QueryError
from tidings.query import EVERYTHING, Document, Query, matches, parse
from tidings.records import Span, Story

#: Name -> opens the index at a place: a folder, or an address and the name of an index there.
IMPLEMENTATIONS: dict[str, Callable[[str], Index]] = {
    "tantivy": lambda place: TantivyIndex(Path(place)),
    "elasticsearch": lambda place: ElasticIndex(*place.rsplit("/", 1)),
}
SERVED = {"elasticsearch"}

Open = Callable[[], Index]


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.servers] * (name in SERVED)) for name in IMPLEMENTATIONS])
def implementation(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def place(implementation: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where this test's index is."""
    if implementation not in SERVED:
        yield str(tmp_path / "index")
        return
    url = request.getfixturevalue("elasticsearch_url")
    with own_alias(url) as alias:
        yield f"{url}/{alias}"


@pytest.fixture
def open_index(implementation: str, place: str) -> Iterator[Open]:
    """Opens the index of this test; every call another handle on the same one."""
    opened: list[Index] = []

    def open_() -> Index:
        opened.append(IMPLEMENTATIONS[implementation](place))
        return opened[-1]

    yield open_
    for index in opened:
        index.close()


@pytest.fixture
def index(open_index: Open) -> Index:
    return open_index()


ARTICLES = 60
QUERIES = 250


def _found(query: Query, documents: list[Document]) -> list[tuple[Document, list[Span]]]:
    """What a plain look at every article finds, the newest first, and what to mark in it."""

    def age(pair: tuple[Document, list[Span]]) -> tuple[float, str]:
        published = pair[0].article.published
        return (-(published.value if published else pair[0].seen).timestamp(), pair[0].article.id)

    marked = ((document, matches(query, document)) for document in documents)
    return sorted(((document, spans) for document, spans in marked if spans is not None), key=age)


def _counted(documents: list[Document]) -> dict[str, list[tuple[str, int]]]:
    counts = {name: Counter(value for document in documents for value in values(name, document)) for name in FACETS}
    return {name: sorted(counts[name].items(), key=lambda pair: (-pair[1], pair[0])) for name in FACETS}


def test_hits_totals_order_facets_and_marks_equal_a_plain_look_at_every_article(index: Index) -> None:
    chance = random.Random(20261124)
    documents = [random_document(chance, place) for place in range(ARTICLES)]
    queries = random_queries(chance, documents, QUERIES)
    index.put(documents, 0)
    pairs = 0

    # 15,000 pairs of a query and an article.
    for text, query in queries:
        wanted = _found(query, documents)
        result = index.search(query, limit=ARTICLES, facets=FACETS)
        best = index.search(query, order="best", limit=ARTICLES)
        assert [(hit.document, list(hit.spans)) for hit in result.hits] == wanted, text
        assert (result.total, result.next) == (len(wanted), None), text
        assert result.facets == _counted([document for document, _ in wanted]), text
        assert sorted(hit.document.article.id for hit in best.hits) == sorted(d.article.id for d, _ in wanted), text
        pairs += len(wanted)

    # Neither everything nor nothing: the comparison above had something to tell apart.
    assert len(queries) == QUERIES and 1_000 < pairs < len(queries) * ARTICLES / 2


def test_pages_follow_one_another_without_gap_or_repeat(index: Index) -> None:
    chance = random.Random(7)
    documents = [random_document(chance, place) for place in range(60)]
    index.put(documents, 0)
    for order in ("newest", "best"):
        query = parse("-nothing" if order == "newest" else "设备 OR scanner OR the OR CT", LEXICON)
        pages, after = [], None
        while True:
            result = index.search(query, order=order, limit=7, after=after)
            pages.append([hit.document for hit in result.hits])
            after = result.next
            if after is None:
                break

        found = [document for page in pages for document in page]
        whole = [hit.document for hit in index.search(query, order=order, limit=60).hits]
        assert found == whole and len(found) == result.total > 14
        assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1)


def test_a_page_stays_where_it_was_when_a_newer_article_comes_in(index: Index) -> None:
    old = [_plain(place, minutes=-place) for place in range(4)]
    index.put(old, 0)
    first = index.search(EVERYTHING, limit=2)
    index.put([_plain(9, minutes=5)], 1)

    second = index.search(EVERYTHING, limit=2, after=first.next)

    assert [hit.document for hit in first.hits + second.hits] == old
    assert (second.total, second.next) == (5, None)


def test_a_cursor_of_another_order_is_refused(index: Index) -> None:
    index.put([_plain(place) for place in range(3)], 0)
    cursor = index.search(EVERYTHING, limit=1).next

    with pytest.raises(QueryError, match="no page of results by relevance"):
        index.search(EVERYTHING, order="best", after=cursor)
    with pytest.raises(QueryError, match="no page of results by time"):
        index.search(EVERYTHING, after="best 1")


def test_a_word_in_the_title_comes_before_one_far_down_in_the_body(index: Index) -> None:
    filler = "the committee met again on other matters. " * 20
    index.put([_plain(1, title="Note", body=filler + "catheter"), _plain(2, title="Catheter recall", body=filler)], 0)

    result = index.search(parse("catheter", LEXICON), order="best")

    assert [hit.document.article.title for hit in result.hits] == ["Catheter recall", "Note"]
    assert result.hits[0].score > result.hits[1].score > 0


def test_a_new_index_is_empty(index: Index) -> None:
    result = index.search(EVERYTHING, facets=("source",))

    assert (result.total, result.hits, result.facets, result.next) == (0, [], {"source": []}, None)
    assert (index.upto(), index.get("nothing"), index.story("nothing")) == (-1, None, [])


def test_putting_twice_is_putting_once(index: Index) -> None:
    documents = [_plain(1), _plain(2)]
    index.put(documents, 3)
    index.put(documents, 3)

    assert (index.search(EVERYTHING).total, index.upto()) == (2, 3)
    assert index.get(documents[0].article.id) == documents[0]


def test_a_later_revision_replaces_the_earlier_even_in_one_put(index: Index) -> None:
    index.put([_plain(1, body="first wording")], 0)
    newest = _plain(1, body="third wording")
    index.put([_plain(1, body="second wording"), newest], 2)

    assert index.search(parse("first OR second", LEXICON)).total == 0
    assert [hit.document for hit in index.search(parse("wording", LEXICON)).hits] == [newest]


def test_a_withdrawn_article_is_gone(index: Index) -> None:
    kept, gone = _plain(1), _plain(2)
    index.put([kept, gone], 0)
    index.put([], 1, removed=[gone.article.id])

    assert [hit.document for hit in index.search(EVERYTHING).hits] == [kept]
    assert (index.get(gone.article.id), index.upto()) == (None, 1)


def test_the_position_survives_reopening_and_never_goes_back(open_index: Open) -> None:
    first = open_index()
    first.put([_plain(1)], 41)
    first.put([], 7)
    assert first.upto() == 41
    first.close()

    again = open_index()
    again.put([_plain(2)], 42)

    assert (again.upto(), again.search(EVERYTHING).total) == (42, 2)


def test_a_story_gives_its_articles_in_order_of_arrival(index: Index) -> None:
    documents = [_plain(place, minutes=-place, story="one" if place != 2 else "other") for place in range(4)]
    index.put(documents, 0)

    assert index.story("one") == [documents[0], documents[1], documents[3]]


def test_clearing_forgets_articles_and_position(open_index: Open) -> None:
    index, reader = open_index(), open_index()
    index.put([_plain(1)], 5)
    assert reader.search(EVERYTHING).total == 1
    index.clear()

    assert (index.search(EVERYTHING).total, index.upto(), reader.search(EVERYTHING).total) == (0, -1, 0)
    index.put([_plain(2)], 0)
    assert (index.upto(), reader.search(EVERYTHING).total) == (0, 1)


READER = """
import sys, time
sys.path[:0] = ["tests"]
from contracts.{module} import IMPLEMENTATIONS
from tidings.query import EVERYTHING
index = IMPLEMENTATIONS[{name!r}]({place!r})
print(index.search(EVERYTHING).total, flush=True)
for line in sys.stdin:
    before = time.monotonic()
    while index.search(EVERYTHING).total != int(line) and time.monotonic() - before < 1:
        time.sleep(0.01)
    print(index.search(EVERYTHING).total, flush=True)
"""


def test_another_process_sees_what_was_written_within_a_second(index: Index, implementation: str, place: str) -> None:
    script = READER.format(module="test_index", name=implementation, place=place)
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as reader:
        seen = [reader.stdout.readline()]
        for count in (1, 2, 3):
            index.put([_plain(count)], count)
            reader.stdin.write(f"{count}\n")
            seen.append(reader.stdout.readline())
        reader.stdin.close()
        reader.wait(timeout=10)

    assert seen == ["0\n", "1\n", "2\n", "3\n"]


def _plain(place: int, *, minutes: float = 0, story: str = "one", **over: str) -> Document:
    made = article(str(place), **over)
    return Document(
        article=made,
        story=Story(id=story, lead=made.id, articles=(made.id,)),
        seen=NOON + timedelta(minutes=minutes),
        pos=(place, 0),
        live=True,
    )
