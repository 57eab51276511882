"""deploy/compose.yaml: by the Compose Specification, pinned, watched, and of commands and settings that exist."""

import json
import subprocess
from pathlib import Path

import click
import jsonschema
import pytest
import yaml

from app.cli import main
from streams.lease import lease
from tidings.settings import TABLE

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "tests" / "fixtures" / "compose-spec" / "compose-spec.json").read_text("utf-8"))
SPECIFICATION = jsonschema.Draft7Validator(SCHEMA)
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
#: The check that the image brings with it.
IMAGE_CHECK = {"serve"}
CHECK_SECONDS_MAX = 10


def commands(group: click.Group) -> set[tuple[str, ...]]:
    """The words of every command."""
    found = set()
    for name, command in group.commands.items():
        below = commands(command) if isinstance(command, click.Group) else {()}
        found |= {(name, *words) for words in below}
    return found


def healthy(service: str, data: Path) -> bool:
    """What the service's check says where its data is `data`."""
    kind, command = SERVICES[service]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    words = ["sh", "-c", command.replace("$$", "$").replace("/data", str(data))]
    return subprocess.run(words, capture_output=True, timeout=CHECK_SECONDS_MAX).returncode == 0


def test_it_follows_the_compose_specification():
    assert [error.message for error in SPECIFICATION.iter_errors(COMPOSE)] == []


def test_the_specification_refuses_a_key_that_does_not_exist():
    wrong = {"services": {"kafka": {"image": "apache/kafka:4.3.1", "imagee": "x"}}}

    [error] = SPECIFICATION.iter_errors(wrong)
    assert "imagee" in error.message


def test_every_image_that_is_not_built_here_is_pinned_to_a_version():
    foreign = {service["image"] for name, service in SERVICES.items() if name not in OURS}

    assert foreign == {"apache/kafka:4.3.1", "docker.elastic.co/elasticsearch/elasticsearch:9.4.3"}


def test_every_service_is_checked_or_ends_by_itself():
    checked = {name for name, service in SERVICES.items() if service.get("healthcheck", {}).get("test")}
    awaited = {
        name
        for service in SERVICES.values()
        for name, on in service.get("depends_on", {}).items()
        if on["condition"] == "service_completed_successfully"
    }

    assert awaited == {"topics"}
    assert SERVICES["topics"]["restart"] == "no"
    assert checked | awaited | IMAGE_CHECK == SERVICES.keys()


def test_every_command_is_one_of_tidings():
    run = {name: tuple(service["command"][1:]) for name, service in OURS.items()}

    assert {service["command"][0] for service in OURS.values()} == {"tidings"}
    assert set(run.values()) <= commands(main)
    assert run == {
        "topics": ("topics", "apply"),
        "crawl": ("crawl",),
        "analyse": ("analyse-worker",),
        "work": ("work",),
        "serve": ("serve",),
    }


def test_every_setting_exists_and_names_the_servers_of_this_file():
    shared = {
        "TIDINGS_MODE": "distributed",
        "TIDINGS_DATA": "/data",
        "KAFKA_BOOTSTRAP": "kafka:9092",
        "ELASTICSEARCH_URL": "http://elasticsearch:9200",
    }

    assert all(service["environment"].keys() <= TABLE.keys() for service in OURS.values())
    assert all(shared.items() <= service["environment"].items() for service in OURS.values())


def test_nothing_is_published_but_the_search_page_on_loopback():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"serve": ["127.0.0.1:8000:8000"]}


def test_the_service_may_write_its_data_and_nothing_else():
    for service in OURS.values():
        assert service["read_only"] is True
        assert (service["tmpfs"], service["volumes"]) == (["/tmp"], ["data:/data"])
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])


def test_every_service_has_a_limit_of_memory_and_what_it_keeps_in_a_named_volume():
    kept = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}

    assert kept == COMPOSE["volumes"].keys()
    assert all(service["mem_limit"] for service in SERVICES.values())


def test_all_but_the_one_shot_come_back_after_a_crash():
    assert {name for name, s in SERVICES.items() if s["restart"] != "unless-stopped"} == {"topics"}


@pytest.mark.parametrize(("service", "lock"), [("work", "cluster"), ("crawl", "crawl")])
def test_a_part_is_healthy_while_it_holds_its_lock(service, lock, tmp_path):
    path = tmp_path / "state" / f"{lock}.lock"

    before = healthy(service, tmp_path)
    with lease(path, lock):
        during = healthy(service, tmp_path)

    assert (before, during, healthy(service, tmp_path)) == (False, True, False)
