"""The lexicon: what it holds, and what it says of a file that is wrong."""

from pathlib import Path

import pytest

from tidings.errors import ConfigError
from tidings.lexicon import FILES, Entry, Lexicon, load
from tidings.terms import fold

WORDS = {
    "topics.yaml": "market: {3: [market]}",
    "relevance.yaml": "for: {3: [device]}",
    "places.yaml": "places: [南京]",
}


def folder(path: Path, **files: str) -> Path:
    for name in FILES:
        (path / name).write_text("Arvo: {aliases: [阿沃]}", "utf-8")
    for name, content in (WORDS | {f"{stem}.yaml": content for stem, content in files.items()}).items():
        (path / name).write_text(content, "utf-8")
    return path


def test_the_bundled_lexicon_knows_companies_devices_authorities_and_regions() -> None:
    lexicon = load()

    kinds = {kind: sum(entry.kind == kind for entry in lexicon.entries) for kind in FILES.values()}
    assert kinds["company"] >= 60 and kinds["authority"] >= 40 and kinds["region"] >= 60
    assert kinds["device"] == 24


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("强生", "Johnson & Johnson"),
        ("強生", "Johnson & Johnson"),
        ("JOHNSON & JOHNSON", "Johnson & Johnson"),
        ("Ｍindray", "Mindray"),
        ("国家药监局", "NMPA"),
        ("mri", "mri"),
        ("核磁共振", "mri"),
        ("中国", "CN"),
    ],
)
def test_a_name_is_looked_up_in_every_written_form(written: str, name: str) -> None:
    entry = load().lookup(written)

    assert entry is not None and entry.name == name


@pytest.mark.parametrize("written", ["增强生产能力", "IT", "NO", "nobody"])
def test_what_is_no_name_is_not_found(written: str) -> None:
    assert load().lookup(written) is None


def test_no_form_belongs_to_two_companies() -> None:
    owners: dict[str, set[str]] = {}
    for entry in load().entries:
        if entry.kind == "company":
            for written in entry.written:
                owners.setdefault(fold(written), set()).add(entry.name)

    assert {form: names for form, names in owners.items() if len(names) > 1} == {}


def test_every_province_has_the_prefix_of_its_registration_numbers() -> None:
    prefixes = load().authorities_by_prefix

    assert len(prefixes) == 32
    assert (prefixes["国"].name, prefixes["粤"].name, prefixes["沪"].name) == ("NMPA", "Guangdong MPA", "Shanghai MPA")


def test_a_folder_of_ones_own_is_read_whole(tmp_path: Path) -> None:
    lexicon = load(folder(tmp_path, companies="Arvo: {aliases: [阿沃], not_in: [阿沃德]}"))

    assert isinstance(lexicon, Lexicon)
    assert lexicon.entries[0] == Entry(kind="company", name="Arvo", aliases=("阿沃",), not_in=("阿沃德",))
    assert (lexicon.topics, lexicon.places) == ({"market": (("market", 3),)}, ("南京",))


@pytest.mark.parametrize(
    ("companies", "told"),
    [
        ("Arvo: {alias: [阿沃]}", 'companies.yaml: "Arvo" has the unknown key "alias"; want one of aliases'),
        ("Arvo: [阿沃]", 'companies.yaml: "Arvo" is no entry'),
        ("NO: {aliases: [Norway]}", 'companies.yaml: "False" is no entry'),
        ("Arvo: {aliases: 阿沃}", 'companies.yaml: "Arvo": "aliases" is \'阿沃\'; want a list of words'),
        ("Arvo: {ambiguous: [阿沃]}", 'companies.yaml: "Arvo": "阿沃" is ambiguous but no alias'),
        ("Arvo: {", "companies.yaml is no YAML"),
        ("", "companies.yaml holds no entries"),
    ],
)
def test_a_wrong_file_is_named_with_entry_and_remedy(tmp_path: Path, companies: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(folder(tmp_path, companies=companies))

    assert told in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    incomplete = folder(tmp_path)
    (incomplete / "devices.yaml").unlink()

    with pytest.raises(ConfigError, match=r"devices\.yaml does not exist"):
        load(incomplete)


def test_a_word_speaks_for_or_against_devices_and_only_once() -> None:
    words = [fold(word) for group in ("for", "against") for word, _ in load().relevance[group]]

    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert len(words) >= 400


def test_a_device_word_that_is_also_an_everyday_word_names_what_confirms_it() -> None:
    doubtful = [entry for entry in load().entries if entry.kind == "device" and entry.ambiguous]

    assert [entry.name for entry in doubtful if not entry.near] == []
    assert {"scanners", "手套", "支架", "人工智能"} <= {form for entry in doubtful for form in entry.ambiguous}
