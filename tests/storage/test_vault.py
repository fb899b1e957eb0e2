"""What may come in: told by the content, refused in words that name the file."""

import io
from pathlib import Path

import pytest

from sanwei_flow.config import load_config
from sanwei_flow.errors import AppError, Invalid, TooLarge
from sanwei_flow.storage import FolderStore, Limits, Vault
from sanwei_flow.storage.kinds import HEAD, content_of

PNG, JPEG = b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0...."
ZIP, OLE = b"PK\x03\x04....", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...."


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(FolderStore(tmp_path), Limits(most_bytes=100_000))


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"%PDF-1.7", "拨款凭证.PDF", "application/pdf"),
        (PNG, "现场.png", "image/png"),
        (JPEG, "现场.jpeg", "image/jpeg"),
        (b"RIFF\x01\0\0\0WEBPVP8 ", "现场.webp", "image/webp"),
        (ZIP, "台账.xlsx", "application/zip"),
        (OLE, "加密的台账.xlsx", "application/x-ole-storage"),
        ("情况说明".encode("gb18030") * 3000, "说明.txt", "text/plain"),
        (("一" * HEAD).encode(), "说明.txt", "text/plain"),
        (b"\x00\x01\x02", "录音.mp3", "application/octet-stream"),
        (b"MZ is how this note begins", "说明.txt", "text/plain"),
        (b"%PDF-1.7", "没有扩展名", "application/pdf"),
    ],
)
def test_the_content_says_what_it_is(vault: Vault, content: bytes, name: str, told: str) -> None:
    kept = vault.check(io.BytesIO(content), name)
    assert (kept.content, kept.size) == (told, len(content))


@pytest.mark.parametrize(
    ("content", "name", "error", "said"),
    [
        (b"", "空.pdf", Invalid, "“空.pdf”是空文件。"),
        (b"x" * 101_000, "大.txt", TooLarge, "“大.txt”有 99 KB，每个附件不能超过 98 KB，请压缩"),
        (b"<script>", "页面.html", Invalid, "“页面.html”的类型不能上传；可以上传：pdf、"),
        (b"<html>", "凭证.pdf", Invalid, "“凭证.pdf”的内容不是 pdf 文件"),
        (b"MZ\x90\0", "凭证.doc", Invalid, "“凭证.doc”是程序"),
        (b"\x7fELF\x02", "凭证.doc", Invalid, "“凭证.doc”是程序"),
    ],
)
def test_what_is_not_wanted_is_refused_by_name(
    vault: Vault, content: bytes, name: str, error: type[AppError], said: str
) -> None:
    with pytest.raises(error) as caught:
        vault.check(io.BytesIO(content), name)
    assert str(caught.value).startswith(said)


def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SANWEI_INSTANCE", str(tmp_path))
    monkeypatch.setenv("SANWEI_FILE_TYPES", "pdf, .OFD")
    monkeypatch.setenv("SANWEI_MAX_FILE", "1000")
    monkeypatch.setenv("SANWEI_S3_BUCKET", "evidence")
    monkeypatch.setenv("SANWEI_S3_SECRET_KEY", "geheim")
    config = load_config()
    assert (config.file_types, config.max_file) == (("pdf", "ofd"), 1000)
    assert (config.s3_bucket, config.s3_secret_key) == ("evidence", "geheim")
    assert "geheim" not in repr(config)
    assert Limits(endings=("*",)).allows("exe")


def test_an_image_is_told_by_its_first_bytes_alone() -> None:
    assert content_of(PNG + b"<script>") == "image/png"
    assert content_of(b"<svg xmlns='http://www.w3.org/2000/svg'>") == "text/plain"
