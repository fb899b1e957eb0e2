"""Ends a called process whose caller is to go on without it."""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.engine import Cancel
from sanwei_flow.errors import N_, Conflict, NotFound
from sanwei_flow.processes import outbox
from sanwei_flow.processes.advance import Act, job
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import Job, JobKind
from sanwei_flow.processes.transitions import transition


def dismiss(
    instance_id: int, result: dict[str, Any], *, reason: str, by: Actor, at: dt.datetime
) -> None:
    """Cancel an instance and all it called; who waits for it gets `result` in its place.

    Raises NotFound, Conflict if it has ended.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束。"))
    caller, ref = running.parent_id, running.parent_ref
    # It must not report its own end: the caller is told what is given here.
    running.parent_id = None
    transition(running, Cancel(), Act("cancel", by, at, comment=reason))
    if caller is None or ref is None:
        return
    payload = {"child": instance_id, "status": "cancelled", "result": result}
    db.session.add(Job(instance_id=caller, **job(JobKind.child_end, at, ref, payload)))
    db.session.flush()
    outbox.wake([caller], at)
