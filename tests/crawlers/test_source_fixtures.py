"""`tidings sources test`: every source against its fixture, offline."""

from pathlib import Path
from typing import Any

import pytest

from crawlers.check import HERE, check_source, look_at_site
from crawlers.load import load
from crawlers.source import Source
from tidings.errors import ConfigError, PageError
from tidings.records import Listed, Page

SOURCES = load()[0]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_list_of_each_source_that_ships_is_read_as_its_fixture_expects(source: Source) -> None:
    report = check_source(source, HERE / source.name, lambda page: len(page.body))

    # The articles are analysis's part: here the reader gives none.
    assert [problem for problem in report.problems if "no article came of it" not in problem] == []
    assert report.poll.new == len(report.rows) == len(report.articles) > 0
    assert [size for _, size in report.articles] == [len(page.body) for page, _ in report.articles]


def test_what_differs_from_the_fixture_is_a_problem(tmp_path: Path) -> None:
    [source] = [source for source in SOURCES if source.name == "itnonline"]
    for path in (HERE / "itnonline").iterdir():
        text = path.read_text("utf-8")
        (tmp_path / path.name).write_text(text.replace("Recall of a ceiling-mounted", "Recall of a floor-mounted"))
    (tmp_path / "expected.yaml").write_text((HERE / "itnonline" / "expected.yaml").read_text("utf-8"))

    def reader(page: Page) -> object:
        raise PageError("nothing to read")

    report = check_source(source, tmp_path, reader)

    link = "https://www.itnonline.com/content/example-"
    title, date = "X-ray arm after two falls", "Mon, 16 Nov 2026 15:40:00 -0500"
    assert report.problems == (
        f"{link}x-ray-arm-recall: cannot be read: nothing to read",
        f"{link}photon-counting-ct: cannot be read: nothing to read",
        f"row 1 is {link}x-ray-arm-recall 'Recall of a floor-mounted {title}' '{date}';"
        f" want {link}x-ray-arm-recall 'Recall of a ceiling-mounted {title}' '{date}'",
        f"{link}photon-counting-ct: no article came of it",
        f"{link}x-ray-arm-recall: no article came of it",
    )


def test_a_source_without_a_fixture_says_what_it_wants(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no fixture; want .*expected\.yaml"):
        check_source(SOURCES[0], tmp_path, lambda page: None)


def test_a_new_source_can_be_tried_against_its_site_which_stores_nothing(site: Any, desk: Any, listing: Any) -> None:
    site.listing(5, 4, 3, 2, 1)

    report = look_at_site(listing(), lambda page: page.listed, desk.clock)

    assert report.problems == ()
    assert [seen.title for _, seen in report.articles if isinstance(seen, Listed)] == [
        "Notice 3",
        "Notice 4",
        "Notice 5",
    ]
    assert (desk.pages(), desk.polls()) == ([], [])
