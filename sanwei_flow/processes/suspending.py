"""Stopping the clock of an instance and everything below it, and setting it going again."""

import datetime as dt

from sqlalchemy import update

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.processes import outbox, starting
from sanwei_flow.processes.advance import Act, write_note
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import (
    NO_DUE,
    InstanceStatus,
    Job,
    JobKind,
    JobStatus,
    ProcessInstance,
    Task,
    TaskStatus,
)
from sanwei_flow.processes.opening import first_look
from sanwei_flow.processes.queries import subtree

CLOSED = (TaskStatus.done, TaskStatus.cancelled)


def suspend(instance_id: int, *, reason: str, by: Actor, at: dt.datetime) -> list[int]:
    """Suspend an instance and what it called: no task can be acted on, no timer fires.

    Returns the ids of the instances that stopped; what stands still already is left alone.
    """
    stopped, level = [], [instance_id]
    while level:
        for each in level:
            running = lock_instance(db.session.connection(), each)
            if running is None or not running.is_open or running.status == InstanceStatus.suspended:
                continue
            act = Act("suspend", by, at, comment=reason)
            write_note(db.session.connection(), running, act, status=InstanceStatus.suspended)
            stopped.append(each)
        level = _called_by(level)
    tasks = update(Task).where(Task.instance_id.in_(stopped), Task.status.not_in(CLOSED))
    db.session.execute(tasks.values(remind_on=None))
    timers = update(Job).where(
        Job.instance_id.in_(stopped),
        Job.kind == JobKind.timer,
        Job.status == JobStatus.waiting,
    )
    db.session.execute(timers.values(status=JobStatus.held))
    starting.forget()
    return stopped


def _called_by(instance_ids: list[int]) -> list[int]:
    """The open instances that these locked ones have called, those being started included.

    Whoever starts one holds its job and may have seen the caller running still; once the job
    can be locked, that child is there to be seen, or will find its caller standing still.
    """
    starts = db.select(Job.id).where(
        Job.instance_id.in_(instance_ids), Job.kind == JobKind.child_start
    )
    db.session.execute(starts.order_by(Job.id).with_for_update()).all()
    called = db.select(ProcessInstance.id).where(
        ProcessInstance.parent_id.in_(instance_ids), ProcessInstance.finished_at.is_(None)
    )
    return list(db.session.scalars(called.order_by(ProcessInstance.id)))


def resume(instance_id: int, *, days: int, by: Actor, at: dt.datetime) -> dict[dt.date, dt.date]:
    """Let a suspended instance and what it called go on; every date moves by `days` workdays.

    Returns the dates that tasks had, each with the one they have now.
    """
    going = []
    for each in subtree(instance_id):
        running = lock_instance(db.session.connection(), each)
        if running is None or running.status != InstanceStatus.suspended:
            continue
        status = InstanceStatus.incident if running.incident else InstanceStatus.running
        write_note(db.session.connection(), running, Act("resume", by, at), status=status)
        going.append(each)
    moved = _move_tasks(going, days, at)
    _release_jobs(going, days, at)
    outbox.wake(going, at)
    starting.forget()
    return moved


def _move_tasks(instance_ids: list[int], days: int, at: dt.datetime) -> dict[dt.date, dt.date]:
    calendar = load_calendar()
    own = Task.instance_id.in_(instance_ids), Task.status.not_in(CLOSED), Task.due != NO_DUE
    moved = {}
    for due in db.session.scalars(db.select(Task.due).where(*own).distinct()).all():
        moved[due] = calendar.workdays_after(due, days)
    ids = {
        due: list(db.session.scalars(db.select(Task.id).where(*own, Task.due == due)))
        for due in moved
    }
    for due, new in moved.items():
        values = {"due": new, "remind_on": first_look(new, at)}
        db.session.execute(update(Task).where(Task.id.in_(ids[due])).values(**values))
    return moved


def _release_jobs(instance_ids: list[int], days: int, at: dt.datetime) -> None:
    """Timers go on with as much time as they had left; what was put off is done now."""
    own = Job.instance_id.in_(instance_ids), Job.kind != JobKind.timer
    put_off = update(Job).where(*own, Job.status == JobStatus.waiting, Job.due_at > at)
    db.session.execute(put_off.values(due_at=at))
    calendar = load_calendar()
    held = db.select(Job).where(Job.instance_id.in_(instance_ids), Job.status == JobStatus.held)
    for job in db.session.scalars(held):
        local = job.due_at.astimezone(SHANGHAI)
        day = calendar.workdays_after(local.date(), days)
        job.due_at = dt.datetime.combine(day, local.timetz())
        job.status = JobStatus.waiting
    db.session.flush()
