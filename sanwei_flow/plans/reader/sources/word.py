"""Word documents (.docx): paragraphs with their automatic numbers, tables with merged cells."""

from collections.abc import Iterator

from lxml import etree

from sanwei_flow.errors import N_

from ..blocks import Source
from ..problems import PlanTooLargeError
from .grid import Grid
from .numbering import Numbering
from .package import Package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_PARAGRAPHS = 50_000
_WRAPPERS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag", f"{W}customXml"})


def read_word(package: Package) -> Source:
    source = Source("docx")
    body = package.xml("word/document.xml").find(f"{W}body")
    numbers = Numbering(
        package.xml("word/numbering.xml") if "word/numbering.xml" in package.names else None,
        package.xml("word/styles.xml") if "word/styles.xml" in package.names else None,
    )
    for element in _content(body) if body is not None else ():
        if len(source.lines) > _MOST_PARAGRAPHS:
            raise PlanTooLargeError(N_("文件段落太多，不像一份工作方案。"))
        if element.tag == f"{W}p":
            for text in (numbers.of(element) + paragraph_text(element)).split("\n"):
                source.paragraph(text)
        elif element.tag == f"{W}tbl":
            _table(source, element, numbers)
    return source


def paragraph_text(paragraph: etree._Element) -> str:
    """The words of a paragraph; deleted ones and field codes are not its words."""
    pieces = []
    for element in paragraph.iter(f"{W}t", f"{W}br", f"{W}cr", f"{W}tab", f"{W}noBreakHyphen"):
        if element.tag == f"{W}t":
            pieces.append(element.text or "")
        elif element.tag in (f"{W}br", f"{W}cr"):
            pieces.append("\n")
        else:
            pieces.append("-" if element.tag.endswith("Hyphen") else "")
    return "".join(pieces)


def _content(parent: etree._Element) -> Iterator[etree._Element]:
    """Children, looking through content controls and tracked insertions."""
    pending = list(reversed(parent))
    while pending:
        element = pending.pop()
        if element.tag in _WRAPPERS:
            pending.extend(reversed(element))
        else:
            yield element


def _table(source: Source, element: etree._Element, numbers: Numbering) -> None:
    grid = Grid(source)
    rows = (child for child in _content(element) if child.tag == f"{W}tr")
    for index, row in enumerate(rows):
        column = _number(row, f"{W}trPr/{W}gridBefore", 0)
        for cell in (child for child in _content(row) if child.tag == f"{W}tc"):
            across = _number(cell, f"{W}tcPr/{W}gridSpan", 1)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None and merge.get(f"{W}val") != "restart" and index:
                grid.above(index, column, across)
            else:
                grid.put(index, column, _cell_text(cell, numbers), across=across)
            column += across
    grid.close()


def _cell_text(cell: etree._Element, numbers: Numbering) -> str:
    return "\n".join(numbers.of(p) + paragraph_text(p) for p in cell.iter(f"{W}p"))


def _number(element: etree._Element, path: str, default: int) -> int:
    found = element.find(path)
    value = found.get(f"{W}val", "") if found is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else default
