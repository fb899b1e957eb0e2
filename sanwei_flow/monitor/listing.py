"""The processes of a design, narrowed down: at which element, late, whose, since when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased

from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.processes.models import Job, ProcessInstance, Task, is_open, is_pending

PAGE = 50


@dataclass(frozen=True)
class Filters:
    """Which processes; empty means all. `since` is the day (in Shanghai) they began."""

    node: str = ""
    status: str = ""
    overdue: bool = False
    unit: int | None = None
    since: dt.date | None = None

    def kept(self) -> dict[str, str]:
        """What stands in an address for them."""
        given = {"node": self.node, "status": self.status, "overdue": "1" if self.overdue else ""}
        given |= {"unit": str(self.unit or ""), "since": str(self.since or "")}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Line:
    """One process in the list, with the tasks that wait in it and whose they are."""

    instance: Any
    waiting: list[Any] = field(default_factory=list)
    units: dict[int, str] = field(default_factory=dict)


def processes(
    versions: Iterable[int],
    filters: Filters,
    *,
    day: dt.date,
    since: dt.datetime | None,
    after: int | None = None,
    limit: int = PAGE + 1,
) -> list[Line]:
    """The processes of these versions, newest first, those before the id `after`.

    `since` is the moment at which the filter's day begins. Three statements.
    """
    query = (
        select(
            ProcessInstance.id,
            ProcessInstance.title,
            ProcessInstance.status,
            ProcessInstance.stage,
            ProcessInstance.started_at,
            ProcessInstance.finished_at,
            DesignVersion.number,
        )
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .where(ProcessInstance.version_id.in_(list(versions)), *_wanted(filters, day))
        .order_by(ProcessInstance.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(ProcessInstance.started_at >= since)
    if after is not None:
        query = query.where(ProcessInstance.id < after)
    rows = list(db.session.execute(query))
    return _with_tasks(rows)


def _wanted(filters: Filters, day: dt.date) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.status == "open":
        wanted.append(ProcessInstance.finished_at.is_(None))
    elif filters.status:
        wanted.append(ProcessInstance.status == filters.status)
    task: list[ColumnElement[bool]] = []
    if filters.overdue:
        task.append(Task.due < day)
    if filters.unit is not None:
        task.append(Task.unit_id == filters.unit)
    if filters.node and task:
        wanted.append(ProcessInstance.id.in_(_tasks(*task, is_pending, Task.node == filters.node)))
    elif filters.node:
        wanted.append(or_(*_standing_at(filters.node)))
    elif task:
        # Of what is over, the unit's part counts; late is only what waits.
        now = [] if not filters.overdue else [is_pending]
        wanted.append(ProcessInstance.id.in_(_tasks(*task, *now)))
    return wanted


def _tasks(*conditions: ColumnElement[bool]) -> Any:
    return select(Task.instance_id).where(Task.side.is_(None), *conditions)


def _standing_at(node: str) -> list[ColumnElement[bool]]:
    """Something waits at the element: a task, a called process, a job, or it is at fault."""
    called = aliased(ProcessInstance)
    below = select(called.parent_id).where(
        called.parent_node == node, called.finished_at.is_(None), called.parent_id.is_not(None)
    )
    jobs = exists().where(
        Job.instance_id == ProcessInstance.id, Job.payload["node"].as_string() == node
    )
    return [
        ProcessInstance.id.in_(_tasks(is_pending, Task.node == node)),
        ProcessInstance.id.in_(below),
        jobs,
        ProcessInstance.incident["node"].as_string() == node,
    ]


def _with_tasks(rows: list[Any]) -> list[Line]:
    ids = [row.id for row in rows]
    waiting: dict[int, list[Any]] = {}
    query = select(Task.instance_id, Task.id, Task.name, Task.unit_id, Task.due).where(
        Task.instance_id.in_(ids), is_open
    )
    for task in db.session.execute(query.order_by(Task.due, Task.id)):
        waiting.setdefault(task.instance_id, []).append(task)
    units = unit_names({task.unit_id for tasks in waiting.values() for task in tasks})
    return [Line(row, waiting.get(row.id, []), units) for row in rows]
