"""Writes an archive: a zip whose bytes depend on nothing but its content and the stated time.

Files go through in pieces; nothing is held whole but the small ones made here. The last entry
is `manifest.json`: each file with size, SHA-256 and what it is, and the heads of all chains.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

FORMAT = "sanwei_flow archive 1"
MANIFEST = "manifest.json"
#: Every entry bears this time; the stated one stands in the manifest.
EPOCH = (1980, 1, 1, 0, 0, 0)
#: Larger entries need the long form of a zip.
LARGE = 1 << 30
_READABLE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True)
class Part:
    """A file of the archive. `pieces` gives its bytes, or None where they are lost.

    `packed`: worth compressing. `about` are facts for the manifest beside path and hash.
    """

    path: str
    what: str
    pieces: Callable[[], Iterable[bytes] | None]
    packed: bool = True
    size: int = 0
    about: dict[str, Any] | None = None


def write(
    target: BinaryIO, parts: Iterable[Part], facts: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Write every part and the manifest; yields what the manifest says of each as it is written.

    `facts` are what the manifest states besides: the plan, when, by whom. Parts whose bytes are
    lost are named there under `missing`.
    """
    files, missing = [], []
    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        for part in parts:
            pieces = part.pieces()
            if pieces is None:
                missing.append({"path": part.path, "what": part.what, **(part.about or {})})
                continue
            size, digest = _put(archive, part, pieces)
            told = {"path": part.path, "size": size, "sha256": digest, "what": part.what}
            files.append(told | (part.about or {}))
            yield files[-1]
        manifest = {"format": FORMAT, **facts, "files": files, "missing": missing}
        _put(archive, Part(MANIFEST, "", lambda: None), [as_json(manifest)])


def _put(archive: zipfile.ZipFile, part: Part, pieces: Iterable[bytes]) -> tuple[int, str]:
    entry = zipfile.ZipInfo(part.path, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED if part.packed else zipfile.ZIP_STORED
    entry.create_system, entry.external_attr = _UNIX, _READABLE
    size, sha256 = 0, hashlib.sha256()
    with archive.open(entry, "w", force_zip64=part.size > LARGE) as out:
        for piece in pieces:
            out.write(piece)
            sha256.update(piece)
            size += len(piece)
    return size, sha256.hexdigest()


def as_json(value: Any) -> bytes:
    """The value as people and programs can read it, in an order that never changes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
