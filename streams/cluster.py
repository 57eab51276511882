"""The cluster fold: intake to events. What is new, what was edited, what is a copy; every reader sees its order.

State is SQLite: the newest revision of each article here, the stories in stories.py.
"""

import sqlite3
from datetime import datetime

import msgspec

from streams import stories
from tidings.errors import PermanentError
from tidings.records import (
    AnySignal,
    Article,
    Change,
    Control,
    Event,
    Poll,
    Record,
    Story,
    Tick,
    signal_subject,
)
from tidings.steps import Fold, Outcome

SCHEMA = (
    stories.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, revision TEXT NOT NULL, reader TEXT NOT NULL, story TEXT NOT NULL,
    first_seen TEXT NOT NULL, signals BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS readings (
    article TEXT, fetched_at TEXT, revision TEXT, reader TEXT, PRIMARY KEY (article, fetched_at, revision, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last_seen (what TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
"""
)

_encode = msgspec.json.encode
_signals: msgspec.json.Decoder[tuple[AnySignal, ...]] = msgspec.json.Decoder(tuple[AnySignal, ...])


def cluster_fold() -> Fold:
    """The step: articles, polls, ticks and controls in; events out."""
    return Fold(name="cluster", source="intake", sink="events", schema=SCHEMA, apply=apply)


def apply(state: sqlite3.Connection, offset: int, record: Record) -> list[Record] | Outcome:
    """One event for each record that says something new; "unchanged" or "repeated" for the rest."""
    pos = (offset, 0)
    event: Event | Outcome | None
    match record:
        case Article():
            event = _article(state, record, pos)
        case Poll():
            later = _later(state, f"poll {record.source}", record.at)
            event = Event(pos=pos, at=record.at, kind="poll", poll=record, live=False) if later else None
        case Tick():
            later = _later(state, "tick", record.at)
            event = Event(pos=pos, at=record.at, kind="tick", live=False) if later else None
        case Control():
            event = Event(pos=pos, at=record.at, kind="control", control=record, live=False)
        case _:
            raise PermanentError(f"intake holds no {type(record).__name__}: only articles, polls, ticks and controls")
    if event is None:
        return Outcome(word="repeated")
    return [event] if isinstance(event, Event) else event


def _article(state: sqlite3.Connection, article: Article, pos: tuple[int, int]) -> Event | Outcome:
    fresh = _fresh(state, article)
    known = state.execute(
        "SELECT revision, reader, story, first_seen, signals FROM articles WHERE id = ?", (article.id,)
    ).fetchone()
    if known is None:
        return _first(state, article, pos)
    revision, reader, story, first_seen, signals = known
    if (revision, reader) == (article.revision, article.reader):
        return Outcome(word="unchanged")
    if not fresh:
        return Outcome(word="repeated")
    return _again(state, article, pos, revision, stories.get(state, story), first_seen, _signals.decode(signals))


def _fresh(state: sqlite3.Connection, article: Article) -> bool:
    """False for a reading that came before: a killed worker repeats its batch, and what it read then is no new edit."""
    reading = (article.id, article.fetched_at.isoformat(), article.revision, article.reader)
    return state.execute("INSERT OR IGNORE INTO readings VALUES (?, ?, ?, ?)", reading).rowcount > 0


def _first(state: sqlite3.Connection, article: Article, pos: tuple[int, int]) -> Event:
    story = stories.join(state, article)
    _remember(state, article, story.id, article.fetched_at)
    return Event(
        pos=pos,
        at=article.fetched_at,
        kind="new" if story.lead == article.id else "repost",
        article=article,
        story=story,
        added=article.signals,
        live=article.live,
    )


def _again(
    state: sqlite3.Connection,
    article: Article,
    pos: tuple[int, int],
    revision: str,
    story: Story,
    first_seen: str,
    before: tuple[AnySignal, ...],
) -> Event:
    """Another revision, or the same one read by another reader: what was added, changed, removed."""
    edited = revision != article.revision
    at = datetime.fromisoformat(first_seen)
    added, changed, removed = difference(article.id, before, article.signals)
    stories.remember_text(state, article, story)
    _remember(state, article, story.id, at)
    return Event(
        pos=pos,
        at=at,
        kind="revised" if edited else "reanalysed",
        article=article,
        story=story,
        added=added,
        changed=changed,
        removed=removed,
        live=article.live and edited,
    )


def difference(
    article_id: str, before: tuple[AnySignal, ...], after: tuple[AnySignal, ...]
) -> tuple[tuple[AnySignal, ...], tuple[Change, ...], tuple[AnySignal, ...]]:
    """(added, changed, removed) facts between two readings of one article; wording and place do not count.

    A fact is changed if its subject stayed and its figure or attributes did not.
    """
    old = {signal.key: signal for signal in before}
    new = {signal.key: signal for signal in after}
    changed = [
        Change(before=old[key], after=new[key])
        for key in sorted(old.keys() & new.keys())
        if _differ(old[key], new[key])
    ]
    removed = [signal for key, signal in old.items() if key not in new]
    added = []
    for signal in (signal for key, signal in new.items() if key not in old):
        subject = signal_subject(article_id, signal)
        was = next((gone for gone in removed if signal_subject(article_id, gone) == subject), None)
        if was is None:
            added.append(signal)
        else:
            removed.remove(was)
            changed.append(Change(before=was, after=signal))
    return tuple(added), tuple(changed), tuple(removed)


def _differ(a: AnySignal, b: AnySignal) -> bool:
    bare = {"evidence": a.evidence, "confidence": a.confidence}
    return a != msgspec.structs.replace(b, **bare)


def _remember(state: sqlite3.Connection, article: Article, story: str, first_seen: datetime) -> None:
    state.execute(
        "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?)",
        (article.id, article.revision, article.reader, story, first_seen.isoformat(), _encode(article.signals)),
    )


def _later(state: sqlite3.Connection, what: str, at: datetime) -> bool:
    """True if `at` is later than the last of its kind; false for one that a restarted process appended again."""
    row = state.execute("SELECT at FROM last_seen WHERE what = ?", (what,)).fetchone()
    if row and datetime.fromisoformat(row[0]) >= at:
        return False
    state.execute("INSERT OR REPLACE INTO last_seen VALUES (?, ?)", (what, at.isoformat()))
    return True
