"""Processes that cannot go on by themselves, and how an operator sets them going again."""

import datetime as dt
from typing import Any

from sqlalchemy import update

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError, Conflict, NotFound
from sanwei_flow.processes import outbox
from sanwei_flow.processes.advance import Act, Running, write_note
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import InstanceStatus, Job, JobStatus


def report(
    instance_id: int,
    error: Exception,
    place: dict[str, int],
    node: str | None = None,
    *,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Mark an open instance as an incident; the first cause stays until it is dealt with.

    `place` says where it happened: `{"task_id": …}` or `{"job_id": …}`; `node` is the element
    it was about, unless the error names another.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None or not running.is_open:
        return
    cause = {**describe(error), **place, "at": at.isoformat()}
    cause["node"] = cause["node"] or node
    values: dict[str, Any] = {}
    if running.status != InstanceStatus.incident:
        values = {"status": InstanceStatus.incident, "incident": cause}
    act = Act("incident", by, at, task_id=place.get("task_id"), data=cause)
    write_note(db.session.connection(), running, act, **values)


def describe(error: Exception) -> dict[str, Any]:
    """An error as the incident keeps it: a msgid with its places for people, else its text."""
    if isinstance(error, AppError):
        params = {key: str(value) for key, value in error.params.items()}
        return {"message": error.message, "params": params, "node": getattr(error, "node", None)}
    return {"message": f"{type(error).__name__}: {error}"[:2000], "params": {}, "node": None}


def retry_incident(instance_id: int, *, reason: str = "", by: Actor, at: dt.datetime) -> None:
    """Try again what failed: its jobs become due at once, its tasks may be completed again.

    Who may do this is the caller's question. Raises NotFound, or Conflict if there is no
    incident (any more).
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    if running.status != InstanceStatus.incident:
        raise Conflict(N_("这个流程没有待处理的异常。"))
    failed = update(Job).where(Job.instance_id == instance_id, Job.status == JobStatus.failed)
    db.session.execute(failed.values(status=JobStatus.waiting, attempts=0, due_at=at))
    _resume(running, reason, by, at)
    outbox.wake([instance_id], at)


def _resume(running: Running, reason: str, by: Actor, at: dt.datetime) -> None:
    act = Act("retry", by, at, comment=reason, data={"cause": running.incident})
    values: dict[str, Any] = {"status": InstanceStatus.running, "incident": None}
    write_note(db.session.connection(), running, act, **values)
