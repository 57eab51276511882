"""A notification as a message: the same facts as plain text, HTML and Slack blocks. Pure: no clock, no I/O."""

import functools
from pathlib import Path

import jinja2

from alerts.blocks import blocks
from alerts.channels import Message
from alerts.view import Fact, Source, View, view
from tidings.records import Notification

TEMPLATES = Path(__file__).parent / "templates"


def render(notification: Notification, *, site: str = "") -> Message:
    """The message that says what `notification` says.

    `site`: the address of the search page as readers see it, for links to it; "" leaves them out.
    """
    shown = view(notification, site=site)
    return Message(
        subject=shown.subject,
        text=_text(shown),
        html=_template().render(view=shown),
        blocks=blocks(shown),
    )


def _text(shown: View) -> str:
    parts = ["\n\n".join([*map(_fact, source.facts), _article(source)]).strip() for source in shown.sources]
    return "\n\n".join([*parts, "\n".join(part for part in (shown.more, shown.because) if part)]) + "\n"


def _fact(fact: Fact) -> str:
    exact = f"exactly {fact.exact}" if fact.exact else ""
    return "\n".join(part for part in (fact.headline, exact, *(f"  > {row}" for row in fact.evidence)) if part)


def _article(source: Source) -> str:
    late = "LATE: its own date lies well before the day it was found" if source.late else ""
    dates = f"published {source.published}, first seen {source.seen}"
    lines = (f"{source.title} ({source.origin})", dates, late, source.url, source.page)
    return "\n".join(line for line in lines if line)


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("notification.html")
