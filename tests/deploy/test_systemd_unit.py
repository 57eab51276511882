"""deploy/tidings.service: the whole service, hardened."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from tidings.settings import TABLE

UNIT = Path(__file__).parents[2] / "deploy" / "tidings.service"
#: What `systemd-analyze security` may say at most: 0 is locked up, 10 is open. Debian's own cron has 9.6.
EXPOSURE_MAX = 2.0


def section(name: str) -> dict[str, str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, "utf-8")
    return dict(parser[name])


def test_it_runs_the_whole_service_and_starts_it_again():
    service = section("Service")

    assert service["ExecStart"] == "/opt/tidings/bin/tidings run"
    assert (service["Restart"], service["KillMode"]) == ("always", "mixed")
    assert section("Install") == {"WantedBy": "multi-user.target"}


def test_it_gains_no_rights_and_writes_only_its_state():
    wanted = {
        "DynamicUser": "yes",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "StateDirectory": "tidings",
        "CapabilityBoundingSet": "",
    }

    assert wanted.items() <= section("Service").items()


def test_its_settings_exist_and_its_data_is_its_state_directory():
    given = dict(pair.split("=") for pair in section("Service")["Environment"].split())

    assert given.keys() - TABLE.keys() == {"PYTHONDONTWRITEBYTECODE"}
    assert given["TIDINGS_DATA"] == section("Service")["WorkingDirectory"] == "/var/lib/tidings"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze (Debian's package systemd) judges")
def test_systemd_understands_every_line_and_finds_it_locked_up(tmp_path):
    here = tmp_path / UNIT.name
    here.write_text(UNIT.read_text("utf-8").replace("/opt/tidings/bin/tidings", shutil.which("true")))
    verified = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True)
    words = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX * 10:.0f}", here]
    judged = subprocess.run(words, capture_output=True, text=True)

    assert (verified.returncode, verified.stderr) == (0, "")
    assert judged.returncode == 0, judged.stdout[-200:]
