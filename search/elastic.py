"""The index in Elasticsearch: any number of machines read, one process writes.

Documents go in first, and the position after them, with the one refresh: a reader sees a `put` when it is whole.
Killed in between, the position is the old one, and the same `put` again writes the same documents by id.
"""

import copy
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from elasticsearch import Elasticsearch, NotFoundError

from search import elastic_places as places
from search.elastic_bulk import write
from search.elastic_errors import translated
from search.elastic_mapping import Json, stored
from search.elastic_query import articles, counted, facets_asked, following, page
from search.index import FACETS, HITS_MAX, STORY_ARTICLES_MAX, Hit, Order, Result
from tidings.documents import Document
from tidings.errors import ConfigError, StaleIndexError, TidingsError
from tidings.query import Field, Query, matches

#: How long one request may take.
TIMEOUT_SECONDS = 30.0

#: Id of the document that holds the position; no article's id, which is hexadecimal.
_POSITION = "~position"


class ElasticIndex:
    """An `Index` for which the alias `alias` stands, at one or more addresses of one cluster.

    It need not exist yet; the first `put` makes it. Nothing is asked of Elasticsearch before the first use.
    """

    def __init__(
        self,
        url: str | Sequence[str],
        alias: str,
        *,
        api_key: str | None = None,
        user: str | None = None,
        password: str | None = None,
        ca: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """`ca`: a file of certificates to trust for https. Raises ConfigError for an address or name that cannot be."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", alias):
            raise ConfigError(f'search index "{alias}": want a name of small letters, digits, "-" and "_"')
        urls = [url] if isinstance(url, str) else list(url)
        self._where = f'Elasticsearch index "{alias}" at {", ".join(map(_host, urls))}'
        self._alias = alias
        self._address = places.address(alias)
        #: True once the index was there: if it is missing after that, someone removed it.
        self._seen = False
        login = (user, password or "") if user else None
        try:
            secured: Json = {"ssl_context": ssl.create_default_context(cafile=ca)} if ca else {}
            self._client = Elasticsearch(
                urls,
                api_key=api_key,
                basic_auth=login,
                request_timeout=timeout_seconds,
                retry_on_status=(),  # who calls waits and tries again
                **secured,
            )
        except (ValueError, OSError) as error:  # its message may hold the password
            raise ConfigError(
                f"{self._where}: want http(s)://host:port, one way to log in, a readable CA for https"
            ) from error

    def put(self, documents: Sequence[Document], upto: int, *, removed: Sequence[str] = ()) -> None:
        """See Index. One refresh; at most one a second is the caller's business."""
        wanted = {document.article.id: document for document in documents}
        with self._translated():
            before, mark = self._position()
            write(self._client, self._where, self._address, wanted, [gone for gone in removed if gone not in wanted])
            self._client.options(max_retries=0).index(  # a retry would meet its own first attempt as another writer
                index=self._address,
                id=_POSITION,
                document={"kind": "position", "upto": max(upto, before)},
                require_alias=True,
                refresh=True,
                **mark,
            )

    def upto(self) -> int:
        """See Index."""
        with self._translated():
            try:  # as visible, not as written: what is not visible yet is to be put again
                found = self._client.get(index=self._address, id=_POSITION, realtime=False)
            except NotFoundError as error:
                self._refuse_another_version(error)
                return -1
            return int(found["_source"]["upto"])

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
        asked = page(order, limit, after)
        answer = self._search(articles(query), **asked, aggregations=facets_asked(facets), track_total_hits=True)
        if answer is None:
            return Result(total=0, hits=[], facets={name: [] for name in facets}, next=None)
        hits = answer["hits"]["hits"]
        return Result(
            total=answer["hits"]["total"]["value"],
            hits=[_hit(query, hit, order) for hit in hits[:limit]],
            facets=counted(answer.get("aggregations", {}), facets),
            next=following(order, limit, after, hits),
        )

    def get(self, article_id: str) -> Document | None:
        """See Index."""
        found = self._documents({"term": {"id": article_id}}, 1)
        return found[0] if found else None

    def story(self, story_id: str) -> list[Document]:
        """See Index."""
        found = self._documents(articles(Field("story", story_id)), STORY_ARTICLES_MAX)
        return sorted(found, key=lambda document: document.pos)

    def clear(self) -> None:
        """See Index. A new index takes the place of the old one, which is then removed."""
        with self.rebuilt():
            pass

    @contextmanager
    def rebuilt(self) -> Iterator["ElasticIndex"]:
        """A new and empty index to fill, which takes the place of this one when the block ends without an error.

        Until then searches see the old one; what is put into that meanwhile is lost, so the caller keeps other writers
        away. After an error the new index is removed; after a kill the next `rebuilt` removes it.
        The index given shares our connections: it is not to be closed.
        """
        with self._translated():
            made = places.create_next(self._client, self._alias)
        try:
            yield self._over(places.building(made))
            with self._translated():
                places.exchange(self._client, self._alias, made)
        except BaseException:
            with suppress(TidingsError), self._translated():
                places.remove(self._client, self._alias, made=made)
            raise
        with suppress(TidingsError), self._translated():  # what stays now, the next one removes
            places.remove(self._client, self._alias)

    def refusal(self) -> str:
        """Why nothing can be written now, such as a disk that is nearly full; "" if nothing stands against it."""
        with self._translated():
            told = self._client.indices.get_settings(
                index=self._address, name="index.blocks.*", ignore_unavailable=True
            )
        blocks = sorted(name for index in told.body.values() for name, on in _blocks(index) if on == "true")
        if "read_only_allow_delete" in blocks:
            return "Elasticsearch's disk is nearly full, and it takes no more until there is room: free some"
        return f"Elasticsearch's index is blocked for writing: {', '.join(blocks)}" if blocks else ""

    def close(self) -> None:
        """See Index."""
        self._client.close()

    def _over(self, address: str) -> "ElasticIndex":
        other = copy.copy(self)
        other._address, other._seen = address, True
        return other

    def _position(self) -> tuple[int, Json]:
        """How far the index is, and what makes a write fail if another process moves the position before us."""
        try:
            found = self._client.get(index=self._address, id=_POSITION)
        except NotFoundError as error:
            if self._is_missing(error):
                self._refuse_another_version(error)
                places.create(self._client, self._alias)
            self._seen = True
            return -1, {"op_type": "create"}
        self._seen = True
        mark = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        return int(found["_source"]["upto"]), mark

    def _documents(self, query: Json, limit: int) -> list[Document]:
        answer = self._search(query, size=limit)
        return [stored(hit["_source"]) for hit in answer["hits"]["hits"]] if answer else []

    def _search(self, query: Json, **asked: Any) -> Any:
        """The answer of every shard or an error; None while there is no index yet."""
        with self._translated():
            try:
                # A search that met an index as it was exchanged and removed is asked again, of the new one.
                again = self._client.options(retry_on_status=(503,))
                return again.search(index=self._address, query=query, allow_partial_search_results=False, **asked).body
            except NotFoundError as error:
                self._refuse_another_version(error)
                return None

    def _refuse_another_version(self, error: NotFoundError) -> None:
        """Return if nothing was ever written; raise what a missing index means else."""
        if not self._is_missing(error):
            return
        if self._seen:
            raise error
        if self._client.indices.exists(index=self._alias):
            raise StaleIndexError(f"{self._where}: another version wrote this search index; run `tidings reindex`")

    def _is_missing(self, error: NotFoundError) -> bool:
        return error.message == "index_not_found_exception"

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._where)


def _hit(query: Query, hit: Json, order: Order) -> Hit:
    document = stored(hit["_source"])
    spans = matches(query, document)
    assert spans is not None, f"the index gave {document.article.id} for {query}, which does not match it"
    return Hit(document=document, spans=tuple(spans), score=hit["sort"][0] if order == "best" else None)


def _blocks(settings: Json) -> Iterator[tuple[str, str]]:
    blocks = settings.get("settings", {}).get("index", {}).get("blocks", {})
    yield from ((str(name), str(on)) for name, on in blocks.items())


def _host(url: str) -> str:
    """The address without a user and password that it may hold."""
    return urlsplit(url).netloc.rpartition("@")[2] or "?"
