"""Articles that a person hands in as JSON: checked once, here, and believed after that."""

import re
from datetime import datetime

import msgspec

from streams.analyse import dates, prose
from streams.analyse.metadata import plain
from tidings.errors import PageError
from tidings.records import Page, Published

CONTENT_TYPE = "application/x-tidings-article"

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")


class Ingested(msgspec.Struct, frozen=True, kw_only=True):
    """One line of article JSONL."""

    title: str
    text: str
    id: str = ""
    url: str | None = None
    #: "2025-11-24" or a time with or without offset; None if unknown.
    published: str | None = None


def read(page: Page) -> Ingested:
    """The article in `page`'s body. Raises PageError that says which field is wrong."""
    try:
        return msgspec.json.decode(page.body, type=Ingested)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PageError(
            f"{page.url}: this is no article ({error}); "
            'want a JSON object with "title", "text" and, if known, "id", "url", "published" ("2025-11-24")'
        ) from error


def title(article: Ingested) -> str:
    """Its title, as one line of plain text."""
    return plain(article.title)


def body(article: Ingested) -> str:
    """Its text, verbatim but for spaces and characters that show nothing; tabs between the cells of a row stay."""
    lines = ("\t".join(map(prose.tidy, line.split("\t"))).strip() for line in article.text.splitlines())
    return "\n".join(line for line in lines if line)


def published(article: Ingested, page: Page, zone: str) -> Published | None:
    """Its date; None if it has none or one more than 24 hours after the page was fetched.

    Raises PageError for a value that is no date: whoever hands in an article can mend it.
    """
    if not article.published:
        return None
    if not _is_iso(article.published):
        raise PageError(
            f'{page.url}: "published" is "{article.published[:40]}"; '
            'want "2025-11-24", "2025-11-24T09:30:00+08:00" or null'
        )
    return dates.parse(article.published, zone=zone, fetched_at=page.fetched_at, found="input")


def _is_iso(text: str) -> bool:
    try:
        return bool(_ISO.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False
