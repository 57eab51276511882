"""From markup to lines of plain text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.analyse import markup, prose


def render(html: str) -> list[str]:
    body = markup.parse(html, "a").body
    assert body is not None
    return prose.render(body).split("\n")


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<div>One<br>Two<div>Three</div>Four</div>", ["One", "Two", "Three", "Four"]),
        ("<p>A <b>bold</b><i>er</i> word</p>", ["A bolder word"]),
        ("<ul><li>One</li><li>Two<ul><li>Three</li></ul></li></ul>", ["One", "Two", "Three"]),
        ("<p>a  b\n c\u00a0d\u3000e</p>", ["a b c d e"]),
        ("<p>医疗\n  器械</p>", ["医疗器械"]),
        ("<p>zero\u200bwidth\u202e and soft\u00adhyphen</p>", ["zerowidth and softhyphen"]),
        ("<p>(CT) １２ Ⅲ类</p>", ["(CT) １２ Ⅲ类"]),
        ("<p>see<script>x()</script><style>p{}</style> this</p><nav>menu</nav>", ["see this"]),
        ("<p>seen</p><p hidden>a</p><p style='color:red; display : none'>b</p>", ["seen"]),
        ("<pre>one\n  two</pre>", ["one", "two"]),
        ("<p>1 &lt; 2 &amp;amp; 3</p>", ["1 < 2 &amp; 3"]),
        ("<p>cut off <b>here", ["cut off here"]),
    ],
)
def test_blocks_become_lines(html: str, lines: list[str]) -> None:
    assert render(html) == lines


def test_a_table_is_a_row_a_line_with_its_header_first() -> None:
    rows = "<tr><td>1</td><td>CT</td></tr><tr><td>2</td><td>MRI</td></tr>"

    assert render(f"<table><tbody>{rows}</tbody><thead><tr><th>No.</th><th>Name</th></tr></thead></table>") == [
        "No.\tName",
        "1\tCT",
        "2\tMRI",
    ]


def test_merged_cells_are_repeated_in_every_place_they_cover() -> None:
    html = "<tr><th colspan=2>A<th>B<tr><td rowspan=2>x<td>1<td>2<tr><td>3<td>4<tr><td>5<td><td>6"

    assert render(f"<table>{html}</table>") == ["A\tA\tB", "x\t1\t2", "x\t3\t4", "5\t\t6"]


def test_a_cell_across_the_whole_table_is_said_once() -> None:
    assert render("<table><tr><td>A<td>B<tr><td colspan=2>Part two</table>") == ["A\tB", "Part two"]


def test_line_breaks_inside_cells_are_removed() -> None:
    cells = "<td>一次性<br>注射器<td>国械注准2026<br>3060001<td>Harbor<br>Imaging<td>2024<br>2025"

    assert render(f"<table><tr>{cells}</table>") == ["一次性注射器\t国械注准20263060001\tHarbor Imaging\t2024 2025"]


def test_a_table_that_lays_out_a_page_is_no_table() -> None:
    html = "<table><tr><td><p>One</p><table><tr><td>a<td>b</table></td><td><p>Two</p></td></tr></table>"

    assert render(html) == ["One", "a\tb", "Two"]


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.integers(2, 5), st.integers(1, 5), st.data())
def test_merged_cells_keep_every_row_as_wide_as_the_table(width: int, height: int, data: st.DataObject) -> None:
    """Cells are laid down as a browser does: each row is filled up with cells of any span that still fits."""
    free = [[True] * width for _ in range(height)]
    html = "<tr>" + "<th>h</th>" * width
    for y in range(height):
        html += "<tr>"
        for x in range(width):
            if not free[y][x]:
                continue
            wide = data.draw(st.integers(1, next((n for n in range(x, width) if not free[y][n]), width) - x))
            tall = data.draw(st.integers(1, height - y))
            for dy in range(tall):
                free[y + dy][x : x + wide] = [False] * wide
            html += f"<td colspan={wide} rowspan={tall}>c{y}{x}</td>"

    lines = render(f"<table>{html}</table>")

    assert {line.count("\t") for line in lines if "\t" in line} <= {width - 1}
    assert [line.split("\t")[0][:1] for line in lines] == ["h"] + ["c"] * height
