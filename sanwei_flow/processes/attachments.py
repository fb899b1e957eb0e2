"""Files given as evidence: the bytes lie under their hash, the name is only data.

A name somebody typed never becomes a path, and the same bytes are kept once. Forms carry the
ids of attachments; a file is stored before the act that names it.
"""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Forbidden, Invalid, NotFound, TooLarge
from sanwei_flow.processes.actions import may_act
from sanwei_flow.processes.models import Attachment, Task
from sanwei_flow.processes.queries import get_instance, get_task, may_see
from sanwei_flow.processes.standing import standing

#: Largest file in bytes.
MOST_BYTES = 20 * 1024 * 1024
#: Files one task may gather.
MOST_FILES = 50
_CHUNK = 1 << 16


def store(
    folder: Path, source: BinaryIO, name: str, *, task_id: int, by: Actor, at: dt.datetime
) -> Attachment:
    """Keep a file for a task the actor may act on.

    `folder` is the store (`folder_of` the instance path). Raises Forbidden, Invalid for an
    empty file or too many, TooLarge.
    """
    task = get_task(task_id)
    if not may_act(task, standing(task, task.instance.design_version.hash, by)):
        raise Forbidden(N_("这个任务现在不由您办理，不能添加附件。"))
    if _count(task) >= MOST_FILES:
        raise Invalid(N_("一个任务最多 {limit} 个附件。"), limit=MOST_FILES)
    digest, size = _keep(folder, source)
    attachment = Attachment(
        instance_id=task.instance_id,
        task_id=task.id,
        name=_clean(name),
        size=size,
        sha256=digest,
        uploaded_by_id=by.user_id,
        uploaded_at=at,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def find(folder: Path, attachment_id: int, *, by: Actor) -> tuple[Attachment, Path]:
    """An attachment the actor may read, and where its bytes lie.

    Serve it as a download under `attachment.name`. Raises NotFound (also where the actor may
    not know of it).
    """
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None or not may_see(get_instance(attachment.instance_id), by):
        raise NotFound(N_("没有这个附件。"))
    path = _path(folder, attachment.sha256)
    if not path.exists():
        raise NotFound(N_("附件“{name}”的内容已不在存储中。"), name=attachment.name)
    return attachment, path


def refuse_foreign(key: str, given: Iterable[int], held: Iterable[int], instance_id: int) -> None:
    """Raise Invalid for the field `key` if a file was not given to this very process.

    What the form opened with (`held`) may stay, wherever it came from.
    """
    new = set(given) - set(held)
    if not new:
        return
    query = db.select(Attachment.id).where(
        Attachment.instance_id == instance_id, Attachment.id.in_(new)
    )
    if new - set(db.session.scalars(query)):
        wrong = Invalid(N_("没有这个附件，请先上传到本任务。"))
        raise Invalid(N_("有 {count} 处需要改正。"), fields={key: [wrong]}, count=1)


def by_ids(ids: Iterable[int]) -> dict[int, Attachment]:
    """These attachments by id; unknown ids are left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = db.select(Attachment).where(Attachment.id.in_(wanted))
    return {attachment.id: attachment for attachment in db.session.scalars(query)}


def of_instance(instance_id: int) -> list[Attachment]:
    """The files of one instance, oldest first."""
    query = db.select(Attachment).where(Attachment.instance_id == instance_id)
    return list(db.session.scalars(query.order_by(Attachment.id)))


def folder_of(instance_path: Path) -> Path:
    """Where attachments lie below the instance folder."""
    return instance_path / "attachments"


def _count(task: Task) -> int:
    query = db.select(db.func.count()).select_from(Attachment)
    return db.session.scalar(query.where(Attachment.task_id == task.id)) or 0


def _clean(name: str) -> str:
    """The last part of what the browser sent, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(sign for sign in last if sign.isprintable()).strip()
    stem, dot, ending = text.rpartition(".")
    if len(text) > 200 and dot:
        text = f"{stem[: 199 - len(ending)]}.{ending}"[:200]
    return text[:200] or "附件"


def _keep(folder: Path, source: BinaryIO) -> tuple[str, int]:
    """Write the bytes beside the store, then put them under their hash in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
        partial = Path(target.name)
        try:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise TooLarge(N_("附件超过 {limit} MB。"), limit=MOST_BYTES >> 20)
                digest.update(chunk)
                target.write(chunk)
            if not size:
                raise Invalid(N_("附件是空文件。"))
            target.flush()
            os.fsync(target.fileno())
            final = _path(folder, digest.hexdigest())
            final.parent.mkdir(exist_ok=True)
            partial.replace(final)
        finally:
            partial.unlink(missing_ok=True)
    return digest.hexdigest(), size


def _path(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest
