"""What the log holds by now, kept up to date as it grows: counts for the status, notifications with their receipts."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tidings.codec import decode
from tidings.errors import RecordError
from tidings.records import Event, Notification, Poll, Pos, Receipt, Record
from tidings.steps import Log, Topic, place

READ_MAX = 500
#: How a poll's bytes begin: of intake nothing else is decoded.
_POLL = b'{"record":"poll/'
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Content:
    """A reader's view of the log: call `catch_up`, then look."""

    log: Log
    #: Complete polls ("ok" or "unchanged") by source.
    polls: Counter[str] = field(default_factory=Counter)
    #: Signals of each article's newest revision, by article id.
    signals_of: dict[str, int] = field(default_factory=dict)
    #: By id, in order.
    notifications: dict[str, Notification] = field(default_factory=dict)
    #: By notification id, oldest first.
    receipts: dict[str, list[Receipt]] = field(default_factory=dict)
    #: Polls of every result that analysis has handed on; with `pages` it makes up what analysis has read.
    handed_on: int = 0
    #: Source -> time of its newest poll: what analysis handed on again, after a kill or a change of workers, is older.
    _handed_on_at: dict[str, datetime] = field(default_factory=dict)
    _read: dict[Topic, int] = field(default_factory=dict)
    _last: Pos = ()

    @property
    def articles(self) -> int:
        """Articles by now."""
        return len(self.signals_of)

    @property
    def signals(self) -> int:
        """Signals of the newest revisions."""
        return sum(self.signals_of.values())

    @property
    def pages(self) -> int:
        """Pages that analysis has read: all that it read but the polls that came behind them."""
        read = sum(self.log.counts(place("analyse", part)).get("in", 0) for part in self.log.parts("pages"))
        self._follow("intake", self._handed_on)
        return max(0, read - self.handed_on)

    def catch_up(self) -> "Content":
        """Read what was appended since the last call."""
        self._follow("events", _decoded(self._event))
        self._follow("notifications", _decoded(self._notification))
        self._follow("receipts", _decoded(self._receipt))
        return self

    def _follow(self, topic: Topic, take: Callable[[bytes], None]) -> None:
        while rows := self.log.read(topic, self._read.get(topic, -1), READ_MAX, 0.0):
            for offset, body in rows:
                self._read[topic] = offset
                take(body)

    def _handed_on(self, body: bytes) -> None:
        if body.startswith(_POLL):
            _decoded(self._poll)(body)

    def _poll(self, poll: Record) -> None:
        if isinstance(poll, Poll) and poll.at > self._handed_on_at.get(poll.source, _NEVER):
            self._handed_on_at[poll.source] = poll.at
            self.handed_on += 1

    def _event(self, event: Record) -> None:
        if not isinstance(event, Event) or event.pos <= self._last:
            return
        self._last = event.pos
        if event.poll and event.poll.result in ("ok", "unchanged"):
            self.polls[event.poll.source] += 1
        if event.article and event.kind == "withdrawn":
            self.signals_of.pop(event.article.id, None)
        elif event.article:
            self.signals_of[event.article.id] = len(event.article.signals)

    def _notification(self, notification: Record) -> None:
        if isinstance(notification, Notification):
            self.notifications.setdefault(notification.id, notification)

    def _receipt(self, receipt: Record) -> None:
        if isinstance(receipt, Receipt):
            self.receipts.setdefault(receipt.notification, []).append(receipt)


def _decoded(take: Callable[[Record], None]) -> Callable[[bytes], None]:
    def decoded(body: bytes) -> None:
        with suppress(RecordError):  # the step that reads it has made a dead letter of it
            take(decode(body))

    return decoded
