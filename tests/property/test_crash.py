"""Crash between any two effects of any step, start again, and the outputs are those of an undisturbed run.

The effects of a step: each append to the log (before, and after it is durable) and each commit of a fold's state.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from making import BODY, NOON, approval, article, export, later, page, poll

from alerts.desk import alert_fold
from alerts.rule import Address, Rule, RuleSet, control
from streams.cluster import cluster_fold
from streams.logs.sqlite import PartReader, SqliteLog
from streams.runner import Setting, drain
from tidings.codec import decode, encode
from tidings.lexicon import Lexicon
from tidings.records import Control, Tick
from tidings.steps import Map

RUNS = 1000

LEXICON = Lexicon(entries=(), topics={}, relevance={})
RULES = RuleSet(
    rules=(
        Rule(name="Exports", says="exports", to=(Address(channel="console", recipient=""),), query="exports"),
        Rule(name="All", says="all", to=(Address(channel="email", recipient="a@b.test"),), query="text OR exports"),
    )
)


class Crash(BaseException):
    """The process ends here."""


class CrashingLog:
    """The real log, which ends the process before or after its nth append, and hands out small batches."""

    def __init__(self, log: SqliteLog, countdown: int, chance: random.Random) -> None:
        self._log, self._countdown, self._chance = log, countdown, chance

    def __getattr__(self, name):
        return getattr(self._log, name)

    def effect(self, *_):
        self._countdown -= 1
        if self._countdown == 0:
            raise Crash

    def append(self, topic, records, *, done=None):
        self.effect()
        self._log.append(topic, records, done=done)
        self.effect()

    def read(self, topic, after, limit, wait_seconds):
        return self._log.read(topic, after, self._chance.randint(1, 4), wait_seconds)

    def reader(self, name, part):
        return nullcontext(PartReader(self, part))


def intake(chance: random.Random) -> Iterator:
    """A dozen records of every kind, revisions, copies, repeats and one that does not belong there among them."""
    bodies = [BODY, BODY.replace("5.4%", "5.8%"), "Another text altogether. " * 8]
    for n in range(12):
        match chance.randrange(7):
            case 0:
                yield poll(chance.randrange(4))
            case 1:
                yield Tick(at=later(chance.randrange(4)))
            case 2:
                yield Control(at=NOON, by="operator", act="ack", body={"n": str(n)})
            case 3:
                yield page("stray")
            case _:
                signals = (export(chance.choice(["5.4", "5.8"])),) if chance.random() < 0.7 else (approval(),)
                yield article(
                    chance.choice("abc"),
                    body=chance.choice(bodies),
                    signals=signals,
                    fetched_at=later(n),
                    live=chance.random() < 0.8,
                )


def outputs(log, topic) -> list[bytes]:
    """As a reader sees them: repeated positions dropped."""
    last, kept = (), []
    for _, body in log.read(topic, -1, 10_000, 0.0):
        record = decode(body)
        if record.pos > last:
            last = record.pos
            kept.append(encode(record))
    return kept


def setting(log, folder, observe=lambda *_: None):
    return Setting(log=log, folder=folder, clock=lambda: NOON, stop=threading.Event(), observe=observe)


def crash_until_done(step, folder, log, chance) -> int:
    """Run `step`, crashing at a random effect and starting again, until it gets through; gives the crashes."""
    for crashes in range(1000):
        crashing = CrashingLog(log, chance.randint(1, 9), chance)
        try:
            drain(step, setting(crashing, folder, crashing.effect))
            return crashes
        except Crash:
            continue
    raise AssertionError("it never got through")


@pytest.mark.timeout(240)
def test_events_and_notifications_are_the_same_after_any_crash_of_either_fold(tmp_path):
    crashes = told = 0
    for run in range(RUNS):
        chance = random.Random(run)
        records = [control(RULES, at=NOON, by="test"), *intake(chance)]
        folder = tmp_path / str(run)
        calm, rough = SqliteLog(folder / "calm.sqlite"), SqliteLog(folder / "rough.sqlite")
        for log in (calm, rough):
            log._connection.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power: a crash is an exception
            log.append("intake", records)
        for fold in (cluster_fold(), alert_fold(LEXICON)):
            drain(fold, setting(calm, folder / "calm"))

            crashes += crash_until_done(fold, folder / "rough", rough, chance)

            assert outputs(rough, fold.sink) == outputs(calm, fold.sink), f"run {run}, {fold.name}"
        told += len(outputs(calm, "notifications"))
        calm.close()
        rough.close()
    assert crashes > RUNS and told > RUNS


@pytest.mark.timeout(240)
def test_a_map_s_outputs_are_each_there_once_after_any_crash(tmp_path):
    step = Map(name="analyse", source="pages", sink="intake", apply=lambda p: article(p.url, fetched_at=p.fetched_at))
    for run in range(100):
        chance = random.Random(run)
        log = SqliteLog(tmp_path / str(run) / "log.sqlite")
        log.append("pages", [page(str(n)) for n in range(10)])

        crash_until_done(step, tmp_path / str(run), log, chance)

        assert [decode(b).url for _, b in log.read("intake", -1, 99, 0.0)] == [
            article(page(str(n)).url).url for n in range(10)
        ]
        assert log.counts("analyse") == {"in": 10, "out": 10}
        log.close()
