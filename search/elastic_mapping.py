"""An article as Elasticsearch keeps it: what its fields are, and a document's values for them.

Terms, stems and keys are made in Python (tidings.terms, tidings.documents) as for the embedded index, so that
Elasticsearch only compares tokens. For other readers of the index each signal is a nested document under `signals`,
with the names of the signals' own schema, and `_source` holds `document`, the whole article as JSON.
Times are whole microseconds since 1970: a date of Elasticsearch holds milliseconds.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from search.index import BEST_HITS_MAX, FACETS, HITS_MAX
from tidings.documents import FIELDS, Document, keys, newest, values
from tidings.matching import RANGE_FIELDS, TEXT_FIELDS, texts, time
from tidings.records import SIGNAL_TYPES
from tidings.terms import stream, terms

#: Changes whenever terms, stems, keys or the fields below change: what an older version wrote is then refused.
VERSION = 1
#: Stands in a phrase where any token may stand. No term holds it.
GAP = "_"
#: The longest token is 128 code points and a mark, in UTF-16 twice that. Longer ones would be cut in two.
TOKEN_UNITS_MAX = 1_000
#: Of a longer attribute of a signal other readers see the value, but cannot search it.
ATTRIBUTE_CHARACTERS_MAX = 1_000

Json = dict[str, Any]

_KEYWORD: Json = {"type": "keyword"}
_ATTRIBUTE: Json = {"type": "keyword", "ignore_above": ATTRIBUTE_CHARACTERS_MAX}
_LONG: Json = {"type": "long"}
# A decimal beyond what a double can hold stays unsearched; it must not keep the article out.
_DOUBLE: Json = {"type": "double", "ignore_malformed": True}
_TEXT: Json = {
    "type": "text",
    "analyzer": "stream",
    "search_analyzer": "phrase",
    # The gaps of a phrase are far shorter, so that none reaches from one attachment into the next.
    "position_increment_gap": 100,
}
#: Attributes of signals that are no words.
_OTHER_ATTRIBUTES: dict[str, Json] = {
    "evidence": {"type": "object", "enabled": False},
    "quantity": {"properties": {"value": _DOUBLE, "upper": _DOUBLE, "unit": _ATTRIBUTE, "approx": _ATTRIBUTE}},
    "confidence": _DOUBLE,
    "forecast": {"type": "boolean"},
    "first_of_kind": {"type": "boolean"},
}

SETTINGS: Json = {
    # One shard: facets are then exact and scores comparable, up to some ten million articles.
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    # Only the write of the position refreshes: readers see a whole `put` or nothing of it.
    "refresh_interval": "-1",
    "max_result_window": BEST_HITS_MAX + HITS_MAX + 1,
    "analysis": {
        "tokenizer": {"stream": {"type": "whitespace", "max_token_length": TOKEN_UNITS_MAX}},
        "filter": {"gap": {"type": "stop", "stopwords": [GAP]}},
        "analyzer": {
            "stream": {"type": "custom", "tokenizer": "stream"},
            "phrase": {"type": "custom", "tokenizer": "stream", "filter": ["gap"]},
        },
    },
}


def mapping() -> Json:
    """The fields. One that is not named here is refused, so that no index is made by accident."""
    attributes = {name for signal in SIGNAL_TYPES.values() for name in signal.__struct_fields__}
    return {
        "dynamic": "strict",
        "_source": {"includes": ["document", "signals", "upto"]},
        "properties": {
            "kind": {"type": "keyword", "doc_values": False},
            "id": _KEYWORD,
            "keys": {"type": "keyword", "doc_values": False},
            **dict.fromkeys(TEXT_FIELDS, _TEXT),
            **dict.fromkeys(FACETS, _KEYWORD),
            **dict.fromkeys(("at", *RANGE_FIELDS), _LONG),
            "signals": {
                "type": "nested",
                "dynamic": False,
                "properties": {name: _OTHER_ATTRIBUTES.get(name, _ATTRIBUTE) for name in ("type", *sorted(attributes))},
            },
            "document": {"type": "object", "enabled": False},
            "upto": {"type": "long", "index": False, "doc_values": False},
        },
    }


def source(document: Document) -> bytes:
    """The article as one line of JSON."""
    return _encoder.encode(
        {
            "kind": "article",
            "id": document.article.id,
            "keys": [
                f"{name} {form}" for name in FIELDS for value in values(name, document) for form in keys(name, value)
            ],
            **{field: [" ".join(stream(terms(text))) for text in texts(field, document)] for field in TEXT_FIELDS},
            **{name: values(name, document) for name in FACETS},
            "at": micros(newest(document).astimezone(UTC).replace(tzinfo=None)),
            **{clock: micros(at) for clock in RANGE_FIELDS if (at := time(clock, document)) is not None},
            "signals": document.article.signals,
            "document": document,
        }
    )


def stored(kept: Json) -> Document:
    """The document in a `_source`."""
    return msgspec.convert(kept["document"], Document)


def micros(moment: datetime) -> int:
    """Microseconds from 1970 to `moment`, which is in UTC or as printed, without zone."""
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


_encoder = msgspec.json.Encoder()
