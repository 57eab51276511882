"""An article as search, rules and the page see it, and what its fields say."""

from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec import Struct

from tidings.dates import local
from tidings.errors import RecordError
from tidings.records import Article, Event, Pos, Signal, Story, signal_type
from tidings.terms import compact, fold

#: Of a longer value the rest is neither shown nor compared.
VALUE_CHARACTERS_MAX = 300
#: The digits of a number find it without the letters before them if there are at least so many.
NUMBER_CHARACTERS_MIN = 5


class Document(Struct, frozen=True, kw_only=True):
    """The newest revision of one article, with its story and its place in the record."""

    article: Article
    story: Story
    #: When Tidings first saw the article, in UTC.
    seen: datetime
    #: Of the event that brought this revision.
    pos: Pos
    live: bool


def document(event: Event) -> Document:
    """The document that `event` brings. Raises RecordError if the event bears no article."""
    if event.article is None or event.story is None:
        raise RecordError(f"event {event.pos} ({event.kind}) bears no article and story; want new, revised, repost, …")
    return Document(article=event.article, story=event.story, seen=event.at, pos=event.pos, live=event.live)


def values(field: str, document: Document) -> tuple[str, ...]:
    """What the article says for `field` (a key of FIELDS), as written, each once; () if it says nothing."""
    return tuple(dict.fromkeys(value[:VALUE_CHARACTERS_MAX] for value in FIELDS[field](document) if value))


def keys(field: str, value: str) -> tuple[str, ...]:
    """The forms by which `value` is found, folded. A query's value matches if `key(field, it)` is one of them.

    A language is found by its primary part too (zh-Hans by zh), a number by its digits alone.
    """
    whole = key(field, value)
    if field == "language":
        return tuple(dict.fromkeys((whole, whole.partition("-")[0])))
    if field == "number":
        first = next((i for i, character in enumerate(whole) if character.isdigit()), len(whole))
        return (whole, whole[first:]) if 0 < first <= len(whole) - NUMBER_CHARACTERS_MIN else (whole,)
    return (whole,)


def key(field: str, value: str) -> str:
    """`value` as it is compared in `field`."""
    form = compact(value) if field == "number" else " ".join(fold(value).split())
    return form[:VALUE_CHARACTERS_MAX]


def printed(document: Document) -> datetime | None:
    """The calendar time that the page states, as printed there and without zone; None if it states none."""
    published = document.article.published
    return local(published).replace(tzinfo=None) if published else None


def newest(document: Document) -> datetime:
    """The time that orders results: when it was published; when first seen, if the page does not say."""
    published = document.article.published
    return published.value if published else document.seen


def _of_signals(*names: str) -> Callable[[Document], Iterator[str]]:
    """Reads these attributes of every signal that has them."""

    def read(document: Document) -> Iterator[str]:
        for signal in document.article.signals:
            yield from _attributes(signal, names)

    return read


def _attributes(signal: Signal, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = getattr(signal, name, None)
        yield from value if isinstance(value, tuple) else (value or "",)


def _types(document: Document) -> Iterator[str]:
    return map(signal_type, document.article.signals)


def _companies(document: Document) -> Iterator[str]:
    yield from (mention.name for mention in document.article.companies)
    yield from _of_signals("companies")(document)


def _devices(document: Document) -> Iterator[str]:
    yield from document.article.devices
    yield from _of_signals("devices")(document)


def _numbers(document: Document) -> Iterator[str]:
    yield from (identifier.value for identifier in document.article.identifiers)
    yield from _of_signals("registration_no", "doc_no", "number")(document)


#: Field -> what an article says for it. Words of these names are the query language's and the facets' too.
FIELDS: dict[str, Callable[[Document], Iterator[str]]] = {
    "source": lambda document: iter((document.article.source,)),
    "origin": lambda document: iter((document.article.origin,)),
    "language": lambda document: iter((document.article.language,)),
    "topic": lambda document: iter(document.article.topics),
    "company": _companies,
    "device": _devices,
    "type": _types,
    "action": _of_signals("action", "stage"),
    "metric": _of_signals("metric"),
    "authority": _of_signals("authority", "issuer", "imposer"),
    "region": _of_signals("regions"),
    "number": _numbers,
    "story": lambda document: iter((document.story.id,)),
    "live": lambda document: iter(("true" if document.live else "false",)),
}
