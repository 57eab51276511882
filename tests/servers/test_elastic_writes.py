"""Writing to a real Elasticsearch: what it refuses, what is seen meanwhile, and what other teams find there."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from aliases import own_alias
from elasticsearch import Elasticsearch
from making import NOON, approval, article, export

from search import elastic_bulk
from search.elastic import ElasticIndex
from tidings.errors import PermanentError, StaleIndexError, StepBusyError, TransientError
from tidings.query import EVERYTHING, Document, Words
from tidings.records import Story

WRITER = """
import sys
sys.path[:0] = ["tests"]
from search.elastic import ElasticIndex
from servers.test_elastic_writes import batch
index = ElasticIndex(sys.argv[1], sys.argv[2])
upto = index.upto()
print("ready", flush=True)
while True:
    upto += 1
    index.put(batch(upto), upto)
"""
KILLS = 5
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


def test_a_full_disk_s_block_inside_a_bulk_s_200_is_waited_for(
    index: ElasticIndex, client: Elasticsearch, alias: str
) -> None:
    """Elasticsearch sets this block on every index of a node whose disk is nearly full."""
    index.put(batch(0), 0)
    client.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": True})

    with pytest.raises(TransientError, match=f'"{alias}".*article .*read-only-allow-delete.*429.*free disk space'):
        index.put(batch(1), 1)
    with pytest.raises(TransientError, match="free disk space"):
        index.put([], 1)
    assert (index.upto(), index.search(EVERYTHING).total) == (0, 3)

    client.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": None})
    index.put(batch(1), 1)
    assert (index.upto(), index.search(EVERYTHING).total) == (1, 6)


def test_any_other_block_on_writing_is_waited_for(index: ElasticIndex, client: Elasticsearch, alias: str) -> None:
    index.put(batch(0), 0)
    client.indices.put_settings(index=alias, settings={"index.blocks.write": True})

    with pytest.raises(TransientError, match=r"index write.*403.*lift the block"):
        index.put(batch(1), 1)


def test_an_article_that_elasticsearch_refuses_is_named_and_the_position_stays(
    index: ElasticIndex, client: Elasticsearch, alias: str
) -> None:
    index.put(batch(0), 0)
    client.indices.put_settings(index=alias, settings={"index.mapping.nested_objects.limit": 1})
    refused = _document(article("refused", signals=(approval("a"), export("2"))), 1)

    with pytest.raises(PermanentError, match=rf"article {refused.article.id}: .*nested documents.*400.*cannot help"):
        index.put([*batch(1), refused, *batch(2)], 2)
    assert index.upto() == 0

    client.indices.put_settings(index=alias, settings={"index.mapping.nested_objects.limit": None})
    index.put([*batch(1), refused, *batch(2)], 2)
    assert (index.upto(), index.search(EVERYTHING).total) == (2, 10)


def test_articles_are_not_seen_before_their_position(
    index: ElasticIndex, client: Elasticsearch, alias: str, elasticsearch_url: str
) -> None:
    """What a writer leaves that was killed between the two."""
    index.put(batch(0), 0)
    elastic_bulk.write(client, "test", alias, {document.article.id: document for document in batch(1)}, [])
    reader = ElasticIndex(elasticsearch_url, alias)

    assert (reader.upto(), reader.search(EVERYTHING).total) == (0, 3)

    index.put(batch(1), 1)
    assert (reader.upto(), reader.search(EVERYTHING).total) == (1, 6)


def test_after_a_kill_the_index_holds_exactly_what_its_position_says(elasticsearch_url: str, alias: str) -> None:
    before = -1
    for round_ in range(KILLS):
        command = [sys.executable, "-c", WRITER, elasticsearch_url, alias]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout.readline() == "ready\n"
            time.sleep(0.1 + 0.07 * round_)  # not for anything to be ready: so that kills fall at different moments
            writer.send_signal(signal.SIGKILL)
        upto, held = settled(ElasticIndex(elasticsearch_url, alias))
        assert held == {document.article.id for place in range(upto + 1) for document in batch(place)}
        assert upto >= before
        before = upto
    assert before > 0


def test_many_articles_and_a_very_large_one_go_in_by_several_requests(index: ElasticIndex) -> None:
    many = [_document(article(str(place)), place) for place in range(2 * elastic_bulk.ARTICLES_MAX + 1)]
    large = _document(article("large", body="catheter " * (elastic_bulk.BYTES_MAX // 9)), 0)

    index.put([*many, large], 0)

    assert (index.search(EVERYTHING).total, index.upto()) == (len(many) + 1, 0)
    assert index.get(large.article.id) == large
    assert index.search(Words("catheter")).total == 1


def test_a_second_writer_is_noticed(
    index: ElasticIndex, elasticsearch_url: str, alias: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ElasticIndex(elasticsearch_url, alias)
    index.put(batch(0), 0)
    write = elastic_bulk.write

    def interrupted(*arguments) -> None:
        write(*arguments)
        monkeypatch.undo()
        other.put(batch(1), 7)

    monkeypatch.setattr("search.elastic.write", interrupted)
    with pytest.raises(StepBusyError, match="another process writes this search index; stop it first"):
        index.put(batch(2), 2)

    assert index.upto() == 7


def test_an_index_that_was_removed_under_its_writer_is_not_begun_again_in_silence(
    index: ElasticIndex, client: Elasticsearch, alias: str
) -> None:
    index.put(batch(0), 0)
    client.indices.delete(index=f"{alias}-v*")

    with pytest.raises(StaleIndexError, match=r"it was removed.*tidings reindex"):
        index.put(batch(1), 1)
    assert client.indices.get(index=f"{alias}*") == {}


def test_another_team_finds_signals_with_a_plain_query(index: ElasticIndex, client: Elasticsearch, alias: str) -> None:
    """One signal at a time: a French export and an American approval are not an American export."""
    both = article("both", signals=(export("5.4", regions=("FR",)), approval("Tianji CT", regions=("US",))))
    wanted = article("wanted", signals=(export("7.25", regions=("US",), companies=("Mindray",)),))
    huge = article("huge", signals=(export("1E+400", regions=("CN",)),))
    index.put([_document(made, place) for place, made in enumerate((both, wanted, huge))], 0)
    american_exports = {"term": {"signals.type": "export"}}, {"term": {"signals.regions": "US"}}
    over_seven = {"range": {"signals.quantity.value": {"gt": 7}}}

    found = client.search(
        index=alias,
        query={
            "nested": {
                "path": "signals",
                "query": {"bool": {"filter": [*american_exports, over_seven]}},
                "inner_hits": {"_source": ["signals.metric", "signals.key", "signals.quantity"]},
            }
        },
    )["hits"]["hits"]

    assert [hit["_source"]["document"]["article"]["title"] for hit in found] == [wanted.title]
    [signal_] = (inner["_source"] for inner in found[0]["inner_hits"]["signals"]["hits"]["hits"])
    assert signal_["key"] == wanted.signals[0].key
    assert (signal_["metric"], Decimal(signal_["quantity"]["value"])) == ("export_growth", Decimal("7.25"))
    assert [index.get(made.id).article for made in (both, wanted, huge)] == [both, wanted, huge]


def test_a_field_that_is_not_ours_is_refused(index: ElasticIndex, client: Elasticsearch, alias: str) -> None:
    index.put(batch(0), 0)

    answer = client.options(ignore_status=400).index(index=alias, document={"kind": "article", "colour": "red"})

    assert answer["error"]["type"] == "strict_dynamic_mapping_exception"


def settled(index: ElasticIndex) -> tuple[int, set[str]]:
    """The position and the articles, both of one moment: what a killed writer had sent goes on in the server."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            before = index.upto()
            held = {hit.document.article.id for hit in index.search(EVERYTHING, limit=1_000).hits}
            if before == index.upto():
                return before, held
        except TransientError:  # the index is being made
            time.sleep(0.05)
    raise AssertionError(f"the index did not settle within {PATIENCE_SECONDS} s")


def batch(place: int) -> list[Document]:
    return [_document(article(f"{place}/{i}"), place) for i in range(3)]


def _document(made, place: int) -> Document:
    story = Story(id=made.id, lead=made.id, articles=(made.id,))
    return Document(article=made, story=story, seen=NOON, pos=(place, 0), live=True)
