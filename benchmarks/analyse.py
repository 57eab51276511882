"""analyse against trafilatura alone on the same pages: dates, companies, classification and signals come on top."""

import random
from collections.abc import Iterator

from benchmarks.measuring import ROUNDS, Line, paired, seconds
from benchmarks.pages import SEED, page


def compare(scale: float) -> Iterator[Line]:
    """Whole analysis and its reading alone, each against both modes of trafilatura."""
    import trafilatura

    from streams.analyse import analyser
    from streams.analyse.document import read
    from tidings.lexicon import load

    chance = random.Random(SEED)
    pages = [page(chance, n) for n in range(max(4, int(200 * scale)))]
    texts = [p.body.decode() for p in pages]
    analyse = analyser(load(), {})
    sides = {"analyse": lambda: [analyse(p) for p in pages], "reading alone": lambda: [read(p, None) for p in pages]}
    peers = {
        "trafilatura, fast": lambda: [trafilatura.extract(text, fast=True) for text in texts],
        "trafilatura, default": lambda: [trafilatura.extract(text) for text in texts],
    }
    for act in (*sides.values(), *peers.values()):
        act()
    for name, ours in sides.items():
        for peer, other in peers.items():
            yield paired(
                f"{name} / {peer}",
                lambda ours=ours: seconds(ours),
                lambda other=other: seconds(other),
                "ms a page",
                rounds=ROUNDS,
                per=1000 / len(pages),
            )
