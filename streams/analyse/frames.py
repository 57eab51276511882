"""What a signal module sees: an article cut into sentences, each with the figures, times, names and numbers in it.

All offsets are code points of the whole field, so that evidence is cut from the original text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from streams.analyse import identifiers, mentions, periods, quantities
from streams.analyse.periods import When
from streams.analyse.plain import plain
from streams.analyse.quantities import Found
from streams.analyse.sentences import Range, clauses, sentences
from tidings.lexicon import Entry, Lexicon
from tidings.records import Span

Field = Literal["title", "body"]

#: Evidence is a clause, a sentence or a row: never longer than this.
EVIDENCE_CHARACTERS_MAX = 390
#: How many sentences back a time or a company is carried in from: no further than a reader would.
CARRIED_SENTENCES_MAX = 8


@dataclass(frozen=True, slots=True)
class Head:
    """The word that says what a figure is a figure of: "exports", 市场规模."""

    family: str
    start: int
    end: int


class Heads:
    """The heads of one signal type. Family "other" holds what takes a figure away: a profit is no export."""

    def __init__(self, **families: str) -> None:
        self.pattern = re.compile(
            "|".join(f"(?P<{name}>{pattern})" for name, pattern in families.items()), re.IGNORECASE
        )

    def find(self, frame: "Frame") -> list[Head]:
        """The heads of a sentence in order; what one consumed, no other finds (海外收入 is no 收入)."""
        return [Head(str(m.lastgroup), *m.span()) for m in self.pattern.finditer(frame.text, frame.start, frame.end)]


@dataclass(frozen=True)
class Document:
    """An article for the finders."""

    title: str
    body: str
    language: str
    #: The date printed on the article; None if it states none.
    published: date | None
    lexicon: Lexicon
    find_names: mentions.Finder

    @property
    def chinese(self) -> bool:
        return self.language.startswith("zh")

    @cached_property
    def titles(self) -> "list[Frame]":
        """The title's sentences."""
        return list(self._frames("title", self.title))

    @cached_property
    def frames(self) -> "list[Frame]":
        """The body's sentences and table rows, in order."""
        return list(self._frames("body", self.body))

    @cached_property
    def names(self) -> list[mentions.Named]:
        """Every name in title and body, those of the title first."""
        return [name for frame in (*self.titles, *self.frames) for name in frame.names]

    @cached_property
    def authorities(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in self.lexicon.entries if entry.kind == "authority"}

    @cached_property
    def about_china(self) -> bool:
        """True if the article speaks of China and of no other country as often."""
        counts: dict[str, int] = {}
        for name in self.names:
            if name.kind == "region":
                counts[name.name] = counts.get(name.name, 0) + 1
            elif name.kind == "authority" and (region := self.authorities[name.name].region):
                counts[region] = counts.get(region, 0) + 1
        others = max((n for region, n in counts.items() if region not in ("CN", "GLOBAL")), default=0)
        return counts.get("CN", 0) > others or (self.chinese and not others)

    def _frames(self, where: Field, original: str) -> "Iterator[Frame]":
        text = plain(original)
        names, numbers = (
            _Sorted(self.find_names(original, self.body if where == "title" else self.title)),
            _Sorted(identifiers.find(text)),
        )
        figures, times = _Sorted(quantities.find(text)), _Sorted(periods.find(text, self.published))
        previous: Frame | None = None
        for start, end in sentences(text, self.language):
            previous = Frame(
                document=self,
                field=where,
                original=original,
                text=text,
                start=start,
                end=end,
                names=names.within(start, end),
                quantities=figures.within(start, end),
                periods=times.within(start, end),
                numbers=numbers.within(start, end),
                previous=previous,
            )
            yield previous


class _Sorted:
    """Things with a place, found by range."""

    def __init__(self, things: Sequence[object]) -> None:
        self.things = sorted(things, key=lambda thing: thing.start)  # type: ignore[attr-defined]
        self.starts = [thing.start for thing in self.things]  # type: ignore[attr-defined]

    def within(self, start: int, end: int) -> tuple:  # type: ignore[type-arg]
        return tuple(self.things[bisect_left(self.starts, start) : bisect_left(self.starts, end)])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Frame:
    """One sentence or table row of a field: code points [start, end)."""

    document: Document
    field: Field
    original: str
    #: The whole field, plain.
    text: str
    start: int
    end: int
    names: tuple[mentions.Named, ...]
    quantities: tuple[Found, ...]
    periods: tuple[When, ...]
    numbers: tuple[identifiers.Number, ...]
    #: The sentence before it in the same field.
    previous: "Frame | None"

    @cached_property
    def clauses(self) -> list[Range]:
        return clauses(self.text, self.start, self.end, self.document.language)

    @property
    def words(self) -> str:
        return self.text[self.start : self.end]

    @property
    def is_row(self) -> bool:
        return "\t" in self.words

    @cached_property
    def is_first_of_line(self) -> bool:
        return self.previous is None or "\n" in self.text[self.previous.end : self.start]

    def clause(self, at: int) -> Range:
        """The clause that holds the character at `at`."""
        return next((c for c in self.clauses if c[0] <= at < c[1]), (self.start, self.end))

    def named(self, kind: str, start: int | None = None, end: int | None = None) -> list[mentions.Named]:
        """Names of a kind in [start, end), by default in the whole sentence."""
        start, end = self.start if start is None else start, self.end if end is None else end
        return [n for n in self.names if n.kind == kind and n.start >= start and n.end <= end]

    # -- what a figure needs ------------------------------------------------------------------------------------------

    def head_of(self, found: Found, heads: Sequence[Head]) -> Head | None:
        """The head of a figure: one that is tied to it from behind ("$3.1 billion in exports"), else the nearest
        before it."""
        for head in heads:
            tied = _TIED_RATIO if found.quantity.unit.startswith("percent") else _TIED
            if (
                head.start >= found.end
                and tied.fullmatch(self.text, found.end, min(head.start, found.end + 40))
                and head.start - found.end <= 40
            ):
                return head
        before = [head for head in heads if head.end <= found.start]
        return before[-1] if before else None

    def period_of(self, found: Found, *, growth: bool = False, carried: bool = True) -> str | None:
        """The time of a figure: what follows it directly ("in 2021"), else the nearest before it, else the nearest
        after it.

        A growth is not dated by what it is compared with ("against 2022"). `carried`: earlier sentences of the line
        may date it.
        """
        if not growth:
            for when in self.periods:
                if when.start >= found.end and DATED_BEHIND.fullmatch(self.text[found.end : when.start]):
                    return when.value
        dating = [w for w in self.periods if not _is_compared(self, w)]
        before = [w for w in dating if w.end <= found.start]
        after = [w for w in dating if w.start >= found.end]
        if before:
            return before[-1].value
        if after and after[0].start <= self.clause(found.start)[1] + 25:
            return after[0].value
        return self.earlier_period() if carried else None

    def earlier_period(self) -> str | None:
        """The time that the sentences before it on the line speak of, the nearest first; None if they state none."""
        frame: Frame | None = self
        for _ in range(CARRIED_SENTENCES_MAX):
            if frame is None or (frame.is_first_of_line and "同期" not in frame.words):
                return None
            frame = frame.previous
            if frame is not None and frame.periods:
                return frame.period_of(frame.quantities[-1]) if frame.quantities else frame.periods[-1].value
        return None

    def companies_of(self, at: int, *, carried: bool = False) -> tuple[str, ...]:
        """The company that a fact at `at` is about: the nearest named before it in the sentence, else one named later
        in it.

        `carried`: if the sentence names none, the last one named in the same field, else the title's only one.
        """
        here = self.named("company")
        before = [n for n in here if n.start <= at]
        if before:
            return _joined(self, before)
        if here and not (carried and _REFERS_BACK.search(self.text, self.start, at)):
            return (here[0].name,)
        return self._earlier_company() if carried else ()

    def _earlier_company(self) -> tuple[str, ...]:
        frame = self.previous
        for _ in range(CARRIED_SENTENCES_MAX):
            if frame is None:
                break
            if found := frame.named("company"):
                return (found[0].name,)
            frame = frame.previous
        titles = list(dict.fromkeys(n.name for f in self.document.titles for n in f.named("company")))
        return (titles[0],) if len(titles) == 1 else ()

    def regions_in(self, start: int, end: int) -> tuple[str, ...]:
        """Regions named in [start, end), in order, each once."""
        return tuple(dict.fromkeys(n.name for n in self.named("region", start, end)))

    def devices_in(self, start: int, end: int) -> tuple[str, ...]:
        """Device categories named in [start, end), in order, each once."""
        return tuple(dict.fromkeys(n.name for n in self.named("device", start, end)))

    def evidence(self, start: int, end: int) -> Span:
        """The clauses that hold [start, end): the clause of its end alone where all of them are far longer than
        that."""
        first, last = self.clause(start), self.clause(max(start, end - 1))
        whole = (first[0], last[1])
        if whole[1] - whole[0] > min(3 * (last[1] - last[0]), EVIDENCE_CHARACTERS_MAX):
            whole = last
        if whole[1] - whole[0] > EVIDENCE_CHARACTERS_MAX:
            whole = (max(whole[0], end - EVIDENCE_CHARACTERS_MAX), max(end, whole[0] + 1))
        lead = _LEAD.match(self.text, whole[0], start)
        whole = (lead.end() if lead else whole[0], whole[1])
        while self.original[whole[1] - 1] in "。.；;！!" and whole[1] - whole[0] > 1:
            whole = (whole[0], whole[1] - 1)
        return Span(field=self.field, start=whole[0], end=whole[1])


#: What only ties a clause to the one before it, and bullets: no part of what the clause says.
_LEAD = re.compile(
    r"(?:[-–—•·*●○■◆,，、]\s?|(?:and|but|while|whereas|although|though|which|with|as|because|so|including)\s"
    r"|(?:并且|而且|以及|同时|并(?=获|取|于|在|已|将|被|实)|且|而(?=在|其|进|出|海|全|20|该|我|国))[，,]?)+",
    re.IGNORECASE,
)
#: What may stand between a figure and a head behind it.
_TIED = re.compile(r"\s?(?:的|in|of|worth of|of (?:annual|total))\s?(?:\w+\s){0,2}", re.IGNORECASE)
#: Between a percentage and what grew by it: "a 5% rise in exports"; what it is "of" is the whole that it is a share of.
_TIED_RATIO = re.compile(r"\s(?:\w+\s){0,3}in\s(?:\w+\s){0,2}|的?(?:的增长|增幅)", re.IGNORECASE)
#: What may stand between a figure and its time behind it.
DATED_BEHIND = re.compile(
    r"\s?\(?[^,;。，()]{0,0}\)?\s?(?:\([^()]{1,40}\)\s)?(?:in|for|by|during|at the end of|over"
    r"|as of)?\s?(?:the )?(?:year |period |month of )?",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:against|compared (?:with|to)|versus|than|from|over|level of)\s(?:the\s)?(?:same period (?:of|in)\s)?$"
    r"|\b(?:against|compared (?:with|to)|versus|than|from)\s(?:(?!\bto\b)[^,;\d]){0,12}\d(?:(?!\bto\b"
    r"|[,;]\s)[^;]){0,40}\b(?:in|of|for)\s$",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"\b(?:its|their|it|they|the (?:company|group|firm|manufacturer|target))\b|(?<![\u4e00-\u9fff])(?:其|它|该公司|公司"
    r"|集团|本集团)",
    re.IGNORECASE,
)


def _is_compared(frame: Frame, when: When) -> bool:
    """True for the time that a figure is compared with: "against 2022", "from RMB 3 million in 2022", 较2023年,
    与2021年相比."""
    start = max(frame.clause(when.start)[0], when.start - 60)
    if _COMPARED.search(frame.text, start, when.start):
        return True
    before, after = frame.text[max(frame.start, when.start - 2) : when.start], frame.text[when.end : when.end + 6]
    return before.endswith(("较", "比", "相较", "对比")) or (before.endswith(("与", "和", "同")) and "相比" in after)


def _joined(frame: Frame, before: list[mentions.Named]) -> tuple[str, ...]:
    """The last company named, with those it is listed with: "A, B and C"."""
    group = [before[-1]]
    for name in reversed(before[:-1]):
        if not re.fullmatch(r"\s?(?:[,、，]|and|和|及|与|以及|, and|&)\s?", frame.text[name.end : group[0].start]):
            break
        group.insert(0, name)
    return tuple(dict.fromkeys(n.name for n in group))
