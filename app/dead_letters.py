"""The records that a step could not take: listed, shown, put back, dropped."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.export import records
from tidings.codec import decode
from tidings.errors import NotFoundError, TidingsError
from tidings.records import DeadLetter
from tidings.steps import Log

#: Topics to which a record can be put back: their readers take it by id, whatever its place.
REPLAYABLE = ("pages", "intake", "notifications")


def letters(log: Log, *, resolved: bool = False) -> list[tuple[int, DeadLetter]]:
    """(number, letter) by first appearance, the open ones or all; the number is what the commands take."""
    newest: dict[tuple[str, int, str], tuple[int, DeadLetter]] = {}
    for offset, letter in records(log, "dead-letters"):
        assert isinstance(letter, DeadLetter)
        key = (letter.topic, letter.position, letter.step)
        newest[key] = (newest[key][0] if key in newest else offset, letter)
    return [(number, letter) for number, letter in newest.values() if resolved or letter.resolved is None]


def letter(log: Log, number: int) -> DeadLetter:
    """The open letter of that number. Raises NotFoundError."""
    found = dict(letters(log)).get(number)
    if found is None:
        raise NotFoundError(f"no open dead letter {number}: `tidings dead-letters list` shows them")
    return found


def replay(log: Log, numbers: Sequence[int], now: datetime) -> None:
    """Append each letter's record to its topic again, then mark the letter replayed.

    A kill between the two leaves the letter open: replaying twice is harmless, its readers drop what they know.
    Raises RecordError if this version still cannot read the record, TidingsError for a topic that cannot take it back.
    """
    for number in numbers:
        found = letter(log, number)
        topic = next((topic for topic in REPLAYABLE if topic == found.topic), None)
        if topic is None:
            raise TidingsError(
                f"dead letter {number} is of {found.topic}, whose order is fixed: "
                "`tidings reindex` rebuilds the index; for alerts, replay the article on intake"
            )
        log.append(topic, [decode(found.body)])  # type: ignore[arg-type]
        _resolve(log, found, "replayed", now)


def drop(log: Log, numbers: Sequence[int], now: datetime) -> None:
    """Mark each letter dropped; its record stays in the log."""
    for number in numbers:
        _resolve(log, letter(log, number), "dropped", now)


def _resolve(log: Log, found: DeadLetter, how: str, now: datetime) -> None:
    log.append("dead-letters", [msgspec.structs.replace(found, resolved=how, at=now)])
