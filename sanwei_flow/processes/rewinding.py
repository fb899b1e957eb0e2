"""Putting a process back to before an earlier act, and saying beforehand what that undoes.

The snapshot of that act takes the state's place; tasks, timers and calls follow what it waits
for. What was called since is given up; what has ended meanwhile and is still waited for hands
its result over once more. What services and messages did outside cannot be taken back, and is
named.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import user_names
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import ChildStart, Effect, ServiceDue, Step, TaskOpened, TimerSet
from sanwei_flow.errors import N_, Conflict, NotFound
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.processes import outbox
from sanwei_flow.processes.advance import Act, Running, collect, job, write_note
from sanwei_flow.processes.locking import lock_instance
from sanwei_flow.processes.models import (
    InstanceStatus,
    Job,
    JobKind,
    ProcessInstance,
    Task,
    TaskEvent,
    TaskStatus,
    is_pending,
)
from sanwei_flow.processes.moving import MOVED, MOVED_BACK
from sanwei_flow.processes.opening import first_look, task_row
from sanwei_flow.processes.starting import forget
from sanwei_flow.processes.withdrawing import THROWN
from sanwei_flow.processes.writing import Changes

#: Acts of people that a process can be put back to.
ACTS = ("act", "return_to")
WAITED = (JobKind.timer, JobKind.child_start, JobKind.service, JobKind.child_end)
#: Elements whose effect lies outside of the process.
OUTSIDE = THROWN | {"serviceTask"}


@dataclass
class Undone:
    """What going back to before an act does; lists are in the order of their happening.

    `acts` are undone, `reopened` tasks wait again, `withdrawn` ones no longer do, `given_up` are
    called processes that end, `handed_over` those whose result comes once more, `called` how
    many are started again, `lasting` names of elements whose effect outside stays, `told` are
    the people who hear of it, by id.
    """

    event: TaskEvent
    expected: list[Effect]
    acts: list[TaskEvent] = field(default_factory=list)
    reopened: list[Task] = field(default_factory=list)
    withdrawn: list[Task] = field(default_factory=list)
    given_up: list[ProcessInstance] = field(default_factory=list)
    handed_over: list[ProcessInstance] = field(default_factory=list)
    called: int = 0
    lasting: list[str] = field(default_factory=list)
    due: list[TimerSet] = field(default_factory=list)
    told: dict[int, str] = field(default_factory=dict)


def earlier_acts(instance_id: int) -> list[tuple[TaskEvent, Task | None]]:
    """The acts a process can be put back to, the latest first, each with its task."""
    moved = select(db.func.max(TaskEvent.id)).where(
        TaskEvent.instance_id == instance_id, TaskEvent.kind.in_((MOVED, MOVED_BACK))
    )
    since = db.session.scalar(moved) or 0
    query = (
        select(TaskEvent, Task)
        .outerjoin(Task, Task.id == TaskEvent.task_id)
        .where(
            TaskEvent.instance_id == instance_id,
            TaskEvent.kind.in_(ACTS),
            TaskEvent.state_before.is_not(None),
            TaskEvent.id > since,
        )
        .order_by(TaskEvent.id.desc())
    )
    return [(event, task) for event, task in db.session.execute(query.limit(50))]


def preview(instance_id: int, event_id: int, *, at: dt.datetime) -> Undone:
    """What going back to before this act would undo; changes nothing.

    Raises NotFound, Conflict where the process is over, suspended, or the act out of reach,
    EngineError if the snapshot cannot be read.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    return _undone(running, event_id, at)


def rewind(instance_id: int, event_id: int, *, reason: str, by: Actor, at: dt.datetime) -> Undone:
    """Put an open process back to before one of its acts; an incident is over with it.

    Who may do this is the caller's question. Raises like `preview`.
    """
    running = lock_instance(db.session.connection(), instance_id)
    if running is None:
        raise NotFound(N_("没有这个流程。"))
    undone = _undone(running, event_id, at)
    assert undone.event.state_before is not None  # noqa: S101 - only such events are found
    state, seq = undone.event.state_before, running.version + 1
    _put_tasks_back(running, undone, at, seq)
    _put_calls_back(running, undone, at, seq)
    told = {"event": event_id, "names": [task.name for task in undone.reopened]}
    told |= {"undone": [act.id for act in undone.acts]}
    values: dict[str, Any] = {"state": state, "incident": None, "status": InstanceStatus.running}
    values["stage"] = _stage(undone.expected) or running.stage
    act = Act("rewind", by, at, comment=reason, data=told)
    write_note(db.session.connection(), running, act, **values)
    _tell(running, undone, by, at)
    forget()
    outbox.wake([instance_id], at)
    return undone


def _undone(running: Running, event_id: int, at: dt.datetime) -> Undone:
    if not running.is_open:
        raise Conflict(N_("这个流程已经结束，不能回退。"))
    if running.status == InstanceStatus.suspended:
        raise Conflict(N_("这个流程已暂停，恢复后才能办理。"))
    known = {event.id: event for event, _task in earlier_acts(running.id)}
    event = known.get(event_id)
    if event is None or event.state_before is None:
        raise Conflict(N_("不能回退到这一步。"))
    design = compiled_by_hash(running.hash)
    expected = engine.waiting(design, event.state_before, at, functions=load_calendar())
    undone = Undone(event, expected)
    later = select(TaskEvent).where(TaskEvent.instance_id == running.id, TaskEvent.id >= event_id)
    events = list(db.session.scalars(later.order_by(TaskEvent.id)))
    undone.acts = [one for one in events if one.kind in ACTS]
    passed = dict.fromkeys(node for one in events for node in one.passed)
    nodes = [design.nodes[node] for node in passed if node in design.nodes]
    undone.lasting = [node.name or node.id for node in nodes if node.kind in OUTSIDE]
    undone.due = [one for one in expected if isinstance(one, TimerSet) and one.due_at <= at]
    _sort_tasks(running, undone)
    _sort_calls(running, undone)
    people = {act.by_id for act in undone.acts} | {act.on_behalf_of_id for act in undone.acts}
    people |= {task.owner_id for task in (*undone.withdrawn, *undone.reopened)}
    undone.told = user_names(one for one in people if one is not None)
    return undone


def _sort_tasks(running: Running, undone: Undone) -> None:
    wanted = {one.ref for one in undone.expected if isinstance(one, TaskOpened)}
    query = select(Task).where(Task.instance_id == running.id).order_by(Task.id)
    for task in db.session.scalars(query.execution_options(populate_existing=True)):
        pending = task.status in (TaskStatus.open, TaskStatus.held)
        if task.ref in wanted and task.side is None and not pending:
            undone.reopened.append(task)
        elif pending and task.ref not in wanted:
            undone.withdrawn.append(task)


def _sort_calls(running: Running, undone: Undone) -> None:
    wanted = {one.ref for one in undone.expected if isinstance(one, ChildStart)}
    query = select(ProcessInstance).where(
        ProcessInstance.parent_id == running.id, ProcessInstance.parent_ref.is_not(None)
    )
    there = set()
    for child in db.session.scalars(query.order_by(ProcessInstance.id)):
        if child.parent_ref not in wanted:
            undone.given_up += [child] if child.is_open else []
        elif child.is_open or child.status == InstanceStatus.finished:
            there.add(child.parent_ref)
            undone.handed_over += [] if child.is_open else [child]
    undone.called = len(wanted - there)


def _put_tasks_back(running: Running, undone: Undone, at: dt.datetime, seq: int) -> None:
    mine = Task.instance_id == running.id
    closing = {"closed_at": at, "closed_version": seq, "version": Task.version + 1}
    gone = [task.id for task in undone.withdrawn]
    shut = update(Task).where(mine, Task.id.in_(gone))
    db.session.execute(shut.values(status=TaskStatus.cancelled, **closing))
    # What was done since no longer stands; its words stay in the trail.
    since = Task.closed_version >= undone.event.seq
    void = update(Task).where(mine, Task.status == TaskStatus.done, since)
    db.session.execute(void.values(status=TaskStatus.cancelled, version=Task.version + 1))
    openings = {one.ref: one for one in undone.expected if isinstance(one, TaskOpened)}
    calendar = load_calendar()
    for task in undone.reopened:
        fresh = task_row(openings[task.ref], running.title, at, seq, calendar)
        due = max(task.due, fresh["due"])  # nobody is given less time than they had
        values = {"status": TaskStatus.open, "due": due, "remind_on": first_look(due, at)}
        values |= {"closed_at": None, "closed_by_id": None, "closed_version": None}
        values |= {"outcome": None, "memo": None, "sides": 0, "data": fresh["data"]}
        values |= {"opened_at": at, "opened_version": seq, "version": Task.version + 1}
        db.session.execute(update(Task).where(Task.id == task.id).values(**values))
    for ref, opening in openings.items():
        kept = update(Task).where(mine, Task.ref == ref, is_pending)
        db.session.execute(kept.values(data=dict(opening.data)))


def _put_calls_back(running: Running, undone: Undone, at: dt.datetime, seq: int) -> None:
    """Have exactly the timers, services and calls that the restored state waits for."""
    own = Job.instance_id == running.id
    db.session.execute(delete(Job).where(own, Job.kind.in_(WAITED)))
    rows = [job(JobKind.child_cancel, at, child.parent_ref or "") for child in undone.given_up]
    rows += [_result(child, at) for child in undone.handed_over]
    there = {child.parent_ref for child in undone.handed_over} | _open_calls(running.id)
    wanted: list[Effect] = [
        one
        for one in undone.expected
        if isinstance(one, TimerSet | ServiceDue)
        or (isinstance(one, ChildStart) and one.ref not in there)
    ]
    changes = Changes({}, {})
    step = Step(b"", tuple(wanted), "running", {})
    collect(changes, step, running.title, load_calendar(), at=at, seq=seq)
    for row in rows + changes.jobs:
        db.session.add(Job(instance_id=running.id, **row))
    db.session.flush()


def _open_calls(instance_id: int) -> set[str | None]:
    query = select(ProcessInstance.parent_ref).where(
        ProcessInstance.parent_id == instance_id, ProcessInstance.finished_at.is_(None)
    )
    return set(db.session.scalars(query))


def _result(child: ProcessInstance, at: dt.datetime) -> dict[str, Any]:
    payload = {"child": child.id, "status": child.status, "result": child.result or {}}
    return job(JobKind.child_end, at, child.parent_ref or "", payload)


def _stage(expected: list[Effect]) -> str:
    named = [one.settings.get("stage") for one in expected if isinstance(one, TaskOpened)]
    named += [one.settings.get("stage") for one in expected if isinstance(one, ChildStart)]
    return str(next((stage for stage in named if stage), ""))


def _tell(running: Running, undone: Undone, by: Actor, at: dt.datetime) -> None:
    message = N_("{who}把“{title}”回退到了较早的一步，请留意")
    given = {"who": by.name, "title": running.title[:60]}
    notice = Notice("asked", message, given, link=f"/processes/{running.id}")
    deliver([(person, notice) for person in undone.told if person != by.user_id], at=at)
