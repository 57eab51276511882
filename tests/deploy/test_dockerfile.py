"""deploy/Dockerfile: pinned, from hashes, without tools, not as root; and what reaches the engine."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def stages() -> list[list[tuple[str, str]]]:
    """(instruction, rest) of each line, continuation lines joined, by stage."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", TEXT, flags=re.M))
    found: list[list[tuple[str, str]]] = []
    for line in filter(str.strip, joined.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            found.append([])
        found[-1].append((instruction, " ".join(rest.split())))
    return found


BUILT, FINAL = stages()


def said(stage: list[tuple[str, str]], instruction: str) -> list[str]:
    return [rest for name, rest in stage if name == instruction]


def test_both_stages_stand_on_the_same_pinned_python():
    bases = [re.sub(r" AS .*", "", rest) for stage in (BUILT, FINAL) for rest in said(stage, "FROM")]

    assert len(set(bases)) == 1
    assert re.fullmatch(r"--platform=linux/amd64 python:3\.1[1-3]\.\d+-slim-[a-z]+", bases[0])


def test_every_install_is_of_pinned_hashes_or_of_this_project_alone():
    installs = [command for rest in said(BUILT, "RUN") for command in rest.split(" && ") if "pip install" in command]

    assert installs == [
        "/opt/tidings/bin/pip install --require-hashes --only-binary :all: -r /tmp/run.txt",
        "/opt/tidings/bin/pip install --no-deps --no-build-isolation /tmp/tidings",
    ]
    assert "COPY requirements/run.txt /tmp/run.txt" in TEXT


def test_no_tool_that_builds_or_installs_is_left():
    """setuptools stays: cn2an asks it where its own files are."""
    assert said(BUILT, "RUN")[-1].endswith("pip uninstall --yes pip")
    assert said(FINAL, "COPY") == ["--from=installed /opt/tidings /opt/tidings"]
    assert not re.search(r"apt-get|apk |pip install", " ".join(said(FINAL, "RUN")))


def test_it_runs_as_a_user_without_name_in_the_host_and_keeps_everything_in_one_volume():
    assert said(FINAL, "USER") == ["10001:10001"]
    assert [name for name, _ in FINAL].index("USER") > [name for name, _ in FINAL].index("RUN")
    assert said(FINAL, "VOLUME") == ["/data"]
    assert {"TIDINGS_DATA=/data", "PYTHONDONTWRITEBYTECODE=1"} <= set(said(FINAL, "ENV")[0].split())


def test_the_image_asks_the_search_page_whether_it_lives():
    [check] = said(FINAL, "HEALTHCHECK")

    assert "http://127.0.0.1:8000/healthz" in check and '"python"' in check


def test_the_engine_gets_the_packages_and_nothing_else():
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]

    assert lines[0] == "*"
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert let_in == {
        *("pyproject.toml", "README.md", "requirements"),
        *("tidings", "crawlers", "streams", "search", "alerts", "app"),
        *("deploy/__init__.py", "deploy/demo", "deploy/servers"),
    }
    assert all((ROOT / path).exists() for path in let_in)
