"""Keys and addresses of channels as the database keeps them: sealed under a key of our own.

The key is derived from the SECRET_KEY of the application at work, so a copy of the database
alone reaches nobody. Where SECRET_KEY was changed, what was sealed under the old one reads as
nothing, and the channel fails until its owner adds it anew.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

#: Marks what is sealed; whatever was kept before there were seals is read as it stands.
MARK = "sealed:"
#: What the derived key is good for, and nothing else.
PURPOSE = b"sanwei_flow/notifications/channel"


def seal(text: str) -> str:
    """The text as it may be kept; nothing stays nothing."""
    return MARK + _box().encrypt(text.encode()).decode() if text else ""


def unseal(kept: str) -> str:
    """The text behind it; "" if it was sealed under another key."""
    if not kept.startswith(MARK):
        return kept
    try:
        return _box().decrypt(kept[len(MARK) :].encode()).decode()
    except InvalidToken:
        return ""


def _box() -> Fernet:
    return _box_under(current_app.config["SECRET_KEY"])


@cache
def _box_under(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


class Sealed(TypeDecorator[str]):
    """A text that only this application reads; it cannot be compared in SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(value)
