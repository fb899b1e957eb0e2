"""What the office decides with others and what it finds on the spot, beside a plan's rows.

A meeting's minutes are a draft until they are issued; from then on nothing of them changes. Where
a decision or a rectification stands is the stage of its process, never stored here.
"""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance
from sanwei_flow.supervision.models import Slip


class Meeting(db.Model):
    """A consultation 联席会商 of a plan. `revision` counts the saves of the draft.

    `attending`, `lead`… are names as they were typed; what they mean is settled when the minutes
    are issued.
    """

    __tablename__ = "meeting"
    __table_args__ = (db.UniqueConstraint("year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(db.ForeignKey("plan.id"), index=True)
    title: Mapped[str] = mapped_column(db.String(200))
    held_on: Mapped[dt.date]
    place: Mapped[str] = mapped_column(db.String(200), default="")
    chair: Mapped[str] = mapped_column(db.String(100), default="")
    attending: Mapped[str] = mapped_column(db.Text, default="")
    agenda: Mapped[str] = mapped_column(db.Text, default="")
    minutes: Mapped[str] = mapped_column(db.Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[dt.datetime]
    edited_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    edited_by: Mapped[str] = mapped_column(db.String(60))
    year: Mapped[int | None]
    serial: Mapped[int | None]
    issued_at: Mapped[dt.datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    issued_by: Mapped[str] = mapped_column(db.String(60), default="")

    plan: Mapped[Plan] = relationship()
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="meeting", order_by="Decision.no", cascade="all, delete-orphan"
    )
    units: Mapped[list["MeetingUnit"]] = relationship(cascade="all, delete-orphan")
    files: Mapped[list["RecordFile"]] = relationship(
        order_by="RecordFile.id", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> str:
        """The number as it is printed, 会商〔2026〕3号; empty for a draft."""
        return f"会商〔{self.year}〕{self.serial}号" if self.serial else ""


class Decision(db.Model):
    """Something a meeting decided. `unit_id`, `due` and the process are there once issued.

    `lead`, `helpers` and `row_nos` are what the office typed: names, and numbers of rows.
    """

    __tablename__ = "meeting_decision"
    __table_args__ = (db.UniqueConstraint("meeting_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(db.ForeignKey("meeting.id", ondelete="CASCADE"))
    no: Mapped[int]
    text: Mapped[str] = mapped_column(db.Text)
    lead: Mapped[str] = mapped_column(db.String(100), default="")
    helpers: Mapped[str] = mapped_column(db.Text, default="")
    due: Mapped[dt.date | None]
    row_nos: Mapped[str] = mapped_column(db.String(100), default="")
    unit_id: Mapped[int | None] = mapped_column(db.ForeignKey("unit.id"), index=True)
    process_id: Mapped[int | None] = mapped_column(
        db.ForeignKey("process_instance.id"), unique=True
    )

    meeting: Mapped[Meeting] = relationship(back_populates="decisions")
    unit: Mapped[Unit | None] = relationship()
    process: Mapped[ProcessInstance | None] = relationship()
    rows: Mapped[list[PlanRow]] = relationship(secondary="meeting_decision_row", viewonly=True)

    @property
    def stage(self) -> str:
        """`draft`, the stage of its process, `done` or `withdrawn`."""
        if self.process is None:
            return "draft"
        if self.process.status == InstanceStatus.cancelled:
            return "withdrawn"
        return self.process.stage or "dispatched"

    @property
    def is_open(self) -> bool:
        """True while somebody has to do something about it."""
        return self.process is not None and self.process.is_open


class DecisionRow(db.Model):
    """A row of the plan that a decision is about."""

    __tablename__ = "meeting_decision_row"

    decision_id: Mapped[int] = mapped_column(
        db.ForeignKey("meeting_decision.id", ondelete="CASCADE"), primary_key=True
    )
    row_id: Mapped[int] = mapped_column(db.ForeignKey("plan_row.id"), primary_key=True, index=True)


class MeetingUnit(db.Model):
    """A unit that issued minutes concern: it attended, leads or helps, or leads a row in them."""

    __tablename__ = "meeting_unit"

    meeting_id: Mapped[int] = mapped_column(
        db.ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"), primary_key=True, index=True)


class Inspection(db.Model):
    """A finding of a 督导检查, about a row of a plan or about a unit's part in it.

    `kind` is `good`, `problem` or `rectify`. `due` is the day by which it is to be mended, as the
    latest re-check set it; `closed_at` is there once a re-check found it mended (or at once, for
    what was good). `process_id` is the rectification under way or the last one.
    """

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(db.ForeignKey("plan.id"), index=True)
    row_id: Mapped[int | None] = mapped_column(db.ForeignKey("plan_row.id"), index=True)
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"), index=True)
    held_on: Mapped[dt.date]
    inspectors: Mapped[str] = mapped_column(db.String(200))
    kind: Mapped[str] = mapped_column(db.String(20))
    finding: Mapped[str] = mapped_column(db.Text)
    due: Mapped[dt.date | None]
    process_id: Mapped[int | None] = mapped_column(
        db.ForeignKey("process_instance.id"), unique=True
    )
    slip_id: Mapped[int | None] = mapped_column(db.ForeignKey("supervision_slip.id"))
    #: What makes a press of the button unique: the same form sent twice is one record.
    key: Mapped[str | None] = mapped_column(db.String(64), unique=True)
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))
    closed_at: Mapped[dt.datetime | None]

    plan: Mapped[Plan] = relationship()
    row: Mapped[PlanRow | None] = relationship()
    unit: Mapped[Unit] = relationship()
    slip: Mapped[Slip | None] = relationship()
    process: Mapped[ProcessInstance | None] = relationship()
    rechecks: Mapped[list["Recheck"]] = relationship(
        back_populates="inspection", order_by="Recheck.id", cascade="all, delete-orphan"
    )
    files: Mapped[list["RecordFile"]] = relationship(
        order_by="RecordFile.id", cascade="all, delete-orphan"
    )

    @property
    def state(self) -> str:
        """`good`, `closed`, `to_recheck` (reported as mended), `rectifying` or `open`."""
        if self.kind == "good":
            return "good"
        if self.closed_at is not None:
            return "closed"
        if self.process is not None and self.process.is_open:
            return "to_recheck" if self.process.stage == "to_recheck" else "rectifying"
        return "open"


class Recheck(db.Model):
    """A 回头看: who looked again, when, and whether it was mended; `next_due` where not."""

    __tablename__ = "inspection_recheck"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(
        db.ForeignKey("inspection.id", ondelete="CASCADE"), index=True
    )
    held_on: Mapped[dt.date]
    inspectors: Mapped[str] = mapped_column(db.String(200))
    mended: Mapped[bool]
    note: Mapped[str] = mapped_column(db.Text, default="")
    next_due: Mapped[dt.date | None]
    slip_id: Mapped[int | None] = mapped_column(db.ForeignKey("supervision_slip.id"))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))

    inspection: Mapped[Inspection] = relationship(back_populates="rechecks")
    slip: Mapped[Slip | None] = relationship()


class RecordFile(db.Model):
    """A file kept with a meeting or an inspection; its bytes lie in the store by their digest."""

    __tablename__ = "record_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int | None] = mapped_column(
        db.ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    inspection_id: Mapped[int | None] = mapped_column(
        db.ForeignKey("inspection.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(db.String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(db.String(64), index=True)
    content: Mapped[str] = mapped_column(db.String(100))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))
