"""The article page: the text with its evidence marked, and beside each stretch the notes on what was read out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from search import facts, marks, times
from search.form import Form
from search.security import safe_link
from search.views import author, chip_view, dates_view, doubt, evidence_anchor, note_anchor
from tidings.dates import is_late, to_the_minute
from tidings.documents import Document
from tidings.records import Article, Signal, Span, signal_type
from tidings.wording import heading

#: Attachments and articles of one story that the page lists.
ATTACHMENTS_MAX = 50
STORY_ARTICLES_MAX = 100


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """Where a signal's words and its note stand on the page."""

    type: str
    name: str
    note: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A name that leads to a search; or just a name."""

    name: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What one signal says, for the margin."""

    number: int
    anchor: str
    evidence: str
    type: str
    name: str
    parts: tuple[str, ...]
    companies: list[Tag]
    details: list[facts.Detail]
    circumstances: list[str]
    unsure: str


@dataclass(frozen=True, kw_only=True)
class BlockView:
    """A paragraph or a table, and the notes that stand beside it."""

    pieces: marks.Line | None
    table: marks.Table | None
    notes: list[Note]


@dataclass(frozen=True, kw_only=True)
class About:
    """One line below the text."""

    label: str
    tags: list[Tag]


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment; `link` is None if its address may not become one."""

    name: str
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """One article of the story."""

    title: str
    url: str
    language: str
    source: str
    origin: str
    because: str
    seen: str
    seen_machine: str
    here: bool


def page(document: Document, story: Sequence[Document], spans: Sequence[Span], form: Form) -> dict[str, Any]:
    """Everything that the article's template shows; `spans` are what the search matched."""
    article = document.article
    anchors = _anchors(article.signals)
    notes = [_note(number, signal, anchors[number]) for number, signal in enumerate(article.signals)]
    title_marks = _marks(article.title, "title", article, spans)
    body = article.body[: marks.BODY_CHARACTERS_MAX]
    blocks = [_block(block, notes) for block in marks.blocks(body, _marks(article.body, "body", article, spans))]
    link = safe_link(article.url)
    return {
        "article": article,
        "title": marks.line(article.title or article.url, title_marks if article.title else []),
        "title_notes": [note for note in notes if article.signals[note.number - 1].evidence.field == "title"],
        "anchors": anchors,
        "blocks": blocks,
        "cut": len(article.body) > len(body),
        "cut_notes": [note for note in notes if _is_cut(article.signals[note.number - 1].evidence, len(body))],
        "origin": author(article),
        "dates": dates_view(article.published, document.seen),
        "late": document.live and is_late(article.published, document.seen),
        "link": link,
        "link_text": urlsplit(link).hostname if link else "",
        "about": _about(article),
        "attachments": [
            File(name=file.name or file.url, link=safe_link(file.url)) for file in article.attachments[:ATTACHMENTS_MAX]
        ],
        "story": [_told(told, article.id, form) for told in story[:STORY_ARTICLES_MAX]],
    }


def _marks(text: str, field: str, article: Article, spans: Sequence[Span]) -> list[marks.Mark]:
    return marks.evidence_marks(text, field, article.signals) + marks.query_marks(field, spans)


def _anchors(signals: Sequence[Signal]) -> list[Anchor]:
    """A place for each signal; of two signals of one key the second goes by its number."""
    taken: set[str] = set()
    anchors = []
    for number, signal in enumerate(signals, start=1):
        note, evidence = note_anchor(signal), evidence_anchor(signal)
        if not signal.key or signal.key in taken:
            note, evidence = f"signal-{number}", f"evidence-{number}"
        taken.add(signal.key)
        kind = signal_type(signal)
        anchors.append(Anchor(type=kind, name=heading(kind), note=note, evidence=evidence))
    return anchors


def _note(number: int, signal: Signal, anchor: Anchor) -> Note:
    chip = chip_view(signal, "")
    return Note(
        number=number + 1,
        anchor=anchor.note,
        evidence=anchor.evidence,
        type=anchor.type,
        name=anchor.name,
        parts=chip.parts,
        companies=[_search("company", name) for name in signal.companies],
        details=[detail for detail in facts.details(signal) if detail.value not in chip.parts],
        circumstances=[text for text in facts.circumstances(signal) if text not in chip.parts],
        unsure=doubt(signal),
    )


def _block(block: marks.Paragraph | marks.Table, notes: Sequence[Note]) -> BlockView:
    return BlockView(
        pieces=block.pieces if isinstance(block, marks.Paragraph) else None,
        table=block if isinstance(block, marks.Table) else None,
        notes=[notes[number] for number in block.signals],
    )


def _is_cut(evidence: Span, shown: int) -> bool:
    return evidence.field == "body" and evidence.start >= shown


def _about(article: Article) -> list[About]:
    """Names that lead to searches; a line without names is left out."""
    lines: Mapping[str, list[Tag]] = {
        "Companies": [_search("company", mention.name) for mention in article.companies],
        "Devices": [_search("device", device) for device in article.devices],
        "Topics": [_search("topic", topic) for topic in article.topics],
        "Numbers": [_number(value) for value in dict.fromkeys(number.value for number in article.identifiers)],
        "Language": [_search("language", article.language)],
        "Relevant": [] if article.relevant else [Tag(name="no: not about medical devices")],
    }
    return [About(label=label, tags=tags) for label, tags in lines.items() if tags]


def _search(field: str, value: str) -> Tag:
    return Tag(name=facts.value_name(field, value), url=Form(filters=((field, value),)).address())


def _number(value: str) -> Tag:
    quoted = value.replace('"', "")
    return Tag(name=value, url=Form(q=f'number:"{quoted}"').address())


def _told(document: Document, here: str, form: Form) -> Told:
    article = document.article
    return Told(
        title=article.title or article.url,
        url=form.article(article.id),
        language=article.language,
        source=article.source,
        origin=author(article),
        because=document.story.joined_because,
        seen=to_the_minute(document.seen),
        seen_machine=times.machine(document.seen),
        here=article.id == here,
    )
