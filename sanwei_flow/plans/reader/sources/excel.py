"""Excel workbooks (.xlsx): each sheet a table, merged ranges resolved."""

import datetime as dt
import io
import re
import warnings

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from sanwei_flow.errors import N_

from ..blocks import Source
from ..problems import PlanReadError, PlanTooLargeError
from .grid import Grid
from .package import DAMAGED, Package

_MOST_CELLS = 200_000
_PLAIN_NAME = re.compile(r"(?i)sheet\s*\d*|工作表\s*\d*")
_REFERENCE = re.compile(
    rb'<mergeCell\s[^>]{0,80}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_LAST_CELL = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')


def read_excel(data: bytes, package: Package) -> Source:
    for name in package.names:
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            _bounded(package.read(name))
    source = Source("xlsx")
    for sheet in _load(data).worksheets:
        if sheet.sheet_state == "visible":
            _sheet(source, sheet)
    return source


def _bounded(xml: bytes) -> None:
    """Refuse sheets that would unfold into millions of cells."""
    area = sum(
        (_column(m[3]) - _column(m[1]) + 1) * (int(m[4]) - int(m[2]) + 1)
        for m in _REFERENCE.finditer(xml)
    )
    right = bottom = 0
    for match in _LAST_CELL.finditer(xml):
        right, bottom = max(right, _column(match[1])), max(bottom, int(match[2]))
    if area > _MOST_CELLS or right * bottom > _MOST_CELLS * 5:
        raise PlanTooLargeError(N_("表格太大，不像一份任务分工表。"))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _load(data: bytes) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # unsupported extensions are none of our business
            return openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:
        raise PlanReadError(DAMAGED) from error


def _sheet(source: Source, sheet: Worksheet) -> None:
    grid = Grid(source)
    spans = {(r.min_row, r.min_col): r for r in sheet.merged_cells.ranges}
    for r, row in enumerate(sheet.iter_rows(min_row=1, min_col=1), 1):
        for c, cell in enumerate(row, 1):
            text = cell_text(cell)
            if not text or grid.taken(r, c - 1):
                continue
            span = spans.get((r, c))
            down, across = _size(span) if span else (1, 1)
            grid.put(r, c - 1, text, down=down, across=across)
    grid.close("" if _PLAIN_NAME.fullmatch(sheet.title) else sheet.title)


def _size(span: CellRange) -> tuple[int, int]:
    return span.max_row - span.min_row + 1, span.max_col - span.min_col + 1


def cell_text(cell: Cell | MergedCell) -> str:
    """A value as a person reads it in the sheet: 100%, 2025年6月30日, 12."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float | int) and not isinstance(value, bool):
        percent = "%" in (cell.number_format or "")
        number = round(value * 100 if percent else value, 6)
        return f"{number:g}%" if percent else _plain(number)
    return str(value)


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
