"""Tells running instances that a fact they were started with has changed, such as a date."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import update

from sanwei_flow import engine
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import Calendar
from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import Design, Revise, TaskOpened, TimerCleared, TimerSet
from sanwei_flow.processes import advance, starting
from sanwei_flow.processes.advance import Act, Running
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import Task, TaskStatus
from sanwei_flow.processes.opening import first_look

Data = dict[str, Any]


def revise(instance_id: int, edit: Callable[[Data], Data], act: Act, *, anew: bool = False) -> None:
    """Change an open instance's variables to what `edit` makes of them; nothing moves.

    Its open tasks show the new values. Those whose date comes from a variable take the new
    date, with their reminders; timers that wait for such a date follow too. An instance that
    has ended, or that knows nothing of what changed, is left alone; `anew` also gives it what
    it did not have yet. Raises Conflict if
    somebody else moved the instance meanwhile.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None or not running.is_open:
        return
    design = compiled_by_hash(running.hash)
    before = engine.variables(design, running.state)
    given = edit(before)
    changed = {name: value for name, value in given.items() if before.get(name) != value}
    if not changed:
        return
    calendar = load_calendar()
    earlier = _open_tasks(design, running.state, act.at, calendar)
    step = engine.act(design, running.state, Revise(changed, anew), act.at, functions=calendar)
    # A timer set anew takes the place of the one that waits.
    moved = [TimerCleared(one.ref) for one in step.effects if isinstance(one, TimerSet)]
    step = replace(step, effects=(*moved, *step.effects))
    advance.advance(db.session.connection(), running, step, act, design=design, calendar=calendar)
    for ref, task in _open_tasks(design, step.state, act.at, calendar).items():
        _show(running, task, earlier[ref], act.at)
    starting.forget()


def _open_tasks(
    design: Design, state: bytes, at: dt.datetime, calendar: Calendar
) -> dict[str, TaskOpened]:
    waiting = engine.waiting(design, state, at, functions=calendar)
    return {one.ref: one for one in waiting if isinstance(one, TaskOpened)}


def _show(running: Running, task: TaskOpened, before: TaskOpened, at: dt.datetime) -> None:
    values: Data = {"data": dict(task.data)}
    due = task.settings.get("due")
    if due != before.settings.get("due") and isinstance(due, dt.date):
        values |= {"due": due, "remind_on": first_look(due, at)}
    closed = (TaskStatus.done, TaskStatus.cancelled)
    own = Task.instance_id == running.id, Task.ref == task.ref, Task.status.not_in(closed)
    db.session.execute(update(Task).where(*own).values(**values))
