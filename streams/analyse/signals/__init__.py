"""The signal types: one module each, all of one shape.

A module has TRIGGERS (a sentence without one is never looked at), HEADS or patterns for what a figure or an act is
about, `find(document)`, and EXAMPLES of its own (in `<type>_examples.py`) that a test and docs/signals.md run. A new
type is one module and one line here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from streams.analyse.frames import Document
from streams.analyse.signals import export, market_size, registration
from tidings.records import AnySignal

Finder = Callable[[Document], Iterator[AnySignal]]
#: A text, and of each signal that it must give the attributes that matter.
Example = tuple[str, list[dict[str, Any]]]

FINDERS: dict[str, Finder] = {
    "registration": registration.find,
    "export": export.find,
    "market_size": market_size.find,
}

EXAMPLES: dict[str, list[Example]] = {
    "registration": registration.EXAMPLES,
    "export": export.EXAMPLES,
    "market_size": market_size.EXAMPLES,
}
