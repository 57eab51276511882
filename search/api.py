"""The JSON answers: the same things as the pages, flat, every signal with the words of its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from starlette.responses import Response

from search import times
from search.form import Form
from search.index import Hit, Result
from search.notices import NotificationView
from tidings.dates import is_late, printed
from tidings.documents import Document
from tidings.records import Article, Published, Signal, Span

#: Money stays exact: numbers are written with all their digits.
_encoder = msgspec.json.Encoder(decimal_format="number")


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON response."""
    return Response(_encoder.encode(body), status_code=status, media_type="application/json")


def error(message: str, status: int) -> Response:
    """What went wrong, as {"error": ...}."""
    return answer({"error": message}, status)


def search_body(result: Result, form: Form, understood: str) -> dict[str, Any]:
    """The answer of /api/search."""
    return {
        "query": form.q,
        "filters": [{"field": field, "value": value} for field, value in form.filters],
        "understood": understood,
        "order": form.order,
        "total": result.total,
        "hits": [_hit(hit) for hit in result.hits],
        "facets": {
            field: [{"value": value, "count": count} for value, count in values]
            for field, values in result.facets.items()
        },
        "next": result.next,
    }


def article_body(document: Document, story: Sequence[Document]) -> dict[str, Any]:
    """The answer of /api/article/{id}."""
    article = document.article
    return _summary(document) | {
        "body": article.body,
        "attachments": _plain(article.attachments),
        "identifiers": _plain(article.identifiers),
        "mentions": _plain(article.companies),
        "fetched_at": times.machine(article.fetched_at),
        "reader": article.reader,
        "revision": article.revision,
        "articles": [_told(told) for told in story],
    }


def notification_body(view: NotificationView) -> dict[str, Any]:
    """One element of /api/notifications."""
    flat: dict[str, Any] = _plain(view.notification)
    flat.pop("record", None)
    return flat | {
        "state": view.state,
        "subject": view.subject,
        "text": view.text,
        "receipts": [_without_tag(_plain(receipt)) for receipt in view.receipts],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return _summary(hit.document) | {"score": hit.score, "spans": _plain(hit.spans)}


def _summary(document: Document) -> dict[str, Any]:
    article = document.article
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "origin": article.origin,
        "language": article.language,
        "published": _published(article.published),
        "first_seen": times.machine(document.seen),
        "late": document.live and is_late(article.published, document.seen),
        "live": document.live,
        "relevant": article.relevant,
        "topics": list(article.topics),
        "companies": [mention.name for mention in article.companies],
        "devices": list(article.devices),
        "signals": [_signal(article, signal) for signal in article.signals],
        "story": {"id": document.story.id, "lead": document.story.lead},
    }


def _signal(article: Article, signal: Signal) -> dict[str, Any]:
    """The flat shape of docs/signals.md: evidence is words; where they stand is beside them."""
    flat: dict[str, Any] = _plain(signal)
    span: Span = signal.evidence
    text = article.title if span.field == "title" else article.body
    return flat | {"evidence": text[span.start : span.end], "span": _plain(span)}


def _published(published: Published | None) -> dict[str, Any] | None:
    if published is None:
        return None
    return {
        "value": times.machine(published.value),
        "precision": published.precision,
        "found": published.found,
        "zone": published.zone,
        "printed": printed(published),
    }


def _told(document: Document) -> dict[str, Any]:
    return {
        "id": document.article.id,
        "title": document.article.title,
        "source": document.article.source,
        "origin": document.article.origin,
        "first_seen": times.machine(document.seen),
        "joined_because": document.story.joined_because,
    }


def _without_tag(flat: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flat.items() if name != "record"}


def _plain(value: object) -> Any:
    """Records as dictionaries and lists; decimals and times stay what they are until they are written."""
    return msgspec.to_builtins(value, builtin_types=(Decimal, datetime))
