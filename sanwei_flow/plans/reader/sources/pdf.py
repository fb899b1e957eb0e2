"""PDF files with a text layer: page by page into lines and ruled tables."""

import io
import re
import zlib

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from sanwei_flow.errors import N_

from ..blocks import Source
from ..problems import PlanReadError, PlanTooLargeError
from .package import DAMAGED
from .pdf_layout import Layout, TextLine

_MOST_PAGES = 300
_MOST_CHARACTERS = 20_000  # on one page
_MOST_EDGES = 20_000
_MOST_UNPACKED = 200 * 1024 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_LOCKED = N_("文件有密码保护，请先取消密码再上传。")
_TOO_LARGE = N_("PDF 太大，不像一份工作方案。")


def read_pdf(data: bytes) -> Source:
    """Paragraphs and tables of a PDF; one that is only pictures is refused."""
    _bounded(data)
    layout = Layout(Source("pdf"))
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _MOST_PAGES:
                raise PlanTooLargeError(_TOO_LARGE)
            for page in document.pages:
                _read_page(layout, page)
                page.close()
    except PlanReadError:
        raise
    except Exception as error:
        raise PlanReadError(_LOCKED if _locked(error, data) else DAMAGED) from error
    layout.close()
    if not any(line.text for line in layout.source.lines):
        raise PlanReadError(N_("PDF 没有文字层（可能是扫描件），请上传 Word 文件或带文字的 PDF。"))
    return layout.source


def _bounded(data: bytes) -> None:
    """Refuse packed streams that would unfold without measure."""
    left = _MOST_UNPACKED
    for start in _STREAM.finditer(data):
        try:
            left -= len(zlib.decompressobj().decompress(memoryview(data)[start.end() :], left + 1))
        except zlib.error:
            continue
        if left < 0:
            raise PlanTooLargeError(_TOO_LARGE)


def _locked(error: Exception, data: bytes) -> bool:
    inner = error.args[0] if isinstance(error, PdfminerException) and error.args else error
    return isinstance(inner, PDFPasswordIncorrect) or b"/Encrypt" in data


def _read_page(layout: Layout, page: Page) -> None:
    if len(page.chars) > _MOST_CHARACTERS:
        raise PlanTooLargeError(_TOO_LARGE)
    tables = page.find_tables() if len(page.edges) <= _MOST_EDGES else []
    boxes = [table.bbox for table in tables]
    text = page.filter(lambda item: not _inside(item, boxes)) if boxes else page
    lines = [
        TextLine(line["text"], line["x0"], line["x1"], line["top"], line["bottom"])
        for line in text.extract_text_lines(return_chars=False)
    ]
    layout.page(lines, tables, float(page.height))


def _inside(item: dict[str, float], boxes: list[tuple[float, float, float, float]]) -> bool:
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return any(left <= x <= right and top <= y <= low for left, top, right, low in boxes)
