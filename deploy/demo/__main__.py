"""The demo: a sample site, the service that reads it, and a mailbox and a Slack that take its alerts, on loopback.

python -m deploy.demo [--data DIR] [--port N] [--base-port N] [--steps-every SECONDS]
"""

import argparse
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from deploy.demo.parts import Ports, check_free, opened
from deploy.demo.play import Play
from deploy.demo.service import Service
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
        run(options.data.resolve(), Ports(search=options.port, base=options.base_port), options.steps_every)
    except KeyboardInterrupt:
        _say("stopped")
    except TidingsError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def run(data: Path, ports: Ports, step_seconds: float) -> None:
    """Start everything, play, keep it running. Ends with KeyboardInterrupt, or TidingsError if something is wrong."""
    check_free(ports)
    data.mkdir(parents=True, exist_ok=True)
    with opened(data, ports) as site:
        service = Service(data, ports)
        try:
            service.start()
            Play(site, service, _say).perform(step_seconds=step_seconds)
            while True:
                service.check()
                time.sleep(GUARD_SECONDS)
        finally:
            # A second Ctrl-C must not cut the end short: it would leave the service behind.
            for number in STOPS:
                signal.signal(number, signal.SIG_IGN)
            service.stop()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("data/demo"), help="folder for everything (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port of the search page (%(default)s)")
    parser.add_argument("--base-port", type=int, default=8100, help="first of three ports for the rest (%(default)s)")
    parser.add_argument("--steps-every", type=float, default=2.0, help="seconds between two steps (%(default)s)")
    return parser


def _say(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
