"""How much is measured."""

from dataclasses import dataclass

PAGES = 2_000
#: Below this a worker has one batch and nothing to compare.
PAGES_MIN = 200


@dataclass(frozen=True, kw_only=True)
class Size:
    """The two numbers that decide how long a run takes."""

    pages: int
    #: In the index, for the search.
    articles: int


def size(scale: float, articles: int) -> Size:
    """`scale`: share of the full number of pages."""
    return Size(pages=max(PAGES_MIN, int(PAGES * scale)), articles=articles)
