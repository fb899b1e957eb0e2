"""Sets a variable of a process right, and whatever waits with what it held before."""

import datetime as dt
from typing import Any

from sqlalchemy import update

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import ChildStart, ServiceDue, Step
from sanwei_flow.errors import N_, Conflict, Invalid, NotFound
from sanwei_flow.processes.advance import Act, Running, collect
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import InstanceStatus, Job, JobKind
from sanwei_flow.processes.revising import revise
from sanwei_flow.processes.writing import Changes


def correct(
    instance_id: int,
    name: str,
    value: Any,
    told: dict[str, Any],
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Give a variable the process knows another value; its open work shows it.

    Services and calls that wait are asked with the new value. `told` is what the trail keeps of
    it, masked where it must be. Who may do this is the caller's question. Raises NotFound,
    Conflict if it has ended or is suspended, Invalid for a name neither the process nor its
    design knows, BadData for a value that cannot be kept, EngineError if what waits cannot be
    asked for with it.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束。"))
    if running.status == InstanceStatus.suspended:
        raise Conflict(N_("这个流程已暂停，恢复后才能办理。"))
    design = compiled_by_hash(running.hash)
    held = engine.variables(design, running.state)
    if name not in held.keys() | design.variables:
        raise Invalid(N_("这个流程没有变量“{name}”。"), name=name)
    if name in held and held[name] == value and type(held[name]) is type(value):
        raise Invalid(N_("新的值和原来的一样。"))
    act = Act("correct", by, at, comment=reason, data={"names": [name], **told})
    revise(instance_id, lambda before: {**before, name: value}, act, anew=True)
    moved = lock_instance(db.session.connection(), instance_id)
    if moved is not None:
        _ask_anew(moved, at)


def _ask_anew(running: Running, at: dt.datetime) -> None:
    """Services and calls carry their arguments from the moment they were due."""
    design, calendar = compiled_by_hash(running.hash), load_calendar()
    waiting = engine.waiting(design, running.state, at, functions=calendar)
    calls = tuple(one for one in waiting if isinstance(one, ServiceDue | ChildStart))
    changes = Changes({}, {})
    step = Step(b"", calls, "running", {})
    collect(changes, step, running.title, calendar, at=at, seq=running.version)
    for row in changes.jobs:
        own = Job.instance_id == running.id, Job.ref == row["ref"], Job.kind == row["kind"]
        kinds = Job.kind.in_((JobKind.service, JobKind.child_start))
        db.session.execute(update(Job).where(*own, kinds).values(payload=row["payload"]))
