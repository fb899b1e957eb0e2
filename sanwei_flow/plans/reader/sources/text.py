"""Plain text in which a TAB starts a table cell.

A lone TAB is an empty cell, a blank line ends a table row, and text without a TAB goes on in the
cell above it. Lines holding several cells are rows by themselves.
"""

import re

from ..blocks import Cell, Paragraph, Source, Table
from ..chinese import clean
from ..columns import recognise
from ..model import Line
from ..units import looks_like_unit

_LONGEST_CELL = 20_000
_LONGEST_HEADER_WRAP = 4
_STRUCTURAL = re.compile(
    r"附\s*件|附\s*表|[一二三四五六七八九十]{1,3}、|抄送|主送|（此件|注\s*[：:]"
)


def read_text(text: str) -> Source:
    lines = re.split(r"\r\n|[\n\r\f\v\u2028\u2029]", text)
    source = Source("txt")
    table = _OpenTable(source)
    for number, raw in enumerate(lines, 1):
        if not raw.strip(" \u3000\ufeff"):
            table.blank()
            continue
        source.lines.append(Line(number, raw.strip(), "cell" if "\t" in raw else "paragraph"))
        if "\t" in raw:
            table.add(number, raw)
        elif table.takes(raw, lines, number):
            table.extend(raw)
        else:
            table.close()
            source.blocks.append(Paragraph(number, raw.strip()))
    table.close()
    return source


class _OpenTable:
    """The table being read; `close` hands it over, as paragraphs if it has no header."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows: list[list[Cell]] = []
        self.row_open = False
        self.blanks = 0
        self.width = 0

    def blank(self) -> None:
        self.blanks += 1

    def add(self, number: int, raw: str) -> None:
        parts = raw.removeprefix("\t").split("\t")
        if len(parts) > 1 or self.blanks or not self.row_open:
            self.rows.append([])
        self.rows[-1].extend(Cell(number, part.strip()) for part in parts)
        self.row_open = len(parts) == 1
        self.width = max(self.width, len(self.rows[-1])) if len(self.rows) < 50 else self.width
        self.blanks = 0

    def takes(self, raw: str, lines: list[str], number: int) -> bool:
        """Whether a line without TAB goes on in the last cell rather than ending the table."""
        if not self.rows or self.blanks > 1 or _STRUCTURAL.match(raw.strip()):
            return False
        if len(self.rows[-1][-1].text) > _LONGEST_CELL:
            return False
        if 1 < len(self.rows[-1]) < self.width or self._in_header(raw) or self._mends(raw):
            return True
        following = next((line for line in lines[number : number + 3] if line.strip(" \u3000")), "")
        goes_on = following.startswith("\t") and not self._starts_table(lines, number)
        return goes_on or self.rows[-1][-1].text.endswith(("、", "，", "；"))

    def _in_header(self, raw: str) -> bool:
        """Whether a header's cell wraps (责任 over 单位) before its row is whole."""
        alone = len(self.rows) == 1 and len(raw.strip()) <= _LONGEST_HEADER_WRAP
        return alone and recognise([cell.text for cell in self.rows[0]]) is None

    def _mends(self, raw: str) -> bool:
        """Whether the line makes a unit's name whole that the last cell breaks off."""
        last = re.split("[、，；]", self.rows[-1][-1].text)[-1]
        first = re.split("[、，；]", raw.strip())[0]
        cut = len(self.rows[-1]) > 1 and last and not looks_like_unit(clean(last))
        return bool(cut) and last[-1] not in "。；" and looks_like_unit(clean(last + first))

    def _starts_table(self, lines: list[str], number: int) -> bool:
        """Whether the next row is a header: then the line between is the next table's title."""
        cells = []
        for line in lines[number : number + 20]:
            if line.startswith("\t"):
                cells.extend(line[1:].split("\t"))
            elif cells:
                break
        return recognise(cells) is not None

    def extend(self, raw: str) -> None:
        last = self.rows[-1][-1]
        self.rows[-1][-1] = Cell(last.line, last.text + raw.strip())
        self.blanks = 0

    def close(self) -> None:
        headed = any(recognise([cell.text for cell in row]) for row in self.rows[:4])
        broad = sum(len(row) > 2 for row in self.rows) > 1
        if headed or (broad and not self._indented()):
            self.source.blocks.append(Table(tuple(tuple(row) for row in self.rows)))
        else:
            cells = (cell for row in self.rows for cell in row if clean(cell.text))
            self.source.blocks.extend(Paragraph(cell.line, cell.text) for cell in cells)
        self.rows, self.row_open, self.blanks, self.width = [], False, 0, 0

    def _indented(self) -> bool:
        """Whether the TABs only indent paragraphs."""
        return any(_STRUCTURAL.match(cell.text) for row in self.rows for cell in row)
