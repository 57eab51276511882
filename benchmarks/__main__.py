"""python -m benchmarks [analyse|runner|crawl|search ...] [--scale 1.0] [--json]"""

import argparse
import importlib
import json
import sys
from dataclasses import asdict

from benchmarks.measuring import Line

ALL = ("analyse", "runner", "crawl", "search")


def main() -> int:
    """Print a line for each comparison as it is made."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios against floors and peers.")
    parser.add_argument("names", nargs="*", choices=[*ALL, []], help="which; all if none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes (%(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    for name in options.names or ALL:
        print(f"-- {name}", file=sys.stderr, flush=True)
        for line in importlib.import_module(f"benchmarks.{name}").compare(options.scale):
            print(json.dumps(asdict(line) | {"ratio": line.ratio}) if options.json else _row(line), flush=True)
    return 0


def _row(line: Line) -> str:
    other = f"{line.other:10.2f}" if line.other is not None else " " * 10
    ratio = f"{line.ratio:6.2f}" if line.ratio is not None else " " * 6
    spread = f"({line.spread[0]:.2f} to {line.spread[1]:.2f})" if line.spread else ""
    return f"{line.what:<62} {line.ours:10.2f} {other} {line.unit:<12} {ratio} {spread}"


if __name__ == "__main__":
    sys.exit(main())
