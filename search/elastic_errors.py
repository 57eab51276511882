"""What Elasticsearch and its client say is wrong, as errors of Tidings, whose messages hold no password or key."""

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import ConnectionTimeout, SerializationError, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from tidings.errors import (
    ConfigError,
    PermanentError,
    QueryError,
    StaleIndexError,
    StepBusyError,
    TidingsError,
    TransientError,
)

#: Of a longer reason the rest is left out.
REASON_CHARACTERS_MAX = 400

#: Words in what Elasticsearch says -> what it means; the first that fits.
_FAULTS: dict[str, tuple[type[TidingsError], str]] = {
    "read-only-allow-delete": (TransientError, "free disk space on its nodes; the block then lifts by itself"),
    "cluster_block_exception": (TransientError, "lift the block; see the cluster's health"),
    "too many nested clauses": (QueryError, "ask for fewer or shorter phrases"),
    "index_not_found_exception": (
        StaleIndexError,
        "it was removed, or is another version's now; run `tidings reindex`",
    ),
    "version_conflict_engine_exception": (StepBusyError, "another process writes this search index; stop it first"),
    "resource_already_exists_exception": (StepBusyError, "another process makes this search index; stop it first"),
    "invalid_alias_name_exception": (ConfigError, "an index has this name already; name the search index otherwise"),
    "media_type_header_exception": (ConfigError, "it is too old; want Elasticsearch 9"),
}
_STATUSES: dict[int, tuple[type[TidingsError], str]] = {
    401: (ConfigError, "want a user and password, or an API key, that it knows"),
    403: (ConfigError, "want a user or an API key that may manage, read and write this index"),
    **dict.fromkeys((408, 429, 500, 502, 503, 504), (TransientError, "see the cluster's health and its log")),
}
_OTHERWISE = (PermanentError, "trying again cannot help; see its log, and whether `tidings reindex` does")


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise what the client raises as the TidingsError that it means; `where` is the subject of the message."""
    try:
        yield
    except TransportError as error:
        raise _unanswered(where, error) from error
    except UnsupportedProductError as error:
        raise ConfigError(f"{where}: what answers there is no Elasticsearch; want the address of one") from error
    except ApiError as error:
        raise fault(where, error.meta.status, error.message, _reason(error)) from error


def fault(where: str, status: int, kind: str, reason: str) -> TidingsError:
    """The error for what Elasticsearch answered: its status, its exception's name and its words."""
    said = f"{reason[:REASON_CHARACTERS_MAX]} ({kind[:REASON_CHARACTERS_MAX]}, {status})"
    for words, (error, remedy) in _FAULTS.items():
        if words in kind or words in reason:
            return error(f"{where}: {said}: {remedy}")
    error, remedy = _STATUSES.get(status, _OTHERWISE)
    return error(f"{where}: {said}: {remedy}")


def _unanswered(where: str, error: TransportError) -> TidingsError:
    if isinstance(error, TlsError):
        return ConfigError(f"{where}: no secure connection ({_cause(error)}); want the CA that signed its certificate")
    if isinstance(error, SerializationError):
        return TransientError(f"{where}: the answer is no JSON; see what stands between Tidings and Elasticsearch")
    fault = "no answer in time" if isinstance(error, ConnectionTimeout) else f"no connection ({_cause(error)})"
    return TransientError(f"{where}: {fault}; start Elasticsearch, or mend its address")


def _cause(error: TransportError) -> str:
    return str(error.errors[-1] if error.errors else error.message)[:REASON_CHARACTERS_MAX]


def _reason(error: ApiError) -> str:
    """The innermost words, which say more than "all shards failed"."""
    told = error.body.get("error") if isinstance(error.body, dict) else None
    if not isinstance(told, dict):
        return str(told or error.message)
    causes = told.get("root_cause") or [told]
    inner = told.get("caused_by") or {}
    return "; ".join(dict.fromkeys(filter(None, (causes[0].get("reason"), inner.get("reason"), told.get("reason")))))
