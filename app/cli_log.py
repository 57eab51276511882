"""The subcommands about the log itself: its topics, who reads them, what is missing, backups."""

from pathlib import Path

import click

from app.command import as_json, main, service_command
from app.wiring import Service
from tidings.steps import TOPICS, Topic


@main.group()
def topics() -> None:
    """Topics on Kafka (distributed mode)."""


@service_command(group=topics, name="apply")
def topics_apply(service: Service) -> int:
    """Create the topics that are absent and mend what differs; never drops a record or a partition."""
    from app.topics import applied

    return applied(service)


@service_command(group=topics, name="show")
@as_json
def topics_show(service: Service, as_json: bool) -> int:
    """Partitions, records and sizes, and what differs from what they should be (then exit status 1)."""
    from app.topics import shown

    return shown(service, as_json=as_json)


@service_command()
@click.argument("topic", type=click.Choice(TOPICS))
@click.option("--group", required=True, help="Who reads: it goes on from where this group stopped.")
@click.option("--since", help="Where a new group begins: start, now, 90m, 12h, 2d, a time.  [default: start]")
@click.option("--stop-at-end", is_flag=True, help="Stop when there is no more instead of waiting.")
def follow(service: Service, topic: Topic, group: str, since: str | None, stop_at_end: bool) -> int:
    """Print the records of TOPIC that a group has not had yet, a JSON line each, repeats dropped."""
    from app.following import follow_topic
    from app.stopping import stop_on_signals

    stop = stop_on_signals()
    return follow_topic(service, topic, group=group, since=since, stop=stop, stop_at_end=stop_at_end)


@service_command()
@click.argument("topic", type=click.Choice(TOPICS))
@click.option("-n", "count", type=click.IntRange(0, 10_000), default=10, show_default=True, help="Begin so far back.")
def tail(service: Service, topic: Topic, count: int) -> int:
    """Print the newest records of TOPIC as they stand in the log, and each new one."""
    from app.following import tail as print_tail
    from app.stopping import stop_on_signals

    return print_tail(service, topic, count, stop_on_signals())


@service_command()
@click.option("--since", help="Only pages fetched in the last 90m, 12h, 2d, or since a time.  [default: all kept]")
@click.option("--dry-run", is_flag=True, help="Append nothing.")
@as_json
def audit(service: Service, since: str | None, dry_run: bool, as_json: bool) -> int:
    """Did every page end as an article, an outcome or a dead letter? What is missing is appended to pages again."""
    from app.audit import audited

    return audited(service, since, mend=not dry_run, as_json=as_json)


@service_command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def replay(service: Service, file: Path) -> int:
    """Put FILE, what `tidings export intake` printed, on the intake of an empty log, at the same offsets."""
    from app.replay import replay as put_back

    return put_back(service, file)


@main.group()
def state() -> None:
    """States of folds, delivery and crawler."""


@service_command(group=state, name="backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def state_backup(service: Service, folder: Path) -> int:
    """Copy the states into a new folder in FOLDER; the service may be running."""
    from app.backup import backup

    click.echo(backup(service.state_files, folder, service.clock()))
    return 0


@service_command(group=state, name="restore")
@click.argument("source", type=click.Path(path_type=Path, file_okay=False, exists=True))
def state_restore(service: Service, source: Path) -> int:
    """Put back the states of SOURCE, a backup or a folder of them (then the newest); the service must be stopped."""
    from app.backup import restore

    restored = restore(source, service.state_files, service.state_locks)
    click.echo(
        f"{', '.join(path.name for path in restored)} restored; what is newer comes from the log at the next start"
    )
    return 0
