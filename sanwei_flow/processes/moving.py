"""Moving one instance to another version of its design, and taking that back.

The engine decides whether it can be; here its rows follow: open tasks, what waits to be done,
what it called. People keep what they have: owners, drafts, dates, files and history.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, select, update

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.queries import compiled, compiled_by_hash, fields_by_hash
from sanwei_flow.engine import ChildStart, Design, Effect, Moved, ServiceDue, TaskOpened
from sanwei_flow.errors import N_, AppError, Conflict, NotFound
from sanwei_flow.processes import starting
from sanwei_flow.processes.advance import Act, Running, pending_call
from sanwei_flow.processes.locking import lock_instance, look_at
from sanwei_flow.processes.models import (
    Job,
    ProcessInstance,
    Side,
    Task,
    TaskEvent,
    is_pending,
)
from sanwei_flow.processes.opinions import outcome_names
from sanwei_flow.processes.withdrawing import HARMLESS, too_late
from sanwei_flow.processes.writing import write_record

MOVED, MOVED_BACK = "migrated", "migrated_back"
#: What may have happened since without standing in the way of taking a move back.
ASIDE = HARMLESS | {"claim", "release"}
Pairs = Mapping[str, str]


def try_moves(
    instance_ids: Sequence[int], to: DesignVersion, corrections: Pairs, *, at: dt.datetime
) -> dict[int, AppError | None]:
    """Do everything a move does but write: why each instance cannot be moved, None if it can.

    Two statements for any number of instances.
    """
    connection = db.session.connection()
    besides = _besides(instance_ids)
    found: dict[int, AppError | None] = {}
    for running in look_at(connection, instance_ids):
        try:
            _plan(_open(running), to, corrections, besides.get(running.id, []), at)
            found[running.id] = None
        except AppError as error:
            found[running.id] = error
    return found


def move(
    instance_id: int,
    to: DesignVersion,
    corrections: Pairs,
    *,
    come_from: int | None = None,
    note: str = "",
    by: Actor,
    at: dt.datetime,
) -> int:
    """Move an open instance; returns the id of the event that says so.

    `corrections` are added to what `engine.automatic` finds; "" takes an element out of it. A
    suspended instance stays suspended, an incident stays one and may be retried. Raises
    NotFound, Conflict or EngineError: why it stays where it is; also where it is not on the
    version `come_from` (an id) any more.
    """
    running = _open(lock_instance(db.session.connection(), instance_id))
    if come_from is not None and running.version_id not in (come_from, to.id):
        raise Conflict(N_("这个流程已经换到别的版本。"))
    besides = _besides([instance_id]).get(instance_id, [])
    moved, mapping = _plan(running, to, corrections, besides, at)
    moves = {old: new for old, new in mapping.items() if old != new}
    kept = _rename(running.id, moves)
    told = {"from": _named(running.version_id), "to": _named(to.id), "mapping": moves, **kept}
    values: dict[str, Any] = {"version_id": to.id, "state": moved.state}
    if running.incident is not None:
        values["incident"] = _fault(running.incident, mapping)
    event_id = _write(running, Act(MOVED, by, at, comment=note, data=told), values)
    _follow(running, moved.before, moved.after)
    return event_id


def move_back(event_id: int, *, by: Actor, at: dt.datetime) -> int:
    """Take a move back, as long as nobody has acted since; returns the id of the new event.

    Raises NotFound, or Conflict naming who has acted and when.
    """
    event = db.session.get(TaskEvent, event_id)
    if event is None or event.kind != MOVED:
        raise NotFound(N_("没有这次迁移。"))
    running = _open(lock_instance(db.session.connection(), event.instance_id))
    state = _snapshot(event)
    back = event.data["from"]
    old, calendar = compiled_by_hash(back["hash"]), load_calendar()
    here = compiled_by_hash(running.hash)
    now = engine.waiting(here, running.state, at, functions=calendar)
    then = engine.waiting(old, state, at, functions=calendar)
    kept = _restore(running.id, event.data)
    told = {"from": event.data["to"], "to": back, "event": event.id, **kept}
    values: dict[str, Any] = {"version_id": back["id"], "state": state}
    if running.incident is not None:
        found = {new: was for was, new in event.data["mapping"].items()}
        values["incident"] = _fault(running.incident, found)
    written = _write(running, Act(MOVED_BACK, by, at, data=told), values)
    _follow(running, now, then)
    return written


def _open(running: Running | None) -> Running:
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束。"))
    return running


def _plan(
    running: Running, to: DesignVersion, corrections: Pairs, besides: list[Task], at: dt.datetime
) -> tuple[Moved, dict[str, str]]:
    """What a move would make of an instance, and what becomes of each element."""
    if running.version_id == to.id:
        raise Conflict(N_("已经是这一版。"))
    old, new = compiled_by_hash(running.hash), compiled(to)
    mapping = whole_mapping(old, new, corrections)
    moved = engine.migrate(
        old,
        new,
        running.state,
        mapping,
        at,
        functions=load_calendar(),
        fields=fields_by_hash(to.hash),
        fields_before=fields_by_hash(running.hash),
    )
    _check_people(besides, mapping, moved)
    return moved, mapping


def whole_mapping(old: Design, new: Design, corrections: Pairs) -> dict[str, str]:
    """What becomes of each element: found by itself, then as a person says."""
    mapping = engine.automatic(old, new)
    mapping |= {node: target for node, target in corrections.items() if node in old.nodes}
    return {node: target for node, target in mapping.items() if target}


def _besides(instance_ids: Sequence[int]) -> dict[int, list[Task]]:
    """The tasks of each instance in which people have begun something beside the process."""
    query = select(Task).where(Task.instance_id.in_(instance_ids), is_pending)
    found: dict[int, list[Task]] = {}
    for task in db.session.scalars(query.where((Task.side == Side.redo) | (Task.sides > 0))):
        found.setdefault(task.instance_id, []).append(task)
    return found


def _check_people(besides: list[Task], mapping: Pairs, moved: Moved) -> None:
    """What people have begun beside the process must have a place in the new version too."""
    opened = {one.ref: one for one in moved.after if isinstance(one, TaskOpened)}
    for task in besides:
        if task.side == Side.redo and task.node not in mapping:
            raise Conflict(N_("退回到「{name}」的补正还没有办完"), name=task.name)
        decided = (task.memo or {}).get("action") if task.side is None else None
        if decided and decided not in outcome_names(_outcomes(opened[task.ref])):
            raise Conflict(N_("「{name}」已有人作出决定，新版没有这个选项"), name=task.name)


def _outcomes(effect: TaskOpened) -> str:
    return str(effect.settings.get("outcomes") or "submit")


def _snapshot(event: TaskEvent) -> bytes:
    """The state before a move that can still be taken back."""
    query = select(TaskEvent).where(
        TaskEvent.instance_id == event.instance_id,
        TaskEvent.id > event.id,
        TaskEvent.kind.not_in(ASIDE),
    )
    later = db.session.scalar(query.order_by(TaskEvent.id).limit(1))
    if later is not None and later.kind == MOVED_BACK:
        raise Conflict(N_("这次迁移已经撤销。"))
    if later is not None:
        raise too_late(later)
    if event.state_before is None:
        raise Conflict(N_("这个流程已经结束。"))
    return event.state_before


def _write(running: Running, act: Act, values: dict[str, Any]) -> int:
    """Record it and set the new state, unless somebody else moved the instance meanwhile."""
    seq = running.version + 1
    event = act.row(running.chain_head, seq, state_before=running.state)
    write_record(running.connection, running.id, running.version, event, values)
    starting.forget()
    own = TaskEvent.instance_id == running.id, TaskEvent.seq == seq
    found: int = db.session.scalars(select(TaskEvent.id).where(*own)).one()
    return found


def _fault(incident: dict[str, Any], mapping: Pairs) -> dict[str, Any]:
    """An incident at the element as it is called now."""
    node = str(incident.get("node") or "")
    return {**incident, "node": mapping.get(node, node) or None}


def _named(version_id: int) -> dict[str, Any]:
    version = db.session.get_one(DesignVersion, version_id)
    return {"id": version.id, "number": version.number, "hash": version.hash}


# The rows around the state


def _rename(instance_id: int, moves: Pairs) -> dict[str, Any]:
    """Give tasks and called processes the new ids; returns which had others, to take it back.

    Finished tasks are renamed as well: work can be sent back to them.
    """
    if not moves:
        return {}
    own = Task.instance_id == instance_id, Task.node.in_(moves)
    tasks = db.session.execute(select(Task.id, Task.node).where(*own)).all()
    called = ProcessInstance.parent_id == instance_id, ProcessInstance.parent_node.in_(moves)
    query = select(ProcessInstance.id, ProcessInstance.parent_node).where(*called)
    children = db.session.execute(query).all()
    db.session.execute(update(Task).where(*own).values(node=case(dict(moves), value=Task.node)))
    named = case(dict(moves), value=ProcessInstance.parent_node)
    db.session.execute(update(ProcessInstance).where(*called).values(parent_node=named))
    return {
        "tasks": {str(row.id): row.node for row in tasks},
        "children": {str(row.id): row.parent_node for row in children},
    }


def _restore(instance_id: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """Give tasks and called processes the ids back that a move took from them."""
    for task_id, node in told.get("tasks", {}).items():
        own = Task.id == int(task_id), Task.instance_id == instance_id
        db.session.execute(update(Task).where(*own).values(node=node))
    for child_id, node in told.get("children", {}).items():
        own_child = ProcessInstance.id == int(child_id), ProcessInstance.parent_id == instance_id
        db.session.execute(update(ProcessInstance).where(*own_child).values(parent_node=node))
    return {"mapping": {new: was for was, new in told["mapping"].items()}}


def _follow(running: Running, before: Any, after: Any) -> None:
    """Let open tasks and jobs say what the version the instance is on now says of them."""
    was = {one.ref: one for one in before}
    for effect in after:
        if isinstance(effect, TaskOpened):
            _follow_task(running, was.get(effect.ref), effect)
        else:
            _follow_job(running.id, effect)


def _follow_task(running: Running, before: Effect | None, after: TaskOpened) -> None:
    """Its words, form and outcomes; whose it is and when it is due were settled at its opening."""
    values: dict[str, Any] = {
        "name": after.name[:200],
        "form": after.settings.get("form"),
        "outcomes": _outcomes(after),
        "title": str(after.settings.get("title") or running.title),
    }
    same = isinstance(before, TaskOpened) and before.settings.get("title")
    if same == after.settings.get("title"):
        del values["title"]  # it may have been changed since
    main = Task.instance_id == running.id, Task.ref == after.ref, Task.side.is_(None), is_pending
    db.session.execute(update(Task).where(*main).values(**values))


def _follow_job(instance_id: int, effect: Any) -> None:
    """A timer knows its element; what has not been begun is begun as the new version has it."""
    own = Job.instance_id == instance_id, Job.ref == effect.ref
    for job in db.session.scalars(select(Job).where(*own)):
        if isinstance(effect, ChildStart | ServiceDue):
            job.payload = pending_call(effect)
        else:
            job.payload = {**job.payload, "node": effect.node}
    db.session.flush()
