import random
import threading
import time
from datetime import timedelta

import pytest
from making import NOON, article, export

from alerts import outbox
from alerts.deliver import ATTEND_SECONDS, Backoff, Delivery
from alerts.outbox import Dead
from streams.logs.sqlite import SqliteLog
from streams.runner import Setting, drain
from tidings.codec import decode
from tidings.errors import PermanentError, StorageError, TransientError
from tidings.records import Item, Notification, Receipt
from tidings.storage import connect

SIGNAL = export()
ARTICLE = article(signals=(SIGNAL,))
ITEM = Item(
    story="s",
    article=ARTICLE.id,
    title=ARTICLE.title,
    url=ARTICLE.url,
    source="site",
    origin="site",
    first_seen=NOON,
    signal=SIGNAL,
    evidence="Exports",
)


def notification(n, channel="email", recipient="desk@example.com"):
    return Notification(
        id=f"n{n}", pos=(n, 0, 0), rule="r", channel=channel, recipient=recipient, items=(ITEM,), because="b"
    )


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)


class Listing:
    """A channel that appends to a list, after what its script says for each attempt: an error to raise, or None."""

    def __init__(self, *script, always=None):
        self.sent = []
        self.attempts = 0
        self._script = list(script)
        self._always = always

    def send(self, message, *, recipient, key):
        self.attempts += 1
        error = self._script.pop(0) if self._script else self._always
        if error is not None:
            raise error
        self.sent.append((recipient, key, message.subject))
        return f"id-{key}"


class Post:
    """A delivery on files in a folder, started as often as one likes."""

    def __init__(self, folder, **channels):
        self.folder = folder
        self.clock = Clock()
        self.channels = channels
        self.log = SqliteLog(folder / "log.sqlite")
        self.log._connection.execute("PRAGMA synchronous = OFF")
        self.backoff = Backoff(first_seconds=10, max_seconds=60, attempts_max=4)
        self.start()

    def start(self, log=None):
        self.state = connect(self.folder / "deliver.sqlite", outbox.SCHEMA)
        self.state.execute("PRAGMA synchronous = OFF")  # nothing here cuts the power: a crash is an exception
        self.delivery = Delivery(
            log=log or self.log, state=self.state, channels=self.channels, clock=self.clock, backoff=self.backoff
        )

    def take(self, *notifications):
        """Append and let the runner bring them."""
        self.log.append("notifications", notifications)
        self.run()

    def run(self):
        stop = threading.Event()
        drain(self.delivery.sink(), Setting(log=self.log, folder=self.folder, clock=self.clock, stop=stop))
        self.settle()

    def settle(self):
        """Until nothing is under way or due now."""
        deadline = time.monotonic() + 10
        self.delivery.due()
        while self.delivery._in_flight:
            assert time.monotonic() < deadline, "still under way"
            self.delivery.due()

    def receipts(self):
        return [decode(body) for _, body in self.log.read("receipts", -1, 10_000, 0.0)]


def receipt(n, state, at=NOON, **over):
    return Receipt(notification=f"n{n}", at=at, state=state, **over)


def test_each_notification_is_sent_once_with_its_id_as_the_key_and_leaves_a_receipt(tmp_path):
    post = Post(tmp_path, email=Listing(), console=Listing())

    post.take(notification(1), notification(2, "console", ""))
    post.run()

    assert (post.channels["email"].sent, post.channels["console"].sent) == (
        [("desk@example.com", "n1", "Exports +5.4%")],
        [("", "n2", "Exports +5.4%")],
    )
    assert sorted(post.receipts(), key=lambda r: r.notification) == [
        receipt(1, "sent", provider_id="id-n1"),
        receipt(2, "sent", provider_id="id-n2"),
    ]
    assert (outbox.waiting(post.state), outbox.dead(post.state)) == (0, [])


def test_what_may_pass_is_tried_again_each_time_after_twice_the_wait(tmp_path):
    post = Post(tmp_path, email=Listing(TransientError("451 busy"), TransientError("451 busy")))

    post.take(notification(1))
    waits = []
    while outbox.waiting(post.state):
        post.clock.wait(1)
        post.settle()
        waits.append(post.channels["email"].attempts)

    assert waits == [1] * 9 + [2] * 20 + [3]
    assert post.receipts() == [
        receipt(1, "retry", error="451 busy"),
        receipt(1, "retry", NOON + timedelta(seconds=10), error="451 busy"),
        receipt(1, "sent", NOON + timedelta(seconds=30), provider_id="id-n1"),
    ]


def test_the_other_side_says_how_long_to_wait_and_its_other_messages_wait_too(tmp_path):
    slack = Listing(TransientError("429", retry_after_seconds=3))
    post = Post(tmp_path, slack=slack)

    post.take(notification(1, "slack", "#a"))
    post.take(notification(2, "slack", "#a"), notification(3, "slack", "#b"))
    at_once = [key for _, key, _ in slack.sent]
    post.clock.wait(2.9)
    post.settle()
    early = [key for _, key, _ in slack.sent]
    post.clock.wait(0.1)
    post.settle()

    assert (at_once, early, sorted(key for _, key, _ in slack.sent)) == (["n3"], ["n3"], ["n1", "n2", "n3"])


@pytest.mark.parametrize(
    ("error", "attempts", "error_of"),
    [
        (PermanentError("550 no such box"), 1, "550 no such box"),
        (TransientError("connection refused"), 4, "connection refused"),
        (ValueError("a defect"), 4, "ValueError: a defect"),
    ],
)
def test_what_cannot_be_sent_is_dead_and_listed(tmp_path, error, attempts, error_of):
    post = Post(tmp_path, email=Listing(always=error))

    post.take(notification(1))
    for _ in range(10):
        post.clock.wait(60)
        post.settle()

    states = [r.state for r in post.receipts()]
    assert (states, post.channels["email"].attempts) == (["retry"] * (attempts - 1) + ["dead"], attempts)
    assert outbox.dead(post.state) == [
        Dead(id="n1", channel="email", recipient="desk@example.com", attempts=attempts, error=error_of)
    ]


def test_a_channel_that_is_not_set_up_waits_and_is_served_once_it_is(tmp_path):
    post = Post(tmp_path)
    post.take(notification(1))
    post.channels["email"] = Listing()
    post.clock.wait(10)
    post.settle()

    assert [(r.state, r.error) for r in post.receipts()] == [
        ("retry", 'channel "email" is not set up here; want its settings'),
        ("sent", ""),
    ]


def test_one_channel_s_failure_neither_hides_behind_nor_holds_up_another_s_success(tmp_path):
    post = Post(tmp_path, email=Listing(always=TransientError("away")), slack=Listing())

    post.take(*(notification(n, *(("email", "d@x.y") if n % 2 else ("slack", "#a"))) for n in range(6)))

    assert sorted(key for _, key, _ in post.channels["slack"].sent) == ["n0", "n2", "n4"]
    assert sorted((r.notification, r.state) for r in post.receipts()) == [
        ("n0", "sent"),
        ("n1", "retry"),
        ("n2", "sent"),
        ("n3", "retry"),
        ("n4", "sent"),
        ("n5", "retry"),
    ]


def test_a_channel_that_hangs_holds_up_nobody_else(tmp_path):
    class Hanging(Listing):
        def send(self, message, *, recipient, key):
            if recipient == "slow":
                release.wait(10)
            return super().send(message, recipient=recipient, key=key)

    release = threading.Event()
    post = Post(tmp_path, email=Hanging(), slack=Listing())
    post.log.append(
        "notifications",
        [notification(1, "email", "slow"), notification(2, "email", "quick"), notification(3, "slack", "#a")],
    )
    rows = [(offset, decode(body)) for offset, body in post.log.read("notifications", -1, 9, 0.0)]

    start = time.monotonic()
    post.delivery.write(rows)
    took = time.monotonic() - start
    meanwhile = sorted(r.notification for r in post.receipts())
    release.set()
    post.settle()

    assert (meanwhile, took < ATTEND_SECONDS + 1) == (["n2", "n3"], True)
    assert sorted(r.notification for r in post.receipts()) == ["n1", "n2", "n3"]


def test_a_process_that_stops_notes_what_is_under_way_and_begins_nothing_more(tmp_path):
    class Slow(Listing):
        def send(self, message, *, recipient, key):
            time.sleep(ATTEND_SECONDS + 0.2)
            return super().send(message, recipient=recipient, key=key)

    post = Post(tmp_path, email=Slow())
    post.log.append("notifications", [notification(1), notification(2)])
    rows = [(offset, decode(body)) for offset, body in post.log.read("notifications", -1, 9, 0.0)]

    post.delivery.write(rows)
    before = post.receipts()
    post.delivery.finish()

    assert (before, [r.notification for r in post.receipts()], post.channels["email"].attempts) == ([], ["n1"], 1)


def test_a_recipient_gets_messages_one_after_the_other_in_order(tmp_path):
    post = Post(tmp_path, email=Listing())

    post.take(*(notification(n) for n in range(30)))

    assert [key for _, key, _ in post.channels["email"].sent] == [f"n{n}" for n in range(30)]


def test_a_repeated_notification_is_dropped(tmp_path):
    post = Post(tmp_path, email=Listing())

    post.take(notification(1), notification(2), notification(1), notification(2), notification(3))

    assert [key for _, key, _ in post.channels["email"].sent] == ["n1", "n2", "n3"]


def test_a_record_that_cannot_be_read_is_passed_once_and_what_follows_is_sent(tmp_path):
    post = Post(tmp_path, email=Listing())
    post.take(notification(1))
    post.log._connection.execute("""INSERT INTO notifications VALUES (1, 0, '{"record": "notification/9"}')""")
    post.run()
    post.take(notification(2))

    assert [key for _, key, _ in post.channels["email"].sent] == ["n1", "n2"]
    assert post.log.end("dead-letters") == 0


def test_a_restart_resumes_the_waits(tmp_path):
    post = Post(tmp_path, email=Listing(TransientError("busy")))
    post.take(notification(1))
    post.start()
    post.run()
    early = list(post.channels["email"].sent)
    post.clock.wait(10)
    post.run()

    assert (early, [key for _, key, _ in post.channels["email"].sent]) == ([], ["n1"])


def test_a_lost_outbox_is_rebuilt_from_notifications_and_receipts(tmp_path):
    flaky = Listing(None, TransientError("busy"), PermanentError("no box"))
    post = Post(tmp_path, email=flaky)
    post.take(notification(1), notification(2), notification(3))
    for path in tmp_path.glob("deliver.sqlite*"):
        path.unlink()

    post.start()
    post.run()
    early = flaky.attempts
    post.clock.wait(10)
    post.run()

    assert (early, [key for _, key, _ in flaky.sent]) == (3, ["n1", "n2"])
    assert [(r.notification, r.state) for r in post.receipts()] == [
        ("n1", "sent"),
        ("n2", "retry"),
        ("n3", "dead"),
        ("n2", "sent"),
    ]


def test_a_full_disk_stops_the_delivery_and_sends_nothing_unrecorded(tmp_path):
    post = Post(tmp_path, email=Listing())
    pages = post.state.execute("PRAGMA page_count").fetchone()[0]
    post.state.execute(f"PRAGMA max_page_count = {pages}")
    large = Notification(
        id="n1", pos=(1, 0, 0), rule="r" * 50_000, channel="email", recipient="d", items=(ITEM,), because="b"
    )

    with pytest.raises(StorageError, match="free space or mend"):
        post.delivery.write([(0, large)])

    assert (post.channels["email"].attempts, post.delivery.position()) == (0, -1)


def test_waits_double_up_to_the_longest_and_heed_what_the_other_side_asked_for():
    backoff = Backoff(first_seconds=10, max_seconds=60)

    assert [backoff.seconds(n) for n in (1, 2, 3, 4, 500)] == [10, 20, 40, 60, 60]
    assert [backoff.seconds(1, asked) for asked in (0.5, 30, 1e9)] == [0.5, 30, 60]


# -- killed between any two effects -----------------------------------------------------------------------------------


class Crash(BaseException):
    """The process ends here."""


class CrashingLog:
    def __init__(self, log, effect):
        self._log, self._effect = log, effect

    def __getattr__(self, name):
        return getattr(self._log, name)

    def append(self, topic, records, *, done=None):
        self._effect()
        self._log.append(topic, records, done=done)
        self._effect()


class CrashingChannel(Listing):
    def __init__(self, chance):
        super().__init__()
        self._chance = chance
        self.effect = lambda: None

    def send(self, message, *, recipient, key):
        self.effect()
        if self._chance.random() < 0.2:
            raise TransientError("busy")
        id_ = super().send(message, recipient=recipient, key=key)
        self.effect()
        return id_


def test_killed_between_any_two_effects_everything_arrives_and_only_the_interrupted_twice(tmp_path):
    total = repeated = 0
    for seed in range(30):
        chance = random.Random(seed)
        email, slack = CrashingChannel(chance), CrashingChannel(chance)
        post = Post(tmp_path / str(seed), email=email, slack=slack)
        post.backoff = Backoff(first_seconds=1, max_seconds=1, attempts_max=1000)
        wanted = [notification(n, *chance.choice([("email", "a"), ("email", "b"), ("slack", "#c")])) for n in range(8)]
        post.log.append("notifications", wanted)

        crashes = 0
        for _ in range(200):
            crashes += survive(post, chance, email, slack)
            if outbox.waiting(post.state) == 0 and post.delivery.position() == 7:
                break

        keys = [key for channel in (email, slack) for _, key, _ in channel.sent]
        assert set(keys) == {n.id for n in wanted}, f"seed {seed}"
        # What a crash can make go out twice is what was under way: one message for each of the three recipients.
        assert len(keys) - len(wanted) <= 3 * crashes, f"seed {seed}"
        assert sorted(r.notification for r in post.receipts() if r.state == "sent") == sorted(n.id for n in wanted)
        total, repeated = total + crashes, repeated + len(keys) - len(wanted)
    assert total > 50 and repeated > 5


def survive(post, chance, *channels):
    """One life of the process: 1 if it ended in a crash."""
    countdown = chance.randint(1, 12)
    lock = threading.Lock()

    def effect():
        nonlocal countdown
        with lock:
            countdown -= 1
            now = countdown
        if now == 0:
            raise Crash

    for channel in channels:
        channel.effect = effect
    post.state.close()
    if chance.random() < 0.1:
        for path in post.folder.glob("deliver.sqlite*"):
            path.unlink()
    try:
        post.start(CrashingLog(post.log, effect))
        post.clock.wait(1)
        post.run()
        return 0
    except Crash:
        for thread in threading.enumerate():
            if thread.name.startswith("deliver "):
                thread.join(5)  # in a real crash they would be gone: here they may have sent, and nobody noted it
        return 1
