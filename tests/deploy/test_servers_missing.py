"""What is said when a server cannot be had; none of it needs Java, Maven or a server."""

import re
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.servers.fetch import KAFKA, digest, enterable, fetched
from deploy.servers.java import java_home
from deploy.servers.ports import HOST, RANGE, free_port
from tidings.errors import ConfigError, TidingsError

#: Stands in for Maven: writes one file where it is told to, and notes the call.
MAVEN = 'for a; do case $a in -Dfolder=*) d=${a#*=};; esac; done; mkdir -p "$d"; :>"$d/jar"; echo x >>"$0.calls"'


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "ascii")
    path.chmod(0o755)


def jdk(home: Path, version: str) -> Path:
    program(home / "bin", "java", f"echo 'openjdk version \"{version}\" 2026-01-20' >&2")
    program(home / "bin", "javac", "exit 0")
    return home


def _path(program: Path) -> str | None:
    return str(program) if program.exists() else None


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    """Neither Java nor Maven, as far as can be seen; gives the folder on PATH."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr(
        "shutil.which", lambda name: str(found) if (found := tmp_path / "bin" / name).exists() else None
    )
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("deploy.servers.java.JVMS", tmp_path / "jvm")
    return tmp_path / "bin"


def test_without_a_jdk_the_error_says_where_was_looked_and_what_to_do(nothing_installed):
    with pytest.raises(ConfigError, match=r"no JDK 21 or newer: looked at JAVA_HOME, PATH and .*; install one"):
        java_home(21)


def test_the_first_jdk_that_is_new_enough_is_taken(nothing_installed, tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(jdk(tmp_path / "old", "1.8.0_402")))
    jdk(tmp_path / "jvm" / "a17", "17.0.15")
    wanted = jdk(tmp_path / "jvm" / "b25", "25.0.3")

    assert (java_home(17), java_home(21)) == (tmp_path / "jvm" / "a17", wanted)


def test_a_java_without_compiler_is_passed_over(nothing_installed, tmp_path):
    (jdk(tmp_path / "jvm" / "jre", "25.0.3") / "bin" / "javac").unlink()

    with pytest.raises(ConfigError, match=r"looked at .*jre \(25\); install one \(with javac\)"):
        java_home(21)


def test_without_maven_the_error_names_it_and_the_settings_that_do_without(nothing_installed, tmp_path):
    with pytest.raises(ConfigError, match=r"install Maven .*, or set KAFKA_BOOTSTRAP and ELASTICSEARCH_URL"):
        fetched(KAFKA, tmp_path / "cache")


def test_the_end_of_what_maven_says_is_told(nothing_installed, tmp_path):
    program(nothing_installed, "mvn", "echo no route to the repository; exit 1")

    with pytest.raises(TidingsError, match=r"could not fetch kafka \(exit status 1\)[^$]*no route to the repository"):
        fetched(KAFKA, tmp_path / "cache")


def test_jars_that_are_not_those_that_were_reviewed_are_deleted(nothing_installed, tmp_path):
    """Maven's stand-in writes one file where it is told to."""
    program(
        nothing_installed, "mvn", 'for a; do case $a in -Dfolder=*) d=${a#*=};; esac; done; mkdir -p "$d"; :>"$d/x"'
    )

    with pytest.raises(TidingsError, match=f"has SHA-256 .*, not {KAFKA.sha256}"):
        fetched(KAFKA, tmp_path / "cache")

    assert not (tmp_path / "cache" / "kafka").exists()


def test_what_was_fetched_is_not_fetched_again_until_it_is_to_be_another(nothing_installed, tmp_path):
    calls = nothing_installed / "mvn.calls"
    program(nothing_installed, "mvn", MAVEN)
    jdk(tmp_path / "jvm" / "jdk", "25")
    (tmp_path / "same").mkdir()
    (tmp_path / "same" / "jar").touch()
    server = replace(KAFKA, sha256=digest(tmp_path / "same"))

    folders = {fetched(server, tmp_path / "cache") for _ in range(3)}
    once = calls.read_text()
    with pytest.raises(TidingsError, match="is not what was"):
        fetched(replace(server, sha256="0"), tmp_path / "cache")

    assert (folders, once, calls.read_text()) == ({tmp_path / "cache" / "kafka"}, "x\n", "x\nx\n")


def test_the_cache_keeps_itself_out_of_git(nothing_installed, tmp_path):
    with pytest.raises(ConfigError):
        fetched(KAFKA, tmp_path / "cache")

    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"


def test_root_keeps_servers_elsewhere_where_nobody_else_may_enter(tmp_path):
    tmp_path.chmod(0o700)

    assert (enterable(Path("/usr/share")), enterable(tmp_path)) == (True, False)


def test_a_port_that_is_taken_is_not_preferred_and_none_is_one_of_outgoing_connections():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        given = [free_port(port), free_port()]

    assert all(port in RANGE for port in given)
    low = int(re.split(r"\s", Path("/proc/sys/net/ipv4/ip_local_port_range").read_text())[0])
    assert RANGE.stop <= low
