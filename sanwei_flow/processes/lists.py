"""What concerns a person beside their boxes: what they started, were sent, what their units hold.

Like the boxes: pages by key, one indexed read per unit, counts that stop at the cap.
"""

from typing import Any

from sqlalchemy import func, or_, select, tuple_, union_all

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.processes.inbox import CAP, COLUMNS, Page, Wanted, with_instance
from sanwei_flow.processes.models import (
    InstanceStatus,
    ProcessInstance,
    Task,
    TaskCopy,
    is_held,
    is_open,
    is_pending,
)
from sanwei_flow.processes.paging import due_place, number_place


def of_units(
    actor: Actor, *, after: str | None = None, limit: int = 20, wanted: Wanted | None = None
) -> Page:
    """Everything open in the units of the person, whoever holds it, by due date.

    The same tasks that `access.may_see` lets them read. Raises Invalid for a bad place.
    """
    place, parts = due_place(after), []
    for unit in sorted(actor.units()):
        query: Any = select(*COLUMNS).where(is_pending, Task.unit_id == unit)
        if place is not None:
            query = query.where(tuple_(Task.due, Task.id) > tuple_(*place))
        query = (wanted or Wanted()).narrow(query)
        parts.append(query.order_by(Task.due, Task.id).limit(limit + 1))
    if not parts:
        return Page([], None)
    merged = union_all(*(part.subquery().select() for part in parts)).subquery()
    return _by_due(with_instance(merged, actor), merged, limit)


def _by_due(query: Any, found: Any, limit: int) -> Page:
    query = query.order_by(found.c.due, found.c.id).limit(limit + 1)
    rows = list(db.session.execute(query))
    more = f"{rows[limit - 1].due}~{rows[limit - 1].id}" if len(rows) > limit else None
    return Page(rows[:limit], more)


def waiting(
    actor: Actor, *, after: str | None = None, limit: int = 20, wanted: Wanted | None = None
) -> Page:
    """What the person holds but cannot do now, by due date: others are to answer first."""
    query: Any = select(*COLUMNS).where(is_held, Task.owner_id == actor.user_id)
    place = due_place(after)
    if place is not None:
        query = query.where(tuple_(Task.due, Task.id) > tuple_(*place))
    query = (wanted or Wanted()).narrow(query)
    first = query.order_by(Task.due, Task.id).limit(limit + 1).subquery()
    return _by_due(with_instance(first, actor), first, limit)


def started(
    actor: Actor, *, after: str | None = None, limit: int = 20, wanted: Wanted | None = None
) -> Page:
    """The processes the person started, newest first; those a design calls are not theirs.

    Rows are `ProcessInstance` columns: id, title, status, stage, business_key, started_at,
    finished_at.
    """
    process, asked = ProcessInstance, wanted or Wanted()
    columns = (
        process.id,
        process.title,
        process.status,
        process.stage,
        process.business_key,
        process.started_at,
        process.finished_at,
    )
    query = select(*columns).where(
        process.started_by_id == actor.user_id, process.parent_node.is_(None)
    )
    if asked.words:
        query = query.where(process.title.icontains(asked.words, autoescape=True))
    if asked.key:
        below = process.business_key.startswith(f"{asked.key}/", autoescape=True)
        query = query.where(or_(process.business_key == asked.key, below))
    return _newest(query, process.id, after, limit)


def copied(
    actor: Actor,
    *,
    read: bool,
    after: str | None = None,
    limit: int = 20,
    wanted: Wanted | None = None,
) -> Page:
    """What was copied to the person, newest first: to read, or read.

    Rows: id of the copy, by_name, comment, at, read_at; task_id, name, title, unit_id and
    status of the task; business_key.
    """
    columns = (
        TaskCopy.id,
        TaskCopy.by_name,
        TaskCopy.comment,
        TaskCopy.at,
        TaskCopy.read_at,
        TaskCopy.task_id,
        Task.name,
        Task.title,
        Task.unit_id,
        Task.status,
        ProcessInstance.business_key,
    )
    query: Any = select(*columns).join(Task, Task.id == TaskCopy.task_id)
    query = query.join(ProcessInstance, ProcessInstance.id == Task.instance_id)
    query = query.where(TaskCopy.user_id == actor.user_id)
    query = query.where(TaskCopy.read_at.is_not(None) if read else TaskCopy.read_at.is_(None))
    return _newest((wanted or Wanted()).narrow(query), TaskCopy.id, after, limit)


def list_counts(actor: Actor) -> dict[str, int]:
    """How much is `waiting`, `unit`, `started` and running, `copied` and unread; up to `CAP`."""
    process, me = ProcessInstance, actor.user_id
    over = (InstanceStatus.finished, InstanceStatus.cancelled)
    mine = select(process.id).where(process.started_by_id == me, process.parent_node.is_(None))
    found = {
        "waiting": select(Task.id).where(is_held, Task.owner_id == me),
        "unit": select(Task.id).where(is_pending, Task.unit_id.in_(sorted(actor.units()))),
        "started": mine.where(process.status.not_in(over)),
        "copied": select(TaskCopy.id).where(TaskCopy.user_id == me, TaskCopy.read_at.is_(None)),
    }
    numbers = [
        select(func.count()).select_from(query.limit(CAP).subquery()).scalar_subquery().label(name)
        for name, query in found.items()
    ]
    return dict(db.session.execute(select(*numbers)).one()._mapping)


def where_now(instances: list[int]) -> dict[int, list[Any]]:
    """The open tasks of these instances: rows of instance_id, name, unit, by instance."""
    if not instances:
        return {}
    query = select(Task.instance_id, Task.name, Unit.name.label("unit"))
    query = query.join(Unit, Unit.id == Task.unit_id)
    query = query.where(is_open, Task.instance_id.in_(instances)).order_by(Task.id)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.instance_id, []).append(row)
    return found


def _newest(query: Any, number: Any, after: str | None, limit: int) -> Page:
    place = number_place(after)
    if place is not None:
        query = query.where(number < place)
    rows = list(db.session.execute(query.order_by(number.desc()).limit(limit + 1)))
    return Page(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None)
