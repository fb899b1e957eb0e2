"""Open a file by what it contains, whatever its name says."""

import re

from sanwei_flow.errors import N_

from ..blocks import Source, without_unseen
from ..problems import PlanReadError, PlanTooLargeError
from .package import Package
from .text import read_text
from .web import charset, looks_like_html, read_web
from .word import read_word

MAX_BYTES = 20 * 1024 * 1024
MAX_CHARACTERS = 300_000  # thirty times a long plan
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd\ue000-\uf8ff]")
_NOT_TEXT = N_("这不是能读取的文件，请上传 .txt、.docx、.xlsx、.html 或带文字的 .pdf。")


def open_source(data: bytes) -> Source:
    """Blocks of a file of any format we read; `PlanReadError` says why not."""
    if len(data) > MAX_BYTES:
        raise PlanTooLargeError(N_("文件超过 20 MB，请只上传方案正文和附件表。"))
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise PlanReadError(N_("文件是空的。"))
    source = _by_content(data)
    if not any(line.text for line in source.lines):
        raise PlanReadError(N_("文件里没有文字。"))
    if sum(len(line.text) for line in source.lines) > MAX_CHARACTERS:
        raise PlanTooLargeError(N_("文件文字超过三十万字，不像一份工作方案。"))
    return without_unseen(source)


def _by_content(data: bytes) -> Source:
    if data.startswith(b"PK\x03\x04"):
        return _packaged(data)
    if b"%PDF-" in data[:1024]:
        from .pdf import read_pdf  # slow to load, and only a PDF needs it

        return read_pdf(data)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise PlanReadError(N_("文件有密码保护，请先取消密码再上传。"))
        raise PlanReadError(N_("这是旧版 Office 文件，请另存为 .docx 或 .xlsx 再上传。"))
    html = looks_like_html(data)
    text = decode(data, charset(data) if html else None)
    if not html and len(text) > MAX_CHARACTERS:
        raise PlanTooLargeError(N_("文件文字超过三十万字，不像一份工作方案。"))
    return read_web(text) if html else read_text(text)


def _packaged(data: bytes) -> Source:
    package = Package(data)
    if "word/document.xml" in package.names:
        return read_word(package)
    if "xl/workbook.xml" in package.names:
        from .excel import read_excel  # slow to load, and only a workbook needs it

        return read_excel(data, package)
    raise PlanReadError(_NOT_TEXT)


def decode(data: bytes, declared: str | None = None) -> str:
    """Text in the declared encoding, UTF-8, UTF-16 with its mark, or GB 18030."""
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif declared in ("gb2312", "gbk", "gb18030"):
        encodings = ["gb18030", "utf-8-sig"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_CONTROL.findall(text[:100_000])) <= len(text[:100_000]) / 200:
            return text
    if any(byte < 9 for byte in data[:4096]):
        raise PlanReadError(_NOT_TEXT)
    raise PlanReadError(N_("认不出文件的文字编码，请另存为 UTF-8 后再上传。"))
