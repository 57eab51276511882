import sqlite3
from datetime import timedelta

import msgspec
import pytest
from making import BODY, NOON, approval, article, export, later, page, poll

from streams import cluster
from tidings.errors import PermanentError
from tidings.records import Change, Control, Event, Story, Tick, content_id
from tidings.steps import Outcome


@pytest.fixture
def fold():
    """Applies records one after the other, at offsets from 0."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    state.executescript(cluster.SCHEMA)
    offsets = iter(range(1000))
    return lambda record: cluster.apply(state, next(offsets), record)


def story(*articles, origins=("site",), because=""):
    first = articles[0].id
    return Story(
        id=content_id("story", first),
        lead=first,
        articles=tuple(a.id for a in articles),
        origins=origins,
        joined_because=because,
    )


def test_a_new_article_is_a_story_of_its_own_with_its_signals_added(fold):
    a = article(signals=(export(),))

    assert fold(a) == [Event(pos=(0, 0), at=NOON, kind="new", article=a, story=story(a), added=a.signals)]


def test_the_same_revision_again_is_unchanged_whenever_it_was_fetched(fold):
    fold(article())

    assert fold(article(fetched_at=later(60))) == Outcome(word="unchanged")


def test_an_edited_page_tells_what_was_added_changed_and_removed(fold):
    before = article(signals=(export("5.4"), approval("Tianji CT"), approval("Tianji MR")))
    after = article(body="Corrected. " + BODY, signals=(export("5.8"), approval("Tianji MR"), approval("Tianji XR")))
    fold(before)

    [event] = fold(msgspec.structs.replace(after, fetched_at=later(60)))

    assert (event.kind, event.at, event.story) == ("revised", NOON, story(before))
    assert event.added == (after.signals[2],)
    assert event.changed == (Change(before=before.signals[0], after=after.signals[0]),)
    assert event.removed == (before.signals[1],)


def test_readings_that_a_killed_worker_repeats_do_not_bring_an_old_revision_back(fold):
    first, edited = article(), article(body="Corrected. " + BODY, fetched_at=later(60))
    restored = article(fetched_at=later(120))
    fold(first), fold(edited)

    assert [fold(first), fold(edited)] == [Outcome(word="repeated"), Outcome(word="unchanged")]
    # An editor who takes the correction back has it fetched later: that is news.
    [event] = fold(restored)
    assert (event.kind, event.article) == ("revised", restored)


def test_an_edit_of_the_wording_alone_changes_no_signal(fold):
    fold(article(signals=(export(),)))

    [event] = fold(article(body=BODY.replace("coming", "next"), signals=(export(confidence=0.7),)))

    assert (event.kind, event.added, event.changed, event.removed) == ("revised", (), (), ())


def test_a_fact_whose_attributes_alone_differ_is_changed(fold):
    before = article(signals=(approval("Tianji CT"),))
    after = article(body=BODY + " More.", signals=(approval("Tianji CT", device_class="III"),))
    fold(before)

    [event] = fold(after)

    assert event.changed == (Change(before=before.signals[0], after=after.signals[0]),)


def test_another_reader_of_the_same_revision_is_silent(fold):
    before = article(reader="analyse/1 lexicon/1")
    after = article(reader="analyse/2 lexicon/1", signals=(export(),))
    fold(before)

    [event] = fold(after)

    assert (event.kind, event.live, event.added) == ("reanalysed", False, after.signals)


def test_the_same_text_under_another_address_joins_the_story(fold):
    first = article("a")
    copy = article("b", body="Source: site\n" + BODY.upper(), origin="herald", fetched_at=later(30))
    fold(first)

    [event] = fold(copy)

    assert (event.kind, event.at) == ("repost", NOON + timedelta(minutes=30))
    assert event.story == story(first, copy, origins=("site", "herald"), because="same text")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Exports rise", BODY.replace("5.4%", "5.8%")),
        ("Notice 13", "See the attachment."),
    ],
)
def test_look_alikes_that_differ_in_a_figure_or_say_too_little_stay_apart(fold, title, body):
    fold(article("a"))
    fold(article("c", title="Notice 12", body="See the attachment."))

    [event] = fold(article("b", title=title, body=body))

    assert event.kind == "new"


def test_a_copy_of_the_corrected_text_finds_the_story_too(fold):
    first = article("a")
    fold(first)
    fold(article("a", body="Corrected. " + BODY))
    copy = article("b", body="Corrected. " + BODY)

    [event] = fold(copy)

    assert (event.kind, event.story.articles) == ("repost", (first.id, copy.id))


def test_polls_ticks_and_controls_pass_once(fold):
    control = Control(at=NOON, by="operator", act="rules")

    events = [fold(record) for record in (poll(0), poll(0), Tick(at=NOON), Tick(at=NOON), control)]

    repeated = Outcome(word="repeated")
    assert events == [
        [Event(pos=(0, 0), at=NOON, kind="poll", poll=poll(0), live=False)],
        repeated,
        [Event(pos=(2, 0), at=NOON, kind="tick", live=False)],
        repeated,
        [Event(pos=(4, 0), at=NOON, kind="control", control=control, live=False)],
    ]


def test_silence_is_handed_on(fold):
    [event] = fold(article(live=False))

    assert event.live is False


def test_a_record_that_does_not_belong_on_intake_is_refused(fold):
    with pytest.raises(PermanentError, match="intake holds no Page"):
        fold(page())
