"""Clears away files nobody refers to: those no act has carried, and bytes without a file."""

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, text

from sanwei_flow.db import db, lock_for_update, transaction
from sanwei_flow.processes.models import Attachment, TaskDraft
from sanwei_flow.storage import Vault

#: How long a file may wait for an act, unless a draft holds it.
UNSENT = dt.timedelta(days=7)
#: How old bytes without a file must be: an upload under way looks like that.
FRESH = dt.timedelta(days=1)
_BATCH = 200
#: Columns of other features' tables that name what lies in the store.
_ELSEWHERE: list[Any] = []


def also_kept_by(column: Any) -> None:
    """Spare the content whose digests this column holds, such as `RecordFile.sha256`."""
    if column not in _ELSEWHERE:
        _ELSEWHERE.append(column)


def clear(vault: Vault, *, at: dt.datetime) -> int:
    """Forget what was uploaded and never sent, then delete what the store holds for nothing.

    Opens its own transactions; safe to repeat and side by side. Returns how many files and
    how many pieces of content are gone, together.
    """
    with transaction():
        forgotten = _forget_unsent(at)
    old = (digest for digest, put in vault.store.ages() if put < at - FRESH)
    return forgotten + sum(_delete_idle(vault, digests) for digests in _batches(old))


def _forget_unsent(at: dt.datetime) -> int:
    query = select(Attachment).where(
        Attachment.sent_at.is_(None), Attachment.uploaded_at < at - UNSENT
    )
    found = {one.id: one for one in db.session.scalars(query)}
    tasks = {one.task_id for one in found.values()}
    drafts = db.session.scalars(select(TaskDraft.data).where(TaskDraft.task_id.in_(tasks)))
    drafted = {one for data in drafts for one in _ids(data.values())}
    idle = [number for number in found if number not in drafted]
    db.session.execute(delete(Attachment).where(Attachment.id.in_(idle)))
    return len(idle)


def _ids(answers: Iterable[object]) -> Iterable[int]:
    """Whatever could be ids of files: better to keep a file too many."""
    for answer in answers:
        if isinstance(answer, list):
            yield from (one for one in answer if isinstance(one, int))


def _batches(digests: Iterable[str]) -> Iterable[list[str]]:
    """All of them listed first: deleting while listing could pass some over."""
    listed = iter(list(digests))
    while part := list(islice(listed, _BATCH)):
        yield part


def _delete_idle(vault: Vault, digests: list[str]) -> int:
    """Those of these that no file has; nobody can add one meanwhile."""
    holders = [Attachment.sha256, *_ELSEWHERE]
    with transaction():
        if lock_for_update(db.session.get_bind().dialect.name):
            tables = ", ".join(column.class_.__tablename__ for column in holders)
            db.session.execute(text(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE"))
        used: set[str] = set()
        for column in holders:
            used |= set(db.session.scalars(select(column).where(column.in_(digests))))
        idle = [digest for digest in digests if digest not in used]
        for digest in idle:
            vault.store.delete(digest)
    return len(idle)
