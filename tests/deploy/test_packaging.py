"""An installed Tidings is whole: what the checkout has, the wheel has."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
#: Folders that hold code which is installed.
ROOTS = ("tidings", "crawlers", "streams", "search", "alerts", "app", "deploy")
#: In deploy/, but of the machine rather than of Python.
NOT_OF_THE_PACKAGE = {"deploy/compose.yaml", "deploy/Dockerfile", "deploy/tidings.service", "deploy/tidings.env"}


def files() -> set[str]:
    found = {path for root in ROOTS for path in (ROOT / root).rglob("*") if path.is_file()}
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def installed() -> set[str]:
    """What the lists of pyproject.toml take in."""
    globs = {package: ["*.py", *SETUPTOOLS["package-data"].get(package, ())] for package in SETUPTOOLS["packages"]}
    found = {
        path
        for package, patterns in globs.items()
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    return {path.relative_to(ROOT).as_posix() for path in found if path.is_file()}


def test_every_module_and_every_file_beside_it_is_installed():
    assert files() - installed() - NOT_OF_THE_PACKAGE == set()
