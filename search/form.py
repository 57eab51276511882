"""The search form: what an address asks for, and the addresses of its neighbours (one filter more, older)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol
from urllib.parse import quote, urlencode

from search.index import Order
from tidings.errors import QueryError
from tidings.lexicon import Lexicon
from tidings.query import And, Field, Query, parse

#: The fields one can filter by, in the order in which the page lists them, with the words over their values.
FACETS: Mapping[str, str] = {
    "type": "Signal",
    "company": "Company",
    "device": "Device",
    "region": "Region",
    "topic": "Topic",
    "source": "Source",
    "language": "Language",
}

QUERY_CHARACTERS_MAX = 1_000
#: Filters of one search; further ones are refused.
FILTERS_MAX = 20
#: Characters of one filter's value or of a cursor.
VALUE_CHARACTERS_MAX = 500
#: Hits of one answer: by default, and at most.
LIMIT_DEFAULT = 20
LIMIT_MAX = 200

ORDERS: Mapping[str, Order] = {"newest": "newest", "best": "best"}


class Parameters(Protocol):
    """The part of a request's query parameters that we use."""

    def get(self, key: str, default: str) -> str:
        """The value of `key`."""

    def multi_items(self) -> list[tuple[str, str]]:
        """Every (name, value), in order."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """One search as an address states it. Filters are (field, value), and each narrows the search further."""

    q: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    order: Order = "newest"
    limit: int = LIMIT_DEFAULT
    #: Where the page before ended; None for the first page.
    after: str | None = None

    characters_max: ClassVar[int] = QUERY_CHARACTERS_MAX

    @property
    def is_empty(self) -> bool:
        """True if it asks for everything."""
        return not self.q and not self.filters

    def query(self, lexicon: Lexicon) -> Query:
        """The words and the filters as one query. Raises QueryError if the words cannot be parsed."""
        words = parse(self.q, lexicon)
        return combined(words, self.filters)

    def address(self, path: str = "/") -> str:
        """The address of this search, on `path`; defaults are left out."""
        named = [("q", self.q)] if self.q else []
        named += self.filters
        named += [("order", self.order)] if self.order != "newest" else []
        named += [("limit", str(self.limit))] if self.limit != LIMIT_DEFAULT else []
        named += [("after", self.after)] if self.after is not None else []
        return f"{path}?{urlencode(named)}" if named else path

    def first_page(self) -> "Form":
        """The same search from its beginning."""
        return replace(self, after=None)

    def older(self, cursor: str) -> "Form":
        """The page that follows."""
        return replace(self, after=cursor)

    def ordered(self, order: Order) -> "Form":
        """The same search in another order."""
        return replace(self, order=order, after=None)

    def narrowed(self, field: str, value: str) -> "Form":
        """With one filter more."""
        return replace(self, filters=(*self.filters, (field, value)), after=None)

    def widened(self, field: str, value: str) -> "Form":
        """With one filter fewer."""
        return replace(self, filters=tuple(f for f in self.filters if f != (field, value)), after=None)

    def unfiltered(self) -> "Form":
        """With the words alone."""
        return replace(self, filters=(), after=None)

    def article(self, article_id: str) -> str:
        """The address of one of its hits, which marks what the search matched."""
        marking = Form(q=self.q, filters=self.filters)
        return marking.address(f"/article/{quote(article_id, safe='')}")


def read(parameters: Parameters) -> Form:
    """The search that the parameters of an address ask for.

    Parameters of no meaning here are ignored. Raises QueryError for an unknown order, a limit that is no number in
    range, words or values longer than allowed, or too many filters.
    """
    q = parameters.get("q", "").strip()
    if len(q) > QUERY_CHARACTERS_MAX:
        raise QueryError(f"query of {len(q)} characters; want at most {QUERY_CHARACTERS_MAX}")
    given = parameters.multi_items()
    filters = tuple(dict.fromkeys((name, value) for name, value in given if name in FACETS and value))
    if len(filters) > FILTERS_MAX:
        raise QueryError(f"{len(filters)} filters; want at most {FILTERS_MAX}")
    after = parameters.get("after", "")
    if any(len(value) > VALUE_CHARACTERS_MAX for value in (after, *(value for _, value in filters))):
        raise QueryError(f"a filter or cursor is too long; want at most {VALUE_CHARACTERS_MAX} characters")
    return Form(
        q=q,
        filters=filters,
        order=_order(parameters.get("order", "newest")),
        limit=whole_number("limit", parameters.get("limit", ""), default=LIMIT_DEFAULT, most=LIMIT_MAX),
        after=after or None,
    )


def combined(words: Query, filters: tuple[tuple[str, str], ...]) -> Query:
    """`words`, narrowed by every filter."""
    if not filters:
        return words
    return And((words, *(Field(field, value) for field, value in filters)))


def whole_number(name: str, text: str, *, default: int, most: int) -> int:
    """The parameter `name` as a number from 1 to `most`; `default` if it is empty. Raises QueryError."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
        raise QueryError(f'{name} is "{text[:20]}"; want a whole number from 1 to {most}')
    return int(text)


def _order(text: str) -> Order:
    if text not in ORDERS:
        raise QueryError(f'order is "{text[:20]}"; want newest or best')
    return ORDERS[text]
