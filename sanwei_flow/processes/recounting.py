"""Counting due dates again when the calendar has changed.

Only dates that were counted in working days from the day a task opened; a date that the plan
names, or that somebody granted, stays what it is. Dates move later only: nobody is given less
time than they were told.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.calendars.workdays import SHANGHAI, Calendar
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import compiled_by_hash
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

OPEN = (TaskStatus.open, TaskStatus.held)
#: A timer that follows a task's deadline fires on that day or on the one after it.
FOLLOWS = dt.timedelta(days=1)


@dataclass(frozen=True)
class Move:
    """An open task whose date the new calendar puts elsewhere; `timers` are jobs that follow it."""

    task_id: int
    instance_id: int
    unit_id: int
    name: str
    title: str
    old: dt.date
    new: dt.date
    timers: tuple[int, ...] = ()

    @property
    def later(self) -> bool:
        """Whether it is moved: an earlier date is not imposed on anybody."""
        return self.new > self.old


def moves(old: Calendar, new: Calendar) -> list[Move]:
    """The open tasks whose date differs between two calendars, by their date.

    Touches only tasks due after the first day that differs. Suspended work is left alone: its
    clock stands still, and its dates are counted anew when it goes on.
    """
    changed = differing(old, new)
    if not changed:
        return []
    query = (
        db.select(
            Task.id,
            Task.instance_id,
            Task.unit_id,
            Task.name,
            Task.title,
            Task.node,
            Task.due,
            Task.opened_at,
            DesignVersion.hash,
        )
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .where(
            Task.status.in_(OPEN),
            Task.due >= changed[0],
            Task.due < NO_DUE,
            ProcessInstance.status != InstanceStatus.suspended,
        )
        .order_by(Task.due, Task.id)
    )
    found = []
    for row in db.session.execute(query):
        count = _workdays(row.hash, row.node)
        day = today(row.opened_at)
        # A date that is not what was counted then was set by somebody since.
        if count is None or old.workdays_after(day, count) != row.due:
            continue
        due = new.workdays_after(day, count)
        if due != row.due:
            given = (row.id, row.instance_id, row.unit_id, row.name, row.title)
            found.append(Move(*given, row.due, due))
    return _with_timers(found)


def differing(old: Calendar, new: Calendar) -> list[dt.date]:
    """The days that are working days in one of the calendars only, in order."""
    days = {*old.special, *new.special}
    return sorted(day for day in days if old.is_workday(day) != new.is_workday(day))


def _workdays(design: str, node: str) -> int | None:
    """The number of working days a task is given by its design; None if it names a date."""
    known = compiled_by_hash(design).nodes.get(node)
    value = known.settings.get("due", "").strip() if known is not None else ""
    return int(value) if value.isdecimal() else None


def _with_timers(found: list[Move]) -> list[Move]:
    """Give each move the timers of its instance that wait for its old date."""
    ids = {move.instance_id for move in found if move.later}
    timers = db.select(Job.id, Job.instance_id, Job.due_at, Job.payload).where(
        Job.instance_id.in_(ids), Job.kind == JobKind.timer, Job.status == JobStatus.waiting
    )
    waiting: dict[int, list[tuple[int, dt.date]]] = defaultdict(list)
    for row in db.session.execute(timers):
        if row.payload.get("kind") != "cycle":
            waiting[row.instance_id].append((row.id, today(row.due_at)))
    return [
        Move(
            **{
                **vars(move),
                "timers": tuple(
                    job_id
                    for job_id, day in waiting[move.instance_id]
                    if move.later and move.old <= day <= move.old + FOLLOWS
                ),
            }
        )
        for move in found
    ]


def move_dates(found: Iterable[Move], *, reason: str, by: Actor, at: dt.datetime) -> int:
    """Move the dates that become later, with reminders and timers; return how many tasks.

    Each process has it in its record, with `reason`. Raises Conflict if somebody else moves
    one of them meanwhile.
    """
    by_instance: dict[int, list[Move]] = defaultdict(list)
    for move in found:
        if move.later:
            by_instance[move.instance_id].append(move)
    for instance_id in sorted(by_instance):
        mine = by_instance[instance_id]
        running = lock_instance(db.session.connection(), instance_id)
        if running is None or not running.is_open:
            continue
        for move in mine:
            _move(move, at)
        words = [f"{move.name} {move.old} → {move.new}" for move in mine]
        act = Act("recount", by, at, comment=reason, data={"names": words})
        write_note(db.session.connection(), running, act)
    return sum(len(mine) for mine in by_instance.values())


def _move(move: Move, at: dt.datetime) -> None:
    values = {"due": move.new, "remind_on": first_look(move.new, at)}
    db.session.execute(
        update(Task)
        .where(Task.id == move.task_id, Task.status.in_(OPEN), Task.due == move.old)
        .values(**values)
    )
    for job in db.session.scalars(db.select(Job).where(Job.id.in_(move.timers))):
        local = job.due_at.astimezone(SHANGHAI)
        day = move.new + (local.date() - move.old)
        job.due_at = dt.datetime.combine(day, local.timetz())
    db.session.flush()
