"""What a file is, told by its first bytes: names and browsers may say anything."""

#: Of the content as it begins; what is not here is downloaded as plain bytes.
PDF, TEXT, BYTES = "application/pdf", "text/plain", "application/octet-stream"
ZIP, OLE = "application/zip", "application/x-ole-storage"
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
#: What a browser may show beside our pages.
SHOWN = (*IMAGES, PDF)

_STARTS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")

#: Endings that promise a content; other endings may hold anything but a program.
_PROMISES = {
    "pdf": (PDF,),
    "png": ("image/png",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "gif": ("image/gif",),
    "webp": ("image/webp",),
    "ofd": (ZIP,),
    "zip": (ZIP,),
    # With a password they are wrapped the old way.
    "docx": (ZIP, OLE),
    "xlsx": (ZIP, OLE),
    "pptx": (ZIP, OLE),
}
#: What a file without an ending counts as.
_ENDINGS = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
_ENDINGS |= {"image/webp": "webp", ZIP: "zip", TEXT: "txt"}

#: How many bytes from the beginning tell what it is.
HEAD = 4096


def content_of(head: bytes) -> str:
    """The content type that the first bytes show; `application/octet-stream` if none."""
    for start, content in _STARTS:
        if head.startswith(start):
            return content
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return TEXT if _is_text(head) else BYTES


def is_program(head: bytes) -> bool:
    """Whether a machine would run it."""
    return head.startswith(_PROGRAMS) and not _prose(head)


def fits(ending: str, content: str) -> bool:
    """Whether the content is what such an ending promises, where it promises anything."""
    return content in _PROMISES.get(ending, (content,))


def ending_of(name: str, content: str) -> str:
    """The ending of a name in lower case; for a name without one that of its content."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else _ENDINGS.get(content, "")


def _prose(head: bytes) -> bool:
    """A text may begin with MZ."""
    return head[:2] == b"MZ" and _is_text(head)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    # The last character may be cut in two.
    for code, spare in (("utf-8", 3), ("gb18030", 3)):
        for cut in range(spare + 1):
            try:
                head[: len(head) - cut].decode(code)
            except UnicodeDecodeError:
                continue
            return True
    return False
