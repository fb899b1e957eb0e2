"""What to say to the second person, and to the same person asking twice."""

import hashlib
import json
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import User
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.designs import outcomes
from sanwei_flow.errors import N_, AppError, Conflict, Invalid
from sanwei_flow.processes.models import Task, TaskEvent, TaskStatus


def already_closed(task_id: int) -> AppError:
    """The conflict that names who completed the task, how and when."""
    query = db.select(
        Task.status,
        Task.closed_at,
        Task.outcome,
        Task.closed_by_id,
        Task.instance_id,
        Task.joint_ref,
        Task.closed_version,
        User.name,
    )
    query = query.outerjoin(User, User.id == Task.closed_by_id).where(Task.id == task_id)
    row = db.session.execute(query).one()
    when = f"{row.closed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if row.closed_at else ""
    if row.status == TaskStatus.cancelled and (who := decided_by(row)):
        return Conflict(N_("{who}已于 {when} 作出决定，您不用再办。"), who=who, when=when)
    if row.status == TaskStatus.cancelled:
        return Conflict(N_("这个任务已于 {when} 随流程撤销，不用再办。"), when=when)
    return Conflict(
        N_("{who}已于 {when} 办理了这个任务（{what}）。"),
        who=row.name or "",
        when=when,
        what=outcomes.label(row.outcome or ""),
        by_id=row.closed_by_id,
    )


def decided_by(task: Any) -> str | None:
    """Who decided instead, where a joint decision did not need this task any more."""
    if task.joint_ref is None:
        return None
    query = db.select(User.name).join(Task, Task.closed_by_id == User.id)
    same = Task.instance_id == task.instance_id, Task.joint_ref == task.joint_ref
    together = Task.closed_version == task.closed_version, Task.status == TaskStatus.done
    return db.session.scalar(query.where(*same, *together, Task.outcome != "return_to"))


def taken(task_id: int) -> AppError:
    """The conflict that names who has taken the task on."""
    query = db.select(Task.claimed_at, User.name).join(User, User.id == Task.owner_id)
    row = db.session.execute(query.where(Task.id == task_id)).one()
    when = f"{row.claimed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if row.claimed_at else ""
    return Conflict(
        N_("{who}已于 {when} 认领了这个任务，退回认领后别人才能办理。"), who=row.name, when=when
    )


def fingerprint(content: object) -> str:
    """A digest of what was sent with an idempotency key, whatever the order of its members."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def was_answered(key: str | None) -> bool:
    """Whether something was done under this key already."""
    if not key:
        return False
    query = db.select(TaskEvent.id).where(TaskEvent.idempotency_key == key)
    return db.session.scalar(query) is not None


def replayed(
    key: str, task_id: int, action: str, by: Actor, fingerprint: str | None
) -> list[int] | None:
    """The ids of the tasks that the first call with this key opened; None if there was none.

    Raises Invalid if the key was used for something else, or with another content.
    """
    query = db.select(TaskEvent).where(TaskEvent.idempotency_key == key)
    event = db.session.scalar(query)
    if event is None:
        return None
    if (event.task_id, event.action, event.by_id) != (task_id, action, by.user_id):
        raise Invalid(N_("这个幂等键已用于另一次操作，请换一个。"))
    if fingerprint and event.fingerprint and event.fingerprint != fingerprint:
        raise Invalid(
            N_(
                "同一个幂等键（Idempotency-Key）已提交过不同的内容，这次没有办理；请换一个键，或刷新页面。"
            )
        )
    opened = db.select(Task.id).where(
        Task.instance_id == event.instance_id, Task.opened_version == event.seq
    )
    return list(db.session.scalars(opened.order_by(Task.id)))
