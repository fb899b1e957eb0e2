"""A running process: its instance, its open tasks, its pending jobs and what was done.

The instance is the aggregate and the only thing that is locked: tasks, jobs and events are
written under its version. Acts go through Core statements (`writing.py`), everything else
may use these classes as usual.
"""

# ruff: noqa: PLC0414 - words of other files that everybody imports from here
import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db, only
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.processes.postponed import Job as Job
from sanwei_flow.processes.postponed import is_waiting as is_waiting
from sanwei_flow.processes.states import NO_DUE as NO_DUE
from sanwei_flow.processes.states import Box as Box
from sanwei_flow.processes.states import InstanceStatus as InstanceStatus
from sanwei_flow.processes.states import JobKind as JobKind
from sanwei_flow.processes.states import JobStatus as JobStatus
from sanwei_flow.processes.states import Side as Side
from sanwei_flow.processes.states import TaskStatus as TaskStatus
from sanwei_flow.storage.kinds import BYTES, SHOWN

# Literals, not parameters: a prepared statement could not use the partial indexes otherwise.
_OPEN: ColumnElement[str] = literal_column("'open'")
_HELD: ColumnElement[str] = literal_column("'held'")


class ProcessInstance(db.Model):
    """One run of one published design version.

    `state` is the engine's, opaque here. `version` counts the transitions; every write
    names the version it read. `root_id` is null on a root itself.
    """

    __tablename__ = "process_instance"
    __table_args__ = (
        db.Index("ix_process_instance_parent_id", "parent_id", "parent_ref"),
        db.Index("ix_process_instance_trouble", "id", **only("status = 'incident'")),
        db.Index("ix_process_instance_started_by_id", "started_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(db.ForeignKey("design_version.id"), index=True)
    state: Mapped[bytes] = mapped_column(db.LargeBinary, deferred=True)
    version: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(db.String(20), default=InstanceStatus.running)
    stage: Mapped[str] = mapped_column(db.String(40), default="")
    title: Mapped[str] = mapped_column(db.Text)
    business_key: Mapped[str] = mapped_column(db.String(100), default="", index=True)
    root_id: Mapped[int | None] = mapped_column(db.ForeignKey("process_instance.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(db.ForeignKey("process_instance.id"))
    parent_ref: Mapped[str | None] = mapped_column(db.String(60))
    #: The call activity it stands for in its parent's diagram.
    parent_node: Mapped[str | None] = mapped_column(db.String(100))
    #: Calls above this instance; bounded, so that designs calling each other end somewhere.
    depth: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[dt.datetime]
    started_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    finished_at: Mapped[dt.datetime | None]
    #: What it returned, once finished.
    result: Mapped[Any] = mapped_column(db.JSON(none_as_null=True), nullable=True)
    #: Why it is an incident: `{"message", "params", "job_id" | "task_id", "at"}`.
    incident: Mapped[dict[str, Any] | None] = mapped_column(db.JSON(none_as_null=True))
    chain_head: Mapped[str] = mapped_column(db.String(64))

    design_version: Mapped[DesignVersion] = relationship()
    parent: Mapped["ProcessInstance | None"] = relationship(
        remote_side="ProcessInstance.id", foreign_keys=[parent_id]
    )

    @property
    def is_open(self) -> bool:
        """True until it has finished or was cancelled."""
        return self.status not in (InstanceStatus.finished, InstanceStatus.cancelled)


class Task(db.Model):
    """A piece of work that waits for somebody holding `role` in `unit_id`.

    `data` holds the variables its form may show; `owner_id` is whoever took it on.
    `opened_version` and `closed_version` are the instance's versions at those moments.

    A side task serves another one (`side_of_id`) and carries the same `ref`: the engine
    waits for that one only, and withdraws both together.
    """

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(db.ForeignKey("process_instance.id"), index=True)
    ref: Mapped[str] = mapped_column(db.String(60))
    node: Mapped[str] = mapped_column(db.String(100))
    name: Mapped[str] = mapped_column(db.String(200))
    title: Mapped[str] = mapped_column(db.Text)
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(db.String(20))
    owner_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    claimed_at: Mapped[dt.datetime | None]
    box: Mapped[str] = mapped_column(db.String(20), default=Box.todo)
    status: Mapped[str] = mapped_column(db.String(20), default=TaskStatus.open)
    opened_at: Mapped[dt.datetime]
    opened_version: Mapped[int] = mapped_column(default=1)
    due: Mapped[dt.date] = mapped_column(default=NO_DUE)
    #: The next day on which the reminder sweep looks at it.
    remind_on: Mapped[dt.date | None]
    closed_at: Mapped[dt.datetime | None]
    #: No foreign key, like those of `TaskEvent`.
    closed_by_id: Mapped[int | None]
    closed_version: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(db.String(40))
    data: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    form: Mapped[str | None] = mapped_column(db.String(60))
    #: The `outcomes` setting as the design gives it, such as `agree,return`.
    outcomes: Mapped[str] = mapped_column(db.Text, default="submit")
    version: Mapped[int] = mapped_column(default=1)
    #: The ref that all copies of one joint decision share.
    joint_ref: Mapped[str | None] = mapped_column(db.String(60))
    side: Mapped[str | None] = mapped_column(db.String(20))
    side_of_id: Mapped[int | None] = mapped_column(db.ForeignKey("task.id"))
    #: How many side tasks of it are still to be answered.
    sides: Mapped[int] = mapped_column(default=0, server_default=db.text("0"))
    #: The decision that waits for others to agree, or what the person of a side task is asked:
    #: `{"action", "data", "comment", "by_id", "by_name", "at"}`.
    memo: Mapped[dict[str, Any] | None] = mapped_column(db.JSON(none_as_null=True))

    instance: Mapped[ProcessInstance] = relationship()

    @property
    def design_hash(self) -> str:
        """The hash of the design version it belongs to."""
        return self.instance.design_version.hash


is_open = Task.status == _OPEN
#: Not over yet: somebody's to do, or waiting for somebody else.
is_pending = Task.status.in_((_OPEN, _HELD))
is_held = Task.status == _HELD

db.Index("ix_task_side_of_id", Task.side_of_id, **only("side_of_id IS NOT NULL"))
db.Index(
    "ix_task_inbox",
    Task.unit_id,
    Task.role,
    Task.box,
    Task.due,
    Task.id,
    **only("status = 'open' AND owner_id IS NULL"),
)
db.Index(
    "ix_task_mine",
    Task.owner_id,
    Task.box,
    Task.due,
    Task.id,
    **only("status = 'open' AND owner_id IS NOT NULL"),
)
db.Index("ix_task_held", Task.owner_id, Task.due, Task.id, **only("status = 'held'"))
db.Index("ix_task_unit", Task.unit_id, Task.due, Task.id, **only("status IN ('open', 'held')"))
db.Index(
    "ix_task_remind_on",
    Task.remind_on,
    Task.id,
    **only("status = 'open' AND remind_on IS NOT NULL"),
)
db.Index("ix_task_done", Task.closed_by_id, Task.closed_at, Task.id, **only("status = 'done'"))


class TaskEvent(db.Model):
    """What happened, by whom and with what words; never changed, one hash chain per instance.

    `state_before` is the snapshot to go back to; it is dropped when the instance closes and
    is therefore no part of the chain. `seq` is the instance's version after the event. Only
    the instance is a foreign key: the others would lock the rows of busy people and units at
    every act, and the record must outlive them anyway.
    """

    __tablename__ = "task_event"
    __table_args__ = (db.Index("ix_task_event_instance_id", "instance_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(db.ForeignKey("process_instance.id"))
    task_id: Mapped[int | None]
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(db.String(20))
    action: Mapped[str] = mapped_column(db.String(40), default="")
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(db.String(60))
    for_unit_id: Mapped[int | None]
    on_behalf_of_id: Mapped[int | None]
    at: Mapped[dt.datetime]
    comment: Mapped[str] = mapped_column(db.Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    #: The diagram's elements left behind, in order.
    passed: Mapped[list[str]] = mapped_column(db.JSON, default=list)
    state_before: Mapped[bytes | None] = mapped_column(db.LargeBinary, deferred=True)
    idempotency_key: Mapped[str | None] = mapped_column(db.String(200), unique=True)
    #: Of what was sent under that key, so that the same key cannot stand for something else.
    fingerprint: Mapped[str | None] = mapped_column(db.String(64))
    prev_hash: Mapped[str] = mapped_column(db.String(64))
    hash: Mapped[str] = mapped_column(db.String(64))


#: Work was sent back: by an outcome called so, or by the verb. Literals, for the partial index.
is_returned: ColumnElement[bool] = literal_column(
    "(task_event.kind = 'return_to'"
    " OR (task_event.action >= 'return' AND task_event.action < 'returo'))"
)
is_urged: ColumnElement[bool] = literal_column("(task_event.kind = 'urge')")
_COUNTED = "kind = 'return_to' OR kind = 'urge' OR (action >= 'return' AND action < 'returo')"

# What a ledger counts, found without reading every event of a row.
db.Index("ix_task_event_counted", TaskEvent.instance_id, **only(_COUNTED))


class Attachment(db.Model):
    """A file somebody gave to a task; the bytes lie in the store under their hash.

    `content` is the type its first bytes show. Until an act has carried it (`sent_at`) it is
    the uploader's own, and may be taken away again.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(db.ForeignKey("process_instance.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(db.ForeignKey("task.id"))
    name: Mapped[str] = mapped_column(db.String(255))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(db.String(64), index=True)
    content: Mapped[str] = mapped_column(
        db.String(100), default=BYTES, server_default=db.text(f"'{BYTES}'")
    )
    uploaded_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    uploaded_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]

    @property
    def shown(self) -> bool:
        """Whether a browser may show it."""
        return self.content in SHOWN


db.Index("ix_attachment_unsent", Attachment.uploaded_at, **only("sent_at IS NULL"))


class TaskDraft(db.Model):
    """Answers somebody has begun to write; each person's own."""

    __tablename__ = "task_draft"
    __table_args__ = (db.UniqueConstraint("task_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(db.ForeignKey("task.id"))
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    data: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    at: Mapped[dt.datetime]


class TaskCopy(db.Model):
    """A task somebody was sent to read; nothing to decide."""

    __tablename__ = "task_copy"
    __table_args__ = (
        db.UniqueConstraint("task_id", "user_id"),
        db.Index("ix_task_copy_user_id_id", "user_id", "id"),
        db.Index("ix_task_copy_unread", "user_id", "id", **only("read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(db.ForeignKey("task.id"))
    instance_id: Mapped[int] = mapped_column(db.ForeignKey("process_instance.id"), index=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(db.String(60))
    comment: Mapped[str] = mapped_column(db.Text, default="")
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]

    task: Mapped[Task] = relationship()
