"""What an index of articles can do, and what it gives back. Implementations: search/tantivy.py, search/elastic.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tidings.documents import Document
from tidings.query import Query
from tidings.records import Span

Order = Literal["newest", "best"]

#: Fields whose values can be counted.
FACETS = (
    "source", "type", "company", "device", "topic", "region", "language", "origin", "action", "metric", "authority",
)  # fmt: skip
#: Values counted of one field.
FACET_VALUES_MAX = 1_000
#: Hits of one answer.
HITS_MAX = 1_000
#: How far down "best" can be paged.
BEST_HITS_MAX = 10_000
#: Articles of one story that are given.
STORY_ARTICLES_MAX = 1_000


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One article that matches."""

    document: Document
    #: What to mark in title and body: `tidings.query.matches`.
    spans: tuple[Span, ...]
    #: None when ordered by time. Comparable within one answer only.
    score: float | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """One page of an answer."""

    #: All that match, not only those given.
    total: int
    hits: list[Hit]
    #: Field -> (value as written, articles), the most frequent first, then by value; FACET_VALUES_MAX at most.
    facets: dict[str, list[tuple[str, int]]]
    #: Give it as `after` for the page that follows; None if this is the last.
    next: str | None


class Index(Protocol):
    """Articles, each in its newest revision.

    For the same events every implementation gives the same totals, hits, facets and newest-first order, and they equal
    what `tidings.query.matches` says; the order "best" is each one's own.
    """

    def put(self, documents: Sequence[Document], upto: int, *, removed: Sequence[str] = ()) -> None:
        """Add or replace `documents` by article id, drop the articles `removed`, and remember the position.

        `upto`: offset in events up to which everything is in; it never goes back. Durable and visible when it returns;
        the same call again changes nothing. Of several documents of one article the last counts.
        When it fails, tantivy holds nothing of the call; Elasticsearch may hold a part, which shows once the same call
        is made again and completes it (or, sooner, when its node starts again), or all, if only the answer was lost.
        Raises StepBusyError if another process writes this index. If the disk is full: StorageError, of a server
        TransientError, as for all that passes by itself. PermanentError names an article that a server refuses.
        """

    def upto(self) -> int:
        """The offset given with the last `put`; -1 for a new index."""

    def search(
        self,
        query: Query,
        *,
        order: Order = "newest",
        limit: int = 20,
        after: str | None = None,
        facets: Sequence[str] = (),
    ) -> Result:
        """Up to `limit` hits, at most HITS_MAX.

        newest: by publication (first seen, if the page states none), the latest first, then by article id; pages
        neither repeat nor skip an article that was there from the start. best: by relevance, BEST_HITS_MAX deep.
        `after`: `next` of the page before, in the same order. Raises QueryError if it is none.
        `facets`: names of FACETS to count over all that match.
        Raises TransientError, as every call does, while a server does not answer.
        """

    def get(self, article_id: str) -> Document | None:
        """The article; None if the index does not hold it."""

    def story(self, story_id: str) -> list[Document]:
        """The articles of a story, in order of arrival; STORY_ARTICLES_MAX at most."""

    def clear(self) -> None:
        """Forget everything, even what another version wrote or what is damaged; `upto()` is -1 after."""

    def close(self) -> None:
        """Let go of files and connections; finish what runs in the background."""
