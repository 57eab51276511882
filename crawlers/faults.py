"""What goes wrong between us and a server, in Scrapy's and Twisted's words and in ours: one table."""

from collections.abc import Callable

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from tidings.errors import AddressRefusedError, PermanentError, TidingsError, TransientError


class BlockedError(TidingsError):
    """A challenge where a list or an article should be: recorded, never solved; the poll ends at once."""


#: Every error with which a download can end, but for IgnoreRequest.
FAULTS: tuple[type[Exception], ...] = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    # Twisted's answer to a host name that no host can bear.
    ValueError,
)

#: What a request may raise.
ERRORS: tuple[type[Exception], ...] = (IgnoreRequest, *FAULTS)

_WORDS: dict[type[Exception], tuple[str, type[TidingsError]]] = {
    CannotResolveHostError: ("the host's name has no address", TransientError),
    DownloadCancelledError: ("the body is larger than is taken", PermanentError),
    DownloadConnectionRefusedError: ("the host refuses the connection", TransientError),
    DownloadTimeoutError: ("no whole answer in time", TransientError),
    ResponseDataLossError: ("the body ends early", TransientError),
    UnsupportedURLSchemeError: ("only http and https are fetched", PermanentError),
    ValueError: ("no address that can be fetched", PermanentError),
}


def translate(url: str, error: Exception, why_refused: Callable[[str], str]) -> TidingsError:
    """Our error for one of `FAULTS` or IgnoreRequest.

    `why_refused` gives, for Twisted's message, what the address guard has against the host that it names.
    """
    if isinstance(error, IgnoreRequest):
        return PermanentError(f"{url}: {error}")
    if isinstance(error, CannotResolveHostError) and (reason := why_refused(str(error))):
        return AddressRefusedError(f"{url}: {reason}; if that is meant, the source needs allow_private: true")
    for kind, (words, ours) in _WORDS.items():
        if isinstance(error, kind):
            return ours(f"{url}: {words}")
    return TransientError(f"{url}: {_innermost(error) or type(error).__name__}")


def _innermost(error: Exception) -> str:
    """What lies at the bottom of a failed response: Twisted wraps the reasons, TLS faults among them."""
    reasons = getattr(error.__cause__ or error, "reasons", None) or [error]
    return "; ".join(dict.fromkeys(str(getattr(reason, "value", reason)) for reason in reasons))[:200]
