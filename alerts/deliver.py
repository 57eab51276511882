"""The delivery sink: notifications to channels, with a receipt for every attempt.

Order of effects: look the notification up; send; append the receipt; note it in the outbox. Killed after the sending,
it sends once more under the same key; killed anywhere else, it neither loses nor repeats anything.

Every attempt runs in a thread of its own, one at a time for each recipient, so that a channel that hangs holds up
nobody else. Log and outbox are only touched by the thread that calls `write` and `due`.
"""

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts import outbox
from alerts.channels import Channel
from alerts.outbox import Due
from alerts.render import render
from tidings.clock import Clock
from tidings.codec import decode
from tidings.errors import PermanentError, TidingsError, TransientError
from tidings.records import Notification, Receipt, Record
from tidings.steps import Log, Sink
from tidings.storage import transaction

logger = logging.getLogger(__name__)

#: The step, and the reader as which the log knows it.
NAME = "deliver"
#: Attempts under way at once, all channels together.
IN_FLIGHT_MAX = 16
#: How long one call of `due` stays to see its attempts end: long enough for a burst to a server nearby.
ATTEND_SECONDS = 0.25
#: How long a process that was told to stop waits for the attempts under way.
FINISH_SECONDS = 1.0
#: Receipts read at once when the outbox catches up.
CATCH_UP_RECORDS = 1000
#: Longest error kept in a receipt.
ERROR_CHARACTERS_MAX = 500


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """When to try again: after `first_seconds`, then twice as long each time. The defaults make about a day."""

    first_seconds: float = 10.0
    max_seconds: float = 3600.0
    #: Then the notification is dead for its channel and recipient.
    attempts_max: int = 30

    def seconds(self, attempts: int, asked: float | None = None) -> float:
        """The wait after so many attempts; what the other side asked for, if it did, up to `max_seconds`."""
        doubled = self.first_seconds * 2 ** min(attempts - 1, 30)
        return min(doubled if asked is None else asked, self.max_seconds)


#: What an attempt ended with: the other side's id, or the error.
End = str | BaseException


class Delivery:
    """Sends what is due and remembers what became of it.

    `state` is the outbox's database: explicit transactions (isolation_level None), the tables of outbox.SCHEMA.
    `channels`: by kind; a notification for a kind that is not there waits and is tried again like any other.
    `site`: the address of the search page as readers see it, for links; "" for none.
    """

    def __init__(
        self,
        *,
        log: Log,
        state: sqlite3.Connection,
        channels: Mapping[str, Channel],
        clock: Clock,
        backoff: Backoff | None = None,
        site: str = "",
    ) -> None:
        self._log = log
        self._state = state
        self._channels = channels
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._site = site
        self._in_flight: dict[str, Due] = {}
        #: (channel, recipient) -> until when the other side asked us to leave it alone.
        self._paused: dict[tuple[str, str], datetime] = {}
        self._ended: queue.SimpleQueue[tuple[str, End]] = queue.SimpleQueue()
        self._catch_up()

    def sink(self) -> Sink:
        """The step."""
        return Sink(name=NAME, source="notifications", write=self.write, position=self.position, due=self.due)

    def position(self) -> int:
        """How far the notifications are in the outbox; -1 when it was lost, and all of them are to be read again."""
        known = outbox.offset(self._state, "notifications")
        # What cannot be decoded is a dead letter and never reaches `write`: the runner's own position is past it.
        return known if known < 0 else max(known, self._log.position(NAME))

    def write(self, batch: Sequence[tuple[int, Record]]) -> None:
        """Put notifications into the outbox, durably, and begin to send; one whose pos is not greater is dropped."""
        if not batch:
            return
        with transaction(self._state):
            last = outbox.last_pos(self._state)
            for offset, record in batch:
                assert isinstance(record, Notification), f"notifications holds a {type(record).__name__}"
                if record.pos > last:
                    outbox.put(self._state, offset, record)
                    last = record.pos
            outbox.advance(self._state, "notifications", batch[-1][0], last)
        self.due()

    def due(self) -> None:
        """Try what is due and note what ended; returns within ATTEND_SECONDS, whatever the channels do."""
        self._catch_up()  # another process may have had the place and sent what is due here
        until = time.monotonic() + ATTEND_SECONDS
        self._start()
        while self._attend(until):
            self._start()

    def finish(self) -> None:
        """On the way out: note what still ends within FINISH_SECONDS, so that the next start need not send it again."""
        until = time.monotonic() + FINISH_SECONDS
        while self._attend(until):
            pass

    def _attend(self, until: float) -> bool:
        """Wait for one attempt to end and note it; false if none is under way or none ended in time."""
        left = until - time.monotonic()
        if not self._in_flight or left <= 0:
            return False
        try:
            id_, end = self._ended.get(timeout=left)
        except queue.Empty:
            return False
        self._note(self._in_flight.pop(id_), end)
        return True

    def _start(self) -> None:
        now = self._clock()
        busy = {(due.channel, due.recipient) for due in self._in_flight.values()}
        busy |= {who for who, until in self._paused.items() if until > now}
        for due in outbox.due(self._state, now, IN_FLIGHT_MAX - len(self._in_flight), busy):
            self._in_flight[due.id] = due
            # A daemon: a channel that hangs must not keep a process alive that was told to stop.
            threading.Thread(target=self._attempt, args=(due,), name=f"deliver {due.channel}", daemon=True).start()

    def _attempt(self, due: Due) -> None:
        """In its own thread: send, and say how it ended."""
        try:
            self._ended.put((due.id, self._send(due)))
        except BaseException as error:  # handed over whole: `_note` raises what is no word of a channel
            self._ended.put((due.id, error))

    def _send(self, due: Due) -> str:
        channel = self._channels.get(due.channel)
        if channel is None:
            raise TransientError(f'channel "{due.channel}" is not set up here; want its settings')
        notification = decode(due.body)
        assert isinstance(notification, Notification)
        return channel.send(render(notification, site=self._site), recipient=due.recipient, key=due.id)

    def _note(self, due: Due, end: End) -> None:
        """Append the receipt, then note it in the outbox."""
        now = self._clock()
        receipt, wait = self._receipt(due, end, now)
        self._log.append("receipts", [receipt])
        with transaction(self._state):
            outbox.record(self._state, receipt, now + timedelta(seconds=wait))
            # Nobody else writes receipts: the newest is ours.
            outbox.advance(self._state, "receipts", self._log.end("receipts"))
        _tell(due, receipt)

    def _receipt(self, due: Due, end: End, now: datetime) -> tuple[Receipt, float]:
        """What to write down, and how many seconds to wait before the next attempt."""
        if isinstance(end, str):
            return Receipt(notification=due.id, at=now, state="sent", provider_id=end), 0.0
        if not isinstance(end, Exception):
            raise end
        if not isinstance(end, TransientError | PermanentError):  # a defect of ours: no other message waits for it
            logger.error(f"{due.channel} failed on notification {due.id}", exc_info=end, extra={"action": "defect"})
        tried = due.attempts + 1
        given_up = isinstance(end, PermanentError) or tried >= self._backoff.attempts_max
        error = str(end) if isinstance(end, TidingsError) else f"{type(end).__name__}: {end}"
        asked = end.retry_after_seconds if isinstance(end, TransientError) else None
        wait = self._backoff.seconds(tried, asked)
        state: Literal["dead", "retry"] = "dead" if given_up else "retry"
        if asked is not None:
            self._paused[due.channel, due.recipient] = now + timedelta(seconds=wait)
        return Receipt(notification=due.id, at=now, state=state, error=error[:ERROR_CHARACTERS_MAX]), wait

    def _catch_up(self) -> None:
        """Take in the receipts that the outbox lacks: it was killed between its last two effects, or lost."""
        while rows := self._log.read("receipts", outbox.offset(self._state, "receipts"), CATCH_UP_RECORDS, 0.0):
            with transaction(self._state):
                for _, body in rows:
                    receipt = decode(body)
                    assert isinstance(receipt, Receipt)
                    tried = outbox.attempts(self._state, receipt.notification) + 1
                    wait = timedelta(seconds=self._backoff.seconds(tried))
                    outbox.record(self._state, receipt, receipt.at + wait)
                outbox.advance(self._state, "receipts", rows[-1][0])


def _tell(due: Due, receipt: Receipt) -> None:
    level = {"sent": logging.INFO, "retry": logging.WARNING, "dead": logging.ERROR}[receipt.state]
    what = f"{due.channel}:{due.recipient}: notification {due.id} {receipt.state}"
    logger.log(
        level,
        f"{what}: {receipt.error}" if receipt.error else what,
        extra={"action": "delivery", "id": due.id, "state": receipt.state, "reason": receipt.error},
    )
