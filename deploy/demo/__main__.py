"""The demo: a sample site, the service that reads it, and a mailbox and a Slack that take its alerts, on loopback.

python -m deploy.demo [--mode embedded|distributed] [--data DIR] [--port N] [--base-port N] [--steps-every SECONDS]
"""

import argparse
import contextlib
import signal
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from deploy.demo.mode import FOLDERS, check_mode
from deploy.demo.parts import Ports, check_free, opened
from deploy.demo.play import Play
from deploy.demo.service import ENVIRONMENT, Service, installed
from deploy.demo.site import Site
from tidings.errors import TidingsError

#: What ends the demo: Ctrl-C, a supervisor, a closed terminal.
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Between two looks at whether the service still runs, once the play is over.
GUARD_SECONDS = 1.0


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C. Exit status: 0 after Ctrl-C, 1 if something is wrong, which is then said."""
    options = _options().parse_args(arguments)
    for number in STOPS:
        signal.signal(number, signal.default_int_handler)
    try:
        run(options)
    except KeyboardInterrupt:
        _say("stopped")
    except TidingsError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace) -> None:
    """Start everything, play, keep it running. Ends with KeyboardInterrupt, or TidingsError if something is wrong."""
    data = (options.data or FOLDERS[options.mode]).resolve()
    ports = Ports(search=options.port, base=options.base_port)
    check_free(ports)
    check_mode(data, options.mode)
    data.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            desk = _desk(stack, data) if options.mode == "distributed" else None
            site = stack.enter_context(opened(data, ports))
            _play(stack, site, Service(data, ports, desk=desk), options.steps_every)
        finally:
            # A second Ctrl-C must not cut the end short: it would leave the service behind.
            for number in STOPS:
                signal.signal(number, signal.SIG_IGN)


def _play(stack: contextlib.ExitStack, site: Site, service: Service, step_seconds: float) -> None:
    """Start the service, which ends with `stack`, play, and look whether it goes on."""
    stack.callback(service.stop)
    service.start()
    Play(site, service, _say).perform(step_seconds=step_seconds)
    while True:
        service.check()
        time.sleep(GUARD_SECONDS)


def _desk(stack: contextlib.ExitStack, data: Path) -> Mapping[str, str]:
    """Settings that lead to the demo's place on Kafka and Elasticsearch."""
    # Embedded, nothing of Kafka is loaded.
    from deploy.demo.addresses import servers
    from deploy.demo.desk import take

    addresses = stack.enter_context(servers(data / "servers", ENVIRONMENT, _say))
    _say(f"Kafka at {addresses.kafka}, Elasticsearch at {addresses.elasticsearch}")
    return take(data, addresses, installed)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mode", choices=FOLDERS, default="embedded", help="what the service runs on (%(default)s)")
    parser.add_argument(
        "--data", type=Path, help="folder for everything (data/demo; distributed: data/demo-distributed)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port of the search page (%(default)s)")
    parser.add_argument("--base-port", type=int, default=8100, help="first of three ports for the rest (%(default)s)")
    parser.add_argument("--steps-every", type=float, default=2.0, help="seconds between two steps (%(default)s)")
    return parser


def _say(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
