"""A notification in plain words: what every form of it (text, HTML, blocks) shows, cleaned once.

Titles, evidence and addresses come from pages that anybody may have written. Here they lose what could do harm or
mislead in any form: control characters, line breaks in one-line fields, characters that turn the reading direction.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.facts import headline
from tidings.dates import printed, to_the_minute, zone_note
from tidings.figures import unshortened
from tidings.records import Item, Notification, Published
from tidings.wording import shortened

SUBJECT_CHARACTERS_MAX = 180
TITLE_CHARACTERS_MAX = 500
EVIDENCE_CHARACTERS_MAX = 2000
URL_CHARACTERS_MAX = 2000

#: Zero-width (non-)joiners, which Persian and the scripts of India spell with.
_JOINERS = "\u200c\u200d"
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{|}]+")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What one item asserts, and the words that assert it."""

    #: The signal's headline; "" for a query rule.
    headline: str
    #: The exact figure where the headline shows a rounded one; else "".
    exact: str
    #: Line by line.
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One article and what is told from it; every field ready to show and none of it markup."""

    facts: tuple[Fact, ...]
    title: str
    #: http or https; "" if the article has no address that one may follow.
    url: str
    #: The article's page in Tidings; "" if its address is not known.
    page: str
    origin: str
    published: str
    seen: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class View:
    """One notification."""

    subject: str
    sources: tuple[Source, ...]
    #: "Why: rule ..."
    because: str
    #: "and 12 more in the article", or "".
    more: str


def view(notification: Notification, *, site: str = "") -> View:
    """What to show of `notification`. `site`: the address of the search page, for links to it; "" for none."""
    assert notification.items, f"notification {notification.id} without items"
    articles = itertools.groupby(notification.items, key=lambda item: item.article)
    sources = tuple(_source(list(items), site) for _, items in articles)
    held = notification.held
    return View(
        subject=_subject(sources[0], len(notification.items) - 1 + held),
        sources=sources,
        because=f"Why: {cleaned(notification.because)}",
        more=f"and {held} more in the article" if held else "",
    )


def cleaned(text: str) -> str:
    """`text` on one line: white space of any kind is one space, control and direction characters are gone."""
    return "".join(character for character in " ".join(text.split()) if not _hidden(character))


def when(published: Published | None) -> str:
    """The date as the page states it, a time of day with its zone: "2024-05-17 09:30 +08:00"."""
    return f"{printed(published)} {zone_note(published)}".rstrip() if published else "not stated"


def _subject(source: Source, others: int) -> str:
    fact = source.facts[0].headline or " · ".join(part for part in (source.title, source.origin) if part)
    end = "".join([f" (+{others} more)" if others else "", " · late" if source.late else ""])
    return shortened(fact, SUBJECT_CHARACTERS_MAX - len(end)) + end


def _source(items: Sequence[Item], site: str) -> Source:
    item = items[0]
    return Source(
        facts=tuple(_fact(item) for item in items),
        title=shortened(cleaned(item.title) or "(no title)", TITLE_CHARACTERS_MAX),
        url=_followable(item.url),
        page=f"{site.rstrip('/')}/article/{item.article}" if site else "",
        origin=cleaned(item.origin or item.source),
        published=when(item.published),
        seen=f"{to_the_minute(item.first_seen)} UTC",
        late=item.late,
    )


def _fact(item: Item) -> Fact:
    signal = item.signal
    return Fact(
        headline=cleaned(headline(signal)) if signal else "",
        exact=unshortened(signal) if signal else "",
        evidence=_rows(shortened(item.evidence, EVIDENCE_CHARACTERS_MAX)),
    )


def _rows(text: str) -> tuple[str, ...]:
    """Evidence line by line; the cells of a table row are set apart."""
    lines = (" | ".join(cleaned(cell) for cell in line.split("\t") if cell.strip()) for line in text.splitlines())
    return tuple(line for line in lines if line)


def _followable(url: str) -> str:
    """The address if it leads somewhere on the web; "" for urn:, javascript: and anything with odd characters."""
    plain = len(url) <= URL_CHARACTERS_MAX and _WEB_ADDRESS.fullmatch(url)
    return url if plain and cleaned(url) == url else ""


def _hidden(character: str) -> bool:
    # Cf: zero-width characters and those that turn the reading direction; a surrogate cannot be sent at all.
    return unicodedata.category(character) in ("Cc", "Cs", "Cf") and character not in _JOINERS
