"""Official documents as `.docx`, laid out by GB/T 9704: A4, a type area of 156 by 225 mm.

Body 仿宋 16 pt with 22 lines a page, title 小标宋 22 pt, headings 黑体, 楷体 and 仿宋. The fonts
are named, not shipped: a machine without them shows its own.
"""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

BODY, TITLE = "仿宋_GB2312", "方正小标宋简体"
#: Headings 一、 （一） 1. and the size they share with the body.
HEADINGS = ("黑体", "楷体_GB2312", BODY)
SIZE, TITLE_SIZE, SMALL = 16, 22, 12
#: 22 lines on 225 mm.
LINE = 29
INDENT = 2 * SIZE
MIMETYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def new_document() -> Any:
    """An empty document with the page, the body's look and page numbers `— 1 —`."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.size = Pt(SIZE)
    normal.font.name = BODY
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    _spacing(normal.paragraph_format)
    _page_number(section.footer.paragraphs[0])
    return document


def add_title(document: Any, text: str) -> Any:
    """The title, centred, with a blank line behind it."""
    paragraph = _paragraph(document, text, TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    paragraph.paragraph_format.space_after = Pt(LINE)
    return paragraph


def add_centred(document: Any, text: str) -> Any:
    """A line in the body's font, centred: a number, a subtitle."""
    return _paragraph(document, text, BODY, SIZE, WD_ALIGN_PARAGRAPH.CENTER)


def add_heading(document: Any, text: str, level: int = 1) -> Any:
    """A heading of level 1 (一、), 2 (（一）) or 3 (1.), indented by two characters."""
    paragraph = _paragraph(document, text, HEADINGS[level - 1], SIZE)
    paragraph.paragraph_format.first_line_indent = Pt(INDENT)
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def add_body(document: Any, text: str) -> Any:
    """A paragraph of the body, indented by two characters."""
    paragraph = _paragraph(document, text, BODY, SIZE)
    paragraph.paragraph_format.first_line_indent = Pt(INDENT)
    return paragraph


def add_table(document: Any, rows: Iterable[Sequence[str]], widths: Sequence[float]) -> Any:
    """A ruled table; `widths` in millimetres add up to 156 at most. The first column is bold."""
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for texts in rows:
        cells = table.add_row().cells
        for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            _run(paragraph, text, HEADINGS[0] if place == 0 else BODY, SMALL)
            paragraph.paragraph_format.line_spacing = Pt(22)
    return table


def add_signature(document: Any, issuer: str, day: dt.date) -> None:
    """Who issues it and when, at the right, the date four characters from the edge."""
    for text in ("", issuer, chinese_date(day)):
        paragraph = _paragraph(document, text, BODY, SIZE, WD_ALIGN_PARAGRAPH.RIGHT)
        paragraph.paragraph_format.right_indent = Pt(4 * SIZE if text else 0)


def chinese_date(day: dt.date) -> str:
    """2026年3月5日: Arabic digits, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def to_bytes(document: Any) -> bytes:
    """The file."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _paragraph(
    document: Any, text: str, font: str, size: int, align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY
) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _run(paragraph, text, font, size)
    _spacing(paragraph.paragraph_format)
    return paragraph


def _run(paragraph: Any, text: str, font: str, size: int) -> Any:
    # Control characters have no place in XML.
    run = paragraph.add_run("".join(c for c in text if c >= " " or c in "\n\t"))
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _spacing(look: Any) -> None:
    look.line_spacing_rule, look.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    look.space_before = look.space_after = Pt(0)


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", "宋体", 14)
    run = _run(paragraph, "", "宋体", 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text or None
        run._element.append(part)
    _run(paragraph, " —", "宋体", 14)
