"""A notification as Slack blocks, within Slack's limits (Block Kit reference: section, header, context)."""

from collections.abc import Iterator, Sequence
from typing import Any

from alerts.view import Fact, Source, View
from tidings.wording import shortened

#: Slack refuses a message with more of these, or with longer ones.
BLOCKS_MAX = 50
TEXT_CHARACTERS_MAX = 3000
HEADER_CHARACTERS_MAX = 150

#: Ours, well below: titles and evidence are cut before they are escaped.
TITLE_CHARACTERS_MAX = 300
EVIDENCE_CHARACTERS_MAX = 600


def blocks(view: View) -> tuple[dict[str, Any], ...]:
    """Header, then each article's facts with their evidence, its title and dates, then why it fired."""
    head = {"type": "header", "text": {"type": "plain_text", "text": shortened(view.subject, HEADER_CHARACTERS_MAX)}}
    foot = _context([view.more, view.because])
    body = [block for source in view.sources for block in _source(source)]
    return (head, *body[: BLOCKS_MAX - 2], foot)


def escape(text: str) -> str:
    """`text` as mrkdwn shows it literally: no mention, no link, no <!channel>."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _source(source: Source) -> Iterator[dict[str, Any]]:
    for fact in source.facts:
        if fact.headline or fact.evidence:
            yield _section(_fact(fact))
    title = escape(shortened(source.title, TITLE_CHARACTERS_MAX))
    yield _section(f"<{_address(source.url)}|{title}>" if source.url else title)
    late = "late" if source.late else ""
    yield _context([source.origin, f"published {source.published}", f"first seen {source.seen}", late])


def _fact(fact: Fact) -> str:
    exact = f" (exactly {fact.exact})" if fact.exact else ""
    quote = escape(shortened("\n".join(fact.evidence), EVIDENCE_CHARACTERS_MAX)).replace("\n", "\n> ")
    return "\n".join(part for part in (escape(fact.headline) + exact, f"> {quote}" if quote else "") if part)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _within(text)}}


def _context(parts: Sequence[str]) -> dict[str, Any]:
    text = escape(" · ".join(part for part in parts if part))
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": _within(text)}]}


def _address(url: str) -> str:
    """An address that cannot end its own link: "|" begins the label, ">" closes it."""
    return escape(url.replace("|", "%7C").replace(">", "%3E"))


def _within(text: str) -> str:
    """A last guard, for an over-long address: cut before the entity or the link that the cut would split."""
    if len(text) <= TEXT_CHARACTERS_MAX:
        return text
    cut = text[: TEXT_CHARACTERS_MAX - 1]
    for opening, closing in (("&", ";"), ("<", ">")):
        if cut.rfind(opening) > cut.rfind(closing):
            cut = cut[: cut.rfind(opening)]
    return cut + "…"
