"""The one shape every file format is brought into: paragraphs and tables, line by line."""

from dataclasses import dataclass, field

from .model import Line


@dataclass(frozen=True)
class Paragraph:
    line: int
    text: str


@dataclass(frozen=True)
class Cell:
    line: int
    text: str
    merged: bool = False  # repeats the cell it is merged with (known, not guessed)


@dataclass(frozen=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


Block = Paragraph | Table


@dataclass
class Source:
    """Blocks in reading order, and the lines they stand on."""

    format: str
    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def number(self, text: str, kind: str) -> int:
        """Give `text` the next running line number (formats without lines of their own)."""
        self.lines.append(Line(len(self.lines) + 1, text, kind))
        return len(self.lines)

    def paragraph(self, text: str) -> None:
        if text.strip():
            self.blocks.append(Paragraph(self.number(text, "paragraph"), text))

    def cells_as_paragraphs(self, cells: tuple[Cell, ...]) -> None:
        """Take cells for running text, where a table only arranges it."""
        self.blocks.extend(
            Paragraph(cell.line, text)
            for cell in cells
            if not cell.merged
            for text in cell.text.splitlines()
            if text.strip()
        )
