"""A whole Elasticsearch that goes away or fills up, and what the index's callers are told until it is back."""

import time
from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch
from making import NOON, article

from deploy.servers import ElasticsearchServer
from search.elastic import ElasticIndex
from tidings.errors import TransientError
from tidings.query import EVERYTHING, Document
from tidings.records import Story

#: Elasticsearch looks at its disks every 10 s at most.
LOOKS_SECONDS_MAX = 60
BLOCKS = "cluster.routing.allocation.disk"


def test_while_it_is_down_every_call_says_so_and_afterwards_the_same_put_completes(
    own_elasticsearch: ElasticsearchServer,
) -> None:
    index = ElasticIndex(own_elasticsearch.url, "articles")
    index.put([_document(0)], 0)
    own_elasticsearch.kill()

    for use in (
        lambda: index.put([_document(1)], 1),
        index.upto,
        lambda: index.search(EVERYTHING),
        lambda: index.get("a"),
        lambda: index.story("a"),
        index.clear,
    ):
        with pytest.raises(TransientError, match=r'"articles" at 127.0.0.1:\d+: no connection.*start Elasticsearch'):
            use()

    own_elasticsearch.start()
    index.put([_document(1)], 1)
    assert (index.upto(), index.search(EVERYTHING).total) == (1, 2)


def test_a_disk_past_its_flood_stage_is_waited_for(own_elasticsearch: ElasticsearchServer) -> None:
    index = ElasticIndex(own_elasticsearch.url, "articles")
    index.put([_document(0)], 0)
    with Elasticsearch(own_elasticsearch.url) as client:
        # No disk has so much free space: to this node its own is full.
        marks = {f"{BLOCKS}.watermark.{mark}": "9000tb" for mark in ("low", "high", "flood_stage")}
        client.cluster.put_settings(
            persistent={"cluster.info.update.interval": "10s", f"{BLOCKS}.threshold_enabled": True, **marks}
        )

        said = eventually(lambda: refusal(index, _document(0)))
        assert "read-only-allow-delete" in said and "free disk space" in said
        assert index.search(EVERYTHING).total == 1

        client.cluster.put_settings(persistent={**dict.fromkeys(marks), f"{BLOCKS}.threshold_enabled": False})
    eventually(lambda: not refusal(index, _document(1)))
    assert (index.upto(), index.search(EVERYTHING).total) == (0, 2)


def refusal(index: ElasticIndex, document: Document) -> str:
    """What a put is told; "" if it worked."""
    try:
        index.put([document], 0)
    except TransientError as error:
        return str(error)
    return ""


def eventually(look: Callable[[], object]) -> object:
    deadline = time.monotonic() + LOOKS_SECONDS_MAX
    while not (seen := look()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return seen


def _document(place: int) -> Document:
    made = article(str(place))
    story = Story(id=made.id, lead=made.id, articles=(made.id,))
    return Document(article=made, story=story, seen=NOON, pos=(place, 0), live=True)
