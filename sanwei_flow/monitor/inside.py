"""What a process consists of, for those who watch: above and below it, what it waits for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.designs.queries import compiled
from sanwei_flow.errors import N_
from sanwei_flow.processes.models import Job, JobKind, JobStatus, ProcessInstance

#: Called processes shown on one page.
MOST_CALLED = 100

JOB_NAMES = {
    JobKind.timer: N_("定时器"),
    JobKind.child_start: N_("启动子流程"),
    JobKind.child_cancel: N_("取消子流程"),
    JobKind.child_end: N_("子流程交回结果"),
    JobKind.service: N_("服务"),
    JobKind.message: N_("消息"),
}


@dataclass(frozen=True)
class Branch:
    """A process in the tree; `below` is how many it has called."""

    id: int
    title: str
    status: str
    stage: str
    design: str
    below: int = 0


@dataclass(frozen=True)
class Tree:
    """The processes above one, from the top, and those it called; `more` were left out."""

    above: list[Branch]
    called: list[Branch]
    more: int = 0


@dataclass(frozen=True)
class Waiting:
    """A job of the process: what it does, at which element, when, how often it failed."""

    id: int
    kind: str
    name: str
    due_at: dt.datetime
    attempts: int
    error: str
    failed: bool
    held: bool


def tree(instance: ProcessInstance) -> Tree:
    """Where the process hangs: a statement for each level above it, two for what is below."""
    above: list[Branch] = []
    parent = instance.parent_id
    while parent is not None:
        row = db.session.execute(_branches().where(ProcessInstance.id == parent)).one()
        above.insert(0, _branch(row))
        parent = row.parent_id
    mine = ProcessInstance.parent_id == instance.id
    rows = list(
        db.session.execute(
            _branches().where(mine).order_by(ProcessInstance.id).limit(MOST_CALLED + 1)
        )
    )
    more = 0
    if len(rows) > MOST_CALLED:
        total = db.session.scalar(select(func.count()).select_from(ProcessInstance).where(mine))
        more = (total or 0) - MOST_CALLED
    shown = rows[:MOST_CALLED]
    below = _below([row.id for row in shown])
    called = [_branch(row, below.get(row.id, 0)) for row in shown]
    return Tree(above, called, more)


def _branches() -> Any:
    return (
        select(
            ProcessInstance.id,
            ProcessInstance.title,
            ProcessInstance.status,
            ProcessInstance.stage,
            ProcessInstance.parent_id,
            ProcessDesign.name,
        )
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .join(ProcessDesign, ProcessDesign.id == DesignVersion.design_id)
    )


def _branch(row: Any, below: int = 0) -> Branch:
    return Branch(row.id, row.title, row.status, row.stage, row.name, below)


def _below(ids: list[int]) -> dict[int, int]:
    query = (
        select(ProcessInstance.parent_id, func.count())
        .where(ProcessInstance.parent_id.in_(ids))
        .group_by(ProcessInstance.parent_id)
    )
    return {parent: count for parent, count in db.session.execute(query) if parent is not None}


def waiting_jobs(instance: ProcessInstance) -> list[Waiting]:
    """What the process waits for beside people: timers and jobs, by when they are due."""
    nodes = compiled(instance.design_version).nodes
    query = select(Job).where(Job.instance_id == instance.id).order_by(Job.due_at, Job.id)
    found = []
    for job in db.session.scalars(query.limit(MOST_CALLED)):
        node = nodes.get(job.payload.get("node", ""))
        name = (
            node.name if node else str(job.payload.get("operation") or job.payload.get("node", ""))
        )
        failed, held = job.status == JobStatus.failed, job.status == JobStatus.held
        given = (job.due_at, job.attempts, job.error or "", failed, held)
        found.append(Waiting(job.id, JOB_NAMES[JobKind(job.kind)], name, *given))
    return found
