"""What the alert fold remembers, in SQLite: how far it got, the rules in force, what it told of, what it decided.

Nothing here commits: the runner does, together with the position.
"""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from tidings.records import Pos

SCHEMA = """
CREATE TABLE IF NOT EXISTS alert_pos (only INTEGER PRIMARY KEY CHECK (only = 1), at INTEGER, i INTEGER);
CREATE TABLE IF NOT EXISTS rule_sets (
    at INTEGER, i INTEGER, body TEXT NOT NULL, PRIMARY KEY (at, i)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (
    rule TEXT, story TEXT, article TEXT NOT NULL, at INTEGER NOT NULL, i INTEGER NOT NULL, silent INTEGER NOT NULL,
    PRIMARY KEY (rule, story)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decisions (
    article TEXT, at INTEGER, i INTEGER, rule TEXT, decision TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (article, at, i, rule)
) WITHOUT ROWID;
"""

#: "notified" and "silent" happen once per rule and story; "told" says that one of them had happened before.
Verdict = Literal["notified", "silent", "told", "no-rule"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What one rule made of one event of an article."""

    article: str
    #: Of the event.
    pos: Pos
    rule: str
    decision: Verdict
    #: For people: why it fired, which article had told the story, or what was wanting.
    detail: str


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The one time that a rule told a story, or would have had the article been live."""

    article: str
    silent: bool


def last(state: sqlite3.Connection) -> tuple[int, int]:
    """Pos of the last event that was taken; (-1, -1) if none was."""
    row = state.execute("SELECT at, i FROM alert_pos").fetchone()
    return (row[0], row[1]) if row else (-1, -1)


def advance(state: sqlite3.Connection, pos: Pos) -> None:
    """Remember that the event at `pos` was taken."""
    state.execute("INSERT OR REPLACE INTO alert_pos VALUES (1, ?, ?)", pos)


def put_rules(state: sqlite3.Connection, pos: Pos, body: str) -> None:
    """Put a set (the text of a RuleSet) in force for every event after `pos`."""
    state.execute("INSERT OR REPLACE INTO rule_sets VALUES (?, ?, ?)", (*pos, body))


def rules_at(state: sqlite3.Connection, pos: Pos) -> str | None:
    """The text of the set that was in force for the event at `pos`; None if there was none yet."""
    row = state.execute(
        "SELECT body FROM rule_sets WHERE (at, i) < (?, ?) ORDER BY at DESC, i DESC LIMIT 1", pos
    ).fetchone()
    return row[0] if row else None


def telling(state: sqlite3.Connection, rule: str, story: str) -> Telling | None:
    """When `rule` told `story`; None if it never did."""
    row = state.execute("SELECT article, silent FROM told WHERE rule = ? AND story = ?", (rule, story)).fetchone()
    return Telling(article=row[0], silent=bool(row[1])) if row else None


def tell(state: sqlite3.Connection, rule: str, story: str, article: str, pos: Pos, *, silent: bool) -> None:
    """Remember that `rule` told `story`, by this event."""
    state.execute("INSERT INTO told VALUES (?, ?, ?, ?, ?, ?)", (rule, story, article, *pos, silent))


def decide(state: sqlite3.Connection, decision: Decision) -> None:
    """Keep one decision."""
    state.execute(
        "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?)",
        (decision.article, *decision.pos, decision.rule, decision.decision, decision.detail),
    )


def decisions(state: sqlite3.Connection, article: str) -> list[Decision]:
    """What was decided on an article, oldest event first, for every rule that wanted it.

    A rule that did not want it leaves no row: `alerts.desk.why` says what was wanting.
    """
    rows = state.execute(
        "SELECT at, i, rule, decision, detail FROM decisions WHERE article = ? ORDER BY at, i, rule", (article,)
    )
    return [
        Decision(article=article, pos=(at, i), rule=rule, decision=decision, detail=detail)
        for at, i, rule, decision, detail in rows
    ]
