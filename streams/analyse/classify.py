"""Whether an article is about medical devices, and its topics: weighted words, each counted once.

The words and weights stand in the lexicon (topics.yaml, relevance.yaml). A word in the title counts twice.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import daachorse

from streams.analyse.frames import Document
from streams.analyse.plain import lowered, plain
from tidings.lexicon import Lexicon

#: Name of a group -> (word, weight).
Weighted = Mapping[str, tuple[tuple[str, int], ...]]

#: Weight at which a topic is given.
TOPIC_WEIGHT_MIN = 4
#: Weight of devices at which an article is about them, if nothing speaks against it.
RELEVANT_WEIGHT_MIN = 3
#: A device category named counts like a word of this weight, up to so many categories; one in the title counts 1 more.
DEVICE_WEIGHT, DEVICES_MAX = 2, 3
#: So do device makers named, each with a weight of 1; one in the title counts 2 more.
MAKERS_MAX = 3
#: Words of weight 1 are shared with drugs and doctors: together they count no more than this.
SHARED_WEIGHT_MAX = 2

TOPICS = (
    "regulatory",
    "policy",
    "procurement",
    "reimbursement",
    "trade",
    "market",
    "technology",
    "corporate",
    "manufacturing",
    "safety",
)


@dataclass(frozen=True, slots=True)
class Class:
    """What an article is about; nothing if it is not relevant."""

    relevant: bool
    topics: tuple[str, ...]
    devices: tuple[str, ...]


def classifier(lexicon: Lexicon) -> Callable[[Document], Class]:
    """A function that classifies documents by the weighted words of `lexicon`."""
    is_maker = _maker(lexicon)
    weigh_topics, weigh_relevance = _weigher(lexicon.topics), _weigher(_shared_apart(lexicon.relevance))

    def classify(document: Document) -> Class:
        title, body = lowered(plain(document.title)), lowered(plain(document.body))
        relevance = weigh_relevance(title, body)
        devices = tuple(dict.fromkeys(name.name for name in document.names if name.kind == "device"))
        makers = {name.name for name in document.names if name.kind == "company" and is_maker(name.name)}
        in_title = [name for frame in document.titles for name in frame.names]
        speaks_for = (
            relevance.get("for", 0)
            + min(relevance.get("shared", 0), SHARED_WEIGHT_MAX)
            + DEVICE_WEIGHT * min(len(devices), DEVICES_MAX)
            + any(name.kind == "device" for name in in_title)
            + min(len(makers), MAKERS_MAX)
            + 2 * any(name.name in makers for name in in_title)
        )
        if speaks_for < RELEVANT_WEIGHT_MIN or speaks_for <= relevance.get("against", 0):
            return Class(relevant=False, topics=(), devices=())
        weights = weigh_topics(title, body)
        strongest = max(weights.values(), default=0)
        topics = tuple(t for t in TOPICS if weights.get(t, 0) >= max(TOPIC_WEIGHT_MIN, strongest / 3))
        return Class(relevant=True, topics=topics, devices=devices)

    return classify


def _maker(lexicon: Lexicon) -> Callable[[str], bool]:
    """Whether a company makes devices: the lexicon says so, or its name does (Medical, 医疗)."""
    makers = {entry.name: entry.maker for entry in lexicon.entries if entry.kind == "company"}
    weigh = _weigher({"names": lexicon.relevance.get("names", ())})

    def is_maker(name: str) -> bool:
        return makers[name] if name in makers else bool(weigh("", lowered(plain(name))))

    return is_maker


def _shared_apart(words: Weighted) -> Weighted:
    """The words for and against, those of weight 1 that devices share with other care set apart as "shared"."""
    listed = words.get("for", ())
    return {
        "for": tuple((word, weight) for word, weight in listed if weight > 1),
        "shared": tuple((word, weight) for word, weight in listed if weight == 1),
        "against": words.get("against", ()),
    }


def _weigher(words: Weighted) -> Callable[[str, str], dict[str, int]]:
    listed = [(lowered(plain(word)), name, weight) for name, group in words.items() for word, weight in group]
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick([word for word, _, _ in listed])

    def found(text: str) -> set[int]:
        return {i for start, end, i in automaton.find_overlapping(text) if _whole(text, start, end)}

    def weigh(title: str, body: str) -> dict[str, int]:
        weights: dict[str, int] = {}
        in_title = found(title)
        for index in in_title | found(body):
            _, name, weight = listed[index]
            weights[name] = weights.get(name, 0) + weight * (2 if index in in_title else 1)
        return weights

    return weigh


_LATIN = re.compile(r"[0-9a-z]")


def _whole(text: str, start: int, end: int) -> bool:
    """True unless a Latin word is cut out of a longer one; a plural is no longer word."""
    if _LATIN.match(text[start]) and start and _LATIN.match(text[start - 1]):
        return False
    rest = text[end : end + 2]
    return not (
        _LATIN.match(text[end - 1])
        and rest
        and _LATIN.match(rest)
        and not (rest[0] == "s" and not _LATIN.match(rest[1:]))
    )
