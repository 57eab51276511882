"""From an element to plain text: a paragraph a line, a table row a line with tabs, a list item a line.

What comes out is text and nothing else; the words are the page's own, not normalised in any way.
"""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from streams.analyse import tables

#: The most text that a page may give; merged cells repeat theirs.
TEXT_CHARACTERS_MAX = 10_000_000
#: A merged cell with more text than this is no label or name, and is not repeated.
REPEATED_CHARACTERS_MAX = 200

_DROPPED = frozenset({
    "script", "style", "noscript", "template", "head", "title", "iframe", "object", "embed", "svg", "math",
    "canvas", "audio", "video", "map", "button", "select", "input", "textarea", "nav", "footer", "aside",
    "dialog",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "mark", "nobr", "o:p", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
#: Text, and what stands in a line without being of it: none of these ends a line.
_NOT_SHOWN = frozenset({
    "-text", "-comment", "area", "button", "canvas", "img", "input", "noscript", "picture", "script", "select",
    "source", "style", "svg", "template",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: Characters that show nothing: zero width, soft hyphens, direction overrides, controls; half a surrogate pair is none.
_UNSEEN = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]"
)
#: A source line that ends inside Chinese text: no space was meant.
_EAST = r"[\u3001-\u303f\u3400-\u9fff\uff01-\uff65]"
_WRAPPED = re.compile(rf"(?<={_EAST})\s*\n\s*(?={_EAST})")

Skip = Callable[[LexborNode], bool]


class _Lines:
    """Text as it grows; a line is kept once it ends, if it says anything."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.open: list[str] = []
        self.characters = 0

    def add(self, text: str) -> None:
        self.open.append(text)
        self.characters += len(text)

    def end(self) -> None:
        if self.open:
            if line := tidy("".join(self.open)):
                self.ended.append(line)
            self.open.clear()

    def row(self, cells: list[str]) -> None:
        self.end()
        if any(cells):
            self.ended.append("\t".join(cells))
            self.characters += len(self.ended[-1])


def render(root: LexborNode, *, skip: Skip | None = None, characters_max: int = TEXT_CHARACTERS_MAX) -> str:
    """The text under `root`. An element is left out, with all in it, if it is hidden, a control, or `skip` says so.

    Stops soon after `characters_max`.
    """
    lines = _Lines()
    node = root.first_child
    while node is not None and lines.characters < characters_max:
        inside = _enter(node, lines, skip)
        node = (node.first_child if inside else None) or _after(node, root, lines)
    lines.end()
    return "\n".join(lines.ended)


def tidy(text: str) -> str:
    """`text` on one line: characters that show nothing dropped, runs of spaces collapsed."""
    return " ".join(_UNSEEN.sub("", _WRAPPED.sub("", text)).split())


def is_hidden(node: LexborNode) -> bool:
    """True if the page's own markup says that readers do not see this element."""
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _enter(node: LexborNode, lines: _Lines, skip: Skip | None) -> bool:
    """Take what `node` itself adds; True if its children are to be read."""
    tag = node.tag
    if tag == "-text":
        _take_text(node, lines)
        return False
    if tag is None or tag.startswith("-") or tag in _DROPPED or is_hidden(node) or (skip is not None and skip(node)):
        return False
    if tag not in _INLINE:
        lines.end()
    if tag == "table" and tables.is_data(node):
        _take_table(node, lines, skip)
        return False
    return True


def _after(node: LexborNode, root: LexborNode, lines: _Lines) -> LexborNode | None:
    """The element to read after `node` and all in it; None when `root` is read. Ends the lines of what is left."""
    while True:
        if node.tag not in _INLINE and node.tag not in _NOT_SHOWN:
            lines.end()
        if node.next is not None:
            return node.next
        parent = node.parent
        if parent is None or parent.mem_id == root.mem_id:
            return None
        node = parent


def _take_text(node: LexborNode, lines: _Lines) -> None:
    text = node.text_content or ""
    if node.parent is None or node.parent.tag != "pre":
        lines.add(text)
        return
    for line in text.splitlines():
        lines.add(line)
        lines.end()


def _take_table(table: LexborNode, lines: _Lines, skip: Skip | None) -> None:
    caption = table.css_first("caption")
    if caption is not None:
        lines.add(render(caption, skip=skip))
        lines.end()
    texts: dict[int, str] = {}
    for row in tables.grid(table):
        if len({cell.mem_id for cell in row if cell is not None}) == 1:
            row = row[:1]  # a note or a section's name across the whole table is said once
        lines.row([_cell(cell, texts, skip) if cell is not None else "" for cell in row])


def _cell(cell: LexborNode, texts: dict[int, str], skip: Skip | None) -> str:
    """A cell's text on one line; a long one only where the cell begins. `texts`: those of the cells before."""
    if (known := texts.get(cell.mem_id)) is not None:
        return known
    text = tables.one_line(render(cell, skip=skip))
    texts[cell.mem_id] = text if len(text) <= REPEATED_CHARACTERS_MAX else ""
    return text
