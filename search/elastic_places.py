"""Which index of Elasticsearch answers for a name, and its exchange for another in one step.

For the alias `articles`: the index is `articles-v1-7`, of version 1 and the seventh made. It bears `articles`, for
everyone, and `articles-v1`, by which this version addresses it: after an exchange for an index of another version that
name is gone, and nobody reads what they cannot understand. While an index is filled it bears `articles-v1-7-next` only.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from elasticsearch import Elasticsearch

from search import elastic_mapping
from search.elastic_mapping import SETTINGS, mapping
from tidings.errors import ConfigError, TransientError


def address(alias: str) -> str:
    """The name by which this version reads and writes what `alias` stands for."""
    return f"{alias}-v{elastic_mapping.VERSION}"


def building(index: str) -> str:
    """The name by which an index is written that does not answer yet."""
    return f"{index}-next"


def create(client: Elasticsearch, alias: str) -> None:
    """Make the first index of `alias`, which then answers. Raises TransientError if its disk takes no more."""
    _remove_unused(client, alias)
    _create(client, f"{address(alias)}-1", (alias, address(alias)))


def create_next(client: Elasticsearch, alias: str) -> str:
    """Make an index beside the one that answers, and remove what an interrupted exchange left; gives its name."""
    own = _remove_unused(client, alias)
    made = f"{address(alias)}-{1 + max(map(_number, own), default=0)}"
    _create(client, made, (building(made),))
    return made


def exchange(client: Elasticsearch, alias: str, made: str) -> None:
    """Let `made` answer for `alias`, in one step that happens or does not. The other indices are not removed yet."""
    own = _own(client, alias)
    for index in client.indices.get_alias(name=alias) if client.indices.exists_alias(name=alias) else ():
        if index not in own:
            raise ConfigError(f'alias "{alias}" stands for the index "{index}", which is not ours; want another name')
    client.indices.update_aliases(
        actions=[
            *({"remove": {"index": index, "aliases": list(names)}} for index, names in own.items() if names),
            {"add": {"index": made, "aliases": [alias, address(alias)]}},
        ]
    )


def remove(client: Elasticsearch, alias: str, *, made: str | None = None) -> None:
    """Remove the indices of ours that nobody is led to any more, or only `made` if it is one of them."""
    _remove_unused(client, alias, [made] if made else None)


def _remove_unused(client: Elasticsearch, alias: str, among: Collection[str] | None = None) -> Collection[str]:
    """Gives the names of all our indices, the removed ones too.

    What a request that timed out did is seen here, not guessed: an index that answers is never removed.
    """
    own = _own(client, alias)
    for index, names in own.items():
        if not set(names) - {building(index)} and (among is None or index in among):
            client.indices.delete(index=index, ignore_unavailable=True)
    return own


def _create(client: Elasticsearch, index: str, names: tuple[str, ...]) -> None:
    answer = client.indices.create(
        index=index, settings=SETTINGS, mappings=mapping(), aliases={name: {} for name in names}
    )
    if not answer["shards_acknowledged"]:
        raise TransientError(f'no node takes the new index "{index}"; free disk space, or see the cluster\'s health')


def _own(client: Elasticsearch, alias: str) -> Mapping[str, Mapping[str, Any]]:
    """Our indices of every version -> the names they bear."""
    found = client.indices.get_alias(index=f"{alias}-v*", expand_wildcards="all")
    own = re.compile(rf"{re.escape(alias)}-v\d+-\d+")
    return {index: told["aliases"] for index, told in found.items() if own.fullmatch(index)}


def _number(index: str) -> int:
    return int(index.rpartition("-")[2])
