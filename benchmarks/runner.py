"""The runner and the SQLite log against the same step functions called bare in a loop."""

import random
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Line, paired, seconds
from benchmarks.pages import SEED, document
from streams import cluster
from streams.logs.sqlite import SqliteLog
from streams.runner import Setting, drain
from tidings.clock import system_clock
from tidings.codec import decode, encode
from tidings.records import Article, Record
from tidings.steps import Map


def compare(scale: float) -> Iterator[Line]:
    """A map that does nothing and the cluster fold; the bare side with and without encoding and decoding."""
    chance = random.Random(SEED)
    articles = [document(chance, n).article for n in range(max(20, int(5000 * scale)))]
    per = 1000 / len(articles)
    passing = Map(name="pass", source="pages", sink="intake", apply=_same)
    for name, step in (("map that hands on", passing), ("cluster fold", cluster.cluster_fold())):
        bare = _bare_map if isinstance(step, Map) else _bare_fold
        for coded in (True, False):
            yield paired(
                f"{name}, runner and log / bare {'with' if coded else 'without'} codec",
                lambda step=step: _through_the_log(step, articles),
                lambda bare=bare, coded=coded: seconds(lambda: bare(articles, coded)),
                "ms a record",
                per=per,
            )


def _same(record: Record) -> Record:
    return record


def _through_the_log(step, articles: list[Article]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder) / "log.sqlite")
        for first in range(0, len(articles), 200):
            log.append(step.source, articles[first : first + 200])
        setting = Setting(log=log, folder=Path(folder), clock=system_clock, stop=threading.Event())
        took = seconds(lambda: drain(step, setting))
        log.close()
        return took


def _bare_map(articles: list[Article], coded: bool) -> None:
    for article in articles:
        encode(_same(decode(encode(article)))) if coded else _same(article)


def _bare_fold(articles: list[Article], coded: bool) -> None:
    state = sqlite3.connect(":memory:", isolation_level=None)
    state.executescript(cluster.SCHEMA)
    for offset, article in enumerate(articles):
        outputs = cluster.apply(state, offset, decode(encode(article)) if coded else article)
        if coded:
            for output in outputs:
                encode(output)
