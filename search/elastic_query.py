"""A query, a page and facets, as Elasticsearch is asked for them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.elastic_mapping import GAP, Json, micros
from search.index import BEST_HITS_MAX, FACET_VALUES_MAX, Order
from tidings.documents import key
from tidings.errors import QueryError
from tidings.matching import text_fields, tokens
from tidings.query import And, Field, Not, Or, Phrase, Query, Range, Words
from tidings.terms import Pattern

#: A word in the title counts this much more for "best".
TITLE_BOOST = 3.0

#: Cursors by time are those of the embedded index: the newest time has the least number.
_LATEST = 2**62
_NOTHING: Json = {"match_none": {}}
_NEWEST_FIRST: list[Json] = [{"at": "desc"}, {"id": "asc"}]


# -- pages ------------------------------------------------------------------------------------------------------------


def page(order: Order, limit: int, after: str | None) -> Json:
    """The part of a search that says which hits; it asks for one more than `limit`. Raises QueryError."""
    return _newest(limit, after) if order == "newest" else _best(limit, after)


def following(order: Order, limit: int, after: str | None, hits: Sequence[Json]) -> str | None:
    """The cursor behind the first `limit` of `hits`; None if no page follows."""
    if len(hits) <= limit:
        return None
    if order == "newest":
        at, article_id = hits[limit - 1]["sort"]
        return f"{_LATEST - at:019d} {article_id}"
    end = _offset(after) + limit
    return f"best {end}" if end < BEST_HITS_MAX else None


def _newest(limit: int, after: str | None) -> Json:
    asked: Json = {"sort": _NEWEST_FIRST, "size": limit + 1}
    if after is None:
        return asked
    if not re.fullmatch(r"[0-9]{19} \S{1,200}", after):
        raise QueryError(f'"{after[:40]}" is no page of results by time; want the `next` of the page before')
    return {**asked, "search_after": [_LATEST - int(after[:19]), after[20:]]}


def _best(limit: int, after: str | None) -> Json:
    # Scores differ a little between a shard and its replica: the pages of one answer come from the same one.
    sort = [{"_score": "desc"}, *_NEWEST_FIRST]
    return {"sort": sort, "size": limit + 1, "from_": min(_offset(after), BEST_HITS_MAX), "preference": "best"}


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    if not re.fullmatch(r"best [0-9]{1,5}", after):
        raise QueryError(f'"{after[:40]}" is no page of results by relevance; want the `next` of the page before')
    return int(after.removeprefix("best "))


# -- facets -----------------------------------------------------------------------------------------------------------


def facets_asked(names: Iterable[str]) -> Json:
    """Aggregations that count the values of these fields. They are exact, because there is one shard."""
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {name: {"terms": {"field": name, "size": FACET_VALUES_MAX, "order": order}} for name in names}


def counted(aggregations: Mapping[str, Any], names: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """The values and their counts in an answer."""
    return {name: [(bucket["key"], bucket["doc_count"]) for bucket in aggregations[name]["buckets"]] for name in names}


# -- queries ----------------------------------------------------------------------------------------------------------


def articles(query: Query) -> Json:
    """The articles that `query` matches, and not what else the index holds."""
    return {"bool": {"filter": {"term": {"kind": "article"}}, "must": _compiled(query)}}


def _compiled(query: Query) -> Json:
    match query:
        case Words() | Phrase():
            return _any_of([_in_field(field, tokens(query)) for field in text_fields(query)])
        case Field(name=name, value=value):
            return _filter({"term": {"keys": f"{name} {key(name, value)}"}})
        case Range(field=field, since=since, until=until):
            bounds = {"gte": since, "lt": until}
            return _filter({"range": {field: {sign: micros(at) for sign, at in bounds.items() if at is not None}}})
        case Not():
            return _all_of((query,))
        case Or(queries=queries):
            return _any_of([_compiled(part) for part in queries])
        case And(queries=queries):
            return _all_of(queries)


def _all_of(queries: Sequence[Query]) -> Json:
    """One `bool` for all, the deepest alternatives in it too: Elasticsearch refuses more than 30 around each other."""
    deepest = max((part for part in queries if isinstance(part, Or) and part.queries), key=_depth, default=None)
    either = {"should": [_compiled(part) for part in deepest.queries], "minimum_should_match": 1} if deepest else {}
    wanted = [_compiled(part) for part in queries if part is not deepest and not isinstance(part, Not)]
    unwanted = [_compiled(ruled) for part in queries if isinstance(part, Not) for ruled in _alternatives(part.query)]
    return {"bool": {"must": wanted, "must_not": unwanted, **either}}


def _alternatives(query: Query) -> Sequence[Query]:
    return query.queries if isinstance(query, Or) else (query,)


def _depth(query: Query) -> int:
    match query:
        case Not(query=inner):
            return 1 + _depth(inner)
        case And(queries=queries) | Or(queries=queries):
            return 1 + max(map(_depth, queries), default=0)
        case _:
            return 0


def _in_field(field: str, wanted: Pattern) -> Json:
    """The tokens at their distances; of a phrase's places the analyser "phrase" drops those that hold a gap."""
    if not wanted:
        return _NOTHING
    places = dict(wanted)
    text = " ".join(places.get(place, GAP) for place in range(wanted[0][0], wanted[-1][0] + 1))
    return {"match_phrase": {field: {"query": text, "boost": TITLE_BOOST if field == "title" else 1.0}}}


def _any_of(parts: Sequence[Json]) -> Json:
    if len(parts) == 1:
        return parts[0]
    return {"bool": {"should": parts, "minimum_should_match": 1}} if parts else _NOTHING


def _filter(query: Json) -> Json:
    """Whether, not how well: fields and times do not move an article in "best"."""
    return {"constant_score": {"filter": query, "boost": 0.0}}
