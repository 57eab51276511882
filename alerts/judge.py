"""Does a rule want an event? If so for which facts, if not for want of what."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.conditions import AnyOf, fault
from alerts.facts import act
from alerts.rule import Rule
from tidings.errors import PermanentError, QueryError
from tidings.lexicon import Lexicon
from tidings.query import Query, document, explain, matches, parse
from tidings.records import AnySignal, Article, Event, Span
from tidings.wording import words

#: Of a query rule's evidence: how much of the text around the first match is quoted, to each side.
QUOTE_CHARACTERS = 160
_SENTENCE_ENDS = "\n。！？"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A rule whose query, if it has one, has been parsed."""

    rule: Rule
    query: Query | None


@dataclass(frozen=True, kw_only=True)
class Fired:
    """Why a rule wants an event."""

    because: str
    #: The facts asked for, in the article's order; () for a query rule.
    signals: tuple[AnySignal, ...] = ()
    #: For a query rule: the words around the first match in the body; "" if only the title matched.
    quote: str = ""


def ready(rule: Rule, lexicon: Lexicon) -> Ready:
    """`rule`, ready to judge. Raises PermanentError if this Tidings cannot parse its query."""
    try:
        return Ready(rule=rule, query=None if rule.query is None else parse(rule.query, lexicon))
    except QueryError as error:
        raise PermanentError(f'rule "{rule.name}": query {rule.query}: {error}') from error


def matched(ready: Ready, event: Event) -> Fired | str:
    """What of the event's article the rule wants, or the first condition that fails, in words.

    Of an edited article only the facts that the edit brought or changed are looked at; a query, which asks about the
    whole text, looks at the whole text again.
    """
    assert event.article is not None
    rule = ready.rule
    if ready.query is not None:
        return _by_query(rule, ready.query, event)
    return _by_signals(rule, _at_stake(event))


def quoted(article: Article, signal: AnySignal) -> str:
    """The words that assert the signal."""
    text = getattr(article, signal.evidence.field)
    words = text[signal.evidence.start : signal.evidence.end]
    assert words, f"article {article.id}: evidence outside the text"
    return str(words)


def _at_stake(event: Event) -> Sequence[AnySignal]:
    assert event.article is not None
    if event.kind in ("revised", "reanalysed"):
        return [*event.added, *(change.after for change in event.changed)]
    return event.article.signals


def _by_signals(rule: Rule, signals: Sequence[AnySignal]) -> Fired | str:
    faults = [(signal, fault(rule.conditions, signal)) for signal in signals]
    wanted = tuple(signal for signal, found in faults if found is None)
    if wanted:
        acts = dict.fromkeys(act(signal) for signal in wanted)
        return Fired(because=f"rule '{rule.name}': {', '.join(acts)}", signals=wanted)
    # The signal that came nearest explains best why the rule kept silent.
    place, words_ = max((found for _, found in faults if found), key=lambda found: found[0], default=(0, ""))
    return words_ if place else f"no {_type(rule)} signal"


def _type(rule: Rule) -> str:
    condition = rule.conditions[0]
    assert isinstance(condition, AnyOf)
    return words(condition.values[0])


def _by_query(rule: Rule, query: Query, event: Event) -> Fired | str:
    spans = matches(query, document(event))
    if spans is None:
        return f"the text does not match: {explain(query)}"
    assert event.article is not None
    return Fired(because=f"rule '{rule.name}': {explain(query)}", quote=_quote(event.article, spans))


def _quote(article: Article, spans: Sequence[Span]) -> str:
    """The sentence around the first match in the body, cut at QUOTE_CHARACTERS to each side."""
    first = min((span for span in spans if span.field == "body"), key=lambda span: span.start, default=None)
    if first is None:
        return ""
    left = article.body[max(0, first.start - QUOTE_CHARACTERS) : first.start]
    right = article.body[first.end : first.end + QUOTE_CHARACTERS]
    start = max(left.rfind(end) for end in _SENTENCE_ENDS) + 1
    ends = [place for end in _SENTENCE_ENDS if (place := right.find(end)) >= 0]
    stop = min(ends) + 1 if ends else len(right)
    return (left[start:] + article.body[first.start : first.end] + right[:stop]).strip()
