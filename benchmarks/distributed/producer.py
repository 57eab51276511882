"""The crawler's way of putting pages on Kafka against the bare client with the same guarantees."""

import asyncio
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from kafka import KafkaProducer

from benchmarks.distributed.bare import GUARANTEES
from benchmarks.distributed.desk import Desk, desk
from benchmarks.distributed.servers import Servers
from benchmarks.distributed.size import Size
from benchmarks.measuring import Line, paired, seconds
from benchmarks.pages import SEED, page
from tidings.codec import encode
from tidings.records import Page

ROUNDS = 3
STOP_SECONDS = 10.0
CONFIRM_SECONDS = 60


def compare(servers: Servers, size: Size) -> Iterator[Line]:
    """Page by page, each confirmed before the next, on both sides; then the bare client all at once."""
    chance = random.Random(SEED)
    pages = [page(chance, n) for n in range(size.pages // 2)]
    bodies = [encode(each) for each in pages]
    with desk(servers) as one, closing(KafkaProducer(bootstrap_servers=servers.kafka, **GUARANTEES)) as bare:
        topic = f"{one.prefix}pages"
        peers: dict[str, Callable[[], None]] = {
            "send and wait for each": lambda: _one_by_one(bare, topic, bodies),
            "send all, then wait": lambda: _all_at_once(bare, topic, bodies),
        }
        append = _appending(one, pages)
        for name, peer in peers.items():
            taken = paired(
                f"pages into Kafka: the crawler's producer / bare, {name}",
                append,
                lambda peer=peer: seconds(peer),
                "pages/s",
                rounds=ROUNDS,
                per=1 / len(pages),
            )
            yield _rate(taken)


def _appending(one: Desk, pages: Sequence[Page]) -> Callable[[], float]:
    def append() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return seconds(lambda: asyncio.run(_append(one, pages, Path(folder))))

    return append


async def _append(one: Desk, pages: Sequence[Page], folder: Path) -> None:
    from crawlers.log_thread import LogThread
    from crawlers.memory import Memory
    from crawlers.producer import Producer

    thread = LogThread()
    producer = Producer(log=one.log, memory=Memory(folder / "crawl.sqlite"), spool=None, thread=thread)
    for each in pages:
        await producer.append(each)
    thread.close(STOP_SECONDS)


def _one_by_one(producer: KafkaProducer, topic: str, bodies: Sequence[bytes]) -> None:
    for body in bodies:
        producer.send(topic, body).get(CONFIRM_SECONDS)


def _all_at_once(producer: KafkaProducer, topic: str, bodies: Sequence[bytes]) -> None:
    for future in [producer.send(topic, body) for body in bodies]:
        future.get(CONFIRM_SECONDS)


def _rate(line: Line) -> Line:
    """From seconds a page to pages a second."""
    assert line.other and line.spread
    low, high = line.spread
    return replace(line, ours=1 / line.ours, other=1 / line.other, spread=(1 / high, 1 / low))
