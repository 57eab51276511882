"""Pages on Kafka until they are searchable and their notifications written, against a bare consume-and-index loop.

The service is one `tidings analyse-worker` and one `tidings work`. What the map takes by itself is taken off: it is the
worker's own comparison. Everything else that Tidings does beside the loop stays in: clusters, alerts, deliveries.
The loop indexes the same documents, made before, with the same mapping. It runs before, between and after, and once
before all that, unmeasured: Java's compilers then have seen the work.
"""

import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.distributed import bare, memory
from benchmarks.distributed.desk import Desk, desk
from benchmarks.distributed.servers import Servers
from benchmarks.distributed.size import Size
from benchmarks.distributed.usage import cpu_seconds
from benchmarks.distributed.worker import BATCH_SPREAD_SECONDS, in_loop
from benchmarks.measuring import Line
from benchmarks.pages import SEED, START, page
from search.elastic_mapping import source
from tidings.documents import Document
from tidings.records import Article, Page, Story, content_id

GOAL = "<= 2.00"
#: Pages by which the map's own time is measured, before the run and after it.
SAMPLE = 400


def compare(servers: Servers, size: Size) -> Iterator[Line]:
    """The whole, with the memory of the set while it still runs; then what follows the map by itself."""
    chance = random.Random(SEED)
    pages = [page(chance, n) for n in range(size.pages)]
    articles = _analysed(pages)
    begin = time.process_time()
    sources = [source(_indexed(article)) for article in articles]
    made = time.process_time() - begin
    yield _line("processor time, making what is indexed", made, None, len(pages))
    size_kb = statistics.mean(map(len, sources)) / 1000
    yield Line(what="size of what is indexed of one article", ours=size_kb, other=None, unit="kB")
    with desk(servers) as floor, bare.loop(floor, sources) as loop:
        loop()
        loops, maps = [loop()], [in_loop(pages[:SAMPLE]).wall]
        with desk(servers) as one:
            taken, rest, used = _end_to_end(one, pages)
            yield from memory.measure(one)
        loops, maps = [*loops, loop()], [*maps, in_loop(pages[:SAMPLE]).wall]
        after = _after_the_map(servers, articles)
        loops.append(loop())
    mapped, looped = statistics.mean(maps) * rest, statistics.median(loops)
    yield from (_line(f"processor time, {name}", spent, None, len(pages)) for name, spent in used.items())
    yield _line("end to end / bare map alone", taken, mapped, len(pages))
    yield _line("end to end less the map / bare loop", taken - mapped, looped, len(pages), GOAL)
    yield _line("intake to searchable, no map / bare loop", after, looped, len(pages), GOAL)
    yield _line("intake to searchable / bare loop that makes what it indexes", after, looped + made, len(pages))
    yield _line("bare loop, slowest / fastest round", max(loops), min(loops), len(pages))


def _line(what: str, ours: float, other: float | None, count: int, goal: str = "") -> Line:
    per = 1000 / count
    return Line(what=what, ours=ours * per, other=None if other is None else other * per, unit="ms a page", goal=goal)


def _analysed(pages: Sequence[Page]) -> list[Article]:
    from streams.analyse import analyser
    from tidings.lexicon import load

    analyse = analyser(load(), {})
    return [article for each in pages if isinstance(article := analyse(each), Article)]


def _indexed(article: Article) -> Document:
    """As the service would index it, but for its place in the log."""
    story = Story(id=content_id("story", article.id), lead=article.id, articles=(article.id,))
    return Document(article=article, story=story, seen=START, pos=(0, 0), live=True)


def _end_to_end(one: Desk, pages: Sequence[Page]) -> tuple[float, int, Mapping[str, float]]:
    """Seconds from the worker's first batch to the end; pages still to be analysed then; processor time from there."""
    one.fill("pages", pages)
    one.start("work")
    _wait_ready(one)
    own = one.records("intake")
    one.start("analyse-worker")
    one.wait_until(lambda: one.records("intake") > own, "the first articles")
    before = {name: cpu_seconds(pid) for name, pid in one.pids.items()}
    one.wait_until(lambda: one.analysed() == len(pages) and one.settled(), "pages searchable")
    used = {name: cpu_seconds(pid) - before[name] for name, pid in one.pids.items()}
    stamps = one.stamps("intake")[own:]
    rest = sum(1 for stamp in stamps if stamp > stamps[0] + BATCH_SPREAD_SECONDS)
    return _end(one) - stamps[0], rest, used


def _after_the_map(servers: Servers, articles: Sequence[Article]) -> float:
    """Seconds for articles that are all on intake when the folds look."""
    with desk(servers) as one:
        one.start("work")
        _wait_ready(one)
        with one.paused("work"):
            one.fill("intake", articles)
            begin = time.time()
        one.wait_until(one.settled, "articles searchable")
        return _end(one) - begin


def _wait_ready(one: Desk) -> None:
    """The rules are in force and every step has taken its first batch."""
    one.wait_until(lambda: one.records("events") >= 1 and one.settled(), "`tidings work` ready")


def _end(one: Desk) -> float:
    """When the index had its last event and the alert step had written its last notification."""
    return max(one.stamps("notifications") + one.stamps("positions", b"index"))
