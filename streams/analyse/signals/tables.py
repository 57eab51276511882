"""Rows of tables, each with its header and what stands above the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streams.analyse.frames import Document, Frame

#: What a header calls its columns; two such cells make a row a header, wherever it stands (it repeats on each printed
#: page).
_HEADER = re.compile(
    r"^(?:序号|项次|包号|No\.?|#|产品名称|医疗器械名称|通用名称|品名|货物名称|商品名称|注册人(?:名称)?"
    r"|申请人(?:名称)?|企业名称|生产企业|代理人|医疗器材商|供应商名称|中选企业|被处罚单位"
    r"|注册证(?:编?号)?(?:/结论)?|注册证或备案凭证编号|批准文号|备案号|许可证字号|受理号|型号规格|规格型号|批号"
    r"|召回级别|召回原因|中选价格.*|单价.*|数量|计量单位|计价单位|采购单元"
    r"|注销原因|批准日期|送达日期|决定日期"
    r"|剂型|药品名称|药品批准文号|上市许可持有人|.*(?:金额|累计).*"
    r"|510\(k\) Number|PMA Number|De Novo Number|Device(?: Name)?|Product(?: Name| Description)?|Applicant"
    r"|Company|Manufacturer|Sponsor|Registrant|Holder|Decision(?: Date)?|Registration (?:No\.?|Number)"
    r"|Certificate (?:No\.?|Number)|Approval Date|Date|Class(?:ification)?|Product Code|Recall Number"
    r"|Recalling Firm|Reason for Recall|ARTG|Action|Level)$",
    re.IGNORECASE,
)

#: How far above a table its heading may stand, in lines that are no rows.
LINES_ABOVE_MAX = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of a table: code points [start, end) of the body."""

    header: tuple[str, ...]
    cells: tuple[str, ...]
    start: int
    end: int
    #: The lines above the table, newest last, plain.
    above: str
    frame: Frame

    def cell(self, pattern: re.Pattern[str]) -> str | None:
        """The cell of the first column whose label matches; None if there is none or it is empty."""
        return next((c for label, c in zip(self.header, self.cells, strict=False) if pattern.search(label) and c), None)


def rows(document: Document) -> Iterator[Row]:
    """All rows under a header that is understood, in order."""
    header: tuple[str, ...] = ()
    above: list[str] = []
    in_table = False
    for frame in document.frames:
        if not frame.is_row:
            if in_table:
                above, in_table = above[-2:], False
            above = [*above, frame.words][-LINES_ABOVE_MAX:]
            continue
        cells = tuple(cell.strip() for cell in frame.words.split("\t"))
        if is_header(cells):
            header, in_table = cells, True
        elif in_table and len(cells) >= 2:
            yield Row(header=header, cells=cells, start=frame.start, end=frame.end, above="\n".join(above), frame=frame)


def is_header(cells: tuple[str, ...]) -> bool:
    """True if at least two cells are labels of columns."""
    return sum(bool(_HEADER.match(cell)) for cell in cells) >= 2
