"""How what the crawl fetches gets onto "pages": into the log, or into the spool while the log takes nothing.

Nothing is dropped and nothing overtakes: once the log has failed, everything goes to the spool, behind what waits
there, until the spool is empty and the memory is up to the log.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from crawlers.log_thread import LogThread
from crawlers.memory import Memory, beyond
from crawlers.spool import Spool
from tidings.errors import StorageError
from tidings.records import Record
from tidings.steps import Log

logger = logging.getLogger(__name__)

#: Between two tries to reach a log that was away.
TRY_SECONDS = 3.0

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class LogAwayError(StorageError):
    """The log does not take or give records now: what it did not take belongs into the spool."""


@dataclass(kw_only=True)
class Producer:
    """The log as the crawl uses it, from the loop's thread alone."""

    log: Log
    memory: Memory
    #: None: there is none, and the log's own StorageError gets out instead of LogAwayError.
    spool: Spool | None
    thread: LogThread
    #: Why the log takes nothing; "" if it does, as far as we know.
    away: str = ""
    #: Two that catch up at once would fold the same records twice.
    _catching_up: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def append(self, record: Record) -> None:
        """Into the log, durable when it returns. Raises LogAwayError: it is not, or nobody knows.

        What a stop cuts off here is in the log or it is not: the memory finds it there at the next start, or the next
        poll fetches it again. The spool needs no copy.
        """
        if self.away:
            raise LogAwayError(self.away)
        await self._append(record)

    def keep(self, record: Record) -> None:
        """Into the spool, behind all that waits. Only after a LogAwayError. Raises StorageError if it cannot."""
        assert self.spool and self.away
        self.spool.put([record])

    async def catch_up(self) -> None:
        """As `Memory.catch_up`, but the log is read in its thread. Raises LogAwayError, the memory's StorageError."""
        async with self._catching_up:
            while gained := await self._ask(beyond, self.log, self.memory.positions()):
                self.memory.take(gained)

    async def recover(self, seconds_max: float = math.inf) -> None:
        """Append what waits in the spool and catch up, tried until both are done: then polls may go on.

        Raises LogAwayError if they are not after `seconds_max`, StorageError if spool or memory cannot be written.
        """
        deadline = time.monotonic() + seconds_max
        while not await self._recovered():
            if time.monotonic() > deadline:
                waiting = self.spool.waiting if self.spool else 0
                raise LogAwayError(f"{self.away}. {waiting} records wait in the spool for the next start")
            await asyncio.sleep(TRY_SECONDS)

    async def _recovered(self) -> bool:
        try:
            drained = await self.spool.drain(self._append) if self.spool else 0
            await self.catch_up()
        except LogAwayError as error:
            logger.debug("%s", error)
            return False
        if self.away or drained:
            logger.info("the log takes records, the spool is empty: polls go on", extra={"action": "spool_drained"})
        self.away = ""
        return True

    async def _append(self, record: Record) -> None:
        await self._ask(self.log.append, "pages", [record])

    async def _ask(
        self, call: Callable[Arguments, Answer], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Answer:
        try:
            return await self.thread.run(call, *arguments, **named)
        except StorageError as error:
            if self.spool is None:
                raise
            self._went_away(str(error))
            raise LogAwayError(self.away) from error

    def _went_away(self, why: str) -> None:
        """Said once, not at every try."""
        if not self.away:
            self.away = f"the log takes nothing: {why}"
            logger.warning(
                "%s. What it does not take waits in the spool; no poll begins until it does",
                self.away,
                extra={"action": "log_away", "reason": why},
            )
