"""`tidings rules`: the rule files as they stand."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from app.wiring import Service


def listed(service: "Service") -> int:
    """Print every rule, then what is wrong with the bad files; exit status 1 if one is bad."""
    rules, errors = service.checked_rules()
    for rule in rules.rules:
        to = ", ".join(f"{address.channel}:{address.recipient}" for address in rule.to)
        click.echo(f"{rule.name:<28} {rule.says}  -> {to}")
    for error in errors:
        click.echo(f"WRONG {error}", err=True)
    return 1 if errors else 0


def tested(service: "Service") -> int:
    """Read every rule file and run its examples; name the bad ones; exit status 1 if there is one."""
    rules, errors = service.checked_rules()
    for rule in rules.rules:
        click.echo(f"ok    {rule.name}")
    for error in errors:
        click.echo(f"WRONG {error}", err=True)
    return 1 if errors else 0
