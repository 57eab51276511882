"""Results on standard output, for programs."""

import json
import sys
from collections.abc import Iterable
from typing import Any

import click


def print_lines(lines: Iterable[bytes]) -> None:
    """Write JSON lines as they come."""
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def print_json(value: Any) -> None:
    """Write one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))
