"""Which articles are one story. State is SQLite: the tables below, in the cluster fold's own file.

Here only what is certain joins: the same text under another address. Near copies come with facts that may veto them.
"""

import re
import sqlite3

import msgspec

from tidings.records import Article, Story, content_id
from tidings.terms import fold

SCHEMA = """
CREATE TABLE IF NOT EXISTS stories (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (hash TEXT PRIMARY KEY, story TEXT NOT NULL) WITHOUT ROWID;
"""

#: A shorter body ("see attachment") says too little to be recognised by; its title must agree as well.
BODY_CHARACTERS_MIN = 120

_encode = msgspec.json.encode
_decode: msgspec.json.Decoder[Story] = msgspec.json.Decoder(Story)


def join(state: sqlite3.Connection, article: Article) -> Story:
    """Put a new article into the story that has its text, or into one of its own."""
    text = text_hash(article)
    row = state.execute("SELECT story FROM texts WHERE hash = ?", (text,)).fetchone()
    story = _joined(get(state, row[0]), article) if row else _alone(article)
    _put(state, story)
    remember_text(state, article, story)
    return story


def remember_text(state: sqlite3.Connection, article: Article, story: Story) -> None:
    """Let later copies of this revision find the story; the first story with a text keeps it."""
    state.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (text_hash(article), story.id))


def get(state: sqlite3.Connection, story_id: str) -> Story:
    """A story as it stands."""
    return _decode.decode(state.execute("SELECT body FROM stories WHERE id = ?", (story_id,)).fetchone()[0])


def text_hash(article: Article) -> str:
    """The same for two articles whose words are the same: width, case, spaces and punctuation aside.

    A line that credits the origin ("来源：…", "Source: …") is not part of the words: it is what a repost adds.
    """
    body = "\n".join(line for line in article.body.splitlines() if not CREDIT.match(line))
    words = re.sub(r"\W+", "", fold(body))
    return content_id(words) if len(words) >= BODY_CHARACTERS_MIN else content_id(fold(article.title), words)


CREDIT = re.compile(
    r"\s*(?:来源|來源|文章来源|转自|本文来源|Source|Originally published (?:by|at|in))\s*[:：].{0,80}$", re.I
)


def _alone(article: Article) -> Story:
    return Story(id=content_id("story", article.id), lead=article.id, articles=(article.id,), origins=(article.origin,))


def _joined(story: Story, article: Article) -> Story:
    return msgspec.structs.replace(
        story,
        articles=(*story.articles, article.id),
        origins=tuple(dict.fromkeys((*story.origins, article.origin))),
        joined_because="same text",
    )


def _put(state: sqlite3.Connection, story: Story) -> None:
    state.execute("INSERT OR REPLACE INTO stories VALUES (?, ?)", (story.id, _encode(story)))
