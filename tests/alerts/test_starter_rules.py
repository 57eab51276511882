"""The rules that come with Tidings and the one in its handbook, on the real analysis: each passes its examples."""

from pathlib import Path

import pytest

from alerts.rule import Address
from alerts.rule_folder import STARTERS, load
from streams.analyse import analyser

DOCS = Path(__file__).parents[2] / "docs" / "alerts.md"


@pytest.fixture(scope="module")
def analyse(lexicon):
    return analyser(lexicon, {})


def test_the_handbook_s_rule_is_one(tmp_path, analyse, lexicon):
    (tmp_path / "rule.yaml").write_text(DOCS.read_text("utf-8").split("```yaml\n")[1].split("```")[0], "utf-8")

    assert [rule.name for rule in load(tmp_path, analyse, lexicon).rules] == ["NMPA approvals"]


def test_every_starter_rule_passes_its_examples_and_speaks_on_the_console_only(analyse, lexicon):
    rules = load(STARTERS, analyse, lexicon).rules

    assert [(rule.name, rule.to) for rule in rules] == [
        (name, (Address(channel="console", recipient=""),))
        for name in ("Device exports", "Market size", "NMPA approvals")
    ]
