"""Small documents in every format the reader takes, made from one description.

A document is a list of paragraphs (`str`) and tables (`list` of rows). A cell is a string, a
`Span` covering several rows or columns, or `None` where a span from above or the left covers it.
"""

import html
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import docx
import openpyxl


@dataclass(frozen=True)
class Span:
    text: str
    down: int = 1
    across: int = 1


Cell = str | Span | None
Table = list[list[Cell]]
Document = list[str | Table]


def txt(document: Document) -> bytes:
    """As the official texts are kept: a TAB starts a cell, a blank line ends a row."""
    lines: list[str] = []
    for block in document:
        if isinstance(block, str):
            lines += [block, ""]
            continue
        for row in block:
            whole = isinstance(row[0], Span) and row[0].across == len(row)
            lines += [f"\t{_words(cell)}" for cell in (row[:1] if whole else row)] + [""]
        lines.append("")
    return "\n".join(lines).encode()


def word(document: Document) -> bytes:
    file = docx.Document()
    for block in document:
        if isinstance(block, str):
            file.add_paragraph(block)
            continue
        table = file.add_table(len(block), len(block[0]))
        for r, c, cell in _cells(block):
            place = table.cell(r, c)
            if cell.down > 1 or cell.across > 1:
                place = place.merge(table.cell(r + cell.down - 1, c + cell.across - 1))
            place.text = cell.text
    return _saved(file.save)


def excel(document: Document) -> bytes:
    file = openpyxl.Workbook()
    sheet, top = file.active, 1
    for block in document:
        if isinstance(block, str):
            sheet.cell(top, 1, block)
            top += 1
            continue
        for r, c, cell in _cells(block):
            sheet.cell(top + r, c + 1, int(cell.text) if cell.text.isdigit() else cell.text)
            if cell.down > 1 or cell.across > 1:
                sheet.merge_cells(
                    start_row=top + r,
                    start_column=c + 1,
                    end_row=top + r + cell.down - 1,
                    end_column=c + cell.across,
                )
        top += len(block)
    return _saved(file.save)


def web(document: Document) -> bytes:
    parts = ['<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>']
    for block in document:
        if isinstance(block, str):
            parts.append(f"<p>&emsp;&emsp;<span>{html.escape(block)}</span></p>\n")
            continue
        parts.append("<table>")
        for row in block:
            cells = [
                cell if isinstance(cell, Span) else Span(cell) for cell in row if cell is not None
            ]
            parts.append("<tr>")
            for cell in cells:
                spans = f'rowspan="{cell.down}" colspan="{cell.across}"'
                parts.append(f"<td {spans}><p>{html.escape(cell.text)}</p></td>")
            parts.append("</tr>")
        parts.append("</table>")
    return "".join([*parts, "</body></html>"]).encode()


def pdf(document: Document) -> bytes:
    page = _Pages()
    for block in document:
        if isinstance(block, str):
            page.paragraph(block)
        else:
            page.table(block)
    return page.file()


FORMATS: dict[str, Callable[[Document], bytes]] = {
    "txt": txt,
    "docx": word,
    "xlsx": excel,
    "html": web,
    "pdf": pdf,
}


def _words(cell: Cell) -> str:
    return cell.text if isinstance(cell, Span) else cell or ""


def _cells(table: Table) -> Iterator[tuple[int, int, Span]]:
    for r, row in enumerate(table):
        for c, cell in enumerate(row):
            if cell is not None:
                yield r, c, cell if isinstance(cell, Span) else Span(cell)


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    stream = io.BytesIO()
    save(stream)
    return stream.getvalue()


_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    b" /DescendantFonts [4 0 R] >>"
)
_GLYPHS = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo"
    b" << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor << /Type"
    b" /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880]"
    b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>"
)


class _Pages:
    """Draws wrapped text and ruled tables on A4 with a font every PDF reader knows by name."""

    LEFT, RIGHT, TOP, BOTTOM, SIZE, LEADING = 72.0, 528.0, 770.0, 72.0, 12.0, 18.0

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.y = self.TOP

    def paragraph(self, text: str) -> None:
        width = int((self.RIGHT - self.LEFT) / self.SIZE)
        indented = "\u3000\u3000" + text
        for start in range(0, len(indented), width):
            line = indented[start : start + width]
            offset = 2 * self.SIZE if start == 0 else 0
            self.room(self.LEADING)
            self.text(self.LEFT + offset, self.y, line.strip("\u3000"))
            self.y -= self.LEADING

    def table(self, rows: Table) -> None:
        width = (self.RIGHT - self.LEFT) / len(rows[0])
        per_line = int((width - 4) / self.SIZE)
        heights = [self.height(row, width) for row in rows]
        for r, row in enumerate(rows):
            self.room(heights[r])
            for c, cell in enumerate(row):
                if cell is None:
                    continue
                span = cell if isinstance(cell, Span) else Span(cell)
                x, high = self.LEFT + c * width, sum(heights[r : r + span.down])
                high = min(high, self.y - self.BOTTOM + self.LEADING)
                self.box(x, self.y, width * span.across, high)
                wide = per_line * span.across
                for n in range(0, len(span.text), wide):
                    line = self.y - 14 - (n // wide) * self.LEADING
                    self.text(x + 3, line, span.text[n : n + wide])
            self.y -= heights[r]
        self.y -= self.LEADING

    def height(self, row: list[Cell], width: float) -> float:
        single = [c for c in row if c is not None and getattr(c, "down", 1) == 1]
        lines = [
            -(-len(_words(c)) // int((width - 4) / self.SIZE * getattr(c, "across", 1)))
            for c in single
        ]
        return max([1, *lines]) * self.LEADING + 4

    def room(self, needed: float) -> None:
        if self.y - needed < self.BOTTOM - self.LEADING:
            self.text(290, 40, f"- {len(self.pages)} -")
            self.pages.append([])
            self.y = self.TOP

    def text(self, x: float, y: float, words: str) -> None:
        code = words.encode("utf-16-be").hex()
        self.pages[-1].append(f"BT /F {self.SIZE} Tf {x:.1f} {y:.1f} Td <{code}> Tj ET")

    def box(self, x: float, y: float, wide: float, high: float) -> None:
        self.pages[-1].append(f"0.5 w {x:.1f} {y - high:.1f} {wide:.1f} {high:.1f} re S")

    def file(self) -> bytes:
        count = len(self.pages)
        kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(count))
        catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
        tree = f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode()
        objects = [catalog, tree, _FONT, _GLYPHS]
        for n, commands in enumerate(self.pages):
            packed = zlib.compress("\n".join(commands).encode())
            objects.append(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font <<"
                b" /F 3 0 R >> >> /Contents %d 0 R >>" % (6 + 2 * n)
            )
            head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed)
            objects.append(head + packed + b"\nendstream")
        return _numbered(objects)


def _numbered(objects: list[bytes]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(data))
    )
