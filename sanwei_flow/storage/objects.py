"""The store for several machines: S3-compatible object storage, by `obstore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from sanwei_flow.config import Config
from sanwei_flow.errors import N_, Unavailable

if TYPE_CHECKING:
    from obstore.store import S3Config

_CHUNK = 1 << 18


class ObjectStore:
    """Objects named `<prefix>ab/abcd…` in one bucket that must exist."""

    def __init__(self, config: Config) -> None:
        given: S3Config = {
            "endpoint": config.s3_endpoint,
            "region": config.s3_region,
            "access_key_id": config.s3_access_key,
            "secret_access_key": config.s3_secret_key,
        }
        self.prefix = config.s3_prefix
        self.store = S3Store(
            config.s3_bucket,
            config=cast("S3Config", {name: value for name, value in given.items() if value}),
            client_options={
                "allow_http": config.s3_endpoint.startswith("http://"),
                "connect_timeout": "5s",
                # People wait behind it.
                "timeout": "60s",
            },
            retry_config={"max_retries": 2},
        )

    def put(self, digest: str, source: BinaryIO) -> None:
        with _reached():
            obstore.put(self.store, self._key(digest), source)

    def read(self, digest: str) -> Iterator[bytes] | None:
        with _reached():
            try:
                found = obstore.get(self.store, self._key(digest))
            except FileNotFoundError:
                return None
            return (bytes(piece) for piece in found.stream(min_chunk_size=_CHUNK))

    def ages(self) -> Iterator[tuple[str, datetime]]:
        with _reached():
            for page in obstore.list(self.store, self.prefix or None):
                for one in page:
                    yield one["path"].rpartition("/")[2], one["last_modified"].astimezone(UTC)

    def delete(self, digest: str) -> None:
        with _reached():
            obstore.delete(self.store, self._key(digest))

    def _key(self, digest: str) -> str:
        return f"{self.prefix}{digest[:2]}/{digest}"


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise Unavailable(N_("附件存储暂时连不上，请稍后再试。")) from error
