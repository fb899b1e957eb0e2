"""The pages of a PDF as running text and tables: lines wrap, tables break across pages."""

import re
from dataclasses import dataclass, field

from pdfplumber.table import Table

from ..blocks import Source
from ..chinese import clean
from ..columns import recognise
from ..outline import marker_level
from .grid import Grid

_PAGE_NUMBER = re.compile(r"[\s\-—–－·第共页/\d]{1,20}")
_EDGE = 0.1  # of the page's height: where page numbers stand
_INDENT = 1.2  # characters right of the margin at which a paragraph begins
_SHORT = 2.5  # characters left free at the right by a paragraph's last line
_SAME = 2.0  # points within which two rules are one


@dataclass(frozen=True)
class TextLine:
    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        return max(1.0, self.bottom - self.top)


@dataclass
class _Cells:
    """A table in the making: (row, column) -> text, rows down, columns across."""

    cells: dict[tuple[int, int], tuple[str, int, int]] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


class Layout:
    """Takes pages in order; a table or paragraph may go on over the next page."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = ""
        self.last: TextLine | None = None
        self.table: _Cells | None = None

    def page(self, lines: list[TextLine], tables: list[Table], height: float) -> None:
        lines = [line for line in lines if not _page_number(line, height)]
        left = min((line.left for line in lines), default=0.0)
        right = max((line.right for line in lines), default=0.0)
        items: list[tuple[float, TextLine | Table]] = [(line.top, line) for line in lines]
        items += [(table.bbox[1], table) for table in tables]
        for _, item in sorted(items, key=lambda found: found[0]):
            if isinstance(item, TextLine):
                self._line(item, left, right)
            else:
                self._table(item)

    def close(self) -> None:
        self._end_paragraph()
        self._end_table()

    def _line(self, line: TextLine, left: float, right: float) -> None:
        self._end_table()
        if self.last is None or self._begins(line, left, right):
            self._end_paragraph()
        self.text += line.text
        self.last = line

    def _begins(self, line: TextLine, left: float, right: float) -> bool:
        """Whether a line begins a paragraph: indented, numbered, or after a line cut short."""
        last = self.last
        if last is None or line.left - left > _INDENT * line.size:
            return True
        short = right - last.right > _SHORT * last.size
        numbered = marker_level(clean(line.text)) is not None and last.text.endswith(("。", "；"))
        return short or numbered or abs(last.size - line.size) > line.size / 4

    def _end_paragraph(self) -> None:
        self.source.paragraph(self.text)
        self.text, self.last = "", None

    def _table(self, table: Table) -> None:
        self._end_paragraph()
        found = _cells(table)
        if self.table and self.table.columns == found.columns:
            _continue(self.table, found)
        else:
            self._end_table()
            self.table = found

    def _end_table(self) -> None:
        if self.table is None:
            return
        grid = Grid(self.source)
        for (row, column), (text, down, across) in sorted(self.table.cells.items()):
            if not grid.taken(row, column):
                grid.put(row, column, text, down=down, across=across)
        grid.close()
        self.table = None


def _page_number(line: TextLine, height: float) -> bool:
    edge = line.top < height * _EDGE or line.bottom > height * (1 - _EDGE)
    return edge and bool(_PAGE_NUMBER.fullmatch(line.text))


def _cells(table: Table) -> _Cells:
    """Cells with their spans, by the rules between which they lie."""
    xs = _rules([edge for box in table.cells for edge in (box[0], box[2])])
    ys = _rules([edge for box in table.cells for edge in (box[1], box[3])])
    found = _Cells(rows=len(ys) - 1, columns=len(xs) - 1)
    for row, texts in zip(table.rows, table.extract(), strict=True):
        for box, text in zip(row.cells, texts, strict=True):
            if box is not None:
                x0, x1 = _index(xs, box[0]), _index(xs, box[2])
                y0, y1 = _index(ys, box[1]), _index(ys, box[3])
                found.cells[y0, x0] = (_unwrapped(text or ""), y1 - y0, x1 - x0)
    return found


def _unwrapped(text: str) -> str:
    """A cell's lines joined, but for those that look like one unit under another."""
    return re.sub(r"(?<![局委办部院社行会府司心])\n|\n(?![县市区州省各])", "", text)


def _rules(edges: list[float]) -> list[float]:
    rules: list[float] = []
    for edge in sorted(edges):
        if not rules or edge - rules[-1] > _SAME:
            rules.append(edge)
    return rules


def _index(rules: list[float], edge: float) -> int:
    return min(range(len(rules)), key=lambda i: abs(rules[i] - edge))


def _continue(table: _Cells, more: _Cells) -> None:
    """Append the next page's rows; a row broken by the page's end is one row again."""
    first = [more.cells.get((0, c), ("", 1, 1))[0] for c in range(more.columns)]
    offset = table.rows
    if _broken(table, first):
        offset -= 1
        for column, text in enumerate(first):
            place = _covering(table, offset, column)
            if text.strip() and place:
                own, down, across = table.cells[place]
                table.cells[place] = (own + text, down, across)
    for (row, column), cell in more.cells.items():
        if row or offset == table.rows:
            table.cells[row + offset, column] = cell
    table.rows = offset + more.rows


def _broken(table: _Cells, first: list[str]) -> bool:
    """Whether a page's first row goes on with the last: it has words, but no number."""
    columns = next((found for r in range(3) if (found := recognise(_row(table, r)))), None)
    if columns is None or columns.no is None or recognise(first):
        return False
    return not first[columns.no].strip() and any(text.strip() for text in first)


def _row(table: _Cells, row: int) -> list[str]:
    return [table.cells.get((row, column), ("", 1, 1))[0] for column in range(table.columns)]


def _covering(table: _Cells, row: int, column: int) -> tuple[int, int] | None:
    """Where the cell begins that covers a place."""
    for (r, c), (_, down, across) in table.cells.items():
        if r <= row < r + down and c <= column < c + across:
            return r, c
    return None
