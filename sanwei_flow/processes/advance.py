"""Turns what the engine decided into rows: tasks, jobs, the event, the instance's new state."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Connection

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.workdays import Calendar
from sanwei_flow.engine import (
    ChildCancel,
    ChildStart,
    Design,
    MessageThrown,
    ServiceCancel,
    ServiceDue,
    Step,
    TaskChanged,
    TaskClosed,
    TaskOpened,
    TimerCleared,
    TimerSet,
)
from sanwei_flow.processes.chain import event_hash
from sanwei_flow.processes.models import InstanceStatus, JobKind, JobStatus
from sanwei_flow.processes.opening import task_row
from sanwei_flow.processes.statements import PENDING
from sanwei_flow.processes.writing import Changes, Row, tasks, write_record, write_step

#: Where an event's data names the files that came with it; outside of any form's keys.
FILES = "_files"


@dataclass
class Running:
    """What a transition must know of its instance, and the connection that holds its lock."""

    connection: Connection
    id: int
    version_id: int
    hash: str
    state: bytes
    version: int
    status: str
    stage: str
    title: str
    parent_id: int | None
    parent_ref: str | None
    incident: dict[str, Any] | None
    chain_head: str

    @property
    def is_open(self) -> bool:
        return self.status not in (InstanceStatus.finished, InstanceStatus.cancelled)


@dataclass
class Act:
    """What the trail says about a transition."""

    kind: str
    by: Actor
    at: dt.datetime
    action: str = ""
    task_id: int | None = None
    for_unit_id: int | None = None
    comment: str = ""
    data: dict[str, Any] | None = None
    idempotency_key: str | None = None
    fingerprint: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)

    def row(self, prev_hash: str, seq: int, **more: Any) -> Row:
        """The event's row, hashed onto the chain."""
        row: Row = {
            "kind": self.kind,
            "action": self.action,
            "task_id": self.task_id,
            "by_id": self.by.user_id,
            "by_name": self.by.name,
            "for_unit_id": self.for_unit_id,
            "on_behalf_of_id": self.by.on_behalf_of_id,
            "at": self.at,
            "comment": self.comment,
            "data": self._data(),
            "passed": [],
            "state_before": None,
            "idempotency_key": self.idempotency_key,
            "fingerprint": self.fingerprint,
            "seq": seq,
            "prev_hash": prev_hash,
            **more,
        }
        row["hash"] = event_hash(prev_hash, row)
        return row

    def _data(self) -> dict[str, Any]:
        """What it states beside the words; no field of a form can be called like the files."""
        return (self.data or {}) | ({FILES: self.files} if self.files else {})


def advance(
    connection: Connection,
    running: Running,
    step: Step,
    act: Act,
    *,
    design: Design,
    calendar: Calendar,
    done: Row | None = None,
    job_id: int | None = None,
) -> tuple[Sequence[int], bool]:
    """Write a step of a running instance.

    Returns the ids of the opened tasks, and whether there are jobs to run at once. Raises
    Conflict if somebody else moved the instance meanwhile, EngineError if the design asks
    for something that cannot be.
    """
    ended = step.status != "running"
    seq = running.version + 1
    snapshot = None if ended else running.state
    event = act.row(running.chain_head, seq, passed=list(step.passed), state_before=snapshot)
    status, incident = _status(running, step, act)
    instance = {
        "i_id": running.id,
        "i_version": running.version,
        "i_state": step.state,
        "i_status": status,
        "i_stage": stage_after(step, design) or running.stage,
        "i_finished_at": act.at if ended else None,
        "i_result": dict(step.result) if ended else None,
        "i_incident": incident,
        "i_chain_head": event["hash"],
    }
    changes = Changes(instance, event, done=done, job_id=job_id, ended=ended)
    collect(changes, step, running.title, calendar, at=act.at, seq=seq)
    if ended and running.parent_id is not None:
        changes.jobs.append(_end_of_child(running, step, act))
    opened = write_step(connection, changes)
    write_changed(connection, running.id, step)
    return opened, any(job["kind"] != JobKind.timer for job in changes.jobs)


def collect(
    changes: Changes, step: Step, title: str, calendar: Calendar, *, at: dt.datetime, seq: int
) -> None:
    """Sort the step's effects into the rows they mean."""
    for effect in step.effects:
        match effect:
            case TaskOpened():
                changes.opened.append(task_row(effect, title, at, seq, calendar))
            case TaskClosed(completed=False):
                changes.cancelled.append(effect.ref)
            case TimerCleared() | ServiceCancel():
                changes.cleared.append(effect.ref)
            case ChildCancel():
                changes.cleared.append(effect.ref)
                changes.jobs.append(job(JobKind.child_cancel, at, effect.ref))
            case TimerSet():
                payload = {"node": effect.node, "kind": effect.kind}
                changes.jobs.append(job(JobKind.timer, effect.due_at, effect.ref, payload))
            case ChildStart() | ServiceDue() | MessageThrown():
                changes.jobs.append(_call(effect, at))


def write_changed(connection: Connection, instance_id: int, step: Step) -> None:
    """Show open tasks the variables that were changed under them."""
    for effect in step.effects:
        if isinstance(effect, TaskChanged):
            own = tasks.c.instance_id == instance_id, tasks.c.ref == effect.ref
            change = update(tasks).where(*own, tasks.c.status.in_(PENDING))
            connection.execute(change.values(data=dict(effect.data)))


def stage_after(step: Step, design: Design) -> str | None:
    """The stage the instance has entered: of what waits now, else of an event it passed."""
    if step.stage is not None:
        return step.stage
    for node in (design.nodes[each] for each in reversed(step.passed) if each in design.nodes):
        # Tasks and calls that were passed are over, and so is their stage.
        if node.kind.endswith("Event") and node.settings.get("stage"):
            return node.settings["stage"]
    return None


def write_note(connection: Connection, running: Running, act: Act, **values: Any) -> None:
    """Record something the engine has no part in; `values` are new columns of the instance.

    Raises Conflict if somebody else moved the instance meanwhile.
    """
    event = act.row(running.chain_head, running.version + 1)
    write_record(connection, running.id, running.version, event, values)
    running.version, running.chain_head = running.version + 1, event["hash"]


def job(kind: str, due_at: dt.datetime, ref: str = "", payload: Row | None = None) -> Row:
    """A job's row; the writer adds the instance."""
    plain = {"payload": payload or {}, "attempts": 0, "status": JobStatus.waiting}
    return {"kind": kind, "ref": ref, "due_at": due_at, **plain}


def _status(running: Running, step: Step, act: Act) -> tuple[str, dict[str, Any] | None]:
    """An incident of a task is over once the task could be completed; any is, at the end."""
    if step.status != "running":
        return step.status, None
    cause = running.incident
    if cause is not None and act.task_id is not None and cause.get("task_id") == act.task_id:
        return InstanceStatus.running, None
    return running.status, cause


def _call(effect: ChildStart | ServiceDue | MessageThrown, at: dt.datetime) -> Row:
    if isinstance(effect, MessageThrown):
        return job(JobKind.message, at, "", {"name": effect.name, "data": dict(effect.data)})
    kind = JobKind.child_start if isinstance(effect, ChildStart) else JobKind.service
    return job(kind, at, effect.ref, pending_call(effect))


def pending_call(effect: ChildStart | ServiceDue) -> Row:
    """What the job for a call or a service has to know."""
    if isinstance(effect, ChildStart):
        payload = {"process": effect.process, "variables": dict(effect.variables)}
        payload["settings"] = dict(effect.settings)
    else:
        payload = {"operation": effect.operation, "arguments": dict(effect.arguments)}
    return {**payload, "node": effect.node}


def _end_of_child(running: Running, step: Step, act: Act) -> Row:
    payload = {"child": running.id, "status": step.status, "result": dict(step.result)}
    row = job(JobKind.child_end, act.at, running.parent_ref or "", payload)
    return row | {"instance_id": running.parent_id}
