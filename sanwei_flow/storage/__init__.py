"""Where the bytes of attachments lie: under their SHA-256, in a folder or in object storage.

Knows no database and no person: `processes.attachments` says whose a file is and who may have
it. A name somebody typed never becomes a path or a key.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Protocol

from sanwei_flow.config import Config
from sanwei_flow.storage.folder import FolderStore
from sanwei_flow.storage.vault import Kept, Limits, Vault

__all__ = ["FolderStore", "Kept", "Limits", "Store", "Vault", "vault_of"]


class Store(Protocol):
    """Bytes by digest; every digest is 64 hexadecimal characters."""

    def put(self, digest: str, source: BinaryIO) -> None:
        """Keep what `source` holds; doing so again renews its age. Raises Unavailable."""

    def read(self, digest: str) -> Iterator[bytes] | None:
        """The bytes piece by piece, None if there are none. Raises Unavailable."""

    def ages(self) -> Iterator[tuple[str, datetime]]:
        """Every digest with the moment (UTC) it was last put."""

    def delete(self, digest: str) -> None:
        """Forget the bytes; nothing happens if there are none."""


def vault_of(config: Config) -> Vault:
    """The store that the settings name, with their limits.

    The library for object storage is loaded only when a bucket is set.
    """
    limits = Limits(config.max_file, config.max_files, config.file_types)
    if config.s3_bucket:
        from sanwei_flow.storage.objects import ObjectStore

        return Vault(ObjectStore(config), limits)
    return Vault(FolderStore(config.instance_path / "attachments"), limits)
