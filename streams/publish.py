"""The public topic "signals": what is stated now, by signal key; withdrawn ones leave a tombstone.

A function of events alone, so that a restart writes the same again; on a compacted topic the last word of a key counts.
"""

from collections.abc import Iterator, Sequence

from tidings.records import AnySignal, Article, Event, Record, StatedSignal, Tombstone
from tidings.steps import Log, Sink


def publish_sink(log: Log) -> Sink:
    """The step: events in, signals by key out."""

    def write(batch: Sequence[tuple[int, Record]]) -> None:
        told = [record for _, event in batch if isinstance(event, Event) for record in signals(event)]
        log.append("signals", told)

    return Sink(name="publish", source="events", write=write)


def signals(event: Event) -> Iterator[StatedSignal | Tombstone]:
    """What the event changes: tombstones first, so that a fact which kept its key is stated at the end."""
    article = event.article
    if article is None:
        return
    stays = set() if event.kind == "withdrawn" else {signal.key for signal in article.signals}
    gone = [signal.key for signal in event.removed] + [change.before.key for change in event.changed]
    if event.kind == "withdrawn":
        gone += [signal.key for signal in article.signals]
    yield from (Tombstone(key=key) for key in dict.fromkeys(gone) if key not in stays)
    if event.kind != "withdrawn":
        yield from (_stated(event, article, signal) for signal in article.signals)


def _stated(event: Event, article: Article, signal: AnySignal) -> StatedSignal:
    text = article.title if signal.evidence.field == "title" else article.body
    return StatedSignal(
        key=signal.key,
        pos=event.pos,
        at=event.at,
        live=event.live,
        article=article.id,
        revision=article.revision,
        url=article.url,
        title=article.title,
        source=article.source,
        origin=article.origin,
        language=article.language,
        published=article.published,
        story=event.story.id if event.story else "",
        signal=signal,
        evidence=text[signal.evidence.start : signal.evidence.end],
    )
