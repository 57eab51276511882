"""The repository itself: libraries behind their one module, no leftovers, every test file named once."""

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("tidings", "crawlers", "streams", "search", "alerts", "app", "deploy", "benchmarks")

#: Library -> the only modules that may import it.
BEHIND = {
    "scrapy": ("crawlers/",),
    "twisted": ("crawlers/",),
    "feedparser": ("crawlers/",),
    "tantivy": ("search/tantivy.py",),
    "starlette": ("search/", "app/serve.py"),
    "uvicorn": ("app/serve.py",),
    "slack_sdk": ("alerts/channels/slack.py",),
    "smtplib": ("alerts/channels/email.py", "app/doctor.py"),
    "sentry_sdk": ("app/reporting.py",),
    "prometheus_client": ("app/reporting.py", "app/serve.py"),
    "pythonjsonlogger": ("app/reporting.py",),
    "trafilatura": ("streams/analyse/",),
    "selectolax": ("streams/analyse/", "crawlers/"),
    "lingua": ("streams/analyse/language.py",),
    "sentencex": ("streams/analyse/sentences.py",),
    "opencc": ("tidings/terms.py", "streams/analyse/language.py"),
    "click": ("app/",),
    "aiosmtpd": ("deploy/demo/mailbox.py",),
    "kafka": ("streams/logs/", "tidings/following.py", "deploy/demo/desk.py"),
    "faust": ("streams/faust_app.py",),
    "elasticsearch": ("search/elastic",),
    "elastic_transport": ("search/elastic",),
}
BENCHMARKS = "benchmarks/"  # compares with the bare libraries


def modules():
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_is_imported_only_by_the_module_that_hides_it(path):
    place = path.relative_to(ROOT).as_posix()

    strays = {
        library for library in imported(path) & BEHIND.keys() if not place.startswith((*BEHIND[library], BENCHMARKS))
    }

    assert strays == set()


def test_only_wiring_reads_the_environment():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if re.search(r"os\.environ|os\.getenv|settings\.load\(", path.read_text("utf-8"))
    }

    # The SDK reads it in another team's process; java.py looks for a JDK on a developer's machine.
    others = {"tidings/following.py", "deploy/servers/java.py"}
    assert readers <= {"app/wiring.py", "deploy/demo/service.py"} | others


def test_nothing_is_left_to_do_in_the_code():
    marks = [str(path) for path in modules() if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text("utf-8"))]

    assert marks == []


def test_no_module_is_longer_than_one_idea():
    """records.py is a flat list of structs, meant to be read in one place."""
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in modules()}

    assert {path: n for path, n in lengths.items() if n > 400} in (
        {},
        {"tidings/records.py": lengths["tidings/records.py"]},
    )


def test_most_functions_are_short():
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

    assert lengths[len(lengths) // 2] < 10


def test_every_module_says_what_it_is():
    silent = [
        str(path)
        for path in modules()
        if path.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]

    assert silent == []


def test_no_two_test_files_share_a_name():
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name, n in names.items() if n > 1] == []


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{path.name}: {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]

    assert broken == []


def test_every_outcome_word_has_its_line_in_the_operator_s_manual():
    from typing import get_args

    from tidings.steps import OutcomeWord

    manual = (ROOT / "docs" / "operate.md").read_text("utf-8")

    assert [word for word in get_args(OutcomeWord) if f"| `{word}` |" not in manual] == []


def test_every_dependency_has_its_reason_in_the_decisions():
    decisions = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    named = [
        re.split(r"[<>=\[ ]", line)[0]
        for file in ("run.in", "dev.in")
        for line in (ROOT / "requirements" / file).read_text("utf-8").splitlines()
        if line and not line.startswith(("#", "-"))
    ]

    assert [name for name in named if f"`{name}`" not in decisions] == []


def test_pinned_requirements_have_hashes_and_no_address():
    for file in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / file).read_text("utf-8")
        pins = re.findall(r"^[A-Za-z0-9_.-]+==", text, re.M)
        assert pins and len(re.findall(r"--hash=sha256:", text)) >= len(pins)
        assert "://" not in text and "index-url" not in text


#: Paths of machines, hosts of package registries.
PLACES = r"(/home/[a-z]+/|/root/|files\.pythonhosted|pypi\.org/simple|registry\.npmjs)"


def test_nothing_that_is_tracked_names_another_place():
    """No machine path and no package registry's host, in any tracked file."""
    command = ["git", "grep", "-nIE", PLACES, "--", ".", ":!tests/test_tidy.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.stdout == ""
