"""The index in Elasticsearch against the embedded one: the same articles, the same queries, in turn."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.distributed.desk import desk
from benchmarks.distributed.servers import Servers
from benchmarks.distributed.size import Size
from benchmarks.measuring import Line, percentile, seconds
from benchmarks.pages import SEED, document
from benchmarks.search import ASKED, BATCH
from search.index import Index

#: Of each kind, on each side: fewer where there is less to find.
QUERIES, QUERIES_MIN, FULL = 200, 40, 100_000
WARM = 3
HITS = 20


def compare(servers: Servers, size: Size) -> Iterator[Line]:
    """Filling, then p50 and p95 of each kind of query. Ours: Elasticsearch; other: tantivy."""
    from search.elastic import ElasticIndex
    from search.tantivy import TantivyIndex

    with (
        desk(servers) as one,
        tempfile.TemporaryDirectory() as folder,
        closing(ElasticIndex(servers.elasticsearch, one.name)) as elastic,
        closing(TantivyIndex(Path(folder) / "index")) as tantivy,
    ):
        yield _filled(elastic, tantivy, size.articles)
        yield from _asked(elastic, tantivy, max(QUERIES_MIN, QUERIES * size.articles // FULL))


def _filled(ours: Index, other: Index, count: int) -> Line:
    """Both take the same batch in turn, as the runner would give it."""
    chance = random.Random(SEED)
    made = (document(chance, n) for n in range(count))
    spent = [0.0, 0.0]
    done = 0
    while batch := list(islice(made, BATCH)):
        done += len(batch)
        for side, index in enumerate((ours, other)):
            spent[side] += seconds(lambda put=index.put, batch=batch, done=done: put(batch, done))
    return Line(
        what=f"articles put, of {count}: Elasticsearch / tantivy",
        ours=count / spent[0],
        other=count / spent[1],
        unit="a second",
    )


def _asked(ours: Index, other: Index, rounds: int) -> Iterator[Line]:
    from tidings.lexicon import load
    from tidings.query import parse

    lexicon = load()
    for name, (text, options) in ASKED.items():
        asked: dict[str, Any] = {"query": parse(text, lexicon), "limit": HITS, **options}
        totals = [index.search(**asked).total for index in (ours, other)]
        assert totals[0] == totals[1], f"{text}: {totals[0]} and {totals[1]} articles"
        times = _times(ours, other, asked, rounds)
        for share in (0.5, 0.95):
            sides = [percentile(side, share) * 1000 for side in times]
            yield Line(what=f"search: {name}, p{share * 100:.0f}", ours=sides[0], other=sides[1], unit="ms")


def _times(ours: Index, other: Index, asked: dict[str, Any], rounds: int) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = [], []
    for number in range(WARM + rounds):
        for side, index in zip(times, (ours, other), strict=True):
            took = seconds(lambda index=index: index.search(**asked))
            if number >= WARM:
                side.append(took)
    return times
