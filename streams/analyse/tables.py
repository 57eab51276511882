"""Tables as rows of cells: merged cells are repeated, so that every row can be read on its own."""

import re

from selectolax.lexbor import LexborNode

ROWS_MAX = 20_000
COLUMNS_MAX = 200
#: Cells after merged ones are repeated.
CELLS_MAX = 200_000
#: A cell with this share of a table's text, in this many blocks, is a page in a cell.
LAYOUT_SHARE_MIN = 0.6
LAYOUT_BLOCKS_MIN = 4


def is_data(table: LexborNode) -> bool:
    """True for a table of data, False for one that lays out a page: one column, tables within, one cell that is all."""
    nested = any(inner.mem_id != table.mem_id for inner in table.css("table"))
    if nested or table.attributes.get("role") == "presentation":
        return False
    rows = [_cells(row) for row in _rows(table)]
    return any(len(cells) > 1 for cells in rows) and not _is_dominated(table, rows)


def _is_dominated(table: LexborNode, rows: list[list[LexborNode]]) -> bool:
    """True if one cell holds most of the text, in paragraphs of its own."""
    most = LAYOUT_SHARE_MIN * len(table.text())
    large = (cell for cells in rows for cell in cells if len(cell.text()) > most)
    return any(len(cell.css("p, br, div")) >= LAYOUT_BLOCKS_MIN for cell in large)


def grid(table: LexborNode) -> list[list[LexborNode | None]]:
    """The table's cells, row by row, header first; a merged cell stands in each place it covers.

    None where a row has no cell. Rows, columns and cells beyond the limits are left out.
    """
    taken: dict[tuple[int, int], LexborNode] = {}
    rows = _rows(table)
    for y, row in enumerate(rows):
        x = 0
        for cell in _cells(row):
            while (y, x) in taken:
                x += 1
            wide = min(_span(cell, "colspan"), COLUMNS_MAX - x)
            tall = min(_span(cell, "rowspan"), len(rows) - y)
            if wide < 1 or len(taken) + wide * tall > CELLS_MAX:
                break
            taken.update({(y + dy, x + dx): cell for dy in range(tall) for dx in range(wide)})
            x += wide
    width = [0] * len(rows)
    for y, x in taken:
        width[y] = max(width[y], x + 1)
    return [[taken.get((y, x)) for x in range(width[y])] for y in range(len(rows)) if width[y]]


def one_line(text: str) -> str:
    """A cell's text on one line: a break inside a Chinese word or a registration number goes, others become spaces."""
    joined = re.sub(r"(?<=[\u3400-\u9fff（）])\s*\n\s*|\s*\n\s*(?=[\u3400-\u9fff（）])", "", text.strip())
    joined = re.sub(r"([\u3400-\u9fff]\d+)\s*\n\s*(?=\d)", r"\1", joined)
    return " ".join(joined.split())


def _rows(table: LexborNode) -> list[LexborNode]:
    rows: list[LexborNode] = []
    heads: list[LexborNode] = []
    for part in table.iter():
        if part.tag == "tr":
            rows.append(part)
        elif part.tag in ("thead", "tbody", "tfoot"):
            (heads if part.tag == "thead" else rows).extend(row for row in part.iter() if row.tag == "tr")
    return (heads + rows)[:ROWS_MAX]


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return max(int(value), 1) if re.fullmatch(r"[0-9]{1,4}", value.strip()) else 1
