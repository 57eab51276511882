"""Notifications as a reader sees them: what was said, to whom, and how that went."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from search import times
from search.views import ChipView, Dates, author, chip_view, dates_view, evidence_anchor
from tidings.dates import to_the_minute
from tidings.records import Item, Notification, Receipt

#: Notifications on one page and in one answer: by default, and at most.
LIMIT_DEFAULT = 50
LIMIT_MAX = 500

_STATES = {"sent": "sent", "retry": "will retry", "dead": "failed", "waiting": "waiting"}
_REASONS = {"first": "", "more": "more on a story told before", "correction": "corrects an earlier notification"}


@dataclass(frozen=True, kw_only=True)
class NotificationView:
    """One notification and what became of it. `app` makes it from the log: this part knows no channel."""

    notification: Notification
    #: The subject line as sent.
    subject: str
    #: The text as sent.
    text: str
    #: Oldest first; empty while nothing was tried.
    receipts: Sequence[Receipt] = ()

    @property
    def state(self) -> str:
        """The newest receipt's state; "waiting" before the first."""
        return self.receipts[-1].state if self.receipts else "waiting"


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One line of a notification."""

    article: str
    title: str
    url: str
    source: str
    origin: str
    dates: Dates
    late: bool
    evidence: str
    signal: ChipView | None


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """One attempt to deliver."""

    at: str
    state: str
    provider_id: str
    error: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notification on the page."""

    id: str
    subject: str
    text: str
    state: str
    state_text: str
    at: str
    at_machine: str
    channel: str
    recipient: str
    rule: str
    because: str
    reason: str
    error: str
    items: list[ItemView]
    held: int
    coverage: tuple[str, ...]
    receipts: list[ReceiptView]


def notice(view: NotificationView) -> Notice:
    """What the page shows of `view`. An error stands out only while it is the last word."""
    told = view.notification
    last = view.receipts[-1] if view.receipts else None
    return Notice(
        id=told.id,
        subject=view.subject,
        text=view.text,
        state=view.state,
        state_text=_STATES[view.state],
        at=to_the_minute(last.at) if last else "",
        at_machine=times.machine(last.at) if last else "",
        channel=told.channel,
        recipient=told.recipient,
        rule=told.rule,
        because=told.because,
        reason=_REASONS.get(told.reason, told.reason),
        error=last.error if last else "",
        items=[_item(item) for item in told.items],
        held=told.held,
        coverage=told.coverage,
        receipts=[_receipt(receipt) for receipt in view.receipts],
    )


def _item(item: Item) -> ItemView:
    address = f"/article/{quote(item.article, safe='')}"
    chip = chip_view(item.signal, address) if item.signal else None
    return ItemView(
        article=item.article,
        title=item.title or item.url,
        url=f"{address}#{evidence_anchor(item.signal)}" if item.signal else address,
        source=item.source,
        origin=author(item),
        dates=dates_view(item.published, item.first_seen),
        late=item.late,
        evidence=item.evidence,
        signal=chip,
    )


def _receipt(receipt: Receipt) -> ReceiptView:
    return ReceiptView(
        at=to_the_minute(receipt.at),
        state=_STATES[receipt.state],
        provider_id=receipt.provider_id,
        error=receipt.error,
    )
