"""Find a JDK that is new enough."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tidings.errors import ConfigError

JVMS = Path("/usr/lib/jvm")
VERSION_SECONDS_MAX = 30


def java_home(least: int) -> Path:
    """The first JDK of at least this version: in JAVA_HOME, behind PATH, in /usr/lib/jvm. Raises ConfigError."""
    seen: list[str] = []
    for home in _homes():
        version = _version(home)
        if version >= least and (home / "bin" / "javac").exists():
            return home
        seen.append(f"{home} ({version or 'no Java'})")
    raise ConfigError(
        f"no JDK {least} or newer: looked at {', '.join(seen) or 'JAVA_HOME, PATH and ' + str(JVMS)}; "
        f"install one (with javac), or name it with JAVA_HOME"
    )


def _homes() -> Iterator[Path]:
    if given := os.environ.get("JAVA_HOME"):
        yield Path(given)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parents[1]
    if JVMS.is_dir():
        yield from sorted(path for path in JVMS.iterdir() if path.is_dir() and not path.is_symlink())


@cache
def _version(home: Path) -> int:
    """The major version of the Java in `home`; 0 if there is none."""
    try:
        command = [str(home / "bin" / "java"), "-version"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=VERSION_SECONDS_MAX)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found else 0
