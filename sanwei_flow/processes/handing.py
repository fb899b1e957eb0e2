"""Handing over what is in somebody's name: tasks, drafts, and the processes they started.

Who may ask for that is the caller's to know. Unlike a transfer it also moves what is held or
stands still: nobody may be left to wait for a person who has gone.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError, Conflict
from sanwei_flow.processes import people
from sanwei_flow.processes.advance import Act, write_note
from sanwei_flow.processes.locking import lock_instance, lock_task
from sanwei_flow.processes.models import (
    Attachment,
    InstanceStatus,
    ProcessInstance,
    Side,
    Task,
    TaskDraft,
    TaskStatus,
    is_held,
    is_open,
)
from sanwei_flow.processes.starting import forget

OVER = (InstanceStatus.finished, InstanceStatus.cancelled)
#: What the trail calls it; the second leaves every task where it was.
TASK, STARTED = "hand_over", "new_starter"
COLUMNS = (
    Task.id,
    Task.instance_id,
    Task.name,
    Task.title,
    Task.unit_id,
    Task.role,
    Task.status,
    Task.due,
    Task.side,
    Task.side_of_id,
    TaskDraft.at.label("draft_at"),
)
GONE = N_("这件事已不在移交人名下。")


@dataclass(frozen=True)
class Receiver:
    """Who is to take things over: their posts, and the tasks they have a part in already."""

    id: int
    posts: frozenset[tuple[int, str]]
    near: frozenset[int]

    def units(self) -> frozenset[int]:
        return frozenset(unit for unit, _role in self.posts)


def receiver_of(user_id: int, main: int | None = None) -> Receiver:
    """What has to be known of a receiver; `main` is the task it is about, if only one is."""
    whose = Task.owner_id == user_id
    if main is not None:
        whose &= or_(Task.id == main, Task.side_of_id == main)
    near = [row.side_of_id or row.id for row in _tasks(user_id, whose, (is_open, is_held))]
    return Receiver(user_id, frozenset(people.posts(user_id)), frozenset(near))


def in_name_of(person: int) -> list[Row[Any]]:
    """The pending tasks the person took on or was asked to help with, by due date."""
    return _tasks(person, Task.owner_id == person, (is_open, is_held))


def drafted_by(person: int) -> list[Row[Any]]:
    """The open tasks nobody took on for which the person has written a draft."""
    return _tasks(person, and_(Task.owner_id.is_(None), TaskDraft.id.is_not(None)), (is_open,))


def _tasks(
    person: int, whose: ColumnElement[bool], states: tuple[ColumnElement[bool], ...]
) -> list[Row[Any]]:
    """One select for each state: their indexes hold tasks of one state only."""
    mine = and_(TaskDraft.task_id == Task.id, TaskDraft.user_id == person)
    query = select(*COLUMNS).outerjoin(TaskDraft, mine).where(whose)
    rows: list[Row[Any]] = []
    for state in states:
        rows += db.session.execute(query.where(state))
    return sorted(rows, key=lambda row: (row.due, row.id))


def started_by(person: int) -> list[Row[Any]]:
    """The open processes the person started, newest first."""
    process = ProcessInstance
    query = select(process.id, process.title).where(process.started_by_id == person)
    query = query.where(process.parent_node.is_(None), process.status.not_in(OVER))
    return list(db.session.execute(query.order_by(process.id.desc())))


def obstacle(task: Any, receiver: Receiver) -> AppError | None:
    """Why the receiver cannot have this task; None if they can.

    `task` has id, unit_id, role, side and side_of_id. Who was asked in person answers in any
    post of the unit; anything else is done by who holds the very post.
    """
    if task.side not in (None, Side.redo):
        if task.unit_id not in receiver.units():
            return Conflict(N_("接收人不在这个单位任职。"))
    elif (task.unit_id, task.role) not in receiver.posts:
        return Conflict(N_("接收人没有办理它的岗位。"))
    if (task.side_of_id or task.id) in receiver.near:
        return Conflict(N_("接收人也在办理这件事，等其办完后再移交。"))
    return None


def hand_task(
    task_id: int, person: int, receiver: int, *, comment: str, by: Actor, at: dt.datetime
) -> None:
    """Put a task, with its draft, into the receiver's name.

    `by` acts for the person unless it is they. Raises Conflict if it is not in the person's
    name any more, or the receiver cannot have it.
    """
    connection = db.session.connection()
    found = lock_task(connection, task_id, None)
    pending = (TaskStatus.open, TaskStatus.held)
    if found is None or found[1].owner_id != person or found[1].task_status not in pending:
        raise Conflict(GONE)
    running, task = found
    row = db.session.execute(select(*COLUMNS[:-1]).where(Task.id == task_id)).one()
    problem = obstacle(row, receiver_of(receiver, task.side_of_id or task_id))
    if problem is not None:
        raise problem
    unit_id, role = people.post_of(receiver, task.unit_id, task.role)
    values = {"owner_id": receiver, "claimed_at": at, "unit_id": unit_id, "role": role}
    own = update(Task).where(Task.id == task_id)
    connection.execute(own.values(version=Task.version + 1, **values))
    hand_draft(task_id, person, receiver)
    told = {"people": [receiver], "names": people.names([receiver]), "from": person}
    write_note(
        connection,
        running,
        Act(TASK, by, at, TASK, task_id, task.unit_id, comment, told),
    )
    forget()


def hand_draft(task_id: int, person: int, receiver: int) -> None:
    """Give what the person has written to the receiver, unless they have written as well."""
    draft = TaskDraft.task_id == task_id
    has = select(TaskDraft.id).where(draft, TaskDraft.user_id == receiver)
    mine = draft & (TaskDraft.user_id == person)
    if db.session.scalar(has) is None:
        db.session.execute(update(TaskDraft).where(mine).values(user_id=receiver))
        # Files nobody has sent are the giver's own: the draft would lose them.
        theirs = Attachment.task_id == task_id, Attachment.uploaded_by_id == person
        unsent = update(Attachment).where(*theirs, Attachment.sent_at.is_(None))
        db.session.execute(unsent.values(uploaded_by_id=receiver))
    else:
        db.session.execute(delete(TaskDraft).where(mine))


def hand_started(
    instance_id: int, person: int, receiver: int, *, comment: str, by: Actor, at: dt.datetime
) -> None:
    """Let the receiver follow a process, and call it off, in the place of who started it.

    Raises Conflict if it is over or not the person's any more.
    """
    running = lock_instance(db.session.connection(), instance_id)
    own = select(ProcessInstance.started_by_id).where(ProcessInstance.id == instance_id)
    if running is None or not running.is_open or db.session.scalar(own) != person:
        raise Conflict(GONE)
    told = {"people": [receiver], "names": people.names([receiver]), "from": person}
    act = Act(STARTED, by, at, STARTED, comment=comment, data=told)
    write_note(db.session.connection(), running, act, started_by_id=receiver)
    forget()
