"""Files people give to tasks: beside the words of any act, and in the `file` fields of forms.

A file is stored first and carried by an act later. Until then it is its uploader's own; from
then on whoever may see the task or its process may have it, and nobody can take it away.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.processes.access import may_see, may_see_task, took_over
from sanwei_flow.processes.models import Attachment, Task
from sanwei_flow.processes.queries import get_instance, get_task
from sanwei_flow.storage import Vault

#: Under which name an act's own files are sent and complained of; no form's field has it.
BESIDE = "attachments"
#: Files one act may carry beside its words; those of fields are counted by themselves.
MOST_BESIDE = 50


def store(
    vault: Vault, source: BinaryIO, name: str, *, task_id: int, by: Actor, at: dt.datetime
) -> Attachment:
    """Keep a file for a task the actor may see, to be carried by an act of theirs.

    Raises Forbidden, Invalid for a kind that is not wanted, an empty file or too many of them,
    TooLarge, Unavailable if the store does not answer.
    """
    task = get_task(task_id)
    if not may_see_task(task, by):
        raise Forbidden(N_("这个任务由别的单位办理，您不能添加附件。"))
    if _count(task, by) >= vault.limits.most_files:
        raise Invalid(N_("一个任务最多 {limit} 个附件。"), limit=vault.limits.most_files)
    label = clean_name(name)
    kept = vault.check(source, label)
    attachment = Attachment(
        instance_id=task.instance_id,
        task_id=task.id,
        name=label,
        size=kept.size,
        sha256=kept.digest,
        content=kept.content,
        uploaded_by_id=by.user_id,
        uploaded_at=at,
    )
    db.session.add(attachment)
    # Written before the bytes: whoever clears the store then waits for this transaction.
    db.session.flush()
    vault.put(kept, source)
    return attachment


def find(attachment_id: int, *, by: Actor) -> Attachment:
    """An attachment the actor may have. Raises NotFound, also where they may not know of it."""
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None or not readable([attachment], by):
        raise NotFound(N_("没有这个附件。"))
    return attachment


def readable(given: Iterable[Attachment], by: Actor) -> dict[int, Attachment]:
    """Those of these files that the actor may have, by id; one look per process they are of."""
    known: dict[int, bool] = {}
    found = {}
    for one in given:
        if one.sent_at is None:
            allowed = by.user_id is not None and one.uploaded_by_id == by.user_id
        else:
            if one.instance_id not in known:
                instance = get_instance(one.instance_id)
                known[one.instance_id] = may_see(instance, by) or took_over(instance, by)
            allowed = known[one.instance_id] or _of_task(one, by)
        if allowed:
            found[one.id] = one
    return found


def _of_task(one: Attachment, by: Actor) -> bool:
    return one.task_id is not None and may_see_task(get_task(one.task_id), by)


def discard(attachment_id: int, *, by: Actor) -> None:
    """Take away a file of mine that no act has carried. Raises NotFound, Conflict."""
    attachment = find(attachment_id, by=by)
    if attachment.sent_at is not None:
        raise Conflict(N_("附件“{name}”已随办理记录提交，不能删除。"), name=attachment.name)
    db.session.delete(attachment)


def take(
    fields: Mapping[str, Sequence[int]], *, instance_id: int, by: Actor, at: dt.datetime
) -> list[dict[str, Any]]:
    """Let an act carry these files: ids by the field they answer, `BESIDE` for the act's own.

    Returns what the trail states of them. Raises Invalid, by field, for a file that was not
    given to this process or is still somebody else's own, and for too many.
    """
    wanted = {one: key for key, ids in fields.items() for one in ids}
    if not wanted:
        return []
    found = by_ids(wanted)
    wrong: dict[str, list[object]] = {}
    for number, key in wanted.items():
        one = found.get(number)
        mine = one is not None and (one.sent_at or one.uploaded_by_id == by.user_id)
        if one is None or not mine or one.instance_id != instance_id:
            wrong[key] = [Invalid(N_("没有这个附件，请先上传到本任务。"))]
    if len(fields.get(BESIDE, ())) > MOST_BESIDE:
        wrong[BESIDE] = [gettext("一次最多附 %(limit)s 个文件。", limit=MOST_BESIDE)]
    if wrong:
        raise Invalid(N_("有 {count} 处需要改正。"), fields=wrong, count=len(wrong))
    new = [one for one in wanted if found[one].sent_at is None]
    db.session.execute(db.update(Attachment).where(Attachment.id.in_(new)).values(sent_at=at))
    return [_stated(found[one], key) for one, key in wanted.items()]


def _stated(one: Attachment, key: str) -> dict[str, Any]:
    told = {"id": one.id, "name": one.name, "size": one.size, "sha256": one.sha256}
    return told if key == BESIDE else told | {"field": key}


def by_ids(ids: Iterable[int]) -> dict[int, Attachment]:
    """These attachments by id; unknown ids are left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = db.select(Attachment).where(Attachment.id.in_(wanted))
    return {attachment.id: attachment for attachment in db.session.scalars(query)}


def _count(task: Task, by: Actor) -> int:
    """What the task has gathered; what others have not sent yet does not count against me."""
    query = db.select(db.func.count()).select_from(Attachment)
    counted = Attachment.sent_at.is_not(None) | (Attachment.uploaded_by_id == by.user_id)
    return db.session.scalar(query.where(Attachment.task_id == task.id, counted)) or 0


def clean_name(name: str) -> str:
    """The last part of what the browser sent, without control characters, at most 200 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(sign for sign in last if sign.isprintable()).strip()
    stem, dot, ending = text.rpartition(".")
    if len(text) > 200 and dot:
        text = f"{stem[: 199 - len(ending)]}.{ending}"[:200]
    return text[:200] or gettext("附件")
