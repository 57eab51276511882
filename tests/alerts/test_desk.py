import random
import sqlite3
import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from making import NOON, approval, article, export, later, poll

from alerts import memory
from alerts.conditions import AnyOf, Sure
from alerts.desk import ITEMS_MAX, alert_fold, why
from alerts.memory import Decision
from alerts.rule import Address, Rule, RuleSet, control
from streams.logs.sqlite import PartReader, SqliteLog
from streams.runner import Setting, drain
from tidings.codec import decode, encode
from tidings.errors import PermanentError
from tidings.records import (
    Change,
    Control,
    Event,
    Item,
    Mention,
    Notification,
    Published,
    Span,
    Story,
    Tick,
    content_id,
)
from tidings.steps import Outcome

DESK = Address(channel="email", recipient="desk@example.com")
ROOM = Address(channel="slack", recipient="#medtech")


def wants(type_name, *, name=None, to=(DESK,), **values) -> Rule:
    asked = [AnyOf(attribute=attribute, values=(value,)) for attribute, value in values.items()]
    conditions = (AnyOf(attribute="type", values=(type_name,)), *asked, Sure(min=0.8))
    return Rule(name=name or type_name, says="A rule.", to=to, conditions=conditions)


def asks(query, *, name="query", to=(DESK,)) -> Rule:
    return Rule(name=name, says="A rule.", to=to, query=query)


def in_force(*rules, by="folder") -> Control:
    return control(RuleSet(rules=tuple(sorted(rules, key=lambda rule: rule.name))), at=NOON, by=by)


class Desk:
    """The fold on one state, its events given positions as they come."""

    def __init__(self, lexicon):
        self.state = sqlite3.connect(":memory:", isolation_level=None)
        self.state.executescript(memory.SCHEMA)
        self.fold = alert_fold(lexicon)
        self.offset = -1

    def take(self, kind, article=None, *, story=None, **over):
        self.offset += 1
        given = {"pos": (self.offset, 0), "at": NOON, "kind": kind, "article": article}
        if article is not None:
            given["story"] = Story(id=story or content_id(article.id), lead=article.id, articles=(article.id,))
            given["live"] = article.live
        return self.again(Event(**(given | over)))

    def again(self, event):
        self.event = event
        return self.fold.apply(self.state, self.offset, event)

    def rules(self, *rules):
        return self.take("control", control=in_force(*rules), live=False)


@pytest.fixture
def desk(lexicon):
    return Desk(lexicon)


def test_a_wanted_article_gives_one_notification_for_each_address(desk):
    seen = article("a", title="Cleared", body="China approved it. More.", signals=(approval("Tianji CT"),))
    desk.rules(wants("registration", action="approved", authority="NMPA", to=(DESK, ROOM)))

    notifications = desk.take("new", seen)

    story = content_id(seen.id)
    expected = Notification(
        id=content_id("registration", story, "1.0", "email", "desk@example.com"),
        pos=(1, 0, 0),
        rule="registration",
        channel="email",
        recipient="desk@example.com",
        items=(
            Item(
                story=story,
                article=seen.id,
                title="Cleared",
                url="http://site.test/a",
                source="site",
                origin="site",
                first_seen=NOON,
                signal=seen.signals[0],
                evidence="China approved it. M",
            ),
        ),
        because="rule 'registration': registration approved by NMPA",
    )
    assert notifications == [
        expected,
        msgspec.structs.replace(
            expected,
            id=content_id("registration", story, "1.0", "slack", "#medtech"),
            pos=(1, 0, 1),
            channel="slack",
            recipient="#medtech",
        ),
    ]


def test_rules_fire_in_the_order_of_their_names_and_count_their_positions_on(desk):
    desk.rules(wants("registration", name="b"), wants("registration", name="a", to=(DESK, ROOM)))

    notifications = desk.take("new", article(signals=(approval(),)))

    assert [(n.rule, n.pos) for n in notifications] == [("a", (1, 0, 0)), ("a", (1, 0, 1)), ("b", (1, 0, 2))]


def test_a_rule_tells_a_story_once_whoever_repeats_or_edits_it(desk):
    desk.rules(wants("registration"))
    first = article("a", signals=(approval(),))

    ends = [
        desk.take("new", first),
        desk.take("repost", article("b", signals=(approval(),)), story=content_id(first.id)),
        desk.take("revised", first, added=(approval("Another"),)),
        desk.take("new", article("c", signals=(approval(),))),
    ]

    assert [end if isinstance(end, Outcome) else len(end) for end in ends] == [
        1,
        Outcome(word="told"),
        Outcome(word="told"),
        1,
    ]


def test_what_is_not_live_is_remembered_and_sends_nothing(desk):
    desk.rules(wants("registration"))
    old = article("a", signals=(approval(),), live=False)

    ends = [
        desk.take("new", old),
        desk.take("repost", article("b", signals=(approval(),)), story=content_id(old.id)),
    ]

    assert (ends, memory.telling(desk.state, "registration", content_id(old.id))) == (
        [Outcome(word="silent"), Outcome(word="told")],
        memory.Telling(article=old.id, silent=True),
    )


def test_a_new_reading_of_an_old_text_is_never_live(desk):
    desk.rules(wants("registration"))

    assert desk.take("reanalysed", article(signals=(approval(),)), added=(approval(),), live=True) == Outcome(
        word="silent"
    )


def test_an_edit_fires_for_what_it_brought_and_not_for_what_stood_there_before(desk):
    before, after = export("5.4"), export("5.8")
    edited = article("a", signals=(approval(), after))
    desk.rules(wants("registration"), wants("export"))

    notifications = desk.take("revised", edited, changed=(Change(before=before, after=after),))

    assert [(n.rule, [item.signal for item in n.items]) for n in notifications] == [("export", [after])]


def test_a_query_rule_asks_the_whole_text_and_quotes_the_sentence_that_matched(desk):
    desk.rules(asks('"infusion pump" -recall'))
    seen = article("a", title="A maker opens", body="It rained.\nThe infusion pump is new. It is blue.")

    ends = [desk.take("new", seen), desk.take("new", article("b", body="A recall of the infusion pump."))]

    assert [end if isinstance(end, Outcome) else (end[0].because, end[0].items[0].evidence) for end in ends] == [
        (
            "rule 'query': exactly “infusion pump” and not the word “recall” in any form",
            "The infusion pump is new. It is blue.",
        ),
        Outcome(word="no-rule"),
    ]


def test_a_query_for_a_company_finds_it_in_either_language_as_search_does(desk):
    desk.rules(asks("强生"))
    named = Mention(name="Johnson & Johnson", spans=(Span(field="title", start=0, end=17),))
    ends = [
        desk.take("new", article("a", title="增强生产能力", body="一家公司增强生产能力。")),
        desk.take("new", article("b", title="Johnson & Johnson invests", body="x", companies=(named,))),
    ]

    assert [end if isinstance(end, Outcome) else len(end) for end in ends] == [Outcome(word="no-rule"), 1]


def test_each_article_is_judged_by_the_set_in_force_at_its_place(desk):
    desk.take("new", article("a", signals=(approval(), export())))
    desk.rules(wants("registration"))
    between = desk.take("new", article("b", signals=(approval(), export())))
    desk.rules(wants("export"))
    after = desk.take("new", article("c", signals=(approval(), export())))

    assert [[n.rule for n in end] for end in (between, after)] == [["registration"], ["export"]]


def test_a_set_that_cannot_be_read_is_a_dead_letter_and_the_previous_one_stays(desk):
    desk.rules(wants("registration"))
    newer = Control(act="rules", at=NOON, by="folder", body={"set": '{"rules": [{"name": "from the future"}]}'})
    with pytest.raises(PermanentError, match="a set of rules cannot be read"):
        desk.take("control", control=newer)

    assert [n.rule for n in desk.take("new", article(signals=(approval(),)))] == ["registration"]


def test_a_set_whose_query_cannot_be_parsed_does_not_come_into_force(desk):
    with pytest.raises(PermanentError, match='rule "query": query colour:red: '):
        desk.rules(asks("colour:red"))

    assert memory.rules_at(desk.state, (99, 0)) is None


def test_a_repeated_event_is_dropped(desk):
    desk.rules(wants("registration"))
    desk.take("new", article(signals=(approval(),)))

    assert desk.again(desk.event) == Outcome(word="repeated")


@pytest.mark.parametrize(
    ("kind", "over"),
    [
        ("tick", {}),
        ("poll", {"poll": poll()}),
        ("control", {"control": Control(at=NOON, by="x", act="ack")}),
        ("withdrawn", {}),
    ],
)
def test_other_events_are_counted_and_change_nothing(desk, kind, over):
    assert desk.take(kind, **over) == Outcome(word="ignored", detail=kind)


def test_a_set_is_counted_when_it_comes_into_force(desk):
    assert desk.rules(wants("export"), wants("registration")) == Outcome(
        word="ignored", detail="rules in force from here: 2"
    )


def test_a_record_that_is_no_event_is_refused(desk):
    with pytest.raises(PermanentError, match="events holds no Tick: only events"):
        desk.again(Tick(at=NOON))


DATES = [
    (None, False),
    (Published(value=NOON - timedelta(hours=23), precision="minute", found="meta"), False),
    (Published(value=NOON - timedelta(hours=25), precision="minute", found="meta"), True),
    (Published(value=datetime(2026, 11, 22, 16, tzinfo=UTC), precision="day", found="list", zone="+08:00"), False),
    (Published(value=datetime(2026, 11, 21, 16, tzinfo=UTC), precision="day", found="list", zone="+08:00"), True),
    (Published(value=datetime(2026, 11, 1, tzinfo=UTC), precision="month", found="text"), False),
    (Published(value=datetime(2025, 1, 1, tzinfo=UTC), precision="year", found="text"), True),
]


@pytest.mark.parametrize(("published", "late"), DATES)
def test_a_page_is_late_if_all_of_its_own_date_lies_more_than_a_day_back(desk, published, late):
    desk.rules(wants("registration"))

    (notification,) = desk.take("new", article(signals=(approval(),), published=published))

    assert notification.items[0].late is late


def test_a_long_table_is_one_notification_that_says_how_many_rows_it_holds_back(desk):
    desk.rules(wants("registration"))
    rows = tuple(approval(f"Product {n}") for n in range(ITEMS_MAX + 7))

    (notification,) = desk.take("new", article(signals=rows))

    assert (len(notification.items), notification.held) == (ITEMS_MAX, 7)


def test_why_gives_for_each_rule_what_it_decided_or_what_was_wanting(desk, lexicon):
    rules = (
        asks("pump", name="a query"),
        wants("registration", name="fired"),
        wants("registration", name="nearest", authority="NMPA", action="renewed"),
        wants("deal", name="other type"),
    )
    desk.rules(*rules)
    seen = article(signals=(approval(), export()))
    desk.take("new", seen)
    event = desk.event
    desk.rules()

    def decided(rule, decision, detail):
        return Decision(article=seen.id, pos=(1, 0), rule=rule, decision=decision, detail=detail)

    assert why(desk.state, event, lexicon) == [
        decided("a query", "no-rule", "the text does not match: the word “pump” in any form"),
        decided("fired", "notified", "rule 'fired': registration approved by NMPA"),
        decided("nearest", "no-rule", "action is approved, rule wants renewed"),
        decided("other type", "no-rule", "no deal signal"),
    ]


def test_why_says_which_article_had_told_the_story_and_that_it_was_silent(desk, lexicon):
    old = article("a", signals=(approval(),), live=False)
    desk.rules(wants("registration"))
    desk.take("new", old)
    desk.take("repost", article("b", signals=(approval(),)), story=content_id(old.id))

    (decision,) = why(desk.state, desk.event, lexicon)

    assert (decision.decision, decision.detail) == (
        "told",
        f"the rule had told this story with article {old.id}, silently because it was not live",
    )


def test_why_has_nothing_to_say_of_what_was_not_judged(desk, lexicon):
    desk.rules(wants("registration"))
    tick, ahead = desk.event, Event(pos=(9, 0), at=NOON, kind="new", article=article(), story=None)

    assert (why(desk.state, tick, lexicon), why(desk.state, ahead, lexicon)) == ([], [])


# -- the same notifications whatever happens in between ---------------------------------------------------------------


class Crash(BaseException):
    """The process ends here."""


class CrashingLog:
    """The real log, which ends the process before or after its nth append, and hands out small batches."""

    def __init__(self, log, countdown, chance):
        self._log, self._countdown, self._chance = log, countdown, chance

    def __getattr__(self, name):
        return getattr(self._log, name)

    def append(self, topic, records, *, done=None):
        self._effect()
        self._log.append(topic, records, done=done)
        self._effect()

    def read(self, topic, after, limit, wait_seconds):
        return self._log.read(topic, after, self._chance.randint(1, 4), wait_seconds)

    def reader(self, name, part):
        return nullcontext(PartReader(self, part))

    def _effect(self):
        self._countdown -= 1
        if self._countdown == 0:
            raise Crash


def some_events(chance):
    """Two dozen events: sets coming and going, stories told, copied, edited, silent ones among them."""
    rules = [wants("registration"), wants("export", to=(DESK, ROOM)), asks("device"), asks("Exports", name="loud")]
    for offset in range(24):
        pos = (offset, 0)
        if chance.random() < 0.2:
            entry = in_force(*chance.sample(rules, chance.randrange(len(rules) + 1)))
            yield Event(pos=pos, at=NOON, kind="control", control=entry, live=False)
            continue
        signals = tuple(chance.sample([approval(), export(), approval("Other")], chance.randrange(3)))
        seen = article(chance.choice("abcdef"), signals=signals, fetched_at=later(offset))
        kind = chance.choice(["new", "repost", "revised", "reanalysed"])
        story = Story(id=chance.choice("xyz"), lead=seen.id, articles=(seen.id,))
        yield Event(
            pos=pos,
            at=NOON,
            kind=kind,
            article=seen,
            story=story,
            added=signals,
            live=chance.random() < 0.7 and kind != "reanalysed",
        )


def notifications(log):
    """As a reader sees them: repeated positions dropped."""
    last, kept = (), []
    for _, body in log.read("notifications", -1, 10_000, 0.0):
        notification = decode(body)
        if notification.pos > last:
            last = notification.pos
            kept.append(encode(notification))
    return kept


def run(lexicon, log, folder):
    drain(alert_fold(lexicon), Setting(log=log, folder=folder, clock=lambda: NOON, stop=threading.Event()))


def test_notifications_are_the_same_after_any_crash_and_any_repetition_of_events(tmp_path, lexicon):
    crashes = told = 0
    for seed in range(40):
        chance = random.Random(seed)
        events = list(some_events(chance))
        repeated = [event for event in events for _ in range(chance.choice([1, 1, 2]))]
        calm, rough = (SqliteLog(tmp_path / f"{seed}-{name}.sqlite") for name in ("calm", "rough"))
        for log in (calm, rough):
            log._connection.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power: a crash is an exception
        calm.append("events", events)
        rough.append("events", repeated)
        run(lexicon, calm, tmp_path / f"{seed}-calm")

        for _ in range(1000):
            try:
                run(lexicon, CrashingLog(rough, chance.randint(1, 6), chance), tmp_path / f"{seed}-rough")
                break
            except Crash:
                crashes += 1

        assert notifications(rough) == notifications(calm), f"seed {seed}"
        told += len(notifications(calm))
        calm.close()
        rough.close()
    assert crashes > 100 and told > 50
