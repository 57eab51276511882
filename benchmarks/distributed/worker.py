"""The map in a Faust worker, its real command line, against the same map in a plain loop in this process."""

import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.distributed import bare
from benchmarks.distributed.desk import Desk, desk
from benchmarks.distributed.servers import Servers
from benchmarks.distributed.size import Size
from benchmarks.distributed.usage import cpu_seconds
from benchmarks.measuring import Line
from benchmarks.pages import SEED, page
from tidings.records import Page

ROUNDS = 2
GOAL = "<= 1.15"
#: Outputs of one batch are sent within this time; the next batch takes longer.
BATCH_SPREAD_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds a page."""

    wall: float
    cpu: float


def compare(servers: Servers, size: Size) -> Iterator[Line]:
    """Wall time from an early output to the last one, and processor time meanwhile: starting is not in it."""
    chance = random.Random(SEED)
    pages = [page(chance, n) for n in range(size.pages // ROUNDS)]
    pairs = [(in_worker(servers, pages), in_loop(pages)) for _ in range(ROUNDS)]
    for what in ("wall", "cpu"):
        sides = [(getattr(ours, what), getattr(other, what)) for ours, other in pairs]
        ratios = [ours / other for ours, other in sides]
        yield Line(
            what=f"analyse in a Faust worker / bare map, {what} time",
            ours=statistics.median(ours for ours, _ in sides) * 1000,
            other=statistics.median(other for _, other in sides) * 1000,
            unit="ms a page",
            spread=(min(ratios), max(ratios)),
            goal=GOAL,
        )


def in_loop(pages: Sequence[Page]) -> Took:
    """The bare map on the same bytes; its first pages warm it up, as in the worker."""
    from streams.analyse import analyser
    from tidings.codec import encode
    from tidings.lexicon import load

    bodies = [encode(page) for page in pages]
    warm = len(pages) // 10
    wall, cpu = bare.map_seconds(bodies, analyser(load(), {}), warm)
    return Took(wall=wall / (len(pages) - warm), cpu=cpu / (len(pages) - warm))


def in_worker(servers: Servers, pages: Sequence[Page]) -> Took:
    """One worker on pages that are all there when it starts."""
    with desk(servers) as one:
        one.fill("pages", pages)
        pid = one.start("analyse-worker")
        one.wait_until(lambda: one.analysed() > len(pages) // 10, "the first pages")
        before, cpu = one.analysed(), cpu_seconds(pid)
        one.wait_until(lambda: one.analysed() == len(pages), "all pages")
        used = cpu_seconds(pid) - cpu
        return Took(wall=_seconds_a_page(one, len(pages)), cpu=used / (len(pages) - before))


def _seconds_a_page(one: Desk, count: int) -> float:
    stamps = one.stamps("intake")
    assert len(stamps) == count, f"{count} pages gave {len(stamps)} articles"
    begin = stamps[count // 10]
    rest = sum(1 for stamp in stamps if stamp > begin + BATCH_SPREAD_SECONDS)
    return (stamps[-1] - begin) / rest
