"""Open a file by what it contains, whatever its name says."""

from sanwei_flow.errors import N_

from ..blocks import Source
from ..problems import PlanReadError, PlanTooLargeError
from .text import read_text

MAX_BYTES = 20 * 1024 * 1024
MAX_CHARACTERS = 1_000_000


def open_source(data: bytes) -> Source:
    """Blocks of a file of any format we read; `PlanReadError` says why not."""
    if len(data) > MAX_BYTES:
        raise PlanTooLargeError(N_("文件超过 20 MB，请只上传方案正文和附件表。"))
    if not data.strip():
        raise PlanReadError(N_("文件是空的。"))
    text = decode(data)
    if len(text) > MAX_CHARACTERS:
        raise PlanTooLargeError(N_("文件文字超过一百万字，不像一份工作方案。"))
    return read_text(text)


def decode(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else GB 18030."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PlanReadError(N_("认不出文件的文字编码，请另存为 UTF-8 后再上传。"))
