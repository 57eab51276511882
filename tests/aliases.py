"""Names in a shared Elasticsearch that only one test uses, and removes again."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import Elasticsearch


@contextmanager
def own_alias(url: str) -> Iterator[str]:
    """An alias for which no index stands; every index whose name begins so is removed at the end."""
    alias = f"test-{uuid.uuid4().hex}"
    try:
        yield alias
    finally:
        with Elasticsearch(url) as client:
            client.indices.delete(index=f"{alias}*", expand_wildcards="all")
