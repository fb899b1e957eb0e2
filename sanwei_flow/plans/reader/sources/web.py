"""Web pages (.html): block elements as paragraphs, tables with rowspan and colspan."""

import re

import lxml.html
from lxml import etree

from sanwei_flow.errors import N_

from ..blocks import Source
from ..problems import PlanReadError
from .grid import Grid

_HIDDEN = frozenset({"script", "style", "head", "noscript", "template", "select", "button", "svg"})
_INLINE = frozenset(
    {"a", "b", "i", "u", "em", "strong", "span", "font", "sub", "sup", "small", "big", "label"}
    | {"ins", "mark", "q", "code", "tt", "cite", "bdi", "o:p", "st1:chsdate", "st1:chmetcnv"}
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)


_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p|h[1-6])[\s>]"
)


def looks_like_html(data: bytes) -> bool:
    return bool(_START.match(data[:4096].lower()))


def charset(data: bytes) -> str | None:
    """The encoding the page says it is in."""
    found = _CHARSET.search(data[:4096])
    return found[1].decode("ascii").lower() if found else None


def read_web(text: str) -> Source:
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text), parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PlanReadError(N_("网页打不开，请另存为文本或 Word 文件。")) from error
    page = _Page()
    page.read(root)
    return page.source


class _Page:
    """Walks the page in reading order, gathering inline text into paragraphs."""

    def __init__(self) -> None:
        self.source = Source("html")
        self.pieces: list[str] = []

    def read(self, root: etree._Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            inline = element.tag in _INLINE
            if not inline:
                self.flush()
            if event == "end":
                self.add(element.tail)
            elif element.tag in _HIDDEN:
                walker.skip_subtree()
            elif element.tag == "table" and element.find(".//table") is None:
                _table(self.source, element)
                walker.skip_subtree()
            else:
                self.add(element.text)
        self.flush()

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)

    def flush(self) -> None:
        text = re.sub(r"\s+", " ", "".join(self.pieces)).strip()
        self.pieces = []
        self.source.paragraph(text)


def _table(source: Source, table: etree._Element) -> None:
    grid = Grid(source)
    for index, row in enumerate(table.iter("tr")):
        column = 0
        for cell in row.iterchildren("td", "th"):
            column = grid.free(index, column)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            grid.put(index, column, _cell_text(cell), down=down, across=across)
            column += across
    caption = table.find("caption")
    grid.close(_cell_text(caption) if caption is not None else "")


def _cell_text(cell: etree._Element) -> str:
    """The words of a cell, with a new line where a block or <br> begins one."""
    pieces = [cell.text or ""]
    for element in cell.iterdescendants():
        if not isinstance(element.tag, str):
            continue
        separate = "" if element.tag in _INLINE else "\n"
        own = "" if element.tag in _HIDDEN else element.text or ""
        pieces += [separate, re.sub(r"\s+", " ", own), re.sub(r"\s+", " ", element.tail or "")]
    return "".join(pieces).strip()


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 1
