"""`tidings why`: what became of one article at each step and, per rule, why it notified or not."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec

from app.export import once, records, rows
from streams.runner import state_path
from tidings.codec import decode
from tidings.errors import NotFoundError, PageError, PermanentError
from tidings.records import Article, Event, Notification, Page, content_id, signal_type
from tidings.steps import Outcome
from tidings.urls import canonical

if TYPE_CHECKING:
    from app.wiring import Service


class _Head(msgspec.Struct):
    """Enough of a record to know a page by: its body is not decoded."""

    url: str = ""


def why(service: "Service", asked: str) -> dict[str, Any]:
    """Everything the log tells of the article with this address or id. Raises NotFoundError if it tells nothing.

    Analysis and rules are pure: what they made of the article is shown by applying them again.
    """
    article_id = asked if "/" not in asked and ":" not in asked else content_id(canonical(asked))
    pages = list(_pages(service, article_id))
    events = [event for event in once(records(service.log, "events")) if _is_of(event, article_id)]
    if not pages and not events:
        raise NotFoundError(f"{asked}: no page and no event bears this address or id; `tidings search` finds articles")
    return {
        "article": article_id,
        "pages": pages,
        "events": [_event(service, event) for event in events],
        "notifications": list(_notifications(service, article_id)),
        "dead_letters": list(_dead_letters(service, article_id)),
    }


def _is_of(event: Event | Notification, article_id: str) -> bool:
    return isinstance(event, Event) and event.article is not None and event.article.id == article_id


def _pages(service: "Service", article_id: str) -> Iterator[dict[str, Any]]:
    for _, offset, body in rows(service.log, "pages"):
        if _names(body, article_id):
            yield _page(service, offset, body)


def _names(body: bytes, article_id: str) -> bool:
    """True if the record is a page of that article; polls have no address."""
    try:
        url = msgspec.json.decode(body, type=_Head).url
        return bool(url) and content_id(canonical(url)) == article_id
    except (msgspec.DecodeError, PageError):
        return False  # a dead letter has it


def _page(service: "Service", offset: int, body: bytes) -> dict[str, Any]:
    page = decode(body)
    assert isinstance(page, Page)
    return {
        "offset": offset,
        "source": page.source,
        "url": page.url,
        "fetched_at": page.fetched_at.isoformat(),
        "live": page.live,
        "analysis": _analysis(service, page),
    }


def _analysis(service: "Service", page: Page) -> str:
    try:
        result = service.analyse(page)
    except PermanentError as error:
        return f"dead letter: {error}"
    if isinstance(result, Outcome):
        return f"{result.word} {result.detail}".strip()
    assert isinstance(result, Article)
    found = ", ".join(signal_type(signal) for signal in result.signals) or "no signal"
    return f"{result.language}, {'relevant' if result.relevant else 'not relevant'}, {found}"


def _event(service: "Service", event: Event | Notification) -> dict[str, Any]:
    assert isinstance(event, Event) and event.story is not None
    return {
        "pos": list(event.pos),
        "kind": event.kind,
        "first_seen": event.at.isoformat(),
        "live": event.live,
        "story": event.story.id,
        "joined_because": event.story.joined_because,
        "added": len(event.added),
        "changed": len(event.changed),
        "removed": len(event.removed),
        "rules": _rules(service, event),
    }


def _rules(service: "Service", event: Event) -> list[dict[str, str]]:
    from alerts.desk import why as judged

    path = state_path(service.state, service.alert_fold)
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as state:
        return [
            {"rule": decision.rule, "decision": decision.decision, "detail": decision.detail}
            for decision in judged(state, event, service.lexicon)
        ]


def _notifications(service: "Service", article_id: str) -> Iterator[dict[str, Any]]:
    content = service.content.catch_up()
    for notification in content.notifications.values():
        if any(item.article == article_id for item in notification.items):
            yield {
                "id": notification.id,
                "rule": notification.rule,
                "channel": notification.channel,
                "recipient": notification.recipient,
                "receipts": [
                    {"at": receipt.at.isoformat(), "state": receipt.state, "error": receipt.error}
                    for receipt in content.receipts.get(notification.id, ())
                ],
            }


def _dead_letters(service: "Service", article_id: str) -> Iterator[dict[str, Any]]:
    from app.dead_letters import letters

    for number, letter in letters(service.log):
        if article_id in _ids(letter.body):
            yield {"number": number, "step": letter.step, "topic": letter.topic, "error": letter.error}


def _ids(body: bytes) -> set[str]:
    """The article ids that a record is about; none if it cannot be read."""
    try:
        record = decode(body)
    except PermanentError:
        return set()
    match record:
        case Page():
            return {content_id(canonical(record.url))}
        case Article():
            return {record.id}
        case Event(article=Article() as article):
            return {article.id}
        case Notification():
            return {item.article for item in record.items}
    return set()


def told(found: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield f"article {found['article']}"
    for page in found["pages"]:
        live = "live" if page["live"] else "silent"
        yield f"page {page['offset']} from {page['source']}, fetched {page['fetched_at']}, {live}: {page['url']}"
        yield f"  analyse: {page['analysis']}"
    for event in found["events"]:
        joined = f", joined because {event['joined_because']}" if event["joined_because"] else ""
        figures = f"{event['added']} added, {event['changed']} changed, {event['removed']} removed"
        yield f"event {tuple(event['pos'])} {event['kind']}, story {event['story']}{joined}; signals: {figures}"
        for rule in event["rules"]:
            yield f"  rule {rule['rule']}: {rule['decision']}: {rule['detail']}"
    for notification in found["notifications"]:
        to = f"{notification['channel']} {notification['recipient']}".strip()
        states = (
            ", ".join(f"{r['state']} {r['at']} {r['error']}".strip() for r in notification["receipts"]) or "waiting"
        )
        yield f"notification {notification['id']} by {notification['rule']} to {to}: {states}"
    for letter in found["dead_letters"]:
        yield f"dead letter {letter['number']} at {letter['step']} ({letter['topic']}): {letter['error']}"
