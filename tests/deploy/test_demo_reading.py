"""The sample site through the service's own readers: lists by the demo's source files, pages by analysis."""

from datetime import UTC, datetime

import pytest
from scrapy.responsetypes import responsetypes

from alerts.rule_folder import load as load_rules
from crawlers.lists import read_rows
from crawlers.load import load as load_sources
from deploy.demo.content import SECTIONS, SitePage, at, load, steps
from deploy.demo.edition import edition
from deploy.demo.service import HERE
from streams.analyse import analyser
from streams.analyse.document import read
from tidings import lexicon
from tidings.records import Page

ADDRESS = "http://127.0.0.1:8100"
PAGES = load()
LAST = steps(PAGES)
DOCUMENTS = edition(PAGES, LAST, ADDRESS)
SOURCES, FAULTS = load_sources(HERE / "sources")
BY_NAME = {source.name: source for source in SOURCES}


def source_of(section_name):
    return BY_NAME[f"demo-{section_name}"]


def fetched(page: SitePage) -> Page:
    document = DOCUMENTS[page.path]
    content_type, _, charset = document.content_type.partition("; charset=")
    return Page(
        source=source_of(page.section.name).name,
        url=ADDRESS + page.path,
        fetched_at=datetime(2026, 11, 24, 16, 0, tzinfo=UTC),
        content_type=content_type,
        charset=charset or None,
        body=document.body,
    )


def lines(page: SitePage) -> list[str]:
    """The text as the reader is to give it: a paragraph or a table row a line."""
    shown = at(page, LAST)
    blocks = [["\t".join(row) for row in page.table] if text == "[table]" else [text] for text in shown.paragraphs]
    return [line for block in blocks for line in block]


def test_source_files_are_good_and_name_every_section():
    assert FAULTS == []
    assert set(BY_NAME) == {f"demo-{name}" for name in SECTIONS}


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_list_is_read_whole_with_full_titles_and_dates(section):
    document, url = DOCUMENTS[section.list_path], ADDRESS + section.list_path
    response_class = responsetypes.from_args(headers={"Content-Type": document.content_type}, url=url)
    response = response_class(url, body=document.body, headers={"Content-Type": document.content_type})
    rows = read_rows(source_of(section.name), response)
    listed = {row.url: (row.listed.title, "2026" in row.listed.date or "2025" in row.listed.date) for row in rows}

    assert listed == {ADDRESS + page.path: (page.title, True) for page in PAGES if page.section == section}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_page_is_read_back_as_the_table_says(page):
    reading = read(fetched(page), source_of(page.section.name).layout)

    assert (reading.url, reading.title, reading.origin) == (
        ADDRESS + page.path,
        page.title,
        page.origin or page.section.title,
    )
    assert reading.body.split("\n") == lines(page)
    assert (reading.published.value, reading.published.precision in ("minute", "second")) == (page.published, True)


def test_repost_is_read_as_the_same_words_from_another_address():
    by_path = {page.path: page for page in PAGES}
    pairs = [(by_path[page.repost_of], page) for page in PAGES if page.repost_of]
    readings = [[read(fetched(page), source_of(page.section.name).layout) for page in pair] for pair in pairs]

    assert len(readings) == 2
    for first, repost in readings:
        assert (first.title, first.body, first.origin) == (repost.title, repost.body, repost.origin)
        assert first.url != repost.url


def test_every_rule_of_the_demo_passes_its_examples():
    """A rule that does not is left out of the set in force, and the demo would fall silent without a word."""
    names = lexicon.load()
    rules = load_rules(HERE / "rules", analyser(names, {}), names)

    assert [rule.name for rule in rules.rules] == ["device-exports", "market-size", "nmpa-approvals", "watch-mindray"]
