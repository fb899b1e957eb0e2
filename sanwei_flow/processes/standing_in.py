"""Completing a task in the place of the person who has it, by somebody who runs the product.

The act goes the way of every act: the same guarded list, the same form; the trail names both,
and says why before it.
"""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Invalid, NotFound
from sanwei_flow.processes import people
from sanwei_flow.processes.advance import Act, write_note
from sanwei_flow.processes.locking import lock_task
from sanwei_flow.processes.models import Task, TaskStatus
from sanwei_flow.processes.operations import ActResult, act_on_task
from sanwei_flow.processes.opinions import outcome_names


def handlers(task: Task) -> dict[int, str]:
    """Whose task it is, by id: who has taken it on, else everybody who holds the post."""
    held = people.colleagues(task.unit_id, task.role)
    if task.owner_id is None:
        return held
    return {task.owner_id: (people.names([task.owner_id]) or [""])[0]}


def complete_for(
    task_id: int,
    person_id: int,
    action: str,
    data: dict[str, Any],
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
    idempotency_key: str | None = None,
) -> ActResult:
    """Complete a task with one of its outcomes in the name of `person_id`.

    Who may do this is the caller's question. Raises NotFound, Conflict if it is no longer open,
    Invalid for a person who does not have it or answers that do not fit, EngineError.
    """
    task = db.session.get(Task, task_id)
    found = lock_task(db.session.connection(), task_id, None)
    if task is None or found is None:
        raise NotFound(N_("没有这个任务。"))
    running, row = found
    if row.task_status != TaskStatus.open:
        raise Conflict(N_("这个任务已经不在等人办理。"))
    if action not in outcome_names(row.outcomes):
        raise Invalid(N_("这个任务不能“{action}”。"), action=action)
    if person_id not in handlers(task):
        raise Invalid(N_("请选择这个任务的办理人。"))
    names = people.names([person_id])
    note = Act("on_behalf", by, at, action, task_id, row.unit_id, reason, {"names": names})
    write_note(db.session.connection(), running, note)
    post = frozenset({(int(row.unit_id), str(row.role))})
    place = Actor(by.user_id, by.name, post, (), person_id)
    given = {**data, "comment": data.get("comment") or reason}
    return act_on_task(task_id, action, given, by=place, at=at, idempotency_key=idempotency_key)
