"""`tidings search`: the hits on a terminal or as JSON."""

from typing import TYPE_CHECKING, Any, Literal

import click

from app.printing import print_json

if TYPE_CHECKING:
    from app.wiring import Service
    from tidings.documents import Document


def search(service: "Service", text: str, *, order: Literal["newest", "best"], limit: int, as_json: bool) -> int:
    """Print the hits; exit status 1 if there is none."""
    from tidings.query import explain, parse

    query = parse(text, service.lexicon)
    result = service.index.search(query, order=order, limit=limit, after=None, facets=())
    if as_json:
        hits = [_hit(hit.document) for hit in result.hits]
        print_json({"query": text, "understood": explain(query), "total": result.total, "hits": hits})
    else:
        click.echo(f"{result.total} found: {explain(query)}")
        for hit in result.hits:
            _print(hit.document)
    return 0 if result.total else 1


def _hit(document: "Document") -> dict[str, Any]:
    from streams.analyse.flat import flat

    article = document.article
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "published": article.published.value.isoformat() if article.published else None,
        "first_seen": document.seen.isoformat(),
        "story": document.story.id,
        "signals": flat(article)["signals"],
    }


def _print(document: "Document") -> None:
    from streams.analyse.flat import flat

    article = document.article
    published = article.published.value.date().isoformat() if article.published else "no date"
    click.echo(f"\n{article.title}\n  {published} · {article.origin} · {article.url}")
    for signal in flat(article)["signals"]:
        click.echo(f"  {signal['type']}: {signal['evidence']}")
