"""The ledger as an .xlsx: what the page shows, merged as in the source, to be worked on further."""

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.supervision.columns import MERGED, Column
from sanwei_flow.supervision.entries import Entry
from sanwei_flow.supervision.merging import spans

#: A sheet holds no more characters in a cell.
LONGEST = 32_000
#: What a spreadsheet would take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
FILLS = {"red": "FDECEA", "yellow": "FDF0E3"}
LINE = Side(style="thin", color="999999")
EDGES = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
WRAPPED = Alignment(wrap_text=True, vertical="top")
HEAD = Alignment(wrap_text=True, vertical="center", horizontal="center")

Words = Callable[[Entry, str], Any]
"""What a column says of a line: text, number, date or moment, in the reader's language."""


def write_sheet(
    title: str,
    entries: Iterable[Entry],
    columns: Sequence[Column],
    labels: Sequence[str],
    words: Words,
    *,
    merge: bool,
) -> bytes:
    """Write the file. Text that looks like a formula stays text; the header stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    _set_up(sheet, columns)
    cells = _Cells(sheet, words)
    sheet.append([cells.head(label) for label in labels])
    kept = []
    for entry in entries:
        sheet.append([cells.cell(entry, column) for column in columns])
        kept.append(entry)
    if merge:
        _merge(sheet, kept, columns)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _set_up(sheet: Any, columns: Sequence[Column]) -> None:
    """Widths, a header that stays, and A4 across: these come before the first line."""
    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width + 2
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


class _Cells:
    """Makes the cells of a sheet; each look is put together once, since that is what costs."""

    def __init__(self, sheet: Any, words: Words) -> None:
        self.sheet, self.words = sheet, words
        self.looks: dict[tuple[str, str, bool], Any] = {}

    def head(self, label: str) -> Any:
        cell: Any = WriteOnlyCell(self.sheet, label)
        cell.font, cell.alignment, cell.border = Font(bold=True), HEAD, EDGES
        cell.fill = PatternFill("solid", fgColor="EEF1F5")
        return cell

    def cell(self, entry: Entry, column: Column) -> Any:
        cell: Any = WriteOnlyCell(self.sheet, _plain(self.words(entry, column.name)))
        text = isinstance(cell.value, str)
        if text:
            cell.data_type = "s"
        lit = column.name == "light" and not entry.closed
        fill = FILLS.get(entry.light.colour, "") if lit else ""
        quoted = text and cell.value.startswith(FORMULA)
        cell._style = copy(self.look(column.kind, fill, quoted))
        return cell

    def look(self, kind: str, fill: str, quoted: bool) -> Any:
        """`quoted` makes a spreadsheet keep a text as text even when the cell is edited."""
        key = kind, fill, quoted
        if key not in self.looks:
            cell: Any = WriteOnlyCell(self.sheet)
            cell.alignment, cell.border = WRAPPED, EDGES
            cell.quotePrefix = quoted
            if kind in FORMATS:
                cell.number_format = FORMATS[kind]
            if fill:
                cell.fill = PatternFill("solid", fgColor=fill)
            self.looks[key] = cell._style
        return self.looks[key]


def _plain(value: Any) -> Any:
    """A value as a sheet takes it: moments in Shanghai time, no control characters."""
    if isinstance(value, dt.datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    if isinstance(value, str):
        shown = "".join(sign for sign in value if sign.isprintable() or sign == "\n")
        return shown[:LONGEST] or None
    return value


def _merge(sheet: Any, entries: Sequence[Entry], columns: Sequence[Column]) -> None:
    letters = {one.name: get_column_letter(number) for number, one in enumerate(columns, 1)}
    for (place, name), span in spans(entries, MERGED).items():
        if span > 1 and name in letters:
            first = place + 2
            sheet.merged_cells.add(f"{letters[name]}{first}:{letters[name]}{first + span - 1}")
