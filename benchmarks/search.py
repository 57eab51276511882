"""The embedded index at 100,000 generated articles: how fast it is filled, how large it gets, how fast it answers."""

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.measuring import Line, percentile
from benchmarks.pages import SEED, document

ARTICLES = 100_000
#: As the runner does.
BATCH = 200
QUERIES = 200

#: Name -> (query, options of the search).
ASKED = {
    "one word": ("ventilator", {}),
    "two words": ("ventilator tender", {}),
    "phrase": ('"domestic foreign"', {}),
    "Chinese word of two characters": ("支架", {}),
    "company in either language": ("迈瑞医疗", {}),
    "date range and three facets": (
        "published:2026-02..2026-02 type:export",
        {"facets": ("company", "device", "region")},
    ),
    "newest of a broad word": ("device", {}),
    "best of a broad word": ("device", {"order": "best"}),
    "broad word, five facets": ("device", {"facets": ("source", "type", "company", "device", "topic")}),
}


def compare(scale: float) -> Iterator[Line]:
    """Filling, size, memory, then p50 and p95 of each kind of query."""
    from search.tantivy import TantivyIndex
    from tidings.lexicon import load
    from tidings.query import parse

    count = max(500, int(ARTICLES * scale))
    lexicon = load()
    with tempfile.TemporaryDirectory() as folder:
        index = TantivyIndex(Path(folder) / "index")
        took = _fill(index, count)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        yield Line(what=f"index: articles put, of {count}", ours=count / took, other=None, unit="a second")
        yield Line(what="index: size", ours=size / 1e6, other=None, unit="MB")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield Line(what="index: peak memory of this process", ours=peak / 1024, other=None, unit="MB")
        for name, (text, options) in ASKED.items():
            query = parse(text, lexicon)
            times = _times(lambda query=query, options=options: index.search(query, limit=20, **options), scale)
            for share in (0.5, 0.95):
                what = f"search: {name}, p{share * 100:.0f}"
                yield Line(what=what, ours=percentile(times, share) * 1000, other=None, unit="ms")
        index.close()


def _fill(index, count: int) -> float:
    """Seconds spent in `put`; the making of the articles is not counted."""
    chance = random.Random(SEED)
    made = (document(chance, n) for n in range(count))
    spent, done = 0.0, 0
    while batch := list(islice(made, BATCH)):
        done += len(batch)
        begin = time.perf_counter()
        index.put(batch, done)
        spent += time.perf_counter() - begin
    return spent


def _times(act, scale: float) -> list[float]:
    times = []
    for _ in range(max(5, int(QUERIES * min(1.0, scale * 10)))):
        begin = time.perf_counter()
        act()
        times.append(time.perf_counter() - begin)
    return times
