"""The benchmarks run at the smallest size: they must not rot. No time is asserted."""

import importlib
from contextlib import closing

import pytest
from elasticsearch import Elasticsearch
from kafka import KafkaAdminClient


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("analyse", "analyse / trafilatura, fast"),
        ("runner", "map that hands on, runner and log / bare with codec"),
        ("search", "index: articles put, of 500"),
    ],
)
def test_a_benchmark_gives_its_lines(name, first):
    lines = list(importlib.import_module(f"benchmarks.{name}").compare(0.001))

    assert lines[0].what == first
    assert all(line.ours > 0 and (line.other is None or line.other > 0) for line in lines)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        (
            "worker",
            "analyse in a Faust worker / bare map, wall time",
            "analyse in a Faust worker / bare map, cpu time",
        ),
        ("pipeline", "processor time, making what is indexed", "bare loop, slowest / fastest round"),
        (
            "producer",
            "pages into Kafka: the crawler's producer / bare, send and wait for each",
            "pages into Kafka: the crawler's producer / bare, send all, then wait",
        ),
        ("search", "articles put, of 500: Elasticsearch / tantivy", "search: broad word, five facets, p95"),
    ],
)
def test_a_distributed_benchmark_gives_its_lines_and_leaves_nothing_on_the_servers(
    name, first, last, kafka_bootstrap, elasticsearch_url
):
    from benchmarks.distributed.servers import Servers
    from benchmarks.distributed.size import size

    measured = importlib.import_module(f"benchmarks.distributed.{name}")

    lines = list(measured.compare(Servers(kafka=kafka_bootstrap, elasticsearch=elasticsearch_url), size(0.1, 500)))

    assert (lines[0].what, lines[-1].what) == (first, last)
    assert left_behind(kafka_bootstrap, elasticsearch_url) == []


def left_behind(kafka: str, elasticsearch: str) -> list[str]:
    """Topics and indices that benchmarks made."""
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin, closing(Elasticsearch(elasticsearch)) as client:
        found = [*admin.list_topics(), *client.indices.get(index="*")]
    return [name for name in found if name.startswith("benchmark-")]


def test_generated_pages_and_articles_are_the_same_for_the_same_seed():
    import random

    from benchmarks.pages import document, page

    made = [[make(random.Random(3), n) for n in range(4)] for _ in range(2) for make in (page, document)]

    assert made[:2] == made[2:]
