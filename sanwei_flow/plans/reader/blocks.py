"""The one shape every file format is brought into: paragraphs and tables, line by line."""

import re
from dataclasses import dataclass, field, replace

from .model import Line

#: Signs nobody sees and no database keeps: controls (but for TAB), halves of characters.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


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


def without_unseen(source: Source) -> Source:
    """The source without signs that are no part of its words."""
    if not any(_UNSEEN.search(line.text) for line in source.lines):
        return source
    lines = [replace(line, text=_UNSEEN.sub("", line.text)) for line in source.lines]
    return replace(source, lines=lines, blocks=[_seen(block) for block in source.blocks])


def _seen(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=_UNSEEN.sub("", block.text))
    rows = tuple(
        tuple(replace(cell, text=_UNSEEN.sub("", cell.text)) for cell in row) for row in block.rows
    )
    return replace(block, rows=rows)
