"""Time two sides in turn, A B A B, so that the machine's drift falls on both."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the table."""

    what: str
    ours: float
    #: None where there is nothing to compare with.
    other: float | None
    unit: str
    #: Smallest and largest ratio over the rounds; None where it was measured once.
    spread: tuple[float, float] | None = None
    #: What the ratio should be, or `ours` where there is no other; "" where nothing was promised.
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """ours / other."""
        return self.ours / self.other if self.other else None


def seconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def paired(
    what: str,
    ours: Callable[[], float],
    other: Callable[[], float],
    unit: str,
    *,
    rounds: int = ROUNDS,
    per: float = 1.0,
) -> Line:
    """Both sides in turn, each giving its seconds; the medians of both times `per`, and how far the ratios spread."""
    pairs = [(ours(), other()) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    a, b = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Line(what=what, ours=a * per, other=b * per, unit=unit, spread=(min(ratios), max(ratios)))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
