"""Begins a called process anew in the place of one that is given up."""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.designs.queries import current
from sanwei_flow.engine import Cancel
from sanwei_flow.errors import N_, Conflict, NotFound
from sanwei_flow.processes.advance import Act, write_note
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.starting import Origin, Start, start
from sanwei_flow.processes.transitions import transition


def restart(
    instance_id: int, variables: dict[str, Any], *, reason: str, by: Actor, at: dt.datetime
) -> int:
    """Cancel an instance and all it called, and start the same process in its place.

    Whoever called it waits for the new one, whose id is returned; the trail of each names
    the other. Raises NotFound, Conflict if it has ended.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束。"))
    old = db.session.get_one(ProcessInstance, instance_id)
    version = current(old.design_version.design.key)
    place = Origin(
        old.root_id, old.parent_id, old.parent_ref, old.parent_node, old.depth, old.business_key
    )
    begun = Start(version.id, version.hash, variables, old.title, old.business_key, place)
    new_id = start(begun, by=by, at=at)
    # It must not report back: its caller waits for the new one.
    running.parent_id = None
    given_up = Act("cancel", by, at, comment=f"{reason}（#{new_id}）", data={"next": new_id})
    transition(running, Cancel(), given_up)
    successor = lock_instance(db.session.connection(), new_id)
    if successor is not None and successor.is_open:
        told = Act("continue", by, at, comment=f"{reason}（#{instance_id}）")
        told.data = {"previous": instance_id}
        write_note(db.session.connection(), successor, told)
    return new_id
