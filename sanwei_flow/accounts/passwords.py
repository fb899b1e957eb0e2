"""Password hashing: scrypt, and the same work whether or not the account exists."""

import hashlib
import secrets

from werkzeug.security import check_password_hash, generate_password_hash

#: Compared against when nobody has that username, so that the answer takes as long.
_NOBODY = (
    "scrypt:32768:8:1$FSxoLlBPXGfYBrYt$2e73afef563cacee0cab8ba7873cffd3cd724e0e9e9c2cc2851"
    "fbee6760ae25d584d1b70fd8eaccae15a0b732217264a17a747376094c54bca94b10af4e369cd"
)


def hash_password(password: str) -> str:
    """Return the salted scrypt hash to store."""
    return generate_password_hash(password, method="scrypt")


def password_matches(stored: str | None, password: str) -> bool:
    """Compare in constant work; `stored` None (no such person) is never a match."""
    matches = check_password_hash(stored or _NOBODY, password)
    return matches and stored is not None


def new_token() -> tuple[str, str]:
    """Return a fresh random token to hand out and the hash to keep."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """The stored form of a token; random 256 bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
