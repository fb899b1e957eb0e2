"""The way into the store: what is too large, empty, or of a kind not wanted, stays outside."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from sanwei_flow.config import FILE_TYPES
from sanwei_flow.errors import N_, Invalid, NotFound, TooLarge
from sanwei_flow.storage import kinds

if TYPE_CHECKING:
    from sanwei_flow.storage import Store

_CHUNK = 1 << 16
MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Largest file in bytes, files one task may gather, endings (`*` for any)."""

    most_bytes: int = 20 * MB
    most_files: int = 50
    endings: tuple[str, ...] = FILE_TYPES

    def allows(self, ending: str) -> bool:
        return "*" in self.endings or ending in self.endings


@dataclass(frozen=True)
class Kept:
    """A file as it lies in the store: its digest, its size in bytes, its content type."""

    digest: str
    size: int
    content: str


@dataclass(frozen=True)
class Vault:
    """A store and the limits on what comes in."""

    store: "Store"
    limits: Limits = field(default_factory=Limits)

    def check(self, source: BinaryIO, name: str) -> Kept:
        """Read a file and say what it is and where it will lie.

        `name` serves for its ending and for the sentence of a refusal. Raises Invalid, TooLarge
        (both name the file).
        """
        digest, size, head = self._measured(source, name)
        content = kinds.content_of(head)
        ending = kinds.ending_of(name, content)
        if not self.limits.allows(ending):
            listed = "、".join(self.limits.endings)
            raise Invalid(
                N_("“{name}”的类型不能上传；可以上传：{types}。"), name=name, types=listed
            )
        if kinds.is_program(head):
            raise Invalid(N_("“{name}”是程序，不能作为附件。"), name=name)
        if not kinds.fits(ending, content):
            raise Invalid(
                N_("“{name}”的内容不是 {ending} 文件，可能已损坏或改过扩展名。"),
                name=name,
                ending=ending,
            )
        return Kept(digest, size, content)

    def put(self, kept: Kept, source: BinaryIO) -> None:
        """Store a file that was checked. Raises Unavailable."""
        source.seek(0)
        self.store.put(kept.digest, source)

    def pieces(self, digest: str, name: str) -> Iterator[bytes]:
        """The bytes of a file. Raises NotFound (naming it) if the store lost them, Unavailable."""
        found = self.store.read(digest)
        if found is None:
            raise NotFound(N_("附件“{name}”的内容已不在存储中。"), name=name)
        return found

    def _measured(self, source: BinaryIO, name: str) -> tuple[str, int, bytes]:
        sha256, size, head = hashlib.sha256(), 0, b""
        source.seek(0)
        while piece := source.read(_CHUNK):
            head = head or piece[: kinds.HEAD]
            size += len(piece)
            sha256.update(piece)
        if size > self.limits.most_bytes:
            raise TooLarge(
                N_("“{name}”有 {size}，每个附件不能超过 {limit}，请压缩或拆分后再传。"),
                name=name,
                size=size_of(size),
                limit=size_of(self.limits.most_bytes),
            )
        if not size:
            raise Invalid(N_("“{name}”是空文件。"), name=name)
        return sha256.hexdigest(), size, head


def digest_of(source: BinaryIO) -> str:
    """The SHA-256 of all its bytes, read in pieces from the beginning."""
    sha256 = hashlib.sha256()
    source.seek(0)
    while piece := source.read(_CHUNK):
        sha256.update(piece)
    return sha256.hexdigest()


def size_of(size: int) -> str:
    """Bytes as people say them: `340 KB`, `1.5 MB`.

    Rounded up, for a file just above the limit must not seem to be at it.
    """
    if size < MB:
        return f"{-(-size // 1024)} KB"
    return f"{-(-size * 10 // MB) / 10:g} MB"
