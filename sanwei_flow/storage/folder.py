"""The store by default: a folder outside of everything the web server serves."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 16


class FolderStore:
    """Files named `ab/abcd…`, put in their place in one step once they are on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, digest: str, source: BinaryIO) -> None:
        final = self.path(digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        # Its name begins like its folder's, so that one left behind by a crash is cleaned like any.
        prefix = f"{digest[:2]}-new-"
        with tempfile.NamedTemporaryFile(dir=final.parent, prefix=prefix, delete=False) as target:
            partial = Path(target.name)
            try:
                shutil.copyfileobj(source, target, _CHUNK)
                target.flush()
                os.fsync(target.fileno())
                partial.replace(final)
            finally:
                partial.unlink(missing_ok=True)

    def read(self, digest: str) -> Iterator[bytes] | None:
        path = self.path(digest)
        return _pieces(path) if path.exists() else None

    def ages(self) -> Iterator[tuple[str, datetime]]:
        for path in self.folder.glob("??/*"):
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def delete(self, digest: str) -> None:
        self.path(digest).unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the bytes lie."""
        return self.folder / digest[:2] / digest


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_CHUNK):
            yield piece
