"""Reads of processes: a task, an instance, its trail, where it stands."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import joinedload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import compiled
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.prepared import Prepared
from sanwei_flow.processes.models import (
    InstanceStatus,
    Job,
    JobKind,
    JobStatus,
    ProcessInstance,
    Task,
    TaskEvent,
    TaskStatus,
    is_open,
    is_pending,
)


def get_task(task_id: int) -> Task:
    """The task with its instance and design version. Raises NotFound."""
    version = joinedload(Task.instance).joinedload(ProcessInstance.design_version)
    task = db.session.get(Task, task_id, options=[version])
    if task is None:
        raise NotFound(N_("没有这个任务。"))
    return task


def posted_task(task_id: int) -> Any:
    """What the form of a task needs to read an answer: a row instead of objects."""
    return next(iter(_posted.ask(db.session.connection(), {"id": task_id})), None)


@Prepared
def _posted() -> Select[Any]:
    names = (
        "id instance_id node name title unit_id role owner_id box data form outcomes closed_by_id"
    )
    instances, versions = ProcessInstance.__table__, DesignVersion.__table__
    tasks = Task.__table__
    return (
        select(*(tasks.c[name] for name in names.split()), versions.c.hash.label("design_hash"))
        .join(instances, instances.c.id == tasks.c.instance_id)
        .join(versions, versions.c.id == instances.c.version_id)
        .where(tasks.c.id == bindparam("id"))
    )


def first_of(instance_id: int, opened: list[int], actor: Actor) -> Any:
    """The first (id, name) of these tasks of an instance that is this very person's to do."""
    if not opened:
        return None
    found = {"instance": instance_id, "first": min(opened)}
    rows = _opened_since.ask(db.session.connection(), found)
    mine = (row for row in rows if row.id in opened and actor.has(row.unit_id, row.role))
    return next(mine, None)


@Prepared
def _opened_since() -> Select[Any]:
    tasks = Task.__table__
    own = tasks.c.instance_id == bindparam("instance"), tasks.c.id >= bindparam("first")
    query = select(tasks.c.id, tasks.c.name, tasks.c.unit_id, tasks.c.role)
    return query.where(*own).order_by(tasks.c.id)


def get_instance(instance_id: int) -> ProcessInstance:
    """The instance with its design version. Raises NotFound."""
    version = joinedload(ProcessInstance.design_version)
    instance = db.session.get(ProcessInstance, instance_id, options=[version])
    if instance is None:
        raise NotFound(N_("没有这个流程。"))
    return instance


def trail(instance_id: int) -> list[tuple[TaskEvent, Task | None]]:
    """Every event of the instance, oldest first, with the task it was about."""
    query = (
        db.select(TaskEvent, Task)
        .outerjoin(Task, Task.id == TaskEvent.task_id)
        .where(TaskEvent.instance_id == instance_id)
        .order_by(TaskEvent.id)
    )
    return [(event, task) for event, task in db.session.execute(query)]


def events_of_task(task_id: int, instance_id: int) -> list[TaskEvent]:
    """What was done with one task, oldest first."""
    query = db.select(TaskEvent).where(
        TaskEvent.instance_id == instance_id, TaskEvent.task_id == task_id
    )
    return list(db.session.scalars(query.order_by(TaskEvent.id)))


def children(instance_id: int) -> list[ProcessInstance]:
    """The instances this one called or owns, oldest first."""
    query = db.select(ProcessInstance).where(ProcessInstance.parent_id == instance_id)
    return list(db.session.scalars(query.order_by(ProcessInstance.id)))


def subtree(instance_id: int) -> list[int]:
    """The instance and everything called below it that is still open, from the top down."""
    found, level = [instance_id], [instance_id]
    while level:
        called = select(ProcessInstance.id).where(
            ProcessInstance.parent_id.in_(level), ProcessInstance.finished_at.is_(None)
        )
        level = list(db.session.scalars(called.order_by(ProcessInstance.id)))
        found += level
    return found


def open_tasks(instance_id: int, *, whole_tree: bool = False) -> list[Task]:
    """The tasks waiting in the instance; with `whole_tree` also those of all below its root."""
    query = db.select(Task).where(is_open)
    if whole_tree:
        query = query.where(Task.instance_id.in_(_tree(instance_id)))
    else:
        query = query.where(Task.instance_id == instance_id)
    return list(db.session.scalars(query.order_by(Task.due, Task.id)))


def places(instance_id: int) -> dict[str, list[str]]:
    """Where the instance stands, as node ids of its diagram.

    `active` are nodes with open tasks, running children or pending jobs; `passed` are those
    left behind, in order; `incident` is the node at fault if there is one.
    """
    tasks = select(Task.node).where(Task.instance_id == instance_id, is_open)
    called = select(ProcessInstance.parent_node).where(
        ProcessInstance.parent_id == instance_id,
        ProcessInstance.parent_node.is_not(None),
        ProcessInstance.finished_at.is_(None),
    )
    kinds = (JobKind.child_start, JobKind.service)
    waiting = select(Job.payload).where(Job.instance_id == instance_id, Job.kind.in_(kinds))
    active = {*db.session.scalars(tasks), *db.session.scalars(called)}
    active |= {payload["node"] for payload in db.session.scalars(waiting)}
    steps = select(TaskEvent.passed).where(TaskEvent.instance_id == instance_id)
    passed = [node for nodes in db.session.scalars(steps.order_by(TaskEvent.id)) for node in nodes]
    fault = (get_instance(instance_id).incident or {}).get("node")
    return {
        "active": sorted(node for node in active if node),
        "passed": list(dict.fromkeys(passed)),
        "incident": [fault] if fault else [],
    }


def incidents(limit: int = 100) -> list[ProcessInstance]:
    """Processes that cannot go on by themselves, oldest first."""
    query = db.select(ProcessInstance).where(ProcessInstance.status == InstanceStatus.incident)
    return list(db.session.scalars(query.order_by(ProcessInstance.id).limit(limit)))


def failed_jobs(instance_id: int) -> list[Job]:
    """The jobs that were given up, with their errors."""
    query = db.select(Job).where(Job.instance_id == instance_id, Job.status == JobStatus.failed)
    return list(db.session.scalars(query.order_by(Job.id)))


def _tree(instance_id: int) -> Any:
    root = select(ProcessInstance.root_id).where(ProcessInstance.id == instance_id)
    top = db.func.coalesce(root.scalar_subquery(), instance_id)
    return select(ProcessInstance.id).where(
        or_(ProcessInstance.id == top, ProcessInstance.root_id == top)
    )


def sides(task_id: int, *, pending: bool = False) -> list[Task]:
    """The side tasks of a task, oldest first; with `pending` those still to be answered."""
    query = db.select(Task).where(Task.side_of_id == task_id)
    if pending:
        query = query.where(is_pending)
    return list(db.session.scalars(query.order_by(Task.id)))


@dataclass(frozen=True)
class Joint:
    """How far a joint decision is: `done` of `total` have answered.

    `mode` is all, any, sequential or ratio; `waiting` are the tasks still open, and `answers`
    those that were given, oldest first.
    """

    mode: str
    total: int
    done: int
    waiting: list[Task]
    answers: list[Task]


def joint(task: Task) -> Joint | None:
    """The joint decision a task is part of, or None if one person decides it alone."""
    mode = compiled(task.instance.design_version).nodes[task.node].joint
    if mode is None or task.joint_ref is None:
        return None
    query = db.select(Task).where(
        Task.instance_id == task.instance_id,
        Task.joint_ref == task.joint_ref,
        Task.side.is_(None),
    )
    copies = list(db.session.scalars(query.order_by(Task.id)))
    waiting = [one for one in copies if one.status in (TaskStatus.open, TaskStatus.held)]
    answers = _standing(copies, waiting if mode == "sequential" else [])
    return Joint(mode, task.data.get("nrOfInstances", len(copies)), len(answers), waiting, answers)


def _standing(copies: list[Task], turn: list[Task]) -> list[Task]:
    """The answers that count, in the order given; not those a return has taken back."""
    done = [one for one in copies if one.status == TaskStatus.done and one.outcome != "return_to"]
    done.sort(key=lambda one: (one.closed_version or 0, one.id))
    now = min((one.data.get("loopCounter", 0) for one in turn), default=None)
    latest = {one.data.get("loopCounter", one.id): one for one in done}
    return [one for one in done if one in latest.values() and _before(one, now)]


def _before(one: Task, turn: int | None) -> bool:
    return turn is None or one.data.get("loopCounter", 0) < turn


def done_tasks(instance_id: int) -> list[Task]:
    """The completed tasks of the instance, in the order of completion."""
    query = db.select(Task).where(Task.instance_id == instance_id, Task.status == TaskStatus.done)
    return list(db.session.scalars(query.order_by(Task.closed_at, Task.id)))
