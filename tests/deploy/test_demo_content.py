from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from deploy.demo.content import SECTIONS, at, changes, load, steps, versions
from deploy.demo.edition import edition
from tidings.errors import ConfigError

PAGES = load()
LAST = steps(PAGES)
GOLDEN = yaml.safe_load((Path(__file__).parent.parent / "golden" / "demo.yaml").read_text("utf-8"))

TWO_PAGES = """
- {path: /zh/1.html, published: 2026-11-01T08:00:00+08:00, title: 一, text: 一千亿元。}
- {path: /zh/2.html, published: 2026-11-02T08:00:00+08:00, step: 1, repost_of: /zh/1.html}
"""


def write_table(folder: Path, zh: str) -> Path:
    for name in SECTIONS:
        (folder / f"{name}.yaml").write_text(zh if name == "zh" else "[]", "utf-8")
    return folder


def test_two_thirds_of_thirty_pages_are_there_from_the_start():
    assert (len(PAGES), sum(page.step == 0 for page in PAGES), LAST) == (30, 20, 10)


def test_every_step_brings_something_and_together_they_bring_everything():
    brought = [changes(PAGES, step) for step in range(1, LAST + 1)]

    assert all(brought)
    assert sum(map(len, brought)) == versions(PAGES, LAST) - versions(PAGES, 0) == 11


def test_no_page_is_dated_later_than_the_day_on_which_the_demo_plays():
    late = [page.path for page in PAGES if page.published > datetime(2026, 11, 24, 12, tzinfo=UTC)]

    assert late == []


def test_golden_end_state_speaks_of_exactly_the_pages_of_the_table():
    totals = GOLDEN["totals"]

    assert [article["path"] for article in GOLDEN["articles"]] == [page.path for page in PAGES]
    assert totals["pages"] == versions(PAGES, LAST)
    assert totals["articles"] == len(PAGES)
    assert totals["stories"] == sum(not page.repost_of for page in PAGES)
    assert totals["signals"] == sum(len(article["signals"]) for article in GOLDEN["articles"])
    assert totals["notifications"] == len(GOLDEN["notifications"])
    assert totals["events"] == {
        "new": totals["stories"],
        "repost": sum(bool(page.repost_of) for page in PAGES),
        "revised": sum(page.correction is not None for page in PAGES),
    }


def test_golden_notifications_are_about_pages_that_appear_after_the_first_crawl_and_repeat_no_other():
    live = {page.path for page in PAGES if page.step > 0 and not page.repost_of}

    assert {notification["path"] for notification in GOLDEN["notifications"]} <= live


def test_correction_changes_the_figure_at_its_step_and_not_before():
    page = next(page for page in PAGES if page.correction)
    before, after = at(page, page.correction.step - 1), at(page, page.correction.step)

    assert before == page
    assert ("1268" in after.text, "1286" in after.text) == (False, True)
    assert after.text.rstrip().endswith(page.correction.note)


def test_repost_has_the_words_of_the_first_and_names_its_origin(tmp_path):
    first, repost = load(write_table(tmp_path, TWO_PAGES))

    assert (repost.title, repost.text) == (first.title, first.text)
    assert (first.origin, repost.origin) == ("", "潮声器械网")
    assert at(repost, 0) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("- {path: /zh/1.html, publishd: 2026-11-01}", "publishd"),
        ("- {path: /zh/1.html}", "published"),
        ("- {path: /zh/1.html, published: 2026-11-01T08:00:00+08:00, repost_of: /zh/9.html}", "/zh/9.html"),
        ("- {path: [", "zh.yaml"),
    ],
)
def test_slip_in_the_table_is_named(tmp_path, table, said):
    with pytest.raises(ConfigError, match=said):
        load(write_table(tmp_path, table))


def test_lists_and_feed_show_exactly_the_pages_that_are_out():
    for step in range(LAST + 1):
        documents = edition(PAGES, step, "http://site")
        out = {page.path for page in PAGES if page.step <= step}
        lists = {section.list_path for section in SECTIONS.values()}

        assert set(documents) == out | lists | {"/robots.txt"}
        for section in SECTIONS.values():
            text = documents[section.list_path].body.decode(section.charset)
            listed = {page.path for page in PAGES if page.path.removeprefix("/gov") in text and page.section == section}
            assert listed == {path for path in out if path.startswith(f"/{section.name}/")}


def test_page_that_is_already_out_keeps_its_bytes_unless_it_is_corrected():
    first, last = edition(PAGES, 0, "http://site"), edition(PAGES, LAST, "http://site")
    changed = [page.path for page in PAGES if page.step == 0 and first[page.path].body != last[page.path].body]

    assert changed == [page.path for page in PAGES if page.correction]


def test_government_pages_are_gb18030_that_calls_itself_gb2312():
    page = edition(PAGES, LAST, "http://site")["/gov/2026/t20261116_1110.html"]

    assert page.content_type == "text/html"
    assert b"charset=gb2312" in page.body
    # 喆 is in GB18030 and not in GB2312: who believes the page's own word loses the company's name.
    assert "杭州喆源医疗器械有限公司" in page.body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        page.body.decode("gb2312")
    with pytest.raises(UnicodeDecodeError):
        page.body.decode("utf-8")
