"""Papers other features put into an archive, such as slips; they say so while the app is built."""

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sanwei_flow.closing.archive.zipping import EPOCH
from sanwei_flow.plans.models import Plan


@dataclass(frozen=True)
class Paper:
    """A paper of a plan, or of its row `no`: its file name, what it is, and how to have it.

    `pieces` gives its bytes, or None where the store has lost them.
    """

    no: int | None
    name: str
    what: str
    pieces: Callable[[], Iterable[bytes] | None]
    size: int = 0


Maker = Callable[[Plan], Iterable[Paper]]
_makers: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    """Have `maker(plan)` asked for its papers; registering a name again replaces it."""
    _makers[name] = maker


def papers_of(plan: Plan) -> list[Paper]:
    """Every paper of the plan and its rows, by the names of the makers."""
    return [paper for name in sorted(_makers) for paper in _makers[name](plan)]


def steady(document: bytes) -> bytes:
    """The same document without the moment it was put together: equal content, equal bytes."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        for entry in source.infolist():
            again.writestr(zipfile.ZipInfo(entry.filename, EPOCH), source.read(entry))
    return target.getvalue()
