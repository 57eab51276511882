from pathlib import Path

import pytest

from crawlers.load import HERE, load, load_file
from crawlers.source import Detail, Source
from tidings.errors import ConfigError
from tidings.layout import Layout

GOOD = """\
kind: listing
title: {en: Notices}
owner: regulator
country: CN
language: zh-Hans
timezone: "+08:00"
start:
  - https://notices.example/index.html
every_minutes: 360
delay_seconds: 3
list:
  rows: "ul li"
"""


def write(folder: Path, text: str, name: str = "notices") -> Path:
    path = folder / "sources" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_source_bears_the_name_of_its_file_and_hands_its_layout_to_analysis(tmp_path: Path) -> None:
    source = load_file(write(tmp_path, GOOD + "detail:\n  title: [h1]\n  charset: gb18030\n"))

    assert (source.name, source.host) == ("notices", "notices.example")
    assert source.layout == Layout(language="zh-Hans", timezone="+08:00", charset="gb18030", title=("h1",))


def test_a_source_file_can_set_all_of_a_layout_but_language_and_zone_which_are_the_source_s() -> None:
    assert {*Detail.__struct_fields__, "language", "timezone"} == set(Layout.__struct_fields__)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        (
            "every_minutes: often",
            "every_minutes: 360",
            ', line 9: key "every_minutes" is "often"; want a whole number of minutes',
        ),
        ("every_minute: 360", "every_minutes: 360", ', line 9: key "every_minute" is not known; see docs/sources.md'),
        ("every_minutes: 0", "every_minutes: 360", ', line 9: key "every_minutes" is 0; want 1 or more'),
        ("", "every_minutes: 360\n", ', line 1: key "every_minutes" is missing; want a whole number of minutes'),
        ("kind: lsiting", "kind: listing", ', line 1: key "kind" is "lsiting"; want feed or listing'),
        ("country: cn", "country: CN", ", line 4: key \"country\" is 'cn'; want two capital letters, in quotes"),
        ("country: NO", "country: CN", ', line 4: key "country" is "False"; want two capital letters, in quotes'),
        (
            "timezone: +10:00",
            'timezone: "+08:00"',
            ', line 6: key "timezone" is "600"; want an offset in quotes, such as "+08:00"',
        ),
        (
            "  - ftp://notices.example/",
            "  - https://notices.example/index.html",
            ", line 7: key \"start\" is 'ftp://notices.example/'; want addresses that begin with http:// or https://",
        ),
        ("  row: li", '  rows: "ul li"', ', line 12: key "list.row" is not known; see docs/sources.md'),
        ("  rows: 3", '  rows: "ul li"', ', line 12: key "list.rows" is "3"; want expected `str`, got `int`'),
        (
            "  rows: 'ul >'",
            '  rows: "ul li"',
            ", line 12: key \"list.rows\" is 'ul >'; want a CSS selector (Expected selector, got <EOF at 4>)",
        ),
        (
            "  rows: li\n  allow: '(a'",
            '  rows: "ul li"',
            ", line 13: key \"list.allow\" is '(a'; want a regular expression"
            " (missing ), unterminated subpattern at position 0)",
        ),
        (
            "  url: [a]",
            '  rows: "ul li"',
            ", line 11: key \"list.rows\" is ''; want the selector of one item of the list",
        ),
        ("  rows: li\n  rows: a", '  rows: "ul li"', ', line 13: key "list.rows" is there twice; keep one'),
        (
            "state: disabled\nkind: listing",
            "kind: listing",
            ", line 1: key \"reason\" is ''; want why the source is disabled",
        ),
        ("name: other\nkind: listing", "kind: listing", ', line 1: key "name" is not wanted: the file bears it'),
    ],
)
def test_a_fault_is_named_with_file_line_key_and_what_was_wanted(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    assert right in GOOD
    path = write(tmp_path, GOOD.replace(right, wrong))

    with pytest.raises(ConfigError) as caught:
        load_file(path)

    assert str(caught.value) == f"sources/notices.yaml{said}"


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^sources/notices\.yaml: cannot be read as YAML: .*line 1"):
        load_file(write(tmp_path, "kind: [listing"))


def test_a_file_without_keys_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^sources/notices\.yaml: holds no keys"):
        load_file(write(tmp_path, "- a list\n"))


def test_a_bad_file_does_not_keep_the_others_away(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "good")
    write(tmp_path, GOOD.replace("360", "often"), "bad")

    sources, errors = load(tmp_path / "sources")

    assert [source.name for source in sources] == ["good"]
    assert [str(error) for error in errors] == [
        'sources/bad.yaml, line 9: key "every_minutes" is "often"; want a whole number of minutes'
    ]


def test_the_sources_that_ship_load_and_are_polite() -> None:
    sources, errors = load(HERE)

    assert errors == []
    assert [source.name for source in sources] == ["itnonline", "massdevice", "nmpa-en", "sh-mpa"]
    assert [source.name for source in sources if not _polite(source)] == []


def _polite(source: Source) -> bool:
    """Governments 3 s between requests and 6 h between polls; media 2 s and an hour; never a private address."""
    seconds, minutes = (3, 360) if source.owner in ("regulator", "government") else (2, 60)
    return source.delay_seconds >= seconds and source.every_minutes >= minutes and not source.allow_private
