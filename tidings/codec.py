"""Records as bytes: one JSON object, whose `record` says kind and schema version ("page/1")."""

import functools
import re
from typing import Any

import msgspec

from tidings.errors import NewerRecordError, RecordError
from tidings.records import RECORDS, Record

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
_KNOWN = {str(cls.__struct_config__.tag) for cls in RECORDS}


class _Head(msgspec.Struct):
    record: str = ""


def encode(record: Record) -> bytes:
    """The record's bytes; the same record gives the same bytes, always."""
    return _encoder.encode(record)


def decode(data: bytes) -> Record:
    """The record in `data`.

    Raises NewerRecordError if a newer Tidings wrote it, RecordError if it is no record at all.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _explain(data, error) from error


def _explain(data: bytes, error: Exception) -> RecordError:
    try:
        tag = msgspec.json.decode(data, type=_Head).record
    except (msgspec.DecodeError, UnicodeDecodeError):
        return RecordError(f"{len(data)} bytes that are no record: {error}")
    kind, _, version = tag.partition("/")
    newest = max((int(t.partition("/")[2]) for t in _KNOWN if t.startswith(kind + "/")), default=0)
    if newest and re.fullmatch(r"[0-9]{1,6}", version) and int(version) > newest:
        return NewerRecordError(
            f"record {tag} was written by a newer Tidings (this one reads up to {kind}/{newest}): upgrade, then replay"
        )
    return RecordError(f"record {tag or '(unnamed)'} does not fit its schema: {error}")


@functools.cache
def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (draft 2020-12) per record: file name -> schema. `tidings/schemas/` holds them, a test compares."""
    return {
        str(cls.__struct_config__.tag).replace("/", ".v") + ".json": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **msgspec.json.schema(cls),
        }
        for cls in RECORDS
    }
