"""The demo around the service: ports, settings, source files, and that nothing outlives it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from deploy.demo.__main__ import main
from deploy.demo.content import SECTIONS
from deploy.demo.parts import Ports, check_free, opened
from deploy.demo.play import growth
from deploy.demo.service import HERE, Service, Status, settings, write_sources
from tidings.errors import ConfigError, TidingsError
from tidings.settings import load as load_settings

ROOT = Path(__file__).parent.parent.parent
SECONDS_MAX = 10


def four_free_ports():
    """A port for the search page and three in a row; tried until the system has them free."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as search:
            first.bind(("127.0.0.1", 0))
            search.bind(("127.0.0.1", 0))
            ports = Ports(search=search.getsockname()[1], base=first.getsockname()[1])
        try:
            check_free(ports)
        except ConfigError:
            continue
        return ports
    raise AssertionError("no four free ports in fifty tries")


def made_service(data, script):
    """A service whose command, whatever it is asked, runs these lines of Python."""
    data.mkdir(parents=True, exist_ok=True)
    command = data / "command"
    command.write_text(f"#!{sys.executable}\nimport signal, sys, time\n{script}\nsys.stdout.flush()\n", "utf-8")
    command.chmod(0o755)
    return Service(data, four_free_ports(), command=command)


def wait_until(reached):
    until = time.monotonic() + SECONDS_MAX
    while time.monotonic() < until:
        if reached():
            return True
        time.sleep(0.02)
    return False


def alive(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended and waits for its parent to notice.
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    ("offset", "option"), [(0, "--base-port"), (1, "--base-port"), (2, "--base-port"), (None, "--port")]
)
def test_port_in_use_is_named_with_the_option_that_moves_it(tmp_path, capsys, offset, option):
    ports = four_free_ports()
    taken = ports.search if offset is None else ports.base + offset
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        status = main(["--data", str(tmp_path), "--port", str(ports.search), "--base-port", str(ports.base)])
    said = capsys.readouterr().err

    assert status == 1
    assert f"port {taken} for" in said
    assert said.rstrip().endswith(f"choose another with {option}")


def test_parts_listen_while_the_block_runs_and_not_after(tmp_path):
    ports = four_free_ports()
    with opened(tmp_path, ports) as site:
        assert site.address == f"http://127.0.0.1:{ports.site}"
        for part in (ports.site, ports.mail, ports.slack):
            socket.create_connection(("127.0.0.1", part), timeout=SECONDS_MAX).close()

    check_free(ports)


def test_every_setting_that_the_demo_gives_is_one_that_the_service_knows(tmp_path):
    values = load_settings(settings(tmp_path, Ports(search=8000, base=8100)))

    assert (values["port"], values["smtp_port"], values["smtp_tls"]) == (8000, 8101, "none")
    assert values["slack_url"] == "http://127.0.0.1:8102/api/"
    assert values["data"] == tmp_path / "service"


def test_source_files_are_written_with_the_ports_of_this_run(tmp_path):
    names = write_sources(tmp_path, 9321)
    starts = {name: yaml.safe_load((tmp_path / f"{name}.yaml").read_text("utf-8"))["start"] for name in names}

    assert starts == {
        f"demo-{name}": [f"http://127.0.0.1:9321{section.list_path}"] for name, section in sorted(SECTIONS.items())
    }


def test_growth_says_what_is_new_and_nothing_when_nothing_is():
    before = Status(pages=20, articles=20, signals=35, notifications=1, sent=1)
    after = Status(pages=21, articles=21, signals=45, notifications=3, sent=2)

    assert growth(before, after) == "+1 page, +1 article, +10 signals, +2 notifications, +1 delivered"
    assert growth(after, after) == ""


def test_rules_send_only_to_places_that_the_demo_keeps():
    kinds = {
        to.partition(":")[0]
        for path in (HERE / "rules").glob("*.yaml")
        for to in yaml.safe_load(path.read_text("utf-8"))["to"]
    }

    assert kinds == {"email", "slack"}


def test_service_that_ends_by_itself_is_noticed_with_the_end_of_its_log(tmp_path):
    service = made_service(tmp_path, "print('disk full', flush=True); sys.exit(3)")
    service.start()

    assert wait_until(lambda: not alive(service.process_id))
    with pytest.raises(TidingsError, match=r"(?s)ended with status 3.*service\.log.*disk full"):
        service.check()


def test_service_that_does_not_listen_is_killed_within_two_seconds(tmp_path):
    service = made_service(
        tmp_path, "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    service.start()
    up = wait_until(lambda: "up" in service.log_path.read_text("utf-8"))
    began, process_id = time.monotonic(), service.process_id
    service.stop()

    assert up
    assert time.monotonic() - began < 2
    assert not alive(process_id)


def test_status_is_what_the_command_says_and_none_when_it_cannot_say(tmp_path):
    said = '{"polls": {"demo-zh": 2}, "pages": 7, "sent": 1, "idle": false, "lag": {"analyse": 0.5}}'
    speaking = made_service(tmp_path / "speaking", f"print({said!r})")
    failing = made_service(tmp_path / "failing", "sys.exit(1)")
    babbling = made_service(tmp_path / "babbling", "print('starting up')")

    assert speaking.status() == Status(polls={"demo-zh": 2}, pages=7, sent=1)
    assert (failing.status(), babbling.status()) == (None, None)


def test_service_that_was_not_started_stops_and_checks_in_silence(tmp_path):
    service = made_service(tmp_path, "pass")
    service.check()
    service.stop()

    assert (service.process_id, service.answers()) == (None, False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
def test_tied_process_ends_when_its_parent_is_killed():
    """The parent starts `sleep` tied to itself, says its number, and waits to be killed."""
    script = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'deploy.demo.tied', str(os.getpid()), '/bin/sleep', '60'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        became = wait_until(lambda: b"sleep" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0])
        parent.send_signal(signal.SIGKILL)
        parent.wait(SECONDS_MAX)

    assert became
    assert wait_until(lambda: not Path(f"/proc/{child}").exists() or not alive(child))
