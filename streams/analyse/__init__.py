"""analyse: from a page to an article with everything that can be read out of it. A map: no I/O, no clock, no chance."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tidings.lexicon import VERSION, Lexicon
from tidings.records import (
    AnySignal,
    Article,
    Attachment,
    Identifier,
    Mention,
    Page,
    Poll,
    Published,
    Record,
    Span,
    content_id,
    signal_key,
    signal_type,
)
from tidings.steps import Outcome

if TYPE_CHECKING:
    from streams.analyse.document import Reading
    from streams.analyse.frames import Document
    from tidings.layout import Layout

#: What made an article; changes whenever analysis does.
READER = f"analyse/2 lexicon/{VERSION}"

Extract = Callable[["Reading", Page], Article]


#: Enough to load every model that analysis uses.
_SAMPLES = (
    "<title>Exports</title><p>China's exports of medical devices rose 5% year on year in 2025, customs figures show.",
    "<title>Devis</title><p>Les exportations de dispositifs ont progressé de cinq pour cent selon les douanes.",
    "<title>器械</title><p>海关数据显示，2025年我国医疗器械出口额同比增长5%。",
)


def warm_up(analyse: Callable[[Record], Record | Outcome]) -> None:
    """Analyse a little, so that models are loaded: that takes seconds during which no other thread runs."""
    for number, text in enumerate(_SAMPLES):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        analyse(Page(source="warm-up", url=f"urn:tidings:{number}", fetched_at=at, body=text.encode()))


def analyser(lexicon: Lexicon, layouts: Mapping[str, "Layout"]) -> Callable[[Record], Record | Outcome]:
    """The map from pages to articles. `layouts`: how each source's pages are laid out, by the source's name.

    The map raises PermanentError for a page that cannot be read, and returns an Outcome for a page that is no article.
    """
    from streams.analyse.document import read  # heavy: parsers and date readers

    extract = extractor(lexicon)

    def analyse(record: Record) -> Record | Outcome:
        if isinstance(record, Poll):
            return record  # handed on behind its articles
        if not isinstance(record, Page):
            return Outcome(word="ignored", detail=type(record).__name__)
        reading = read(record, layouts.get(record.source))
        return reading if isinstance(reading, Outcome) else extract(reading, record)

    return analyse


def extractor(lexicon: Lexicon) -> Extract:
    """The half of analysis that needs no page: from text to companies, identifiers, class and signals."""
    from streams.analyse.classify import classifier
    from streams.analyse.frames import Document
    from streams.analyse.mentions import finder

    find_names, classify = finder(lexicon), classifier(lexicon)

    def extract(reading: "Reading", page: Page) -> Article:
        document = Document(
            title=reading.title,
            body=reading.body,
            language=reading.language,
            published=printed_date(reading.published),
            lexicon=lexicon,
            find_names=find_names,
        )
        kind = classify(document)
        article_id = content_id(reading.url)
        return Article(
            id=article_id,
            revision=content_id(
                reading.title, reading.body, *(part for a in reading.attachments for part in _parts(a))
            ),
            url=reading.url,
            source=page.source,
            origin=reading.origin,
            title=reading.title,
            body=reading.body,
            attachments=reading.attachments,
            language=reading.language,
            published=reading.published,
            fetched_at=page.fetched_at,
            live=page.live,
            reader=READER,
            relevant=kind.relevant,
            topics=kind.topics,
            devices=kind.devices,
            companies=tuple(_companies(document)),
            identifiers=tuple(_identifiers(document)),
            signals=tuple(_signals(document, article_id)) if kind.relevant else (),
        )

    return extract


def printed_date(published: Published | None) -> date | None:
    """The calendar date as printed, in the zone of the page; None if unknown or no finer than a month."""
    if published is None or published.precision in ("month", "year"):
        return None
    sign = -1 if published.zone.startswith("-") else 1
    hours, _, minutes = published.zone.lstrip("+-").partition(":")
    return (published.value + sign * timedelta(hours=int(hours), minutes=int(minutes or 0))).date()


def _parts(attachment: Attachment) -> tuple[str, str, str]:
    return attachment.name, attachment.url, attachment.text


def _companies(document: "Document") -> Iterator[Mention]:
    spans: dict[str, list[Span]] = {}
    for frame in (*document.titles, *document.frames):
        for name in frame.named("company"):
            spans.setdefault(name.name, []).append(Span(field=frame.field, start=name.start, end=name.end))
    return (Mention(name=name, spans=tuple(where)) for name, where in spans.items())


def _identifiers(document: "Document") -> Iterator[Identifier]:
    for frame in (*document.titles, *document.frames):
        for number in frame.numbers:
            yield Identifier(
                kind=number.kind, value=number.value, span=Span(field=frame.field, start=number.start, end=number.end)
            )


def _signals(document: "Document", article_id: str) -> Iterator[AnySignal]:
    """Every finder's signals, keyed; of two that tell the same fact, the one that is surer, then the first."""
    from streams.analyse.signals import FINDERS

    best: dict[str, AnySignal] = {}
    for kind, find in FINDERS.items():
        for signal in find(document):
            assert signal_type(signal) == kind, f"the finder of {kind} gave a {signal_type(signal)}"
            field = document.title if signal.evidence.field == "title" else document.body
            assert 0 <= signal.evidence.start < signal.evidence.end <= len(field), (
                f"{kind}: evidence lies outside the {signal.evidence.field}"
            )
            key = signal_key(article_id, signal)
            if key not in best or signal.confidence > best[key].confidence:
                best[key] = replace(signal, key=key)
    yield from best.values()
