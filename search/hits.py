"""The search page: hits, filters with their counts, paging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search import facts, marks
from search.form import FACETS, Form
from search.index import Hit, Result
from search.views import ChipView, Dates, author, chip_view, dates_view
from tidings.dates import is_late
from tidings.documents import Document
from tidings.records import Signal, Span

#: Chips under one hit; the article page has the others.
CHIPS_MAX = 4
#: Values of one filter that are shown at once, and how many more unfold.
VALUES_SHOWN = 8
VALUES_MORE_MAX = 40


@dataclass(frozen=True, kw_only=True)
class HitView:
    """One hit as the page shows it."""

    url: str
    title: marks.Line
    language: str
    source: str
    #: Who wrote it; "" if that is the source.
    origin: str
    dates: Dates
    late: bool
    snippet: marks.Snippet
    chips: list[ChipView]
    more_chips: int
    #: Copies of this article, if it was the first of its story.
    reposts: int
    #: Source of the article that this one repeats; "" if it is the first of its story.
    repost_of: str
    story_url: str


@dataclass(frozen=True, kw_only=True)
class ValueView:
    """One value of one filter. `url` adds it, or removes it if it is on."""

    value: str
    name: str
    count_text: str
    on: bool
    url: str


@dataclass(frozen=True, kw_only=True)
class FacetView:
    """One filter."""

    field: str
    label: str
    values: list[ValueView]
    more: list[ValueView]


@dataclass(frozen=True, kw_only=True)
class AppliedView:
    """A filter in force, and the address without it."""

    label: str
    name: str
    without: str


def hit_view(hit: Hit, form: Form, told: Sequence[Document]) -> HitView:
    """One hit; `told` are the articles of its story."""
    article, story = hit.document.article, hit.document.story
    url = form.article(article.id)
    title = article.title or article.url
    leads = story.lead == article.id
    return HitView(
        url=url,
        title=marks.line(title, marks.query_marks("title", hit.spans) if article.title else []),
        language=article.language,
        source=article.source,
        origin=author(article),
        dates=dates_view(article.published, hit.document.seen),
        late=hit.document.live and is_late(article.published, hit.document.seen),
        snippet=_snippet(article.body, hit.spans, article.signals),
        chips=[chip_view(signal, url) for signal in article.signals[:CHIPS_MAX]],
        more_chips=max(0, len(article.signals) - CHIPS_MAX),
        reposts=len(told) - 1 if leads else 0,
        repost_of="" if leads else _lead_source(told, story.lead),
        story_url=f"{url}#story",
    )


def facet_views(result: Result, form: Form) -> list[FacetView]:
    """The filters that would narrow this result, or already do."""
    facets = (_facet(field, label, result.facets.get(field, ()), form) for field, label in FACETS.items())
    return [facet for facet in facets if facet.values]


def applied_views(form: Form) -> list[AppliedView]:
    """The filters in force."""
    return [
        AppliedView(
            label=FACETS[field], name=facts.value_name(field, value), without=form.widened(field, value).address()
        )
        for field, value in form.filters
    ]


def total_text(total: int, form: Form) -> str:
    """How many there are, in words."""
    articles = "1 article" if total == 1 else f"{total:,} articles"
    return f"{articles}, newest first" if form.is_empty and form.order == "newest" else articles


def _snippet(body: str, spans: Sequence[Span], signals: Sequence[Signal]) -> marks.Snippet:
    evidence = next((signal.evidence for signal in signals if signal.evidence.field == "body"), None)
    return marks.snippet(body, marks.query_marks("body", spans), around=evidence)


def _lead_source(told: Sequence[Document], lead: str) -> str:
    return next((document.article.source for document in told if document.article.id == lead), "an earlier article")


def _facet(field: str, label: str, counts: Sequence[tuple[str, int]], form: Form) -> FacetView:
    on = [value for name, value in form.filters if name == field]
    values = [_value(field, value, 0, form, on=True) for value in on]
    values += [_value(field, value, count, form, on=False) for value, count in counts if value not in on]
    shown = max(VALUES_SHOWN, len(on))
    return FacetView(field=field, label=label, values=values[:shown], more=values[shown : shown + VALUES_MORE_MAX])


def _value(field: str, value: str, count: int, form: Form, *, on: bool) -> ValueView:
    neighbour = form.widened(field, value) if on else form.narrowed(field, value)
    return ValueView(
        value=value, name=facts.value_name(field, value), count_text=f"{count:,}", on=on, url=neighbour.address()
    )


def order_views(form: Form) -> list[Mapping[str, object]]:
    """The two orders and their addresses."""
    return [
        {"name": "Newest", "on": form.order == "newest", "url": form.ordered("newest").address()},
        {"name": "Best match", "on": form.order == "best", "url": form.ordered("best").address()},
    ]
