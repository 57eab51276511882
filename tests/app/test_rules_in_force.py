import json

import pytest

from app.wiring import Service
from tidings.settings import load

GOOD = "name: Scanners\nsays: all of it\nquery: scanner\nto: ['console:']\n"


@pytest.fixture
def rules(tmp_path):
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "scanners.yaml").write_text(GOOD)
    return folder


@pytest.fixture
def start(tmp_path, rules):
    """Begins as a new process does, on the same data."""
    return lambda: Service(load({"TIDINGS_DATA": str(tmp_path / "data"), "TIDINGS_RULES": str(rules)}))


def in_force(service):
    """The queries of every set that was put in force, in order."""
    rows = service.log.read("intake", -1, 100, 0.0)
    sets = [json.loads(json.loads(body)["body"]["set"]) for _, body in rows]
    return [[rule["query"] for rule in each["rules"]] for each in sets]


def test_rules_come_into_force_once_and_again_only_when_they_change(start, rules):
    service = start()
    service.refresh_rules()
    service.refresh_rules()
    start().refresh_rules()
    (rules / "scanners.yaml").write_text(GOOD.replace("query: scanner", "query: scanner ventilator"))
    service.refresh_rules()

    assert in_force(service) == [["scanner"], ["scanner ventilator"]]


def test_a_bad_edit_is_named_and_the_previous_rules_stay_until_it_is_mended(start, rules, caplog):
    service = start()
    service.refresh_rules()
    (rules / "scanners.yaml").write_text(GOOD.replace("says:", "sais:"))
    service.refresh_rules()
    during = in_force(service)
    (rules / "scanners.yaml").write_text(GOOD.replace("query: scanner", "query: scanner monitor"))
    service.refresh_rules()

    assert during == [["scanner"]]
    assert in_force(service) == [["scanner"], ["scanner monitor"]]
    assert "rule not taken: scanners.yaml:2:" in caplog.text and "the previous rules stay in force" in caplog.text


def test_with_no_rules_in_force_yet_the_good_files_are_taken(start, rules):
    (rules / "bad.yaml").write_text("name: Bad\n")
    service = start()

    service.refresh_rules()

    assert in_force(service) == [["scanner"]]
