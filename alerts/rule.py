"""Rules: what they are, and how a set of them comes into force. rule_folder.py reads them from files.

A set in force is an entry of the log, a `Control` with act "rules": the alert fold judges every article by the set that
stood in the log before it, never by what a file says now.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from alerts.conditions import Condition
from tidings.errors import PermanentError
from tidings.records import Control, Page, Record, content_id
from tidings.steps import Done, Log, Outcome

#: Under this name the log remembers which set was published last.
READER = "rules"

#: Reads a page as the service does (an article, or why there is none); for the examples of rule files.
Analyse = Callable[[Page], Record | Outcome]


class Address(Struct, frozen=True, kw_only=True, order=True):
    """One channel and one recipient."""

    channel: str
    #: As the channel writes it; "" for the console.
    recipient: str


class Rule(Struct, frozen=True, kw_only=True):
    """What someone wants to be told of, and where. Either `conditions` or `query` is set."""

    name: str
    #: One line for people.
    says: str
    to: tuple[Address, ...]
    #: All must hold for one signal; the first is its type. () if the rule is a query.
    conditions: tuple[Condition, ...] = ()
    #: In the language of search, names resolved; None if the rule is on signals.
    query: str | None = None


class RuleSet(Struct, frozen=True, kw_only=True):
    """The rules that are in force together, by name."""

    rules: tuple[Rule, ...] = ()

    @property
    def text(self) -> str:
        """The set as JSON, the same for the same rules."""
        return _encoder.encode(self).decode()

    @property
    def id(self) -> str:
        """Which set this is: a hash of `text`."""
        return content_id(self.text)


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(RuleSet)


def control(rules: RuleSet, *, at: datetime, by: str) -> Control:
    """The entry of the log that puts `rules` in force. `by`: who or what did it."""
    return Control(act="rules", at=at, by=by, body={"set": rules.text, "id": rules.id})


def decode(text: str) -> RuleSet:
    """The set whose `text` this is. Raises PermanentError if this Tidings cannot read it."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise PermanentError(
            f"a set of rules cannot be read ({error}); want it published again by this Tidings"
        ) from error


def publish(log: Log, rules: RuleSet, *, at: datetime, by: str) -> bool:
    """Append `rules` to intake unless they are what was published last; true if they were appended.

    The set's fingerprint is kept as the position of the reader "rules", together with the append: a process killed
    here publishes the same set once, not twice.
    """
    entry = control(rules, at=at, by=by)
    if log.position(READER) == fingerprint(entry):
        return False
    log.append("intake", [entry], done=Done(reader=READER, offset=fingerprint(entry)))
    return True


def fingerprint(entry: Control) -> int:
    """Which set an entry of act "rules" puts in force, as a position of the reader "rules"."""
    return int(entry.body["id"][:15], 16)
