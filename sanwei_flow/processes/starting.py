"""Starts an instance: for a person, a plan, or the call activity of another one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import EngineError
from sanwei_flow.errors import N_
from sanwei_flow.processes import outbox
from sanwei_flow.processes.advance import Act, collect, job, stage_after
from sanwei_flow.processes.chain import START
from sanwei_flow.processes.models import InstanceStatus, Job, JobKind, ProcessInstance, Task
from sanwei_flow.processes.writing import Changes, write_starts

#: Calls inside calls; a design that calls itself ends here, as an incident.
MOST_DEPTH = 10


@dataclass(frozen=True)
class Origin:
    """Where an instance comes from; all None for a root."""

    root_id: int | None = None
    parent_id: int | None = None
    parent_ref: str | None = None
    parent_node: str | None = None
    depth: int = 0
    #: What children are about where neither the call nor their design says it.
    business_key: str = ""

    @classmethod
    def of(cls, parent: ProcessInstance) -> "Origin":
        """Belonging to `parent` without being waited for."""
        root_id, depth = parent.root_id or parent.id, parent.depth + 1
        return cls(root_id, parent.id, depth=depth, business_key=parent.business_key)


@dataclass(frozen=True)
class Start:
    """What to start: a version (id and hash), its variables, what to call it, its origin.

    `checked`: the variables come from another instance.
    """

    version_id: int
    hash: str
    variables: dict[str, Any]
    title: str = ""
    business_key: str = ""
    origin: Origin = Origin()
    checked: bool = False


def start(begun: Start, *, by: Actor, at: dt.datetime, job_id: int | None = None) -> int:
    """Start an instance and return its id; `job_id` is the job that asked for it.

    Raises EngineError if the design cannot start with these variables.
    """
    return start_all([(begun, job_id)], by=by, at=at)[0]


def start_all(
    wanted: Sequence[tuple[Start, int | None]], *, by: Actor, at: dt.datetime
) -> list[int]:
    """Start instances, each for the job that asked for it if any, and return their ids.

    They are written together, so that many cost little more than one. Raises EngineError if
    one of the designs cannot start with its variables.
    """
    begun = [_begin(each, by, at, job_id) for each, job_id in wanted]
    ids = write_starts(db.session.connection(), begun)
    for (each, _job), changes, instance_id in zip(wanted, begun, ids, strict=True):
        if changes.instance["finished_at"] and each.origin.parent_ref is not None:
            _tell_parent(instance_id, each.origin, changes.instance["result"], at)
        if any(row["kind"] != JobKind.timer for row in changes.jobs):
            outbox.wake([instance_id], at)
    return ids


def _begin(begun: Start, by: Actor, at: dt.datetime, job_id: int | None) -> Changes:
    """What starting one instance writes."""
    origin = begun.origin
    if origin.depth > MOST_DEPTH:
        raise EngineError(N_("流程互相调用超过 {count} 层"), count=MOST_DEPTH)
    calendar, design = load_calendar(), compiled_by_hash(begun.hash)
    step = engine.start(design, begun.variables, at, functions=calendar, checked=begun.checked)

    def own(name: str) -> str:
        value = engine.process_setting(design, name, begun.variables, at, functions=calendar)
        return "" if value is None else str(value)

    title = begun.title or own("title") or design.name
    business_key = begun.business_key or own("business_key") or origin.business_key
    ended = step.status != "running"
    # Part of the first event, so that the chain vouches for what the instance is.
    stated = {"title": title, "business_key": business_key, "version": begun.hash}
    event = Act("start", by, at, data=stated).row(START, 1, passed=list(step.passed))
    instance = {
        "version_id": begun.version_id,
        "state": step.state,
        "version": 1,
        "status": step.status if ended else InstanceStatus.running,
        "stage": stage_after(step, design) or "",
        "title": title,
        "business_key": business_key,
        "root_id": origin.root_id,
        "parent_id": origin.parent_id,
        "parent_ref": origin.parent_ref,
        "parent_node": origin.parent_node,
        "depth": origin.depth,
        "started_at": at,
        "started_by_id": by.user_id,
        "finished_at": at if ended else None,
        "result": dict(step.result) if ended else None,
        "incident": None,
        "chain_head": event["hash"],
    }
    changes = Changes(instance, event, job_id=job_id)
    collect(changes, step, title, calendar, at=at, seq=1)
    return changes


def _tell_parent(instance_id: int, origin: Origin, result: dict[str, Any], at: dt.datetime) -> None:
    """A child that ended at once; rare enough for statements of its own."""
    payload = {"child": instance_id, "status": "finished", "result": result}
    row = job(JobKind.child_end, at, origin.parent_ref or "", payload)
    db.session.add(Job(instance_id=origin.parent_id, **row))
    db.session.flush()
    outbox.wake([origin.parent_id or 0], at)


#: What Core statements change on rows whose objects somebody may hold.
_CHANGING: dict[type, tuple[str, ...]] = {
    ProcessInstance: ("state", "version", "status", "stage", "finished_at", "result", "incident"),
    Task: ("status", "owner_id", "claimed_at", "closed_at", "closed_by_id", "closed_version"),
}
_CHANGING[ProcessInstance] += ("chain_head", "started_by_id")
_CHANGING[Task] += ("unit_id", "role")
_CHANGING[Task] += ("outcome", "version", "sides", "memo", "data", "opened_at", "opened_version")


def forget() -> None:
    """Let loaded objects read what changed anew: Core statements pass them by."""
    session = db.session()
    for thing in session.identity_map.values():
        if type(thing) in _CHANGING:
            session.expire(thing, _CHANGING[type(thing)])
