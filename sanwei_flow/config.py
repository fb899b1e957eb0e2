"""Every setting, its default and one sentence."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Endings of what offices send each other; `ofd`, `wps`, `et`, `dps` are the national formats.
_OFFICE = ("pdf", "ofd", "doc", "docx", "wps", "xls", "xlsx", "et", "csv", "ppt", "pptx", "dps")
_OTHERS = ("txt", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "zip", "rar", "7z")
FILE_TYPES = (*_OFFICE, *_OTHERS, "mp3", "mp4")


@dataclass(frozen=True)
class Config:
    """Settings read once at start; environment variables carry the same names."""

    #: Database address; `postgresql://…` is served by psycopg 3.
    database_url: str = ""
    #: Signs session cookies; generated once into `instance/secret_key` when unset.
    secret_key: str = ""
    #: Where the embedded database, the secret key and the attachments live.
    instance_path: Path = ROOT / "instance"
    #: Port of `make run`.
    port: int = 8000
    #: Largest upload in bytes; pages that take several attachments at once allow more.
    max_upload: int = 20 * 1024 * 1024
    #: Largest attachment in bytes.
    max_file: int = 20 * 1024 * 1024
    #: Attachments one task may gather.
    max_files: int = 50
    #: Endings an attachment may have; `*` allows any.
    file_types: tuple[str, ...] = FILE_TYPES
    #: Keep attachments in this bucket of object storage; in `instance/attachments` if unset.
    s3_bucket: str = ""
    #: Address of an S3-compatible service; Amazon's own if unset.
    s3_endpoint: str = ""
    #: Region of the bucket.
    s3_region: str = "us-east-1"
    #: Access key; the machine's own role if unset.
    s3_access_key: str = ""
    #: Secret of the access key.
    s3_secret_key: str = field(default="", repr=False)
    #: What the names of our objects begin with, such as `sanwei/`.
    s3_prefix: str = ""
    #: Send cookies over https only; switch on behind a TLS proxy.
    secure_cookies: bool = False
    #: Reverse proxies in front whose X-Forwarded-* headers are believed.
    proxies: int = 0
    #: Run due jobs and reminders inside this process (`flask serve` does).
    runner: bool = False
    #: Address people reach the pages at, for links in messages that leave; "" leaves them out.
    site: str = ""
    #: The mail server as an apprise address (`mailtos://name:password@host?from=…`); "" for none.
    mail: str = field(default="", repr=False)
    #: Networks and hosts of the intranet that webhooks may point to, with commas between.
    webhook_allow: str = ""
    #: Flask settings that win over everything (tests).
    overrides: dict[str, object] = field(default_factory=dict)


def load_config(**given: object) -> Config:
    """Return the settings from the environment; keyword arguments win."""
    env = os.environ
    values: dict[str, object] = {
        "instance_path": Path(env.get("SANWEI_INSTANCE", str(ROOT / "instance"))),
        "port": int(env.get("SANWEI_PORT", "8000")),
        "max_upload": int(env.get("SANWEI_MAX_UPLOAD", str(20 * 1024 * 1024))),
        "max_file": int(env.get("SANWEI_MAX_FILE", str(20 * 1024 * 1024))),
        "max_files": int(env.get("SANWEI_MAX_FILES", "50")),
        "file_types": _endings(env.get("SANWEI_FILE_TYPES", "")),
        "secure_cookies": env.get("SANWEI_SECURE_COOKIES", "") == "1",
        "proxies": int(env.get("SANWEI_PROXIES", "0")),
        "runner": env.get("SANWEI_RUNNER", "") == "1",
        "site": env.get("SANWEI_SITE", "").rstrip("/"),
        "mail": env.get("SANWEI_MAIL", ""),
        "webhook_allow": env.get("SANWEI_WEBHOOK_ALLOW", ""),
        "database_url": env.get("DATABASE_URL", ""),
        "secret_key": env.get("SECRET_KEY", ""),
    }
    for name in ("bucket", "endpoint", "region", "access_key", "secret_key", "prefix"):
        if wish := env.get(f"SANWEI_S3_{name.upper()}"):
            values[f"s3_{name}"] = wish
    values.update(given)
    instance = Path(str(values["instance_path"]))
    with suppress(OSError):  # commands without a database need no folder
        instance.mkdir(parents=True, exist_ok=True)
    values["database_url"] = _driver(
        str(values["database_url"]) or f"sqlite:///{instance}/sanwei.db"
    )
    values["secret_key"] = str(values["secret_key"]) or _stored_secret(instance / "secret_key")
    return Config(**values)  # type: ignore[arg-type]


def _endings(text: str) -> tuple[str, ...]:
    """Read `pdf, docx`; nothing means what is usual."""
    wished = (one.strip().lower().removeprefix(".") for one in text.split(","))
    return tuple(one for one in wished if one) or FILE_TYPES


def _driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _stored_secret(path: Path) -> str:
    """Return the folder's key, made by whoever comes first; for now one where none is kept."""
    with suppress(OSError):
        if not path.exists():
            draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_hex(32))
            with suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        if kept := path.read_text().strip():
            return kept
    return secrets.token_hex(32)
