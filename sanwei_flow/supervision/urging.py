"""Urging many at once: first who would be told, then each by the very act its own page offers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Unit, User, UserRole
from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.models import PlanRow, row_key
from sanwei_flow.processes.models import (
    InstanceStatus,
    ProcessInstance,
    Task,
    TaskEvent,
    TaskStatus,
    is_open,
)
from sanwei_flow.processes.telling import URGE_PAUSE, may_urge

#: Rows looked at, and tasks urged, in one go.
MOST_ROWS, MOST_TASKS = 50, 100


@dataclass(frozen=True)
class Prospect:
    """A task that waits, and whom urging it would tell; `refusal` is a msgid if it may not be."""

    task_id: int
    name: str
    title: str
    plan_id: int
    no: int
    unit: str
    people: list[str]
    due: dt.date
    refusal: str = ""


def prospects(row_ids: Iterable[int], *, by: Actor, at: dt.datetime) -> list[Prospect]:
    """The tasks these rows wait for, oldest date first, with who would be told of each.

    A fixed number of statements for an office; others are asked task by task.
    """
    tasks = _waiting(list(row_ids)[:MOST_ROWS])
    people = _people(tasks)
    last = _last_urged([task.id for task in tasks])
    return [
        Prospect(
            task_id=task.id,
            name=task.name,
            title=task.task,
            plan_id=task.plan_id,
            no=task.no,
            unit=task.unit,
            people=people[task.id],
            due=task.due,
            refusal=_refusal(task, last.get(task.id), by, at),
        )
        for task in tasks
    ]


def _waiting(row_ids: Sequence[int]) -> Sequence[Any]:
    """Open tasks of the rows' own work; what is being asked for them is no work of theirs."""
    query = (
        select(
            *(Task.id, Task.name, Task.unit_id, Task.role, Task.owner_id, Task.due),
            *(Task.instance_id, PlanRow.plan_id, PlanRow.no, PlanRow.task),
            Unit.name.label("unit"),
            ProcessInstance.status.label("instance_status"),
        )
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(PlanRow, row_key() == ProcessInstance.business_key)
        .join(Unit, Unit.id == Task.unit_id)
        .where(PlanRow.id.in_(row_ids), is_open, ProcessInstance.parent_id.is_not(None))
        .order_by(Task.due, Task.id)
        .limit(MOST_TASKS)
    )
    return db.session.execute(query).all()


def _people(tasks: Sequence[Any]) -> dict[int, list[str]]:
    """Who has each task: its owner, else everybody at the post."""
    owners = {task.owner_id for task in tasks if task.owner_id}
    names = select(User.id, User.name).where(User.id.in_(owners))
    by_id = {one.id: one.name for one in db.session.execute(names)}
    posts = (
        select(UserRole.unit_id, UserRole.role, User.name)
        .join(User)
        .where(User.active, UserRole.unit_id.in_({task.unit_id for task in tasks}))
        .order_by(User.username)
    )
    held: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in db.session.execute(posts):
        held[one.unit_id, str(one.role)].append(one.name)
    return {
        task.id: [by_id[task.owner_id]] if task.owner_id in by_id else held[task.unit_id, task.role]
        for task in tasks
    }


def _last_urged(task_ids: Sequence[int]) -> dict[int, dt.datetime]:
    query = (
        select(TaskEvent.task_id, func.max(TaskEvent.at).label("at"))
        .join(Task, (Task.id == TaskEvent.task_id) & (Task.instance_id == TaskEvent.instance_id))
        .where(Task.id.in_(task_ids), TaskEvent.kind == "urge")
        .group_by(TaskEvent.task_id)
    )
    return {one.task_id: one.at for one in db.session.execute(query)}


def _refusal(task: Any, last: dt.datetime | None, by: Actor, at: dt.datetime) -> str:
    """Why the act would be refused; the act itself asks once more."""
    if task.instance_status == InstanceStatus.suspended:
        return N_("已中止，不催办")
    if by.has(task.unit_id, task.role) and task.owner_id in (None, by.user_id):
        return N_("由您自己办理")
    if not may_urge(task, task.instance_id, by):
        return N_("您不能催办这件事项")
    if last is not None and at - last < URGE_PAUSE:
        return N_("刚刚催办过，稍后再催")
    return ""


def titles(task_ids: Iterable[int]) -> dict[int, str]:
    """What these tasks are called, for telling what became of each."""
    query = select(Task.id, Task.name, Task.title).where(
        Task.id.in_(list(task_ids)), Task.status != TaskStatus.cancelled
    )
    return {one.id: f"{one.name}：{one.title}" for one in db.session.execute(query)}
