"""Bytes under their digest: in a folder, and in object storage on a real S3 server."""

import datetime as dt
import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sanwei_flow.config import load_config
from sanwei_flow.errors import Unavailable
from sanwei_flow.storage import FolderStore, Store, vault_of

#: Larger than one part of a multipart upload.
LARGE = os.urandom(7 * 1024 * 1024)
SETTINGS = {"s3_bucket": "evidence", "s3_access_key": "key", "s3_secret_key": "secret"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server with an empty bucket."""
    log = tmp_path_factory.mktemp("s3") / "log"
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", "0"]
    with log.open("w") as output, subprocess.Popen(command, stderr=output) as process:
        try:
            address = _address(log, process)
            _make_bucket(address)
            yield address
        finally:
            process.terminate()


def _address(log: Path, process: "subprocess.Popen[bytes]") -> str:
    while process.poll() is None:
        found = re.search(r"Running on (http://\S+)", log.read_text())
        if found:
            return found.group(1)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
    raise AssertionError(log.read_text())


def _make_bucket(address: str) -> None:
    from urllib.request import Request, urlopen

    with urlopen(Request(f"{address}/evidence", method="PUT")) as answer:
        assert answer.status == 200


@pytest.fixture(params=["folder", "s3", "s3 with a prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "attachments")
    address = request.getfixturevalue("server")
    prefix = "county/" if "prefix" in request.param else ""
    given = SETTINGS | {"s3_endpoint": address, "s3_prefix": prefix}
    return vault_of(load_config(instance_path=tmp_path, secret_key="x", **given)).store


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(store: Store, digest: str) -> bytes | None:
    pieces = store.read(digest)
    return None if pieces is None else b"".join(pieces)


@pytest.mark.parametrize("content", ["佐证".encode(), LARGE], ids=["small", "large"])
def test_what_was_put_is_read_and_gone_once_deleted(store: Store, content: bytes) -> None:
    digest = digest_of(content)
    assert store.read(digest) is None
    for _again in range(2):
        store.put(digest, io.BytesIO(content))
    assert read(store, digest) == content
    (age,) = [put for found, put in store.ages() if found == digest]
    assert abs(dt.datetime.now(dt.UTC) - age) < dt.timedelta(minutes=2)
    for _again in range(2):
        store.delete(digest)
    assert store.read(digest) is None
    assert digest not in [found for found, _put in store.ages()]


def test_a_store_that_does_not_answer_is_said_to_be_unavailable(tmp_path: Path) -> None:
    given = SETTINGS | {"s3_endpoint": "http://127.0.0.1:9"}
    store = vault_of(load_config(instance_path=tmp_path, secret_key="x", **given)).store
    with pytest.raises(Unavailable):
        store.read("0" * 64)


def test_a_write_that_broke_off_leaves_nothing_that_could_be_read(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *_size: int | None) -> bytes:
            raise OSError("the cable")

    store = FolderStore(tmp_path)
    with pytest.raises(OSError):
        store.put("a" * 64, Broken())
    assert store.read("a" * 64) is None
    assert list(store.ages()) == []


def test_object_storage_is_loaded_only_where_it_is_set() -> None:
    program = "import sys; from sanwei_flow import create_app; create_app(); print(*sys.modules)"
    told = subprocess.check_output([sys.executable, "-c", program], text=True)
    assert "sanwei_flow.storage.folder" in told
    assert "obstore" not in told
