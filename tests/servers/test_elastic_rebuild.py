"""A search index built anew in Elasticsearch while the old one answers, and what becomes of it after a kill."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from aliases import own_alias
from elasticsearch import Elasticsearch
from making import NOON, article

from search import elastic_mapping
from search.elastic import ElasticIndex
from tidings.errors import ConfigError, StaleIndexError, TransientError
from tidings.query import EVERYTHING, Document
from tidings.records import Story

REBUILDER = """
import sys
sys.path[:0] = ["tests"]
from search.elastic import ElasticIndex
from servers.test_elastic_rebuild import documents
with ElasticIndex(sys.argv[1], sys.argv[2]).rebuilt() as fresh:
    fresh.put(documents(2), 1)
    print("half", flush=True)
    sys.stdin.read()
"""
#: Searches that must have been answered on either side of the exchange.
SEARCHES_MIN = 20
PATIENCE_SECONDS = 30


@pytest.fixture
def alias(elasticsearch_url: str) -> Iterator[str]:
    with own_alias(elasticsearch_url) as alias:
        yield alias


@pytest.fixture
def index(elasticsearch_url: str, alias: str) -> Iterator[ElasticIndex]:
    index = ElasticIndex(elasticsearch_url, alias)
    yield index
    index.close()


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


def test_searches_are_answered_from_the_old_index_and_then_from_the_new(index: ElasticIndex) -> None:
    index.put(documents(3), 2)
    totals: list[int] = []
    answered, stop = threading.Semaphore(0), threading.Event()

    def search() -> None:
        while not stop.is_set():
            totals.append(index.search(EVERYTHING).total)
            answered.release()

    def wait() -> None:
        for _ in range(SEARCHES_MIN):
            assert answered.acquire(timeout=PATIENCE_SECONDS)

    searching = threading.Thread(target=search)
    searching.start()
    try:
        with index.rebuilt() as fresh:
            assert (fresh.upto(), fresh.search(EVERYTHING).total) == (-1, 0)
            fresh.put(documents(5), 4)
            assert (fresh.upto(), fresh.search(EVERYTHING).total) == (4, 5)
            wait()
            assert (index.upto(), set(totals)) == (2, {3})
        wait()
    finally:
        stop.set()
        searching.join(PATIENCE_SECONDS)

    assert totals == sorted(totals) and set(totals) == {3, 5}
    assert index.upto() == 4
    index.put(documents(6), 5)
    assert index.search(EVERYTHING).total == 6


def test_a_killed_rebuild_leaves_the_old_index_serving_and_the_next_removes_what_it_left(
    index: ElasticIndex, elasticsearch_url: str, client: Elasticsearch, alias: str
) -> None:
    index.put(documents(3), 2)
    command = [sys.executable, "-c", REBUILDER, elasticsearch_url, alias]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as rebuilder:
        assert rebuilder.stdout.readline() == "half\n"
        rebuilder.send_signal(signal.SIGKILL)

    assert (index.upto(), index.search(EVERYTHING).total) == (2, 3)
    assert set(client.indices.get(index=f"{alias}-v*")) == {f"{alias}-v1-1", f"{alias}-v1-2"}
    index.put(documents(4), 3)

    with index.rebuilt() as fresh:
        assert set(client.indices.get(index=f"{alias}-v*")) == {f"{alias}-v1-1", f"{alias}-v1-3"}
        fresh.put(documents(1), 0)
    assert (index.upto(), index.search(EVERYTHING).total) == (0, 1)
    assert set(client.indices.get(index=f"{alias}-v*")) == {f"{alias}-v1-3"}


def test_a_first_index_is_made_although_a_killed_rebuild_left_another(
    index: ElasticIndex, elasticsearch_url: str, alias: str
) -> None:
    command = [sys.executable, "-c", REBUILDER, elasticsearch_url, alias]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as rebuilder:
        assert rebuilder.stdout.readline() == "half\n"
        rebuilder.send_signal(signal.SIGKILL)
    assert (index.upto(), index.search(EVERYTHING).total) == (-1, 0)

    index.put(documents(1), 0)

    assert (index.upto(), index.search(EVERYTHING).total) == (0, 1)


def test_a_rebuild_that_fails_is_undone(index: ElasticIndex, client: Elasticsearch, alias: str) -> None:
    index.put(documents(3), 2)

    with pytest.raises(TransientError, match="the log went away"), index.rebuilt() as fresh:
        fresh.put(documents(1), 0)
        raise TransientError("the log went away")

    assert (index.upto(), index.search(EVERYTHING).total) == (2, 3)
    assert set(client.indices.get(index=f"{alias}-v*")) == {f"{alias}-v1-1"}


def test_of_two_rebuilds_at_once_the_first_is_told_and_the_second_counts(index: ElasticIndex) -> None:
    index.put(documents(3), 2)

    with pytest.raises(StaleIndexError, match="it was removed"), index.rebuilt() as first:
        first.put(documents(1), 0)
        with index.rebuilt() as second:
            second.put(documents(2), 1)
        first.put(documents(3), 2)

    assert (index.upto(), index.search(EVERYTHING).total) == (1, 2)


def test_an_index_of_another_version_is_refused_until_it_is_built_anew(
    elasticsearch_url: str, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(elastic_mapping, "VERSION", 0)
        old = ElasticIndex(elasticsearch_url, alias)
        old.put(documents(3), 2)
    index = ElasticIndex(elasticsearch_url, alias)

    for use in (
        index.upto,
        lambda: index.search(EVERYTHING),
        lambda: index.get("a"),
        lambda: index.story("a"),
        lambda: index.put([], 4),
    ):
        with pytest.raises(StaleIndexError, match="another version wrote this search index; run `tidings reindex`"):
            use()
    with index.rebuilt() as fresh:
        fresh.put(documents(1), 0)
        assert old.search(EVERYTHING).total == 3

    assert (index.upto(), index.search(EVERYTHING).total) == (0, 1)
    for use in (lambda: old.search(EVERYTHING), lambda: old.put([], 3)):
        with pytest.raises(StaleIndexError, match="tidings reindex"):
            use()


def test_what_is_not_ours_is_neither_removed_nor_taken_over(
    elasticsearch_url: str, alias: str, client: Elasticsearch
) -> None:
    client.indices.create(index=f"{alias}-theirs", aliases={f"{alias}-a": {}})
    client.indices.create(index=f"{alias}-b")

    with pytest.raises(ConfigError, match=f'stands for the index "{alias}-theirs", which is not ours'):
        ElasticIndex(elasticsearch_url, f"{alias}-a").clear()
    with pytest.raises(ConfigError, match="an index has this name already"):
        ElasticIndex(elasticsearch_url, f"{alias}-b").clear()

    assert set(client.indices.get(index=f"{alias}*")) == {f"{alias}-theirs", f"{alias}-b"}


def documents(count: int) -> list[Document]:
    return [_document(article(str(place)), place) for place in range(count)]


def _document(made, place: int) -> Document:
    story = Story(id=made.id, lead=made.id, articles=(made.id,))
    return Document(article=made, story=story, seen=NOON, pos=(place, 0), live=True)
