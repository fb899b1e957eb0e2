"""The store in a request: the one of this application, room for uploads, bytes as an answer."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from flask import Response, current_app

from sanwei_flow.storage.kinds import BYTES
from sanwei_flow.storage.vault import Vault

#: How many of the largest files one post may hold: browsers without scripts send all at once.
AT_ONCE = 5


def vault() -> Vault:
    """The store of this application."""
    found: Vault = current_app.extensions["vault"]
    return found


def largest_post() -> int:
    """How many bytes a form with files may have."""
    return AT_ONCE * vault().limits.most_bytes + (1 << 20)


def sent(
    pieces: Iterable[bytes],
    name: str,
    *,
    plain: str,
    size: int,
    content_type: str = BYTES,
    inline: bool = False,
) -> Response:
    """Send `size` bytes under a name, as a download unless `inline`.

    `plain` is what clients call it that read names in ASCII only; it takes the name's suffix.
    """
    answer = Response(pieces, content_type=content_type)
    suffix = Path(name).suffix
    names = {
        "filename": plain + suffix if suffix.isascii() else plain,
        "filename*": f"UTF-8''{quote(name, safe='')}",
    }
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", **names)
    answer.content_length = size
    return answer
