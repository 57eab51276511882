import json
from datetime import UTC, datetime

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import approval, article, export, page, poll

from tidings.codec import decode, encode, schemas
from tidings.errors import NewerRecordError, RecordError
from tidings.records import (
    RECORDS,
    Change,
    Control,
    DeadLetter,
    Event,
    Item,
    Notification,
    Receipt,
    StatedSignal,
    Story,
    Tick,
    Tombstone,
)

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ARTICLE = article(signals=(export(), approval(device_class="III")))
SAMPLES = [
    page(),
    ARTICLE,
    poll(),
    Tick(at=AT),
    Control(at=AT, by="operator", act="rules", body={"set": "[]"}),
    Event(
        pos=(3, 0),
        at=AT,
        kind="revised",
        article=ARTICLE,
        story=Story(id="s", lead=ARTICLE.id, articles=(ARTICLE.id,)),
        added=ARTICLE.signals[:1],
        changed=(Change(before=export("5.4"), after=export("5.8")),),
    ),
    StatedSignal(
        key="k",
        pos=(3, 0),
        at=AT,
        article=ARTICLE.id,
        revision=ARTICLE.revision,
        url=ARTICLE.url,
        title=ARTICLE.title,
        source="site",
        origin="site",
        language="en",
        signal=ARTICLE.signals[0],
        evidence="rose by 5.4%",
    ),
    Tombstone(key="k"),
    Notification(
        id="n",
        pos=(3, 0, 0),
        rule="exports",
        channel="email",
        recipient="desk@example.com",
        items=(Item(story="s", article="a", title="t", url="u", source="s", origin="o", first_seen=AT),),
    ),
    Receipt(notification="n", at=AT, state="sent", provider_id="1"),
    DeadLetter(topic="pages", position=7, step="analyse", at=AT, error="no", body=b"\xff\x00"),
]


def test_every_kind_of_record_is_sampled_here():
    assert [type(sample) for sample in SAMPLES] == list(RECORDS)


@pytest.mark.parametrize("record", SAMPLES, ids=lambda r: type(r).__name__)
def test_a_record_comes_back_whole_and_the_same_record_gives_the_same_bytes(record):
    assert decode(encode(record)) == record
    assert encode(decode(encode(record))) == encode(record)


@pytest.mark.parametrize("record", SAMPLES, ids=lambda r: type(r).__name__)
def test_every_record_fits_its_published_json_schema(record):
    data = json.loads(encode(record))
    schema = schemas()[data["record"].replace("/", ".v") + ".json"]

    jsonschema.Draft202012Validator(schema).validate(data)


def test_money_is_exact():
    signal = export("5430000000.10", metric="export_value", unit="USD")

    assert decode(encode(article(signals=(signal,)))).signals[0].quantity.value == signal.quantity.value


def test_a_record_of_a_newer_schema_is_named_with_the_remedy():
    data = encode(page()).replace(b'"page/1"', b'"page/2"')

    with pytest.raises(NewerRecordError) as error:
        decode(data)
    assert str(error.value) == (
        "record page/2 was written by a newer Tidings (this one reads up to page/1): upgrade, then replay"
    )


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"record":"page/1"}', b'{"record":"page/0x"}', b"\xff\xfe", b'{"record":7}']
)
def test_bytes_that_are_no_record_give_a_record_error(data):
    with pytest.raises(RecordError):
        decode(data)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_give_anything_but_a_record_or_a_record_error(data):
    try:
        assert isinstance(decode(data), RECORDS)
    except RecordError as error:
        assert str(error)


def test_a_field_that_a_later_version_adds_is_no_obstacle():
    data = json.loads(encode(Tick(at=AT))) | {"mood": "calm"}

    assert decode(msgspec.json.encode(data)) == Tick(at=AT)
