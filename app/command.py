"""What every subcommand of `tidings` is made with."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app.wiring import Service
from tidings.errors import TidingsError

#: Exit status of a command that could not do what it was asked.
FAULT = 1


class Tidings(click.Group):
    """Turns a TidingsError into its message and exit status 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except TidingsError as error:
            click.echo(f"tidings: {error}", err=True)
            context.exit(FAULT)


@click.group(cls=Tidings, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tidings")
def main() -> None:
    """News in, typed evidence-linked signals, stories and alerts out.

    Data lives in TIDINGS_DATA (./data). `tidings config` lists the settings.
    """


def service_command(*, group: click.Group = main, name: str | None = None, logs: bool = False) -> Callable[[Any], Any]:
    """A subcommand whose function gets the service first; `logs`: it is a process that logs its progress."""

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def command(**options: Any) -> None:
            service = Service.from_environment()
            service.start_reporting(quiet=not logs)
            sys.exit(function(service, **options))

        return group.command(name)(command)

    return decorate


with_parent = click.option("--with-parent", is_flag=True, hidden=True, help="Stop when standard input ends.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
