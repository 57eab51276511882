"""The alert fold: events to notifications. Each article is judged by the rules in force at its place in the log.

A rule tells a story once, whatever copies and edits follow. An article that is not live (a back-fill, a source's first
crawl, a new reading of an old text) is judged too and sends nothing, but its story then counts as told.
"""

import sqlite3
from collections.abc import Callable

from alerts import memory
from alerts.judge import Fired, Ready, matched, quoted, ready
from alerts.memory import Decision, Telling, Verdict
from alerts.rule import RuleSet, decode
from tidings.dates import is_late
from tidings.errors import PermanentError
from tidings.lexicon import Lexicon
from tidings.records import AnySignal, Article, Control, Event, Item, Notification, Record, content_id
from tidings.steps import Fold, Outcome

#: Facts of one notification; further ones are counted in `held`.
ITEMS_MAX = 20

#: Kinds of event that bring an article to judge.
JUDGED = ("new", "revised", "repost", "reanalysed")

#: The rules in force, ready to judge, from the text of their set.
Compile = Callable[[str], tuple[Ready, ...]]


def alert_fold(lexicon: Lexicon) -> Fold:
    """The step. `lexicon`: in which names in queries are looked up."""
    compile_ = _compiler(lexicon)
    return Fold(
        name="alert",
        source="events",
        sink="notifications",
        schema=memory.SCHEMA,
        apply=lambda state, offset, record: apply(state, record, compile_),
    )


def apply(state: sqlite3.Connection, record: Record, compile_: Compile) -> list[Record] | Outcome:
    """One notification for each rule that wants the event and each of the rule's addresses."""
    if not isinstance(record, Event):
        raise PermanentError(f"events holds no {type(record).__name__}: only events")
    if record.pos <= memory.last(state):
        return Outcome(word="repeated")
    memory.advance(state, record.pos)
    if record.control is not None and record.control.act == "rules":
        return _put_in_force(state, record, record.control, compile_)
    if record.kind not in JUDGED:
        return Outcome(word="ignored", detail=record.kind)
    return _judge(state, record, compile_(memory.rules_at(state, record.pos) or RuleSet().text))


def why(state: sqlite3.Connection, event: Event, lexicon: Lexicon) -> list[Decision]:
    """What each rule in force made of `event`, by name; [] if it brings no article or was not judged yet.

    For a rule that did not want it: the first condition that failed.
    """
    if event.article is None or event.kind not in JUDGED or event.pos > memory.last(state):
        return []
    kept = {d.rule: d for d in memory.decisions(state, event.article.id) if d.pos == event.pos}
    rules = _compiler(lexicon)(memory.rules_at(state, event.pos) or RuleSet().text)
    return [kept.get(rule.rule.name) or _unwanted(rule, event) for rule in rules]


def _unwanted(rule: Ready, event: Event) -> Decision:
    end = matched(rule, event)
    # Only another version of the matching can find now what the fold did not find then.
    detail = "not wanted then; this version would fire" if isinstance(end, Fired) else end
    return _decision(rule, event, "no-rule", detail)


def _put_in_force(state: sqlite3.Connection, event: Event, control: Control, compile_: Compile) -> Outcome:
    text = control.body.get("set", "")
    rules = compile_(text)  # raises for what cannot be judged by: it must not come into force
    memory.put_rules(state, event.pos, text)
    return Outcome(word="ignored", detail=f"rules in force from here: {len(rules)}")


def _compiler(lexicon: Lexicon) -> Compile:
    """Remembers the last set, which serves until somebody changes a rule."""
    last: dict[str, tuple[Ready, ...]] = {}

    def compile_(text: str) -> tuple[Ready, ...]:
        if text not in last:
            compiled = tuple(ready(rule, lexicon) for rule in decode(text).rules)
            last.clear()
            last[text] = compiled
        return last[text]

    return compile_


def _judge(state: sqlite3.Connection, event: Event, rules: tuple[Ready, ...]) -> list[Record] | Outcome:
    outputs: list[Record] = []
    verdicts: set[Verdict] = set()
    for rule in rules:
        fired = matched(rule, event)
        if isinstance(fired, Fired):
            verdict = _decide(state, event, rule, fired)
            verdicts.add(verdict)
            if verdict == "notified":
                outputs += _notifications(event, rule, fired, len(outputs))
    if outputs:
        return outputs
    return Outcome(word="silent" if "silent" in verdicts else "told" if "told" in verdicts else "no-rule")


def _decide(state: sqlite3.Connection, event: Event, rule: Ready, fired: Fired) -> Verdict:
    """Whether this is the one time that the rule tells the story; remembered with its reason."""
    assert event.article is not None and event.story is not None
    name, story, article = rule.rule.name, event.story.id, event.article.id
    before = memory.telling(state, name, story)
    live = event.live and event.kind != "reanalysed"
    verdict: Verdict = "told" if before else "notified" if live else "silent"
    if before is None:
        memory.tell(state, name, story, article, event.pos, silent=not live)
    memory.decide(state, _decision(rule, event, verdict, _told(before) if before else fired.because))
    return verdict


def _told(before: Telling) -> str:
    silently = ", silently because it was not live" if before.silent else ""
    return f"the rule had told this story with article {before.article}{silently}"


def _decision(rule: Ready, event: Event, verdict: Verdict, detail: str) -> Decision:
    assert event.article is not None
    return Decision(article=event.article.id, pos=event.pos, rule=rule.rule.name, decision=verdict, detail=detail)


def _notifications(event: Event, rule: Ready, fired: Fired, first: int) -> list[Notification]:
    """One for each address; `first`: how many notifications the event has given so far."""
    assert event.story is not None
    items = _items(event, fired)
    return [
        Notification(
            id=content_id(
                rule.rule.name, event.story.id, ".".join(map(str, event.pos)), address.channel, address.recipient
            ),
            pos=(*event.pos, first + j),
            rule=rule.rule.name,
            channel=address.channel,
            recipient=address.recipient,
            items=tuple(items[:ITEMS_MAX]),
            held=max(0, len(items) - ITEMS_MAX),
            because=fired.because,
        )
        for j, address in enumerate(rule.rule.to)
    ]


def _items(event: Event, fired: Fired) -> list[Item]:
    article = event.article
    assert article is not None
    if not fired.signals:
        return [_item(event, article, None, fired.quote)]
    return [_item(event, article, signal, quoted(article, signal)) for signal in fired.signals]


def _item(event: Event, article: Article, signal: AnySignal | None, evidence: str) -> Item:
    assert event.story is not None
    return Item(
        story=event.story.id,
        article=article.id,
        title=article.title,
        url=article.url,
        source=article.source,
        origin=article.origin,
        published=article.published,
        first_seen=event.at,
        late=is_late(article.published, event.at),
        signal=signal,
        evidence=evidence,
    )
