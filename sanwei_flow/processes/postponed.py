"""The job table: what crosses instances, waits for a time, or must outlive a crash."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from sanwei_flow.db import db, only
from sanwei_flow.processes.states import JobStatus

# A literal, not a parameter: a prepared statement could not use the partial index otherwise.
_WAITING: ColumnElement[str] = literal_column("'waiting'")


class Job(db.Model):
    """Something to do later, written in the transaction that decided it.

    `due_at` moves forward when an attempt fails; the row disappears with the transaction
    that does the work, so nothing is lost and nothing is done twice. Ids are never given out
    again: a runner that read one while another did the job must not take the next job for it.
    """

    __tablename__ = "job"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own attribute

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(db.String(20))
    instance_id: Mapped[int] = mapped_column(db.ForeignKey("process_instance.id"), index=True)
    ref: Mapped[str] = mapped_column(db.String(60), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    due_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(db.Text)
    status: Mapped[str] = mapped_column(db.String(20), default=JobStatus.waiting)


is_waiting = Job.status == _WAITING

db.Index("ix_job_due", Job.due_at, Job.id, **only("status = 'waiting'"))
