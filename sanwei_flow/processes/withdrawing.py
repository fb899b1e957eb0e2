"""Taking back what I sent while nobody has acted on it.

The instance returns to the snapshot taken before my act; what the engine asks for in that
state is compared with what the act has left behind: tasks, timers, services, children.
"""

from typing import Any

from sqlalchemy import delete, select, update

from sanwei_flow import engine
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.engine import ChildStart, Effect, ServiceDue, Step, TaskOpened, TimerSet
from sanwei_flow.errors import N_, Conflict, Forbidden
from sanwei_flow.processes import outbox
from sanwei_flow.processes.advance import collect, job, write_note
from sanwei_flow.processes.doing import ASKED_FIRST, Doing
from sanwei_flow.processes.models import (
    InstanceStatus,
    Job,
    JobKind,
    ProcessInstance,
    Side,
    Task,
    TaskEvent,
    TaskStatus,
    is_pending,
)
from sanwei_flow.processes.starting import forget
from sanwei_flow.processes.writing import Changes

#: What leaves the work where it was, so that it does not stand in the way.
HARMLESS = frozenset({"comment", "copy_to", "urge", "new_starter"})
WAITED = (JobKind.timer, JobKind.child_start, JobKind.service)
#: Elements that have told the outside world something by the time they are passed.
THROWN = frozenset({"sendTask", "intermediateThrowEvent"})


def my_act(task_id: int, instance_id: int, actor: Actor) -> TaskEvent | None:
    """The actor's act on this task, if it still stands."""
    own = TaskEvent.instance_id == instance_id, TaskEvent.task_id == task_id
    query = select(TaskEvent).where(*own, TaskEvent.by_id == actor.user_id)
    query = query.where(TaskEvent.kind.in_(("act", "return_to")))
    return db.session.scalar(query.order_by(TaskEvent.id.desc()).limit(1))


def acted_since(event: TaskEvent) -> TaskEvent | None:
    """The first thing that happened after an act and still stands; None if nothing did."""
    query = select(TaskEvent).where(
        TaskEvent.instance_id == event.instance_id, TaskEvent.id > event.id
    )
    later = list(db.session.scalars(query.order_by(TaskEvent.id)))
    undone = {one.data["event"] for one in later if one.kind == "withdraw"}
    for one in later:
        if one.kind not in HARMLESS and one.kind != "withdraw" and one.id not in undone:
            return one
    return None


def withdraw(doing: Doing) -> None:
    """Undo my act on the task.

    Raises Forbidden if it was not mine, Conflict if somebody (named) has acted since, the
    process is over, or a part it started cannot be taken back.
    """
    event = _mine(doing)
    design = compiled_by_hash(doing.running.hash)
    values: dict[str, Any] = {}
    if event.state_before is not None:
        expected = engine.waiting(design, event.state_before, doing.at, functions=load_calendar())
        _check_children(doing, expected)
        _close_opened(doing, event)
        _reconcile(doing, expected)
        values = {"state": event.state_before, "stage": _stage(doing, expected)}
    else:
        _close_opened(doing, event)
    _reopen(doing, event)
    told = {"event": event.id, "what": event.action}
    write_note(doing.connection, doing.running, doing.act("withdraw", data=told), **values)
    forget()
    outbox.wake([doing.running.id], doing.at)


def _mine(doing: Doing) -> TaskEvent:
    running, task = doing.running, doing.task
    event = my_act(task.task_id, running.id, doing.by)
    if event is None or task.task_status == TaskStatus.open:
        raise Forbidden(N_("只能撤回您自己办理的任务。"))
    if not running.is_open:
        raise Conflict(N_("流程已经办结，不能撤回。"))
    if running.status != InstanceStatus.running:
        raise Conflict(N_("流程已暂停或遇到故障，现在不能撤回。"))
    later = acted_since(event)
    if later is not None:
        raise too_late(later)
    nodes = compiled_by_hash(running.hash).nodes
    if task.side == Side.redo or any(nodes[n].kind in THROWN for n in event.passed if n in nodes):
        raise Conflict(N_("办理结果已经生效，不能撤回。"))
    return event


def too_late(event: TaskEvent) -> Conflict:
    """The refusal that names who has gone on, and when."""
    when = f"{event.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return Conflict(N_("{who}已于 {when} 接着办理，不能撤回。"), who=event.by_name, when=when)


def _check_children(doing: Doing, expected: list[Effect]) -> None:
    """Parts started since must be untouched; parts ended since cannot come back."""
    refs = {effect.ref for effect in expected if isinstance(effect, ChildStart)}
    query = select(ProcessInstance.id, ProcessInstance.parent_ref, ProcessInstance.finished_at)
    query = query.where(
        ProcessInstance.parent_id == doing.running.id, ProcessInstance.parent_ref.is_not(None)
    )
    children = db.session.execute(query).all()
    if any(child.parent_ref in refs and child.finished_at for child in children):
        raise Conflict(N_("有关的子流程已经结束，不能撤回。"))
    gone = [child for child in children if child.parent_ref not in refs and not child.finished_at]
    acted = _first_act([child.id for child in gone])
    if acted is not None:
        raise too_late(acted)
    for child in gone:
        db.session.add(
            Job(
                instance_id=doing.running.id,
                **job(JobKind.child_cancel, doing.at, child.parent_ref),
            )
        )
    alive = {child.parent_ref for child in children if child.parent_ref in refs}
    kept = delete(Job).where(Job.instance_id == doing.running.id, Job.ref.in_(alive))
    db.session.execute(kept.where(Job.kind == JobKind.child_cancel))
    db.session.flush()


def _first_act(instance_ids: list[int]) -> TaskEvent | None:
    """What a person did in these instances or below them."""
    level = instance_ids
    while level:
        query = select(TaskEvent).where(TaskEvent.instance_id.in_(level))
        query = query.where(TaskEvent.kind != "start", TaskEvent.kind.not_in(HARMLESS))
        found = db.session.scalar(query.order_by(TaskEvent.id).limit(1))
        if found is not None:
            return found
        below = select(ProcessInstance.id).where(ProcessInstance.parent_id.in_(level))
        level = list(db.session.scalars(below))
    return None


def _close_opened(doing: Doing, event: TaskEvent) -> None:
    """Withdraw the tasks the act has opened."""
    opened = update(Task).where(
        Task.instance_id == doing.running.id, Task.opened_version == event.seq, is_pending
    )
    closing = {"closed_at": doing.at, "closed_version": doing.running.version + 1}
    after = Task.side == Side.after
    # One whose turn came with this act waits again instead.
    doing.connection.execute(opened.where(after).values(status=TaskStatus.held))
    doing.connection.execute(
        opened.where(Task.side.is_distinct_from(Side.after)).values(
            status=TaskStatus.cancelled, version=Task.version + 1, **closing
        )
    )


def _reopen(doing: Doing, event: TaskEvent) -> None:
    """Let the tasks the act has closed wait again."""
    task = doing.task
    closed = Task.instance_id == doing.running.id, Task.closed_version == event.seq
    blank: dict[str, Any] = {"closed_at": None, "closed_by_id": None, "closed_version": None}
    blank |= {"outcome": None, "version": Task.version + 1}
    waits = (Task.memo.is_not(None)) & Task.side.is_(None) & (Task.id != task.task_id)
    reopen = update(Task).where(*closed)
    doing.connection.execute(reopen.where(waits).values(status=TaskStatus.held, **blank))
    doing.connection.execute(reopen.values(status=TaskStatus.open, **blank))
    if task.side is not None:
        _count(doing, task.side_of_id, held=task.side in ASKED_FIRST)
    else:
        doing.change(task.task_id, status=TaskStatus.open, memo=None)
        _count(doing, task.task_id)
    doing.opened.append(task.task_id)


def _count(doing: Doing, main_id: int, *, held: bool = False) -> None:
    sides = select(Task.id).where(Task.side_of_id == main_id, is_pending)
    number = len(list(doing.connection.execute(sides)))
    values: dict[str, Any] = {"sides": number}
    if held:
        values["status"] = TaskStatus.held
    doing.change(main_id, **values)


def _reconcile(doing: Doing, expected: list[Effect]) -> None:
    """Have exactly the timers and pending calls that the restored state asks for."""
    running = doing.running
    own = Job.instance_id == running.id, Job.kind.in_(WAITED)
    db.session.execute(delete(Job).where(*own))
    refs = {effect.ref for effect in expected if isinstance(effect, ChildStart)}
    started = select(ProcessInstance.parent_ref).where(
        ProcessInstance.parent_id == running.id, ProcessInstance.parent_ref.in_(refs)
    )
    known = set(db.session.scalars(started))
    wanted: list[Effect] = [
        effect
        for effect in expected
        if isinstance(effect, TimerSet | ServiceDue)
        or (isinstance(effect, ChildStart) and effect.ref not in known)
    ]
    step = Step(b"", tuple(wanted), "running", {})
    changes = Changes({}, {})
    collect(changes, step, running.title, load_calendar(), at=doing.at, seq=running.version + 1)
    for row in changes.jobs:
        db.session.add(Job(instance_id=running.id, **row))
    db.session.flush()


def _stage(doing: Doing, expected: list[Effect]) -> str:
    own = [e for e in expected if isinstance(e, TaskOpened) and e.ref == doing.task.ref]
    stage = own[0].settings.get("stage") if own else None
    return str(stage) if stage else doing.running.stage


def may_withdraw(task: Task, actor: Actor) -> bool:
    """Whether the actor can still take back what they did with the task."""
    running = task.instance.status == InstanceStatus.running
    if task.status == TaskStatus.open or actor.user_id is None or not running:
        return False
    decided = task.memo and task.memo.get("action") and task.memo["by_id"] == actor.user_id
    if task.closed_by_id != actor.user_id and not decided:
        return False
    event = my_act(task.id, task.instance_id, actor)
    return event is not None and task.side != Side.redo and acted_since(event) is None
