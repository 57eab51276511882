"""Dates as people print them, read exactly or not at all.

Every form gives the stated moment with its precision and the offset it was stated in. What names no real day
("20241345", 30 February) is no date; nothing is filled in from the day of the run.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from streams.analyse.dateforms import AHEAD_MAX, FULL, WHOLE, moment, offset
from tidings.records import Published

#: A slot for a date that holds more than this is not one.
SLOT_CHARACTERS_MAX = 300
#: Older dates are slips of the pen or of the pattern.
YEAR_MIN = 1990

#: What stands before the date of publication rather than another.
_LABEL = re.compile(
    r"(?:发布|發布|发表|公布|成文|印发|发文)(?:时间|日期|日|于)?\s*[:：]?\s*|(?:时间|日期|時間)\s*[:：]\s*"
    r"|\b(?:[Pp]ublished|[Pp]osted|[Rr]eleased|[Rr]elease [Dd]ate|[Pp]ublication [Dd]ate|[Dd]ate|[Ii]ssued)"
    r"(?:\s+(?:on|at|date))?\s*[:：]?\s*"
)

#: How many of year, month, day a value of this precision states; a time states more.
_STATED = {"year": 1, "month": 2, "day": 3, "minute": 4, "second": 4}


def parse(text: str, *, zone: str, fetched_at: datetime, found: str) -> Published | None:
    """The date in a slot for one: "(2024-05-17)", "发布时间：2024年5月17日 09:30", "Fri, 17 May 2024 08:00:00 GMT".

    `zone`: offset in which a bare date is read. `found` goes into the result. Relative forms ("3小时前", "昨天") and
    ones without a year count back from `fetched_at`. Of several dates the one after a word for publication counts,
    else the last ("年报2023 2024-05-17"). None if there is none, or only one more than 24 hours after `fetched_at`.
    """
    text = _normal(text)
    if not text or len(text) > SLOT_CHARACTERS_MAX:
        return None
    for pattern, reader in WHOLE:
        if match := pattern.fullmatch(text.strip(" ()[]【】")):
            return _checked(reader(match, zone, fetched_at), fetched_at, found)
    dates = [date for date, _ in _all(text, zone, fetched_at, found)]
    return _labelled(text, zone, fetched_at, found) or (dates[-1] if dates else None)


def search(text: str, *, zone: str, fetched_at: datetime, found: str) -> Published | None:
    """The first full date in running text; one after a word for publication ("发布时间：") goes before others."""
    text = _normal(text)
    first = next(_all(text, zone, fetched_at, found), None)
    return _labelled(text, zone, fetched_at, found) or (first[0] if first else None)


def alone(line: str, *, zone: str, fetched_at: datetime, found: str) -> Published | None:
    """The date of a line that says nothing else: the dateline under a notice ("2025年4月15日")."""
    text = _normal(line)
    read = next(_all(text, zone, fetched_at, found), None)
    return read[0] if read and not (text[: read[1].start()] + text[read[1].end() :]).strip(" ()[].,") else None


def refines(finer: Published, coarser: Published) -> bool:
    """True if `finer` says of the same day, month or year what `coarser` leaves open."""
    kept = _STATED[coarser.precision]
    if kept == _STATED["minute"] or _STATED[finer.precision] <= kept:
        return False
    a, b = (date.value.astimezone(offset(coarser.zone)) for date in (finer, coarser))
    return a.timetuple()[:kept] == b.timetuple()[:kept]


def stamp(digits: str, zone: str, fetched_at: datetime, found: str) -> Published | None:
    """The moment in the 14 digits YYYYMMDDHHMMSS."""
    parts = (digits[:4], digits[4:6], digits[6:8], digits[8:10], digits[10:12], digits[12:14])
    return _checked(moment(*parts, zone=zone), fetched_at, found)


def day(year: str, month: str, of_month: str, zone: str, fetched_at: datetime, found: str) -> Published | None:
    """The day of these figures, or the month if `of_month` is ""."""
    return _checked(moment(year, month, of_month or None, zone=zone), fetched_at, found)


def _normal(text: str) -> str:
    """Widths and spaces folded; "２０２４－０５－１７" becomes "2024-05-17"."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-")
    return " ".join(re.sub("[\u200b-\u200f\u2060\ufeff\u00ad]", "", text).split())


def _all(text: str, zone: str, fetched_at: datetime, found: str) -> Iterator[tuple[Published, re.Match[str]]]:
    """Full dates in `text` with their places, in order."""
    hits = sorted(
        ((match, reader) for pattern, reader in FULL for match in pattern.finditer(text)),
        key=lambda hit: (hit[0].start(), -hit[0].end()),
    )
    end = 0
    for match, reader in hits:
        if match.start() >= end and (date := _checked(reader(match, zone, fetched_at), fetched_at, found)):
            end = match.end()
            yield date, match


def _labelled(text: str, zone: str, fetched_at: datetime, found: str) -> Published | None:
    for label in _LABEL.finditer(text):
        start = label.end()
        for pattern, reader in FULL:
            if (match := pattern.match(text, start)) and (
                date := _checked(reader(match, zone, fetched_at), fetched_at, found)
            ):
                return date
    return None


def _checked(date: Published | None, fetched_at: datetime, found: str) -> Published | None:
    if date is None or date.value > fetched_at + AHEAD_MAX or date.value.year < YEAR_MIN:
        return None
    return Published(value=date.value, precision=date.precision, found=found, zone=date.zone)
