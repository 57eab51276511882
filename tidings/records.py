"""The records of the log: frozen, keyword-only, and whole.

Ids are functions of content, never of counters or clocks. Times are aware and in UTC.
Money and every other figure is an exact decimal (a string in JSON). A `pos` orders records of one topic:
readers keep the last one they saw and drop what is not greater.
"""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Pos = tuple[int, ...]

Language = str  # BCP 47: "en", "zh-Hans", "zh-Hant", ...


def content_id(*parts: object) -> str:
    """Hash `parts` into a short stable id (20 hexadecimal digits of SHA-256)."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


# -- parts of records -----------------------------------------------------------------------------------------------


class Listed(Struct, frozen=True, kw_only=True):
    """What the list page or feed said of a page."""

    #: Title as listed; "" if the list gave none.
    title: str = ""
    #: Date as printed, unparsed; "" if the list gave none.
    date: str = ""
    #: Place on the list, from 0.
    place: int = 0


class Published(Struct, frozen=True, kw_only=True):
    """When an article says it was published: never a guess, never "now"."""

    #: The start of the stated day, month or minute, in UTC.
    value: datetime
    precision: Literal["second", "minute", "day", "month", "year"]
    #: Where it was found: "json-ld", "meta", "time", "list", "feed", "url", "text", "input".
    found: str
    #: Offset in which the page stated it ("+08:00"): gives back the printed calendar date.
    zone: str = "+00:00"


class Attachment(Struct, frozen=True, kw_only=True):
    """A file that the article links, and its text where it could be read."""

    name: str
    url: str
    text: str = ""


class Span(Struct, frozen=True, kw_only=True):
    """Where words stand: code points [start, end) of one field of one revision."""

    field: Literal["title", "body"]
    start: int
    end: int


class Mention(Struct, frozen=True, kw_only=True):
    """A company named in an article."""

    #: Canonical name.
    name: str
    spans: tuple[Span, ...]


class Identifier(Struct, frozen=True, kw_only=True):
    """A registration, document or tender number in its normal form."""

    kind: Literal["registration", "document", "tender"]
    value: str
    span: Span


class Quantity(Struct, frozen=True, kw_only=True):
    """A figure in base units: RMB 300 billion is 300000000000 CNY, 28% is 28 percent, a fall of 8.2% is -8.2."""

    value: Decimal
    #: Only for a range.
    upper: Decimal | None = None
    #: An ISO 4217 code, "percent", "percentage_points", "countries", "products", ...
    unit: str
    approx: Literal["over", "under", "about"] | None = None


# -- signals ----------------------------------------------------------------------------------------------------------


class Signal(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One typed fact that an article asserts, with the words that assert it. docs/signals.md is the contract."""

    #: The fact without wording or span (`signal_key`): the same after an edit that leaves the fact alone.
    key: str = ""
    evidence: Span
    #: Canonical names; who acts, or whom it concerns, first.
    companies: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    #: ISO 3166-1 alpha-2, or a named group such as EU, ASEAN, GLOBAL.
    regions: tuple[str, ...] = ()
    quantity: Quantity | None = None
    #: ISO 8601, the coarsest true form: "2023", "2024-Q3", "2015/2023". None if unknown.
    period: str | None = None
    #: True for guidance, targets and estimates of the future.
    forecast: bool = False
    #: 0 to 1: how sure the extractor is; rules fire at 0.8 and above unless they say otherwise.
    confidence: float = 1.0


class Registration(Signal, frozen=True, kw_only=True, tag="registration"):
    """A regulator granted, accepted, designated, renewed, refused, suspended or revoked; or a count of these."""

    authority: str | None = None
    action: Literal["approved", "accepted", "designated", "renewed", "refused", "suspended", "revoked"]
    product: str | None = None
    device_class: Literal["I", "II", "III"] | None = None
    pathway: str | None = None
    registration_no: str | None = None
    valid_until: str | None = None
    first_of_kind: bool = False


class Export(Signal, frozen=True, kw_only=True, tag="export"):
    """Goods, revenue or presence abroad."""

    metric: str


class Policy(Signal, frozen=True, kw_only=True, tag="policy"):
    """A government or agency drafted, issued, revised or repealed a rule, plan or standard."""

    issuer: str | None = None
    title: str | None = None
    doc_no: str | None = None
    stage: Literal["draft", "issued", "effective", "revised", "repealed"]
    target: str | None = None
    effective_on: str | None = None
    comments_until: str | None = None


class Procurement(Signal, frozen=True, kw_only=True, tag="procurement"):
    """A tender, a centralised purchase, a domestic preference."""

    programme: str | None = None
    number: str | None = None
    action: Literal["opened", "awarded", "price_cut", "preference", "delayed"]


class Reimbursement(Signal, frozen=True, kw_only=True, tag="reimbursement"):
    """A product or service entered, left or was priced in an insurance scheme."""

    scheme: str | None = None
    action: Literal["included", "excluded", "repriced"]


class MarketSize(Signal, frozen=True, kw_only=True, tag="market_size"):
    """The size or growth of a market or of an industry's revenue."""

    segment: str | None = None
    metric: Literal["size", "growth", "cagr"]


class MarketShare(Signal, frozen=True, kw_only=True, tag="market_share"):
    """Who or what holds which share or rank, or the share made at home."""

    subject: str | None = None
    segment: str | None = None
    metric: Literal["share", "share_change", "localisation_rate", "rank"]


class Launch(Signal, frozen=True, kw_only=True, tag="launch"):
    """A named product was launched, unveiled, first used clinically, or is claimed as a first."""

    product: str | None = None
    claim: Literal["world-first", "domestic-first", "none"] = "none"


class Results(Signal, frozen=True, kw_only=True, tag="results"):
    """A company's figures for a period."""

    metric: str


class Deal(Signal, frozen=True, kw_only=True, tag="deal"):
    """A merger, stake, round, listing, licence, partnership or distribution agreement."""

    kind: Literal["acquisition", "investment", "financing", "ipo", "licence", "partnership", "divestment"]
    stage: Literal["announced", "completed", "terminated"] = "announced"
    buyer: str | None = None
    target: str | None = None


class Manufacturing(Signal, frozen=True, kw_only=True, tag="manufacturing"):
    """A plant, line, capacity or component is built, moved or localised."""

    site: str | None = None
    component: str | None = None
    action: Literal["opened", "planned", "closed", "localised"]


class Safety(Signal, frozen=True, kw_only=True, tag="safety"):
    """A recall, defect, warning, inspection finding or penalty."""

    product: str | None = None
    action: Literal["recall", "warning", "suspension", "penalty"]
    authority: str | None = None
    level: Literal["I", "II", "III"] | None = None
    registration_no: str | None = None


class TradeMeasure(Signal, frozen=True, kw_only=True, tag="trade_measure"):
    """A tariff, ban, exclusion, market-access rule or certification burden at a border."""

    imposer: str | None = None
    target: str | None = None
    action: Literal["imposed", "proposed", "lifted"]


AnySignal = (
    Registration
    | Export
    | Policy
    | Procurement
    | Reimbursement
    | MarketSize
    | MarketShare
    | Launch
    | Results
    | Deal
    | Manufacturing
    | Safety
    | TradeMeasure
)

SIGNAL_TYPES: dict[str, type[Signal]] = {
    cls.__struct_config__.tag: cls  # type: ignore[misc]
    for cls in (
        Registration,
        Export,
        Policy,
        Procurement,
        Reimbursement,
        MarketSize,
        MarketShare,
        Launch,
        Results,
        Deal,
        Manufacturing,
        Safety,
        TradeMeasure,
    )
}


def signal_type(signal: Signal) -> str:
    """The type's name as in docs/signals.md: "registration", "export", ..."""
    return str(signal.__struct_config__.tag)


def signal_subject(article_id: str, signal: Signal) -> str:
    """What a signal is about, its figure left out: two revisions that differ only in the figure share it."""
    return content_id(
        article_id,
        signal_type(signal),
        _first(signal, "metric", "action", "kind", "stage", "claim"),
        _first(signal, "subject", "segment") or "+".join(signal.companies),
        _first(signal, "registration_no", "number", "doc_no", "product", "title", "component"),
        signal.quantity.unit if signal.quantity else "",
        _counted(signal) if signal.quantity else "",
        signal.period,
    )


def _counted(signal: Signal) -> str:
    """What a count is a count of: 1 imported product of class III is not 1 imported product of class II."""
    return "+".join(filter(None, (_first(signal, "device_class"), _first(signal, "pathway"), *signal.devices)))


def _first(signal: Signal, *names: str) -> str:
    """The first of these attributes that the signal has and that is set; "" if none is."""
    return next((str(value) for name in names if (value := getattr(signal, name, None)) is not None), "")


def signal_key(article_id: str, signal: Signal) -> str:
    """The key of the fact: its subject and its figure, without wording, span or confidence."""
    q = signal.quantity
    figure = (q.value.normalize(), q.upper.normalize() if q.upper is not None else None) if q else ()
    return content_id(signal_subject(article_id, signal), *figure)


# -- records of the log -----------------------------------------------------------------------------------------------


class Page(Struct, frozen=True, kw_only=True, tag_field="record", tag="page/1"):
    """One fetched page or file, before anything was decided about it."""

    source: str
    #: As fetched, after redirects. An ingested article without an address has urn:tidings:<its id>.
    url: str
    #: The notice that this page is an attachment of; None for a page of its own.
    parent: str | None = None
    fetched_at: datetime
    status: int = 200
    #: As the server said, without parameters; "application/x-tidings-article" for an ingested article.
    content_type: str = "text/html"
    #: As the server said; None if it did not.
    charset: str | None = None
    #: At most 10 MB.
    body: bytes
    listed: Listed | None = None
    live: bool = True


class Article(Struct, frozen=True, kw_only=True, tag_field="record", tag="article/1"):
    """One item as published, and everything that was read out of it."""

    #: hash(canonical url)
    id: str
    #: hash(title, body, attachments)
    revision: str
    #: Canonical.
    url: str
    source: str
    #: Who wrote it, where the page says so ("来源：新华社"); else the source.
    origin: str
    title: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    language: Language
    published: Published | None = None
    fetched_at: datetime
    live: bool = True
    #: What made this: "analyse/1 lexicon/2026-11-24".
    reader: str
    relevant: bool
    topics: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    companies: tuple[Mention, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    signals: tuple[AnySignal, ...] = ()


class Poll(Struct, frozen=True, kw_only=True, tag_field="record", tag="poll/1"):
    """One look at one list page or feed: coverage, silence and gaps are computed from these."""

    source: str
    at: datetime
    result: Literal["ok", "unchanged", "blocked", "failed"]
    #: Items on the list.
    listed: int = 0
    #: Of these, not known when the last complete poll ended.
    new: int = 0
    #: True if at least one listed item was known: nothing can have slipped between two polls.
    overlapped: bool = False
    #: For people: the fault, or "".
    detail: str = ""


class Tick(Struct, frozen=True, kw_only=True, tag_field="record", tag="tick/1"):
    """Time passed. One every 60 s on intake; after a gap one, not many: folds read it as ">= at"."""

    at: datetime


class Control(Struct, frozen=True, kw_only=True, tag_field="record", tag="control/1"):
    """What a person did."""

    at: datetime
    by: str
    act: Literal["rules", "silence", "unsilence", "ack", "merge", "split", "forget", "verdict", "imported"]
    body: dict[str, str] = {}


class Story(Struct, frozen=True, kw_only=True):
    """The news behind one or more articles."""

    #: hash of the first article's id
    id: str
    #: Id of the article that stands for it.
    lead: str
    #: Ids, in order of arrival.
    articles: tuple[str, ...]
    #: Independent origins: one publisher is one voice.
    origins: tuple[str, ...] = ()
    #: Why this article joined: "same text", "" for the first.
    joined_because: str = ""
    #: What kept it from joining a look-alike; "" if nothing did.
    vetoed_by: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """One fact whose figure or attributes differ between two revisions."""

    before: AnySignal
    after: AnySignal


class Event(Struct, frozen=True, kw_only=True, tag_field="record", tag="event/1"):
    """The public record: what happened, in the one order that every reader sees."""

    #: (offset in intake, i)
    pos: Pos
    #: First seen: when the first revision was fetched; of a poll, tick or control: its own time.
    at: datetime
    kind: Literal["new", "revised", "repost", "reanalysed", "withdrawn", "poll", "tick", "control"]
    article: Article | None = None
    story: Story | None = None
    added: tuple[AnySignal, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[AnySignal, ...] = ()
    poll: Poll | None = None
    control: Control | None = None
    live: bool = True


class StatedSignal(Struct, frozen=True, kw_only=True, tag_field="record", tag="signal/1"):
    """A signal with what a reader needs to know of the article that states it: the value on topic signals."""

    #: The signal's key: of several values under one key the last counts.
    key: str
    #: Pos of the event that told it.
    pos: Pos
    #: First seen, as of the event.
    at: datetime
    live: bool = True
    #: Id and revision of the article.
    article: str
    revision: str
    url: str
    title: str
    source: str
    origin: str
    language: Language
    #: As the page states it; None if it states none.
    published: Published | None = None
    story: str = ""
    signal: AnySignal
    #: The words themselves.
    evidence: str


class Tombstone(Struct, frozen=True, kw_only=True, tag_field="record", tag="tombstone/1"):
    """The signal under this key no longer stands: on Kafka a null value."""

    key: str


class Item(Struct, frozen=True, kw_only=True):
    """One line of a notification: the article and, where a rule asked for signals, the fact."""

    story: str
    article: str
    title: str
    url: str
    source: str
    origin: str
    #: As the page states it; None if it states none.
    published: Published | None = None
    #: When Tidings first saw it.
    first_seen: datetime
    #: True if the page's own date lies more than a day before first_seen.
    late: bool = False
    signal: AnySignal | None = None
    #: The words themselves.
    evidence: str = ""


class Notification(Struct, frozen=True, kw_only=True, tag_field="record", tag="notification/1"):
    """One message to one recipient over one channel."""

    #: hash(rule, group key, pos of its first item, channel, recipient)
    id: str
    #: (offset in intake, i of the event, j)
    pos: Pos
    rule: str
    #: Name of the channel: "email", "slack", "console".
    channel: str
    recipient: str
    reason: Literal["first", "more", "digest", "correction", "withdrawn", "quiet", "recovered"] = "first"
    items: tuple[Item, ...]
    #: How many further items were held back.
    held: int = 0
    #: Why it fired, in words a reader understands.
    because: str = ""
    #: What the service could not see when it decided.
    coverage: tuple[str, ...] = ()


class Receipt(Struct, frozen=True, kw_only=True, tag_field="record", tag="receipt/1"):
    """What became of one attempt to deliver one notification."""

    notification: str
    at: datetime
    state: Literal["sent", "retry", "dead"]
    #: What the other side calls the message; "" if it does not say.
    provider_id: str = ""
    error: str = ""


class DeadLetter(Struct, frozen=True, kw_only=True, tag_field="record", tag="dead-letter/1"):
    """A record that a step could not take. The newest entry for one (topic, position, step) is its state."""

    topic: str
    position: int
    step: str
    at: datetime
    error: str
    #: The record's own bytes, as they stood in the log.
    body: bytes
    #: What a person did about it; None while it is open.
    resolved: Literal["replayed", "dropped"] | None = None


Record = Page | Article | Poll | Tick | Control | Event | StatedSignal | Tombstone | Notification | Receipt | DeadLetter
RECORDS: tuple[type[Struct], ...] = (
    Page,
    Article,
    Poll,
    Tick,
    Control,
    Event,
    StatedSignal,
    Tombstone,
    Notification,
    Receipt,
    DeadLetter,
)
