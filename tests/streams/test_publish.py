"""What an event changes on the public topic of signals."""

from decimal import Decimal

import msgspec
from making import NOON, approval, article, export

from streams.publish import signals
from tidings.records import Change, Event, Poll, StatedSignal, Tombstone


def event(kind="new", **over):
    return Event(pos=(7, 0), at=NOON, kind=kind, **over)


def stated(article, signal):
    return StatedSignal(
        key=signal.key,
        pos=(7, 0),
        at=NOON,
        article=article.id,
        revision=article.revision,
        url=article.url,
        title=article.title,
        source="site",
        origin="site",
        language="en",
        signal=signal,
        evidence=article.body[0:20],
    )


def test_a_new_article_states_its_signals_with_article_and_evidence():
    told = article(signals=(export(), approval()))

    assert list(signals(event(article=told, added=told.signals))) == [stated(told, signal) for signal in told.signals]


def test_a_changed_figure_buries_the_old_key_and_states_the_new_one():
    before, after = article(signals=(export("5.4"),)), article(signals=(export("6.1"),))
    change = Change(before=before.signals[0], after=after.signals[0])

    told = list(signals(event("revised", article=after, changed=(change,))))

    assert told == [Tombstone(key=before.signals[0].key), stated(after, after.signals[0])]
    assert before.signals[0].quantity.value == Decimal("5.4")


def test_a_fact_that_keeps_its_key_is_stated_anew_and_never_buried():
    told = article(signals=(export(),))
    reworded = msgspec.structs.replace(told.signals[0], confidence=0.5)
    change = Change(before=reworded, after=told.signals[0])

    assert list(signals(event("revised", article=told, changed=(change,)))) == [stated(told, told.signals[0])]


def test_a_removed_signal_and_every_one_of_a_withdrawn_article_are_buried():
    told = article(signals=(export(), approval()))
    left = article(signals=(approval(),))

    assert list(signals(event("revised", article=left, removed=(told.signals[0],)))) == [
        Tombstone(key=told.signals[0].key),
        stated(left, left.signals[0]),
    ]
    assert list(signals(event("withdrawn", article=told))) == [Tombstone(key=signal.key) for signal in told.signals]


def test_an_event_without_an_article_changes_nothing():
    assert list(signals(event("poll", poll=Poll(source="site", at=NOON, result="ok")))) == []
