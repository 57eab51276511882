"""The order of events, with a service that has always read everything at once."""

import socket
import sys

import pytest

from deploy.demo.parts import Ports
from deploy.demo.play import Play
from deploy.demo.service import ROOT, Service
from deploy.demo.site import Site
from tidings.errors import TidingsError

#: Stands for `tidings`: "run" answers on the search page's port; "status" has read whatever the site has published.
COMMAND = f"""#!{sys.executable}
import http.server, json, os, pathlib, sys
sys.path.insert(0, {str(ROOT)!r})
if sys.argv[1] == "run":
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
        def log_message(self, *words): pass
    http.server.HTTPServer(("127.0.0.1", int(os.environ["TIDINGS_PORT"])), Page).serve_forever()
else:
    from deploy.demo.content import load, versions
    state = pathlib.Path(os.environ["TIDINGS_DATA"]).parent / "site.json"
    step = json.loads(state.read_text())["step"] if state.exists() else 0
    pages = versions(load(), step)
    polls = dict.fromkeys(("demo-gov", "demo-news", "demo-zh"), 1)
    print(json.dumps(dict(polls=polls, pages=pages, articles=min(pages, 30), notifications=step, sent=step, idle=True)))
"""


@pytest.fixture
def service(tmp_path):
    command = tmp_path / "command"
    command.write_text(COMMAND, "utf-8")
    command.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        search = probe.getsockname()[1]
    service = Service(tmp_path, Ports(search=search, base=8100), command=command)
    service.start()
    yield service
    service.stop()


def perform(tmp_path, service):
    """What the play says."""
    said = []
    site = Site(tmp_path / "site.json")
    site.start()
    try:
        Play(site, service, said.append).perform(step_seconds=0)
    finally:
        site.close()
    return said


def test_first_performance_publishes_every_step_in_order_and_ends_idle(tmp_path, service):
    said = perform(tmp_path, service)
    steps = [line.partition(":")[0] for line in said if line.startswith("step ")]

    assert said[0].endswith("with 20 pages; the first crawl takes them in silently")
    assert said[1] == "+20 pages, +20 articles"
    assert list(dict.fromkeys(steps)) == [f"step {n} of 10" for n in range(1, 11)]
    assert said[-2:] == [
        "31 pages, 30 articles, 0 signals, 10 notifications (10 delivered)",
        f"idle {service.address}",
    ]


def test_second_performance_resumes_and_publishes_nothing(tmp_path, service):
    perform(tmp_path, service)
    said = perform(tmp_path, service)

    assert said == [
        "resuming: everything was published before; nothing is sent twice",
        "31 pages, 30 articles, 0 signals, 10 notifications (10 delivered)",
        f"idle {service.address}",
    ]


def test_performance_that_was_cut_short_goes_on_where_it_ended(tmp_path, service):
    (tmp_path / "site.json").write_text('{"step": 7}', "utf-8")
    said = perform(tmp_path, service)
    steps = [line.partition(":")[0] for line in said if line.startswith("step ")]

    assert said[0] == "resuming: 7 of 10 steps were published before; nothing is sent twice"
    assert list(dict.fromkeys(steps)) == [f"step {n} of 10" for n in (8, 9, 10)]


def test_service_that_dies_ends_the_play_with_its_reason(tmp_path, service):
    (tmp_path / "command").write_text(f"#!{sys.executable}\nimport sys\nsys.exit(4)\n", "utf-8")
    service.stop()
    service.start()

    with pytest.raises(TidingsError, match="ended with status 4"):
        perform(tmp_path, service)
