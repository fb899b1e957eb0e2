"""What each kind of job does, in the transaction that also removes it.

Whatever waits for an instance is locked in one order, the instance before the job: acts
delete the timers they make needless while they hold the instance.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Row

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import current
from sanwei_flow.engine import Cancel, ChildFinished, Deliver, Fire, NotWaiting, ServiceDone
from sanwei_flow.processes import services
from sanwei_flow.processes.advance import Act, Running
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import InstanceStatus, Job, JobKind, JobStatus, ProcessInstance
from sanwei_flow.processes.starting import Origin, Start, start_all
from sanwei_flow.processes.transitions import transition

#: A suspended instance's jobs are looked at again after this time.
POSTPONE = dt.timedelta(minutes=10)


def run(job_id: int, kind: str, instance_id: int, *, at: dt.datetime) -> bool:
    """Do the job; False if somebody else has it or did it.

    Raises whatever went wrong; the transaction must then be rolled back.
    """
    if kind == JobKind.child_start:
        return bool(start_children([job_id], instance_id, at=at))
    running = lock_instance(db.session.connection(), instance_id)
    claimed = _claim([job_id], kind, instance_id)
    if not claimed or running is None:
        return False
    job = claimed[0]
    if running.status == InstanceStatus.suspended:
        job.due_at = at + POSTPONE
    elif running.is_open or kind in (JobKind.child_cancel, JobKind.message):
        _HANDLERS[kind](job, running, at)
    else:
        _drop(job)
    return True


def start_children(job_ids: list[int], instance_id: int, *, at: dt.datetime) -> int:
    """Start children of one instance together; returns how many jobs were ours to do.

    The parent is not locked: should it end meanwhile, it cancels what it had called. Should
    it be suspended meanwhile, that waits for the jobs claimed here and then sees the children;
    so the parent must be looked at after the claim.
    """
    jobs = _claim(job_ids, JobKind.child_start, instance_id)
    if not jobs:
        return 0
    parent = db.session.execute(
        db.select(
            ProcessInstance.status,
            ProcessInstance.root_id,
            ProcessInstance.depth,
            ProcessInstance.business_key,
        ).where(ProcessInstance.id == instance_id)
    ).first()
    if parent is None:
        return 0
    versions: dict[str, DesignVersion] = {}
    calls: list[tuple[Start, int | None]] = []
    for job in jobs:
        if parent.status in (InstanceStatus.finished, InstanceStatus.cancelled):
            _drop(job)
            continue
        if parent.status == InstanceStatus.suspended:
            job.due_at = at + POSTPONE
            continue
        key = job.payload["process"]
        version = versions.get(key) or versions.setdefault(key, current(key))
        calls.append((_call(job, parent, version), job.id))
        db.session.expunge(job)
    if calls:
        start_all(calls, by=SYSTEM, at=at)
    return len(jobs)


def _claim(job_ids: list[int], kind: str, instance_id: int) -> list[Job]:
    """Those that still wait, and still are what was read: what was locked is theirs."""
    same = Job.id.in_(job_ids), Job.kind == kind, Job.instance_id == instance_id
    waiting = db.select(Job).where(*same, Job.status == JobStatus.waiting).order_by(Job.id)
    query = waiting.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def _drop(job: Job) -> None:
    db.session.delete(job)
    db.session.flush()


def _call(job: Job, parent: Row[Any], version: DesignVersion) -> Start:
    """What a call activity starts: only the variables it passes on, under its own title."""
    payload, settings = job.payload, job.payload["settings"]
    origin = Origin(
        parent.root_id or job.instance_id,
        job.instance_id,
        job.ref,
        payload["node"],
        parent.depth + 1,
        parent.business_key,
    )
    return Start(
        version.id,
        version.hash,
        payload["variables"],
        str(settings.get("title") or ""),
        str(settings.get("business_key") or ""),
        origin,
        checked=True,
    )


def _step(job: Job, running: Running, event: Any, act: Act) -> None:
    db.session.expunge(job)
    try:
        transition(running, event, act, job_id=job.id)
    except NotWaiting:
        # What it was waiting for was cancelled or done some other way meanwhile.
        db.session.execute(db.delete(Job).where(Job.id == job.id))


def _fire(job: Job, running: Running, at: dt.datetime) -> None:
    act = Act("timer", SYSTEM, at, job.payload.get("node", ""), data={"ref": job.ref})
    _step(job, running, Fire(job.ref), act)


def _child_end(job: Job, running: Running, at: dt.datetime) -> None:
    payload = job.payload
    told = {"child": payload["child"], "status": payload["status"]}
    told |= {"ref": job.ref, "result": payload["result"]}
    act = Act("child_end", SYSTEM, at, data=told)
    _step(job, running, ChildFinished(job.ref, job.payload["result"]), act)


def _service(job: Job, running: Running, at: dt.datetime) -> None:
    operation = job.payload["operation"]
    instance = db.session.get_one(ProcessInstance, running.id)
    service = services.find(operation)
    result = service(job.payload["arguments"], instance=instance, at=at)
    db.session.flush()
    act = Act("service", SYSTEM, at, operation[:40], data={"result": result or {}})
    _step(job, running, ServiceDone(job.ref, result or {}), act)


def _child_cancel(job: Job, running: Running, at: dt.datetime) -> None:
    query = db.select(ProcessInstance.id).where(
        ProcessInstance.parent_id == running.id, ProcessInstance.parent_ref == job.ref
    )
    for child_id in db.session.scalars(query).all():
        child = lock_instance(db.session.connection(), child_id)
        if child is not None and child.is_open:
            # It must not report back: nobody waits for it any more.
            child.parent_id = None
            transition(child, Cancel(), Act("cancel", SYSTEM, at))
    _drop(job)


def _deliver(job: Job, running: Running, at: dt.datetime) -> None:
    """A message reaches the open instances that share the sender's business key."""
    own = db.select(ProcessInstance.business_key).where(ProcessInstance.id == running.id)
    query = db.select(ProcessInstance.id).where(
        ProcessInstance.business_key == own.scalar_subquery(),
        ProcessInstance.business_key != "",
        ProcessInstance.id != running.id,
        ProcessInstance.status.in_((InstanceStatus.running, InstanceStatus.incident)),
    )
    name, data = job.payload["name"], job.payload["data"]
    for receiver_id in db.session.scalars(query.order_by(ProcessInstance.id)).all():
        receiver = lock_instance(db.session.connection(), receiver_id)
        if receiver is not None and receiver.is_open:
            act = Act("message", SYSTEM, at, name[:40], data={"from": running.id})
            transition(receiver, Deliver(name, data), act)
    _drop(job)


_HANDLERS: dict[str, Callable[[Job, Running, dt.datetime], None]] = {
    JobKind.timer: _fire,
    JobKind.child_end: _child_end,
    JobKind.service: _service,
    JobKind.child_cancel: _child_cancel,
    JobKind.message: _deliver,
}
