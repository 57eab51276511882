"""The embedded index: tantivy, in one folder. One process writes, any number read.

Terms, stems and keys are made in Python (tidings.terms, tidings.documents), so that tantivy only compares tokens and
agrees with `tidings.query.matches`. Each article stores its document; the position is one more document of the same
commit (tantivy-py has no commit payload), so that after a crash both are there or neither.
"""

import re
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import tantivy
from tantivy import FieldType, Occur

from search.index import (
    BEST_HITS_MAX,
    FACET_VALUES_MAX,
    FACETS,
    HITS_MAX,
    STORY_ARTICLES_MAX,
    Hit,
    Order,
    Result,
)
from tidings.documents import FIELDS, Document, key, keys, newest, values
from tidings.errors import QueryError, StaleIndexError, StepBusyError, StorageError, TidingsError
from tidings.matching import RANGE_FIELDS, TEXT_FIELDS, text_fields, texts, time, tokens
from tidings.query import And, Field, Not, Or, Phrase, Query, Range, Words, matches
from tidings.terms import Pattern, stream, terms

#: Changes whenever terms, stems, keys or the fields below change: what an older version wrote is then refused.
VERSION = "version_1"
#: Memory that the writer fills before it writes a segment.
WRITER_BYTES = 60_000_000
#: Distinct values of one field that are counted exactly.
DISTINCT_VALUES_MAX = 60_000
#: A word in the title counts this much more for "best".
TITLE_BOOST = 3.0

#: Id of the document that holds the position; no article's id, which is hexadecimal.
_POSITION = "~position"
_EARLIEST = -(2**62)
_LATEST = 2**62


class TantivyIndex:
    """An `Index` in `folder`, which need not exist yet. The first `put` makes this process its writer."""

    def __init__(self, folder: Path, *, writer_bytes: int = WRITER_BYTES) -> None:
        self._folder = folder
        self._writer_bytes = writer_bytes
        self._lock = threading.Lock()
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        #: What meta.json was when the index was last read; every commit replaces it.
        self._read: tuple[int, int] | None = None

    def put(self, documents: Sequence[Document], upto: int, *, removed: Sequence[str] = ()) -> None:
        """See Index. One commit; at most one a second is the caller's business."""
        newest_of_each = {document.article.id: document for document in documents}
        with self._writing() as writer:
            for article_id in (*removed, *newest_of_each, _POSITION):
                writer.delete_documents_by_term("id", article_id)
            for document in newest_of_each.values():
                writer.add_document(_to_tantivy(document))
            writer.add_document(tantivy.Document(id=[_POSITION], upto=[max(upto, self.upto())]))
            writer.commit()

    def upto(self) -> int:
        """See Index."""
        found = self._stored("upto", _term("id", _POSITION), 1)
        return found[0] if found else -1

    def search(
        self,
        query: Query,
        *,
        order: Order = "newest",
        limit: int = 20,
        after: str | None = None,
        facets: Sequence[str] = (),
    ) -> Result:
        """See Index."""
        assert 1 <= limit <= HITS_MAX and set(facets) <= set(FACETS), (limit, facets)
        searcher = self._searcher()
        if searcher is None:
            return Result(total=0, hits=[], facets={name: [] for name in facets}, next=None)
        wanted = _compiled(query)
        page = _newest if order == "newest" else _best
        found, following = page(searcher, wanted, limit, after)
        return Result(
            total=_count(searcher, wanted),
            hits=[_hit(query, _document(searcher, address), score) for score, address in found],
            facets=_counts(searcher, wanted, facets),
            next=following,
        )

    def get(self, article_id: str) -> Document | None:
        """See Index."""
        found = self._stored("document", _term("id", article_id), 1)
        return _decode(found[0]) if found else None

    def story(self, story_id: str) -> list[Document]:
        """See Index."""
        found = self._stored("document", _compiled(Field("story", story_id)), STORY_ARTICLES_MAX)
        return sorted(map(_decode, found), key=lambda document: document.pos)

    def clear(self) -> None:
        """See Index. Raises StepBusyError if another process writes this index."""
        try:
            with self._writing():
                pass  # it is ours now
        except StaleIndexError:
            pass
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        """See Index."""
        with self._lock:
            writer, self._writer, self._index = self._writer, None, None
        if writer is not None:
            writer.wait_merging_threads()

    def _stored(self, field: str, query: tantivy.Query, limit: int) -> list[Any]:
        searcher = self._searcher()
        if searcher is None:
            return []
        hits = searcher.search(query, limit, count=False).hits
        return [value for _, address in hits if (value := searcher.doc(address).get_first(field)) is not None]

    def _searcher(self) -> tantivy.Searcher | None:
        """Over the newest commit of any process; None while there is no index yet."""
        with self._lock, _translated(self._folder):
            meta = self._stamp()
            if meta is None:
                self._index = None
            elif self._index is None:
                self._index = tantivy.Index(_SCHEMA, str(self._folder))
            elif meta != self._read:
                self._index.reload()
            self._read = meta
            return self._index.searcher() if self._index else None

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        """The writer; what it did not commit is undone if anything fails."""
        with _translated(self._folder):
            if self._writer is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                index = tantivy.Index(_SCHEMA, str(self._folder))
                # One thread: articles come a few at a time, and fewer segments make faster searches.
                self._writer = index.writer(self._writer_bytes, 1)
            try:
                yield self._writer
            except BaseException:
                try:
                    self._writer.rollback()
                except ValueError:
                    self._writer = None  # what a full disk broke cannot roll back; the next put opens another
                raise

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = (self._folder / "meta.json").stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns


# -- pages of hits ----------------------------------------------------------------------------------------------------

_Page = tuple[list[tuple[float | None, tantivy.DocAddress]], str | None]


def _newest(searcher: tantivy.Searcher, wanted: tantivy.Query, limit: int, after: str | None) -> _Page:
    """Hits by their order keys. A cursor is the key of the last hit: a page begins at a place, not at a count."""
    ties = 0
    if after is not None:
        if not re.fullmatch(r"[0-9]{19} \S{1,200}", after):
            raise QueryError(f'"{after[:40]}" is no page of results by time; want the `next` of the page before')
        at = _LATEST - int(after[:19])
        # tantivy cannot compare keys, only times: take in what is as old as the last hit and skip what was shown.
        ties = _count(searcher, _all_of(wanted, _times("at", at, at)))
        wanted = _all_of(wanted, _times("at", _EARLIEST, at))
    hits = searcher.search(wanted, limit + ties + 1, count=False, order_by_field="order", order=tantivy.Order.Asc).hits
    rest = [(order, address) for order, address in hits if after is None or order > after]
    following = rest[limit - 1][0] if len(rest) > limit else None
    return [(None, address) for _, address in rest[:limit]], following


def _best(searcher: tantivy.Searcher, wanted: tantivy.Query, limit: int, after: str | None) -> _Page:
    if after is not None and not re.fullmatch(r"best [0-9]{1,5}", after):
        raise QueryError(f'"{after[:40]}" is no page of results by relevance; want the `next` of the page before')
    offset = int(after.removeprefix("best ")) if after else 0
    hits = searcher.search(wanted, limit + 1, count=False, offset=min(offset, BEST_HITS_MAX)).hits
    end = offset + limit
    return hits[:limit], f"best {end}" if len(hits) > limit and end < BEST_HITS_MAX else None


def _count(searcher: tantivy.Searcher, wanted: tantivy.Query) -> int:
    return int(searcher.search(wanted, 1).count)  # type: ignore[attr-defined]  # missing in its stub


def _hit(query: Query, document: Document, score: float | None) -> Hit:
    spans = matches(query, document)
    assert spans is not None, f"the index gave {document.article.id} for {query}, which does not match it"
    return Hit(document=document, spans=tuple(spans), score=score)


def _counts(
    searcher: tantivy.Searcher, wanted: tantivy.Query, facets: Sequence[str]
) -> dict[str, list[tuple[str, int]]]:
    size = {"size": DISTINCT_VALUES_MAX, "segment_size": DISTINCT_VALUES_MAX}
    asked = {name: {"terms": {"field": name, **size}} for name in facets}
    counted = searcher.aggregate(wanted, asked) if asked else {}
    return {name: _sorted(counted[name]["buckets"]) for name in facets}


def _sorted(buckets: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    pairs = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES_MAX]


# -- queries ----------------------------------------------------------------------------------------------------------


def _compiled(query: Query) -> tantivy.Query:
    match query:
        case Words() | Phrase():
            return _any_of([_in_field(field, tokens(query)) for field in text_fields(query)])
        case Field(name=name, value=value):
            return _filter(_term("keys", f"{name} {key(name, value)}"))
        case Range(field=field, since=since, until=until):
            first = _EARLIEST if since is None else _micros(since)
            return _times(field, first, _LATEST if until is None else _micros(until) - 1)
        case Not():
            return _compiled(And((query,)))
        case Or(queries=queries):
            return _any_of([_compiled(part) for part in queries])
        case And(queries=queries):
            wanted = [_compiled(part) for part in queries if not isinstance(part, Not)] or [
                _filter(_term("kind", "article"))
            ]
            unwanted = [_compiled(part.query) for part in queries if isinstance(part, Not)]
            return tantivy.Query.boolean_query(
                [*((Occur.Must, part) for part in wanted), *((Occur.MustNot, part) for part in unwanted)]
            )


def _in_field(field: str, wanted: Pattern) -> tantivy.Query:
    if not wanted:
        return tantivy.Query.empty_query()
    alone = len(wanted) == 1  # tantivy's phrases have two terms or more
    query = _term(field, wanted[0][1]) if alone else tantivy.Query.phrase_query(_SCHEMA, field, list(wanted))
    return tantivy.Query.boost_query(query, TITLE_BOOST if field == "title" else 1.0)


def _term(field: str, token: str) -> tantivy.Query:
    return tantivy.Query.term_query(_SCHEMA, field, token)


def _times(field: str, first: int, last: int) -> tantivy.Query:
    return _filter(tantivy.Query.range_query(_SCHEMA, field, FieldType.Integer, first, last))


def _any_of(parts: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Should, part) for part in parts])


def _all_of(*parts: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Must, part) for part in parts])


def _filter(query: tantivy.Query) -> tantivy.Query:
    """Whether, not how well: fields and times do not move an article in "best"."""
    return tantivy.Query.const_score_query(query, 0.0)


# -- documents --------------------------------------------------------------------------------------------------------


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("id", "kind", "keys", VERSION):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in (*FACETS, "order"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("at", *RANGE_FIELDS):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("upto", stored=True)
    builder.add_bytes_field("document", stored=True)
    return builder.build()


_SCHEMA = _schema()
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Document)


def _to_tantivy(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("id", document.article.id)
    made.add_text("kind", "article")
    made.add_bytes("document", _encoder.encode(document))
    for field in TEXT_FIELDS:
        for text in texts(field, document):
            made.add_text(field, " ".join(stream(terms(text))))
    for name in FIELDS:
        for value in values(name, document):
            for form in keys(name, value):
                made.add_text("keys", f"{name} {form}")
            if name in FACETS:
                made.add_text(name, value)
    at = _micros(newest(document).astimezone(UTC).replace(tzinfo=None))
    made.add_integer("at", at)
    made.add_text("order", f"{_LATEST - at:019d} {document.article.id}")
    for clock in RANGE_FIELDS:
        if (moment := time(clock, document)) is not None:
            made.add_integer(clock, _micros(moment))
    return made


def _document(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Document:
    return _decode(searcher.doc(address).get_first("document"))


def _decode(stored: Any) -> Document:
    return _decoder.decode(bytes(stored))


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


# -- errors -----------------------------------------------------------------------------------------------------------

#: Words in tantivy's own message -> what is wrong.
_FAULTS: dict[str, tuple[type[TidingsError], str]] = {
    "LockBusy": (StepBusyError, "another process writes this search index; stop it first"),
    "schema does not match": (StaleIndexError, "another version wrote this search index; run `tidings reindex`"),
    "corrupt": (StaleIndexError, "the search index is damaged; run `tidings reindex`"),
    "FileDoesNotExist": (StaleIndexError, "the search index lacks a file; run `tidings reindex`"),
    "os error": (StorageError, "the search index cannot be written; free space or mend the disk, then start again"),
}


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        for words, (kind, message) in _FAULTS.items():
            if words in str(error) or (words == "os error" and isinstance(error, OSError)):
                raise kind(f"{folder}: {message} ({str(error).splitlines()[0][:200]})") from error
        raise
