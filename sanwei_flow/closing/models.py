"""What is kept of a plan's conclusion: who asked for it and when, and its archive."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes.models import ProcessInstance


class PlanClosing(db.Model):
    """One round of self-assessment and acceptance; where it stands is the stage of its process.

    A round that was called off stays on record; the newest one counts.
    """

    __tablename__ = "plan_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(db.ForeignKey("plan.id"), index=True)
    process_id: Mapped[int | None] = mapped_column(
        db.ForeignKey("process_instance.id"), unique=True
    )
    #: The Shanghai day by which units answer.
    due: Mapped[dt.date]
    started_at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))

    plan: Mapped[Plan] = relationship()
    process: Mapped[ProcessInstance | None] = relationship()


WAITING, WRITING, DONE, FAILED = "waiting", "writing", "done", "failed"


class PlanArchive(db.Model):
    """The archive of an accepted plan: how far it is written, and where it lies.

    `digest` is the SHA-256 under which the store keeps the file, `done` and `total` count its
    parts; a runner that writes it has it until `locked_until`.
    """

    __tablename__ = "plan_archive"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(db.ForeignKey("plan.id"), unique=True)
    state: Mapped[str] = mapped_column(db.String(20), default=WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    digest: Mapped[str | None] = mapped_column(db.String(64), index=True)
    size: Mapped[int | None] = mapped_column(db.BigInteger)
    files: Mapped[int | None]
    #: Why it could not be written, in words for the operator.
    error: Mapped[str] = mapped_column(db.Text, default="")

    plan: Mapped[Plan] = relationship()

    @property
    def percent(self) -> int:
        """How much of it is written, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0
