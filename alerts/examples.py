"""The examples of a rule file: small articles that must, or must not, make the rule fire."""

from datetime import UTC, datetime

import msgspec

from alerts.judge import Fired, matched, ready
from alerts.reading import Value
from alerts.rule import Analyse, Rule
from tidings.errors import ConfigError, TidingsError
from tidings.lexicon import Lexicon
from tidings.records import Article, Event, Page, Story, content_id
from tidings.steps import Outcome

#: Examples under one key.
EXAMPLES_MAX = 50
#: When an example counts as fetched: after every date that it may state, which analysis would else disbelieve.
FETCHED_AT = datetime(2100, 1, 1, tzinfo=UTC)


def check(rule: Rule, value: Value, fires: bool, analyse: Analyse, lexicon: Lexicon) -> None:
    """Try `rule` on each example under `value`. Raises ConfigError for the first that does otherwise than it must."""
    items = value.items("a list of {title: ..., text: ..., published: 2026-11-20}")
    if len(items) > EXAMPLES_MAX:
        raise ConfigError(f'{value.file}:{value.line}: key "{value.key}" has {len(items)}; want at most {EXAMPLES_MAX}')
    for item in items:
        page, title = _page(item)
        end = matched(ready(rule, lexicon), _event(_article(item, page, analyse)))
        if isinstance(end, Fired) != fires:
            raise ConfigError(f'{item.file}:{item.line}: {value.key} "{title}" {_complaint(end)}')


def _complaint(end: Fired | str) -> str:
    return f"fires ({end.because}); want it not to" if isinstance(end, Fired) else f"does not fire: {end}; want it to"


def _page(value: Value) -> tuple[Page, str]:
    entries = value.mapping(("title", "text", "published"), "{title: ..., text: ..., published: 2026-11-20}")
    for key in ("title", "text"):
        if key not in entries:
            raise value.wrong(f'an example with "{key}"')
    title, text = entries["title"].text(), entries["text"].paragraphs()
    published = entries["published"].text("a date such as 2026-11-20") if "published" in entries else None
    name = content_id(title, text)
    given = {"id": name, "url": None, "title": title, "published": published, "text": text}
    page = Page(
        source="rules",
        url=f"urn:tidings:{name}",
        fetched_at=FETCHED_AT,
        content_type="application/x-tidings-article",
        body=msgspec.json.encode(given),
    )
    return page, title


def _article(value: Value, page: Page, analyse: Analyse) -> Article:
    try:
        end = analyse(page)
    except TidingsError as error:
        raise value.wrong(f"an article that can be read: {error}") from error
    if isinstance(end, Outcome):
        raise value.wrong(f"an article that can be read, not one that ends as {end.word}")
    assert isinstance(end, Article)
    return end


def _event(article: Article) -> Event:
    story = Story(id=content_id(article.id), lead=article.id, articles=(article.id,))
    return Event(
        pos=(0, 0), at=article.fetched_at, kind="new", article=article, story=story, added=article.signals, live=True
    )
