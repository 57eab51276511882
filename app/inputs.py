"""Files a person hands in, as pages: article JSONL, saved HTML, plain text."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from tidings.errors import PageError
from tidings.records import Page, content_id

#: Longest file read as one page, as for fetched pages.
BODY_BYTES_MAX = 10_000_000

ARTICLE = "application/x-tidings-article"
KINDS = {".html": "text/html", ".htm": "text/html", ".xhtml": "text/html", ".txt": "text/plain", ".md": "text/plain"}


def pages(path: Path, now: datetime, *, live: bool, source: str = "ingest") -> Iterator[Page | PageError]:
    """The pages in one file ("-" is standard input, read as JSONL); a line or file that is none gives a PageError."""
    if str(path) == "-":
        import sys

        yield from _lines(sys.stdin.buffer, "standard input", now, live, source)
    elif path.suffix in (".jsonl", ".ndjson", ".json"):
        with path.open("rb") as file:
            yield from _lines(file, path.name, now, live, source)
    else:
        yield _file(path, now, live, source)


def _lines(file: IO[bytes], name: str, now: datetime, live: bool, source: str) -> Iterator[Page | PageError]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield _line(line.strip(), f"{name}, line {number}", now, live, source)


def _line(line: bytes, where: str, now: datetime, live: bool, source: str) -> Page | PageError:
    try:
        article = json.loads(line)
        url = article.get("url") or f"urn:tidings:{article['id']}"
    except (ValueError, AttributeError, KeyError, TypeError):
        return PageError(f"{where}: no article; want a JSON object with id, url, title, published and text")
    kept = {key: article.get(key) for key in ("id", "url", "title", "published", "text")}
    body = json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()
    return Page(
        source=source, url=str(url), fetched_at=now, content_type=ARTICLE, charset="utf-8", body=body, live=live
    )


def _file(path: Path, now: datetime, live: bool, source: str) -> Page | PageError:
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        return PageError(f"{path}: a {path.suffix or 'nameless kind of'} file; want .jsonl, .html or .txt")
    if path.stat().st_size > BODY_BYTES_MAX:
        return PageError(f"{path}: {path.stat().st_size} bytes; want at most {BODY_BYTES_MAX}")
    url = f"urn:tidings:{content_id(path.resolve())}:{path.name}"
    return Page(source=source, url=url, fetched_at=now, content_type=kind, body=path.read_bytes(), live=live)
