"""Articles into Elasticsearch and out of it, some at a time, each one's answer read."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from search.elastic_errors import fault
from search.elastic_mapping import source
from tidings.documents import Document
from tidings.errors import TidingsError, TransientError

#: One request holds so many articles at most, and so many bytes unless one article alone is larger.
ARTICLES_MAX = 500
BYTES_MAX = 5_000_000


def write(
    client: Elasticsearch, where: str, target: str, documents: Mapping[str, Document], removed: Iterable[str]
) -> None:
    """Bring in `documents` (by id) and take out `removed`; durable when it returns, and visible after a refresh.

    `target` is an alias: a missing one is an error, where a missing index would be made. What precedes an article that
    is refused may be in. Raises TransientError if Elasticsearch could take one later, PermanentError if never.
    """
    for batch in _batches(itertools.chain(_removals(removed), _additions(documents))):
        answer = client.bulk(
            operations=batch,  # type: ignore[arg-type]  # bytes are sent as they are
            index=target,
            require_alias=True,
        )
        if answer["errors"]:  # the status of the whole is 200 even then
            raise _gravest(where, answer["items"])


def _additions(documents: Mapping[str, Document]) -> Iterator[bytes]:
    for article_id, document in documents.items():
        yield _action("index", article_id) + b"\n" + source(document)


def _removals(article_ids: Iterable[str]) -> Iterator[bytes]:
    return (_action("delete", article_id) for article_id in article_ids)


def _action(kind: str, article_id: str) -> bytes:
    return msgspec.json.encode({kind: {"_id": article_id}})


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == ARTICLES_MAX or size + len(line) > BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _gravest(where: str, items: Sequence[Mapping[str, Any]]) -> TidingsError:
    """What passes by itself comes first: the same call again then meets what does not."""
    answers = [answer for item in items for answer in item.values() if "error" in answer]
    faults = [_fault(where, answer) for answer in answers]
    return next((error for error in faults if isinstance(error, TransientError)), faults[0])


def _fault(where: str, answer: Mapping[str, Any]) -> TidingsError:
    error = answer["error"]
    inner = (error.get("caused_by") or {}).get("reason", "")
    reason = "; ".join(filter(None, (error["reason"], inner)))
    return fault(f"{where}: article {answer['_id']}", answer["status"], error["type"], reason)
