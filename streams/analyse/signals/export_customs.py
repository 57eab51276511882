"""The tables of the Chinese customs (量值表): the row for medical instruments, by month and since January."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from streams.analyse.frames import Document
from streams.analyse.quantities import exact
from streams.analyse.signals.tables import Row, rows
from tidings.records import Export, Quantity, Span


def customs(document: Document) -> Iterator[Export]:
    """Value of the month, value since January and its growth, of every such row; nothing without unit and title."""
    for row in rows(document):
        yield from _of_row(document, row)


_GOODS = re.compile(r"医疗仪器及器械|医疗器械|Medical (?:or|and) surgical instruments", re.IGNORECASE)
_UNIT = re.compile(
    r"单位\s?:?\s?(?P<zh>亿元人民币|百万美元|万美元|亿元|万元)|(?P<en>US\$ ?1,?000|USD ?1 Million|CNY ?100 Million)",
    re.IGNORECASE,
)
_UNITS = {
    "亿元人民币": (10**8, "CNY"),
    "亿元": (10**8, "CNY"),
    "万元": (10**4, "CNY"),
    "百万美元": (10**6, "USD"),
    "万美元": (10**4, "USD"),
    "us$1,000": (1000, "USD"),
    "usd1million": (10**6, "USD"),
    "cny100million": (10**8, "CNY"),
}
_TABLE_TITLE = re.compile(
    r"(?P<zh>20\d\d)年(?:1?至)?(?P<month>\d{1,2})月[^\n]{0,12}(?P<way>出口|进口)[^\n]{0,12}量值表"
)


def _of_row(document: Document, row: Row) -> Iterator[Export]:
    """Month's value, value since January, and its growth, of the row for medical instruments in a table of 量值表."""
    title = _TABLE_TITLE.search(document.title) or _TABLE_TITLE.search(row.above)
    unit = _UNIT.search(row.above)
    if not (title and unit and row.cells and _GOODS.match(row.cells[0])):
        return
    year, month = int(title["zh"]), int(title["month"])
    way = "export" if title["way"] == "出口" else "import"
    times, currency = _UNITS[re.sub(r"\s", "", (unit["zh"] or unit["en"]).lower())]
    since = f"{year}-01/{year}-{month:02}" if month > 1 else f"{year}-01"
    for label, cell in zip(row.header, row.cells, strict=False):
        if "金额" not in label or (value := _cell(cell)) is None:
            continue
        if "±%" in label or "比去年" in label or "同比" in label:
            yield _customs(row, f"{way}_growth", Quantity(value=value, unit="percent"), since)
        elif "累计" in label:
            yield _customs(row, f"{way}_value", Quantity(value=value * times, unit=currency), since)
        else:
            yield _customs(row, f"{way}_value", Quantity(value=value * times, unit=currency), f"{year}-{month:02}")


def _cell(cell: str) -> Decimal | None:
    try:
        return Decimal(cell.replace(",", ""))
    except InvalidOperation:
        return None  # "-" and "—" are empty


def _customs(row: Row, metric: str, quantity: Quantity, period: str) -> Export:
    value = exact(quantity.value)
    return Export(
        evidence=Span(field="body", start=row.start, end=row.end),
        regions=("CN",),
        quantity=Quantity(value=value, unit=quantity.unit),
        period=period,
        confidence=0.9,
        metric=metric,
    )
