"""Verbs that only tell somebody something: copies, urging, comments."""

import datetime as dt
import re
from typing import Any

from flask_babel import gettext
from sqlalchemy import or_, select

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User, UserRole
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, NotFound
from sanwei_flow.processes import people
from sanwei_flow.processes.access import SEE_ALL, may_see
from sanwei_flow.processes.conflicts import already_closed
from sanwei_flow.processes.doing import Doing, wrong
from sanwei_flow.processes.models import (
    InstanceStatus,
    ProcessInstance,
    Task,
    TaskCopy,
    TaskEvent,
    TaskStatus,
    is_open,
)
from sanwei_flow.processes.queries import get_instance
from sanwei_flow.processes.settled import refusal

#: The same task is not urged again before this time has passed, by whomever.
URGE_PAUSE = dt.timedelta(hours=4)
#: What follows an @, as far as a name may go.
NAMED = re.compile(r"@(\S{1,12})")


def copy_to(doing: Doing) -> None:
    """Send the task to others to read; who has it already is not sent it twice."""
    task = doing.task
    took_part = task.closed_by_id == doing.by.user_id or doing.by.has(task.unit_id, task.role)
    if not took_part:
        raise Forbidden(N_("只有办理人可以抄送。"))
    wanted = doing.people()
    had = set(db.session.scalars(select(TaskCopy.user_id).where(TaskCopy.task_id == task.task_id)))
    new = [one for one in wanted if one not in had and one != doing.by.user_id]
    if not new:
        raise wrong("people", gettext("所选人员已经收到过抄送。"))
    for person in new:
        copy = TaskCopy(
            task_id=task.task_id,
            instance_id=doing.running.id,
            user_id=person,
            by_id=doing.by.user_id,
            by_name=doing.by.name,
            comment=doing.comment,
            at=doing.at,
        )
        db.session.add(copy)
    db.session.flush()
    doing.note("copy_to", data={"people": new, "names": people.names(new)})
    _tell(doing, new, N_("{who}把“{title}”抄送给您"), "copy")


def mark_read(copy_id: int, *, by: Actor, at: dt.datetime) -> TaskCopy:
    """Move a copy of mine from to-read to read. Raises NotFound if it is not mine."""
    found = db.session.get(TaskCopy, copy_id)
    if found is None or found.user_id != by.user_id:
        raise NotFound(N_("没有这件抄送。"))
    found.read_at = found.read_at or at
    return found


def copies(
    actor: Actor, *, read: bool, before: int | None = None, limit: int = 30
) -> list[TaskCopy]:
    """What was copied to the person, newest first: to read, or read. `before` is a copy's id."""
    query = select(TaskCopy).where(TaskCopy.user_id == actor.user_id)
    query = query.where(TaskCopy.read_at.is_not(None) if read else TaskCopy.read_at.is_(None))
    if before is not None:
        query = query.where(TaskCopy.id < before)
    return list(db.session.scalars(query.order_by(TaskCopy.id.desc()).limit(limit)))


def urge(doing: Doing) -> None:
    """Press whoever the task waits for, with a pause between two times; nobody urges themselves."""
    task, by = doing.task, doing.by
    mine = by.has(task.unit_id, task.role) and task.owner_id in (None, by.user_id)
    to_do = task.task_status == TaskStatus.open and doing.running.status != InstanceStatus.suspended
    if (mine and to_do) or not may_urge(task, doing.running.id, by):
        raise Forbidden(N_("只有发起人、已办人员、单位负责人或专班办公室可以催办。"))
    if task.task_status not in (TaskStatus.open, TaskStatus.held):
        raise already_closed(task.task_id)
    last = last_urged(task.task_id)
    if last is not None and doing.at - last.at < URGE_PAUSE:
        when = f"{last.at.astimezone(SHANGHAI):%H:%M}"
        raise Conflict(
            N_("{who}已于 {when} 催办过，{hours} 小时内不再催办。"),
            who=last.by_name,
            when=when,
            hours=URGE_PAUSE // dt.timedelta(hours=1),
        )
    urged = _holders(doing)
    doing.note("urge", data={"people": urged, "names": people.names(urged)})
    _tell(doing, urged, N_("{who}催办“{title}”，请尽快办理"), "urge")


def may_urge(task: Any, instance_id: int, actor: Actor) -> bool:
    """Whether the actor waits for this task: the office, the unit's head, whoever sent it on."""
    if actor.has_role(Role.office) or actor.has(task.unit_id, Role.reviewer):
        return True
    if actor.user_id is None:
        return False
    own = ProcessInstance.id == instance_id
    above = select(ProcessInstance.parent_id).where(own).scalar_subquery()
    near = or_(ProcessInstance.id == instance_id, ProcessInstance.id == above)
    begun = select(ProcessInstance.id).where(near, ProcessInstance.started_by_id == actor.user_id)
    acted = select(Task.id).where(
        or_(Task.instance_id == instance_id, Task.instance_id == above),
        Task.closed_by_id == actor.user_id,
    )
    asked = select(Task.id).where(Task.instance_id == instance_id, Task.owner_id == actor.user_id)
    asked = asked.where(Task.status == TaskStatus.held)
    return any(db.session.scalar(query.limit(1)) is not None for query in (begun, acted, asked))


def last_urged(task_id: int) -> Any | None:
    """When the task was last urged, and by whom."""
    query = select(TaskEvent.at, TaskEvent.by_name)
    query = query.where(TaskEvent.task_id == task_id, TaskEvent.kind == "urge")
    instance = select(Task.instance_id).where(Task.id == task_id).scalar_subquery()
    query = query.where(TaskEvent.instance_id == instance)
    return db.session.execute(query.order_by(TaskEvent.id.desc()).limit(1)).first()


def comment(doing: Doing) -> None:
    """Say something about the task; whoever is named after an @ is told."""
    text = doing.text()
    task, instance = doing.task, get_instance(doing.running.id)
    if not doing.by.has(task.unit_id, task.role) and not may_see(instance, doing.by):
        raise Forbidden(N_("您不能查看这个任务。"))
    if task.task_status != TaskStatus.open and (no := refusal(instance.business_key)) is not None:
        raise no
    given = doing.payload.get("mentions") or []
    named = set(doing.people("mentions", given)) if given else set()
    wanted = _readers(sorted(named | _mentioned(text, instance.id)), instance.id)
    told = {"people": wanted, "names": people.names(wanted)} if wanted else None
    doing.note("comment", data=told)
    _tell(doing, wanted, N_("{who}在“{title}”中提到了您"), "mention")


def _mentioned(text: str, instance_id: int) -> set[int]:
    """The people whose names follow an @: the longest name that fits, and everybody's of it.

    Of namesakes those of a unit that takes part are meant, if there are any.
    """
    parts = [match.group(1) for match in NAMED.finditer(text)]
    spelt = {part[:length] for part in parts for length in range(2, len(part) + 1)}
    if not spelt:
        return set()
    units = select(Task.unit_id).where(Task.instance_id == instance_id)
    near = select(UserRole.id).where(UserRole.user_id == User.id, UserRole.unit_id.in_(units))
    query = select(User.id, User.name, near.exists().label("near"))
    rows = db.session.execute(query.where(User.active, User.name.in_(spelt))).all()
    found: set[int] = set()
    for part in parts:
        fits = [row for row in rows if part.startswith(row.name)]
        longest = max((len(row.name) for row in fits), default=0)
        meant = [row for row in fits if len(row.name) == longest]
        found |= {row.id for row in [row for row in meant if row.near] or meant}
    return found


def _readers(ids: list[int], instance_id: int) -> list[int]:
    """Those of these people who may read the process: no use telling anybody else of it."""
    units = select(Task.unit_id).where(Task.instance_id == instance_id)
    copied = select(TaskCopy.user_id).where(TaskCopy.instance_id == instance_id)
    posts = or_(UserRole.unit_id.in_(units), UserRole.role.in_(SEE_ALL))
    posted = select(UserRole.user_id).where(posts)
    query = select(User.id).where(User.id.in_(ids))
    query = query.where(or_(User.id.in_(posted), User.id.in_(copied)))
    return list(db.session.scalars(query.order_by(User.id)))


def _holders(doing: Doing) -> list[int]:
    """Who has the work now: the owner, else the post; for a held task those it waits for."""
    task = doing.task
    waiting = [task]
    if task.task_status == TaskStatus.held:
        columns = (Task.owner_id, Task.unit_id, Task.role)
        query = select(*columns).where(Task.side_of_id == task.task_id, is_open)
        waiting = list(doing.connection.execute(query))
    found: set[int] = set()
    for one in waiting:
        if one.owner_id is not None:
            found.add(one.owner_id)
        else:
            found |= set(people.colleagues(one.unit_id, one.role))
    return sorted(found - {doing.by.user_id or 0})


def _tell(doing: Doing, ids: list[int], message: str, kind: str) -> None:
    letters = [(one, doing.task.task_id) for one in ids]
    me = doing.by.user_id
    people.tell(letters, message, doing.task, at=doing.at, kind=kind, who=doing.by.name, but=me)
