"""What the tests of the alert desk share: a reading of pages in which each signal is written out."""

import msgspec
import pytest

from tidings import lexicon as names
from tidings.errors import PageError
from tidings.records import AnySignal, Article, Page, Span, content_id
from tidings.steps import Outcome

#: A line of the text that begins so asserts the signal that follows, in JSON.
MARK = "SIGNAL "


@pytest.fixture(scope="session")
def lexicon():
    return names.load()


@pytest.fixture(scope="session")
def analyse():
    """Reads an ingested article whose signals stand in its text, so that rules are tested apart from extraction."""

    def read(page: Page) -> Article | Outcome:
        given = msgspec.json.decode(page.body)
        body = given["text"]
        if body == "unreadable":
            raise PageError("ingested article: no text; want some")
        if body == "empty":
            return Outcome(word="no-text")
        return Article(
            id=content_id(page.url),
            revision=content_id(given["title"], body),
            url=page.url,
            source=page.source,
            origin=page.source,
            title=given["title"],
            body=body,
            language="en",
            fetched_at=page.fetched_at,
            reader="tests/1",
            relevant=True,
            signals=tuple(_signals(body)),
        )

    return read


def _signals(body: str):
    start = 0
    for line in body.splitlines(keepends=True):
        if line.startswith(MARK):
            evidence = Span(field="body", start=start, end=start + len(line.rstrip()))
            given = msgspec.json.decode(line.removeprefix(MARK)) | {"evidence": msgspec.to_builtins(evidence)}
            yield msgspec.convert(given, AnySignal)
        start += len(line)
