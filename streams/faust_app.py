"""The map as Faust workers: pages in, intake out, any number of processes.

Faust does the sharing of partitions and nothing else: no tables, windows, timers or transactions, each of which loses
or repeats messages in 0.15. Order of effects for a batch: apply; send every output and dead letter and await that the
brokers have them; note how far; only then acknowledge. A kill between any two of them repeats outputs, and intake's
readers know a repeat. When the brokers do not confirm, the process ends at once, having acknowledged nothing.
"""

import asyncio
import logging
import os
import ssl
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faust

from streams.ends import End, counted, ended, letters, outputs
from streams.logs.message import headers, key, value
from streams.runner import Observe, single
from tidings.brokers import RECORD_BYTES_MAX, Brokers
from tidings.clock import Clock
from tidings.steps import Done, Log, Map, place

logger = logging.getLogger(__name__)

#: Exit status of a worker that could not deliver: whoever supervises it starts it again.
UNDELIVERED = 70
#: A batch is acknowledged as a whole: what a kill repeats is one batch of each partition at most.
BATCH_RECORDS_MAX = 40
#: How long a batch waits for more records.
BATCH_SECONDS = 0.05
#: A worker that is silent for this long has lost its partitions to the others.
SESSION_SECONDS = 6.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a worker needs to know."""

    step: Map
    #: Where the worker notes how far it is; the outputs go through Faust.
    log: Log
    brokers: Brokers
    clock: Clock
    #: Fixed over restarts, and no other worker's: a restarted worker has its partitions back at once.
    name: str
    folder: Path
    observe: Observe = lambda step, counts: None
    #: Called before the process ends itself, so that a report still gets out.
    last_words: Callable[[], None] = lambda: None


def run(work: Work, stop: threading.Event) -> int:
    """Work until `stop` is set; gives the exit status. Raises LostPositionError if pages unread are gone already."""
    for part in work.log.parts(work.step.source):
        work.log.read(part, work.log.position(place(work.step.name, part)), 1, 0.0)
    return asyncio.run(_run(work, stop))


async def _run(work: Work, stop: threading.Event) -> int:
    (work.folder / "faust").mkdir(parents=True, exist_ok=True)
    app = create_app(work)
    app.loop = asyncio.get_running_loop()
    await app.start()
    logger.info(f"worker {work.name} reads {work.step.source}", extra={"action": "worker_started", "part": work.name})
    while not stop.is_set() and not app.should_stop:
        await asyncio.sleep(LOOK_SECONDS)
    crashed = not stop.is_set()
    if crashed:
        logger.error(f"worker {work.name} stopped by itself: {app.crash_reason}", extra={"action": "worker_stopped"})
        _end(work)
    await app.stop()
    return 0


def create_app(work: Work) -> faust.App:
    """The app: one agent over the map's source."""
    app = faust.App(
        work.brokers.prefix + work.step.name,
        broker=[f"kafka://{address}" for address in work.brokers.addresses],
        broker_credentials=_credentials(work.brokers),
        datadir=str(work.folder / "faust" / work.name),
        consumer_group_instance_id=work.name,
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=1.0,
        broker_request_timeout=30.0,
        broker_commit_interval=1.0,
        broker_max_poll_records=500,
        consumer_max_fetch_size=4 * 1024 * 1024,
        consumer_auto_offset_reset="earliest",
        stream_buffer_maxsize=1024,
        stream_wait_empty=False,
        producer_max_batch_size=262_144,
        producer_linger=0.005,
        producer_acks=-1,
        producer_compression_type="zstd",
        producer_max_request_size=RECORD_BYTES_MAX + 1_000_000,
        cython_optimizations=True,
        topic_allow_declare=False,
        topic_disable_leader=True,
        autodiscover=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    pages = _topic(app, work, work.step.source)
    batches = _Batches(app, work)

    @app.agent(pages, name=work.step.name)
    async def analyse(stream: Any) -> None:
        async for events in stream.noack_take(BATCH_RECORDS_MAX, within=BATCH_SECONDS):
            try:
                await batches.take(events)
            except Exception:
                logger.exception("not delivered: ending, the batch is taken again", extra={"action": "undelivered"})
                _end(work)
            for event in events:
                await stream.ack(event)

    # A partition that comes back may have been read on by another worker meanwhile.
    app.on_partitions_revoked.connect(batches.forget)
    return app


class _Batches:
    """From a batch of pages to confirmed outputs."""

    def __init__(self, app: faust.App, work: Work) -> None:
        self._work = work
        self._sink = _topic(app, work, work.step.sink)
        self._letters = _topic(app, work, "dead-letters")
        self._apply = single(work.step)
        self._last: dict[str, int] = {}

    async def take(self, events: Sequence[Any]) -> None:
        """See the module. Raises whatever keeps an output from being delivered."""
        ends: dict[str, list[tuple[int, End]]] = defaultdict(list)
        for event in events:
            part = f"{self._work.step.source}/{event.message.partition}"
            self._follows(part, event.message.offset)
            # In a thread, so that a long page does not keep this worker from telling the group that it lives.
            end = await asyncio.to_thread(self._ended, part, event.message.offset, event.message.value)
            ends[part].append((event.message.offset, end))
        all_ends = [end for rows in ends.values() for _, end in rows]
        sent = [await _send(self._sink, record) for record in outputs(all_ends)]
        sent += [await _send(self._letters, letter) for letter in letters(all_ends)]
        await asyncio.gather(*sent)
        await asyncio.to_thread(self._note, ends)

    async def forget(self, *_: Any, **__: Any) -> None:
        """Partitions have gone: what follows on them is no longer known."""
        self._last.clear()

    def _ended(self, part: str, offset: int, body: bytes) -> End:
        return ended(self._work.step.name, part, offset, body, self._apply, self._work.clock)

    def _follows(self, part: str, offset: int) -> None:
        """Raise if records were passed over: acknowledging this one would lose them."""
        last = self._last.get(part)
        if last is not None and offset > last + 1:
            raise RuntimeError(f"{part} went from offset {last} to {offset}")
        self._last[part] = offset

    def _note(self, ends: dict[str, list[tuple[int, End]]]) -> None:
        """How far each partition is and how its records ended; what is only repeated is not counted again."""
        for part, rows in ends.items():
            reader = place(self._work.step.name, part)
            known = self._work.log.position(reader)
            fresh = [(offset, end) for offset, end in rows if offset > known]
            if fresh:
                counts: Counter[str] = counted([end for _, end in fresh])
                self._work.log.append(
                    self._work.step.sink, [], done=Done(reader=reader, offset=fresh[-1][0], counts=counts)
                )
                self._work.observe(self._work.step.name, counts)


async def _send(topic: Any, record: Any) -> Any:
    """A future that is done when the brokers have the record."""
    return await topic.send(key=key(record), value=value(record), headers=headers(record))


def _topic(app: faust.App, work: Work, name: str) -> Any:
    return app.topic(work.brokers.prefix + name, key_serializer="raw", value_serializer="raw", internal=False)


def _end(work: Work) -> None:
    work.last_words()
    os._exit(UNDELIVERED)


def _credentials(brokers: Brokers) -> Any:
    if brokers.security == "PLAINTEXT":
        return None
    context = None
    if brokers.security.endswith("SSL"):
        context = ssl.create_default_context(cafile=brokers.ca)
        if brokers.certificate:
            context.load_cert_chain(brokers.certificate, brokers.key)
    if not brokers.security.startswith("SASL"):
        return faust.SSLCredentials(context=context)
    return faust.SASLCredentials(
        username=brokers.user, password=brokers.password, mechanism=brokers.sasl, ssl_context=context
    )
