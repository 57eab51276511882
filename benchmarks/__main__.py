"""python -m benchmarks [NAME ...] [--mode distributed] [--scale 1.0] [--articles 10000] [--json]"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

from benchmarks.measuring import Line

#: What there is, by mode, in the order in which it runs.
ALL = {
    "embedded": ("analyse", "runner", "crawl", "search"),
    "distributed": ("worker", "pipeline", "producer", "search"),
}
#: For Elasticsearch beside tantivy; 100,000 are the full size.
ARTICLES = 10_000


def main() -> int:
    """Print a line for each comparison as it is made."""
    options = _options()
    for line in _embedded(options) if options.mode == "embedded" else _distributed(options):
        print(json.dumps(asdict(line) | {"ratio": line.ratio}) if options.json else _row(line), flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios against floors and peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all of the mode if none is named")
    parser.add_argument("--mode", choices=ALL, default="embedded", help="(%(default)s)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    servers = parser.add_argument_group("distributed")
    servers.add_argument("--articles", type=int, default=ARTICLES, help="in the index, for search (%(default)s)")
    servers.add_argument("--kafka", metavar="HOST:PORT", help="a Kafka that runs; else one is started")
    servers.add_argument("--elasticsearch", metavar="URL", help="an Elasticsearch that runs; else one is started")
    options = parser.parse_args()
    options.names = options.names or ALL[options.mode]
    if unknown := set(options.names) - set(ALL[options.mode]):
        parser.error(f"no {options.mode} benchmark {', '.join(sorted(unknown))}; want {', '.join(ALL[options.mode])}")
    return options


def _embedded(options: argparse.Namespace) -> Iterator[Line]:
    for name in options.names:
        _announce(name)
        yield from importlib.import_module(f"benchmarks.{name}").compare(options.scale)


def _distributed(options: argparse.Namespace) -> Iterator[Line]:
    from benchmarks.distributed.servers import servers
    from benchmarks.distributed.size import size

    _announce("servers")
    with servers(options.kafka, options.elasticsearch) as running:
        for name in options.names:
            _announce(name)
            measured = importlib.import_module(f"benchmarks.distributed.{name}")
            yield from measured.compare(running, size(options.scale, options.articles))


def _announce(name: str) -> None:
    print(f"-- {name}", file=sys.stderr, flush=True)


def _row(line: Line) -> str:
    other = f"{line.other:10.2f}" if line.other is not None else " " * 10
    ratio = f"{line.ratio:6.2f}" if line.ratio is not None else " " * 6
    spread = f"({line.spread[0]:.2f} to {line.spread[1]:.2f})" if line.spread else ""
    goal = f"goal {line.goal}" if line.goal else ""
    return f"{line.what:<62} {line.ours:10.2f} {other} {line.unit:<12} {ratio} {spread:<16} {goal}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
