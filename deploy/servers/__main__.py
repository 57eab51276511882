"""Kafka and Elasticsearch on this machine, without Docker: start both, end both, or tell where they are."""

import argparse
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.servers import detached
from deploy.servers.detached import Running
from deploy.servers.fetch import fetch
from tidings.errors import TidingsError


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 if all went well, 1 if something is wrong, which is then said, or `status` finds one not up."""
    options = _options().parse_args(arguments)
    if sys.platform != "linux":
        print("servers: these run on Linux only; elsewhere start a Docker engine, then `make up`", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGHUP):
        # As Ctrl-C does: what was started by then is still remembered.
        signal.signal(number, signal.default_int_handler)
    try:
        return _do(options)
    except KeyboardInterrupt:
        _say("stopped; what runs by now, `down` ends")
        return 1
    except TidingsError as error:
        print(f"servers: {error}", file=sys.stderr)
        return 1


def _do(options: argparse.Namespace) -> int:
    if options.what == "up":
        _print_addresses(detached.up(options.data, options.cache, _say))
    elif options.what == "down":
        detached.down(options.data, _say)
    elif options.what == "fetch":
        fetch(options.cache)
    else:
        return _print_status(detached.status(options.data))
    return 0


def _print_addresses(running: Mapping[str, Running]) -> None:
    print(f"Kafka          {running['kafka'].address}")
    print(f"Elasticsearch  {running['elasticsearch'].address}")
    print("For this shell:")
    print(f"export KAFKA_BOOTSTRAP={running['kafka'].address}")
    print(f"export ELASTICSEARCH_URL={running['elasticsearch'].address}")
    print("export TIDINGS_MODE=distributed")


def _print_status(found: Mapping[str, Running | None]) -> int:
    for name, running in found.items():
        print(f"{name}: {f'up, {running.address}, process {running.identity.pid}' if running else 'not up'}")
    return 0 if all(found.values()) else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.servers", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("--data", type=Path, default=Path("data/servers"), help="folder for their data (%(default)s)")
    cache = argparse.ArgumentParser(add_help=False)
    cache.add_argument("--cache", type=Path, help="folder that servers are fetched into (.servers in the checkout)")
    commands.add_parser("up", parents=[data, cache], help="start both; they go on when this command has ended")
    commands.add_parser("down", parents=[data], help="end what `up` started; the data stays")
    commands.add_parser("status", parents=[data], help="exit status 0 if both are up")
    commands.add_parser("fetch", parents=[cache], help="bring both onto this machine; start nothing")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
