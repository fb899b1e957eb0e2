"""Claiming, releasing and drafts: what people do with a task without moving the process."""

import datetime as dt
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.engine import Connection

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.errors import N_, Conflict, Invalid
from sanwei_flow.processes.actions import form_of
from sanwei_flow.processes.advance import Act, Running, write_note
from sanwei_flow.processes.models import Task
from sanwei_flow.processes.starting import forget

#: Drafts are kept as they were typed; this bounds them, in characters of their text.
MOST_DRAFT = 200_000


def do(
    action: str,
    connection: Connection,
    running: Running,
    task: Row[Any],
    payload: dict[str, Any],
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Carry out one of `actions.ASIDES`; the task is locked and the actor may act on it."""
    if action == "save_draft":
        _save_draft(connection, running, task, payload, at)
    elif action == "claim":
        _claim(connection, running, task, by, at)
    else:
        _release(connection, running, task, by, at)


def _save_draft(
    connection: Connection,
    running: Running,
    task: Row[Any],
    payload: dict[str, Any],
    at: dt.datetime,
) -> None:
    if len(str(payload)) > MOST_DRAFT:
        raise Invalid(N_("草稿太长，最多 {limit} 个字。"), limit=MOST_DRAFT)
    known = {field.key for field in form_of(running.hash, task.form).fields} | {"comment"}
    kept = {key: value for key, value in payload.items() if key in known}
    _change(connection, task, draft=kept, draft_at=at)


def _claim(
    connection: Connection, running: Running, task: Row[Any], by: Actor, at: dt.datetime
) -> None:
    if task.owner_id == by.user_id:
        return
    _change(connection, task, owner_id=by.user_id, claimed_at=at)
    write_note(connection, running, Act("claim", by, at, "claim", task.task_id, task.unit_id))


def _release(
    connection: Connection, running: Running, task: Row[Any], by: Actor, at: dt.datetime
) -> None:
    if task.owner_id is None:
        raise Conflict(N_("这个任务没有人认领。"))
    _change(connection, task, owner_id=None, claimed_at=None)
    write_note(connection, running, Act("release", by, at, "release", task.task_id, task.unit_id))


def _change(connection: Connection, task: Row[Any], **values: object) -> None:
    query = update(Task).where(Task.id == task.task_id)
    connection.execute(query.values(version=Task.version + 1, **values))
    forget()
