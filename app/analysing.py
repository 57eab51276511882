"""`tidings analyse`: what analysis finds, printed; nothing is stored."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from app.inputs import ARTICLE, pages
from tidings.errors import PageError, PermanentError
from tidings.records import Article, Page
from tidings.steps import Outcome

if TYPE_CHECKING:
    from app.wiring import Service


def analysed(service: "Service", file: Path) -> int:
    """Print one JSON line an article in the flat shape of docs/signals.md; a bad one is named on standard error."""
    faults = 0
    for page in pages(file, service.clock(), live=False):
        try:
            line = _line(service, page)
        except PermanentError as error:
            faults += 1
            click.echo(f"tidings: {error}", err=True)
        else:
            sys.stdout.buffer.write(line + b"\n")
    return 1 if faults else 0


def _line(service: "Service", page: Page | PageError) -> bytes:
    from streams.analyse.flat import flat

    if isinstance(page, PageError):
        raise page
    result = service.analyse(page)
    if isinstance(result, Outcome):
        raise PageError(f"{page.url}: {result.word} {result.detail}".strip())
    assert isinstance(result, Article)
    return msgspec.json.encode({**flat(result), "id": _given_id(page) or result.id})


def _given_id(page: Page) -> Any:
    """The id that the input bore: a scorer pairs by it."""
    return msgspec.json.decode(page.body).get("id") if page.content_type == ARTICLE else None
