"""The `tidings` command. Each subcommand makes the service from the settings and calls one function."""

from pathlib import Path
from typing import Any, Literal

import click

from app import cli_log
from app.command import FAULT, as_json, main, service_command, with_parent
from app.printing import print_json, print_lines
from app.wiring import Service

__all__ = ["cli_log", "main"]  # its subcommands join by being imported

# -- the service ------------------------------------------------------------------------------------------------------


@service_command(logs=True)
def run(service: Service) -> int:
    """The whole service: crawl, work and serve, started again when they die."""
    from app.run import run_service

    return run_service(service)


@service_command(logs=True)
@with_parent
@click.option("--once", is_flag=True, help="Look at every source once, then stop.")
@click.option("--source", "names", multiple=True, help="Only this source; may be given more than once.")
def crawl(service: Service, with_parent: bool, once: bool, names: tuple[str, ...]) -> int:
    """Poll the sources on their schedules."""
    from app.crawling import crawl_sources

    return crawl_sources(service, once=once, names=names, with_parent=with_parent)


@service_command(logs=True)
@with_parent
@click.option("--once", is_flag=True, help="Deal with what is on the log, then stop.")
def work(service: Service, with_parent: bool, once: bool) -> int:
    """Analyse, cluster, alert, index and deliver."""
    from app.stopping import stop_on_signals, stop_with_parent
    from app.work import work as work_until

    stop = stop_on_signals()
    if with_parent:
        stop_with_parent()
    if once:
        service.settle(stop)
        return 0
    return work_until(service, stop)


@service_command(logs=True, name="analyse-worker")
@with_parent
@click.option("--name", help="Name of this worker, fixed over restarts and no other's; else TIDINGS_WORKER.")
def analyse_worker(service: Service, with_parent: bool, name: str | None) -> int:
    """Analyse pages as a Faust worker (distributed mode); as many as pages has partitions share the work."""
    from app.stopping import stop_on_signals, stop_with_parent
    from streams.faust_app import run as run_worker

    service.require_distributed("analyse-worker")
    stop = stop_on_signals()
    if with_parent:
        stop_with_parent()
    return run_worker(service.worker(name), stop)


@service_command(logs=True)
@with_parent
def serve(service: Service, with_parent: bool) -> int:
    """The search page, its JSON API, /metrics, /healthz and /readyz."""
    from app.serve import serve as serve_pages

    return serve_pages(service, with_parent=with_parent)


@service_command()
@as_json
def status(service: Service, as_json: bool) -> int:
    """How far every step is, and how its records ended."""
    from app.statusview import lines, summary

    now = service.status()
    if as_json:
        print_json(summary(service.content.catch_up(), now))
    else:
        for line in lines(now):
            click.echo(line)
    return 0


# -- articles ---------------------------------------------------------------------------------------------------------


@service_command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--backfill", is_flag=True, help="Silently: searchable, remembered, nothing is sent.")
@click.option("--source", default="ingest", show_default=True, help="Name under which the articles are kept.")
def ingest(service: Service, files: tuple[Path, ...], backfill: bool, source: str) -> int:
    """Take in article JSONL (id, url, title, published, text), saved HTML or plain text.

    Returns when everything is searchable and, unless --backfill, every alert is delivered or waits for its retry.
    """
    from app.ingest import ingest as take_in

    return take_in(service, files, live=not backfill, source=source)


@service_command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
def analyse(service: Service, file: Path) -> int:
    """Print what analysis finds in FILE (as for ingest; "-" is JSONL on standard input), one JSON line an article.

    Stores nothing. Each line has id, language, relevant, topics, companies, devices and signals.
    """
    from app.analysing import analysed

    return analysed(service, file)


@service_command()
@click.argument("query")
@click.option("--order", type=click.Choice(["newest", "best"]), default="best", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@as_json
def search(service: Service, query: str, order: Literal["newest", "best"], limit: int, as_json: bool) -> int:
    """Search the articles: words, "phrases", field:value, ranges, -not, OR, parentheses (docs/search.md)."""
    from app.searching import search as find

    return find(service, query, order=order, limit=limit, as_json=as_json)


@service_command()
@click.argument("what", type=click.Choice(["events", "articles", "signals", "notifications", "receipts", "intake"]))
def export(service: Service, what: str) -> int:
    """Print everything of one kind as JSON lines, in a stable order."""
    from app.export import EXPORTS

    print_lines(EXPORTS[what](service.log))
    return 0


@service_command()
@click.argument("article")
@as_json
def why(service: Service, article: str, as_json: bool) -> int:
    """What became of ARTICLE (its URL or id) at each step and, per rule, why it notified or not."""
    from app.why import told
    from app.why import why as explain

    found = explain(service, article)
    if as_json:
        print_json(found)
    else:
        for line in told(found):
            click.echo(line)
    return 0


# -- rules, sources, dead letters, channels ---------------------------------------------------------------------------


@main.group()
def rules() -> None:
    """Alert rules."""


@service_command(group=rules, name="list")
def rules_list(service: Service) -> int:
    """Every rule file, and what is wrong with the bad ones."""
    from app.rules import listed

    return listed(service)


@service_command(group=rules, name="test")
def rules_test(service: Service) -> int:
    """Check every rule file and run its examples; exit status 1 if one is bad."""
    from app.rules import tested

    return tested(service)


@main.group()
def sources() -> None:
    """Sources."""


@service_command(group=sources, name="list")
def sources_list(service: Service) -> int:
    """Every source file, its schedule, and what is wrong with the bad ones."""
    from app.sources import listed

    return listed(service)


@service_command(group=sources, name="test")
@click.argument("name", required=False)
@click.option("--all", "all_", is_flag=True, help="Every source.")
@click.option("--live", is_flag=True, help="Look at the site itself: its list and its newest three pages.")
def sources_test(service: Service, name: str | None, all_: bool, live: bool) -> int:
    """Read a source's fixture, offline, and print its rows and articles; stores nothing."""
    from app.sources import tested

    if not name and not all_:
        raise click.UsageError("name a source, or give --all")
    return tested(service, name, live=live)


@main.group(name="dead-letters")
def dead_letters() -> None:
    """Records that a step could not take."""


@service_command(group=dead_letters, name="list")
@as_json
def dead_letters_list(service: Service, as_json: bool) -> int:
    """The open ones: number, step, topic and offset, error."""
    from app.dead_letters import letters

    found = letters(service.log)
    if as_json:
        print_json([_letter(number, letter) for number, letter in found])
        return 0
    for number, letter in found:
        click.echo(f"{number:>5}  {letter.step:<10} {letter.topic}:{letter.position}  {letter.error}")
    if not found:
        click.echo("no open dead letters")
    return 0


def _letter(number: int, letter: Any) -> dict[str, Any]:
    fields = ("topic", "position", "step", "at", "error", "resolved")
    return {"number": number, **{name: getattr(letter, name) for name in fields}}


@service_command(group=dead_letters, name="show")
@click.argument("number", type=int)
def dead_letters_show(service: Service, number: int) -> int:
    """One letter with its record, as it stood in the log."""
    from app.dead_letters import letter

    found = letter(service.log, number)
    print_json({**_letter(number, found), "body": found.body.decode("utf-8", "replace")})
    return 0


@service_command(group=dead_letters, name="replay")
@click.argument("numbers", type=int, nargs=-1, required=True)
def dead_letters_replay(service: Service, numbers: tuple[int, ...]) -> int:
    """Put the records back on their topics."""
    from app.dead_letters import replay

    replay(service.log, numbers, service.clock())
    click.echo(f"{len(numbers)} put back")
    return 0


@service_command(group=dead_letters, name="drop")
@click.argument("numbers", type=int, nargs=-1, required=True)
def dead_letters_drop(service: Service, numbers: tuple[int, ...]) -> int:
    """Close the letters without replaying them."""
    from app.dead_letters import drop

    drop(service.log, numbers, service.clock())
    click.echo(f"{len(numbers)} dropped")
    return 0


@main.group()
def alerts() -> None:
    """Alert channels."""


@service_command(group=alerts, name="test")
@click.argument("channel")
@click.argument("recipient", default="")
def alerts_test(service: Service, channel: str, recipient: str) -> int:
    """Send one test message over CHANNEL (email, slack, console) to RECIPIENT."""
    provider_id = service.test_channel(channel, recipient)
    click.echo(
        f"sent over {channel}" + (f" to {recipient}" if recipient else "") + f" ({provider_id or 'no id given'})"
    )
    return 0


# -- operation --------------------------------------------------------------------------------------------------------


@service_command()
def reindex(service: Service) -> int:
    """Build the search index anew from the log; the service must not be running `work`."""
    from app.reindex import reindex as rebuild

    return rebuild(service)


@service_command()
def config(service: Service) -> int:
    """Every setting and what is in force, without secrets."""
    from tidings.settings import shown

    for name, value in shown(service.values).items():
        click.echo(f"{name}={'' if value is None else value}")
    return 0


@service_command()
@as_json
def doctor(service: Service, as_json: bool) -> int:
    """Look at everything the service needs; say what is wrong and what to do. Exit status 1 if something is wrong."""
    from app.doctor import findings

    found = list(findings(service))
    if as_json:
        print_json([{"subject": f.subject, "ok": f.ok, "says": f.says} for f in found])
    else:
        for finding in found:
            click.echo(f"{'ok   ' if finding.ok else 'WRONG'} {finding.subject}: {finding.says}")
    return 0 if all(finding.ok for finding in found) else FAULT


if __name__ == "__main__":
    main(prog_name="tidings")
