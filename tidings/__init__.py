"""Tidings: news in, typed evidence-linked signals, stories and alerts out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidings.following import follow as follow

VERSION = "0.1.0"


def __getattr__(name: str) -> Any:
    """`from tidings import follow` loads the Kafka client; `import tidings` does not."""
    if name != "follow":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # The module has another name than the function: a submodule `tidings.follow` would stand in the function's place.
    from tidings.following import follow

    return follow
