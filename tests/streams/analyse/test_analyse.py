"""From a page to an article: a pure map whose every signal points at its own words."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.analyse import READER, analyser, extractor, printed_date
from streams.analyse.document import Reading
from streams.analyse.flat import evidence, flat
from tidings.codec import decode, encode
from tidings.lexicon import VERSION, load
from tidings.records import Article, Attachment, Page, Published, content_id, signal_key
from tidings.steps import Outcome

FETCHED = datetime(2024, 8, 21, 3, 0, tzinfo=UTC)
EXTRACT = extractor(load())
ENGLISH = """Mindray's monitors are now sold in more than 160 countries.
In 2023, China exported medical devices worth $45.1 billion, down 4.2% from 2022.
The FDA cleared Mindray's Vetus E7 ultrasound system on 4 May 2023."""
CHINESE = """2023年我國醫療器械出口額達451億美元，同比下降4.2%。
國械注准20243060417"""


def page(body: str = "", **fields: object) -> Page:
    return Page(source="wire", url="https://news.example/1", fetched_at=FETCHED, body=body.encode(), **fields)  # type: ignore[arg-type]


def reading(
    body: str, language: str = "en", title: str = "Medical devices", attachments: tuple[Attachment, ...] = ()
) -> Reading:
    return Reading(
        url="https://news.example/1",
        title=title,
        body=body,
        origin="Wire",
        language=language,
        published=None,
        attachments=attachments,
    )


def test_a_page_becomes_an_article_with_companies_class_and_signals() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in ENGLISH.splitlines())
    html = f"<html><body><article><h1>Medical devices go abroad</h1>{paragraphs}</article></body></html>"

    article = analyser(load(), {})(page(html))

    assert isinstance(article, Article)
    assert (article.id, article.source, article.reader, article.relevant, article.language) == (
        content_id("https://news.example/1"),
        "wire",
        READER,
        True,
        "en",
    )
    assert VERSION in READER
    assert [company.name for company in article.companies] == ["Mindray"]
    assert sorted(signal["metric"] for signal in flat(article)["signals"] if signal["type"] == "export") == [
        "countries",
        "export_growth",
        "export_value",
    ]


def test_a_page_that_is_no_article_is_an_outcome_and_other_records_are_ignored() -> None:
    analyse = analyser(load(), {})
    article = analyse(page(f"<html><body><article><p>{ENGLISH}</p></article></body></html>"))

    assert isinstance(article, Article)
    assert isinstance(analyse(page("<html><body></body></html>")), Outcome)
    assert analyse(article) == Outcome(word="ignored", detail="Article")


def test_the_flat_form_has_names_figures_and_verbatim_evidence() -> None:
    found = flat(EXTRACT(reading(ENGLISH), page()))

    assert json.loads(json.dumps(found)) == found
    assert list(found) == ["id", "language", "relevant", "topics", "companies", "devices", "signals"]
    assert next(s for s in found["signals"] if s["type"] == "export") == {
        "type": "export",
        "evidence": "Mindray's monitors are now sold in more than 160 countries",
        "companies": ["Mindray"],
        "devices": ["life-support"],
        "regions": ["GLOBAL"],
        "quantity": {"value": 160, "upper": None, "unit": "countries", "approx": "over"},
        "period": None,
        "forecast": False,
        "confidence": 0.85,
        "metric": "countries",
    }


def test_traditional_text_is_read_and_its_evidence_stays_traditional() -> None:
    article = EXTRACT(reading(CHINESE, "zh-Hant", "醫療器械"), page())

    assert [evidence(article, s.evidence) for s in article.signals] == [
        "2023年我國醫療器械出口額達451億美元",
        "同比下降4.2%",
    ]
    assert [(i.value, article.body[i.span.start : i.span.end]) for i in article.identifiers] == [
        ("国械注准20243060417", "國械注准20243060417")
    ]


def test_an_article_that_is_not_about_devices_names_companies_and_gives_no_signals() -> None:
    body = "Goldman Sachs says vaccine exports rose 12% to $3 billion in 2023. The monoclonal antibody market grew 9%."

    article = EXTRACT(reading(body, title="Vaccine makers"), page())

    assert (article.relevant, article.topics, article.devices, article.signals) == (False, (), (), ())
    assert [company.name for company in article.companies] == ["Goldman Sachs"]


def test_an_article_survives_the_codec_and_keeps_exact_figures() -> None:
    article = EXTRACT(reading(ENGLISH), page())

    assert decode(encode(article)) == article


def test_the_revision_changes_with_title_body_and_attachments_and_the_id_does_not() -> None:
    first = EXTRACT(reading(ENGLISH), page())
    others = [
        EXTRACT(reading(ENGLISH + " More."), page()),
        EXTRACT(reading(ENGLISH, title="Other"), page()),
        EXTRACT(reading(ENGLISH, attachments=(Attachment(name="a", url="https://news.example/a.pdf"),)), page()),
    ]

    assert len({first.revision, *(other.revision for other in others)}) == 4
    assert {first.id} == {other.id for other in others}


def test_a_signal_keeps_its_key_when_only_words_around_it_change() -> None:
    before = EXTRACT(reading(ENGLISH), page())
    after = EXTRACT(reading("A new first line.\n" + ENGLISH.replace("are now sold", "are sold")), page())

    assert {s.key for s in before.signals} == {s.key for s in after.signals}
    assert all(s.key == signal_key(before.id, replace(s, key="")) for s in before.signals)


@pytest.mark.parametrize(
    ("zone", "precision", "wanted"),
    [
        ("+08:00", "minute", date(2024, 5, 2)),
        ("+00:00", "day", date(2024, 5, 1)),
        ("-05:30", "second", date(2024, 5, 1)),
        ("+08:00", "month", None),
    ],
)
def test_relative_times_are_read_from_the_date_as_printed(zone: str, precision: str, wanted: date | None) -> None:
    published = Published(
        value=datetime(2024, 5, 1, 17, 30, tzinfo=UTC),
        precision=precision,
        found="meta",
        zone=zone,  # type: ignore[arg-type]
    )

    assert printed_date(published) == wanted


WORDS = """Mindray|迈瑞医疗|国家药监局批准|获批|出口|市场规模|the market|grew|12%|3亿元|US$4bn|90个国家|2024年|in 2023
该产品|国械注准20243060417|“植入系统”|FDA cleared|for its|Co., Ltd.|有限公司|其中|CAGR of|，|。|. |, |(|）"""
PIECES = st.sampled_from([*WORDS.replace("\n", "|").split("|"), "\n", "\t"])


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["en", "zh-Hans"]))
def test_whatever_the_text_every_signal_points_into_it_and_the_map_is_pure(pieces: list[str], language: str) -> None:
    body = " ".join(pieces)

    first, again = (EXTRACT(reading(body, language, "医疗器械 medical device"), page()) for _ in range(2))

    assert encode(first) == encode(again)
    assert all(0 < len(evidence(first, s.evidence)) <= 400 for s in first.signals)
    assert all(evidence(first, s.evidence).strip() for s in first.signals)
