"""A plan as it was read and settled: phases, rows, units, targets and everything doubtful.

The document's words are never changed here except by a named person, and every such change
is in the record of acts. How far a row has come is not stored: it is the stage of its process.
"""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    and_,
    cast,
    literal,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db
from sanwei_flow.plans.keys import business_key


class Side(enum.StrEnum):
    """Which end of a row a unit stands at."""

    LEAD = "lead"
    COOPERATING = "cooperating"


class MentionStatus(enum.StrEnum):
    """What we know of a name; only `settled` and `dropped` names let a plan be launched.

    `doubtful`: the register offers candidates; `unknown`: it offers none; `dropped`: a person
    said that this is no unit.
    """

    SETTLED = "settled"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


class Plan(db.Model):
    """One issued document. The same bytes are imported once."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    doc_number: Mapped[str | None] = mapped_column(String(100))
    issuer: Mapped[str | None] = mapped_column(String(200))
    doc_date: Mapped[dt.date | None]
    #: The unit whose `office` people run the plan: they settle, launch, review and close.
    office_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    #: The root process; None until launched. What the plan's status is follows from it.
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    source_name: Mapped[str] = mapped_column(String(300))
    source_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: The document as it was read: [number, kind, text] per line; findings and rows point into it.
    source_lines: Mapped[list[list[Any]]] = mapped_column(JSON, deferred=True)
    imported_at: Mapped[dt.datetime]
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    launched_at: Mapped[dt.datetime | None]
    launched_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: 验收通过: from then on the plan and its rows are only read.
    accepted_at: Mapped[dt.datetime | None]
    #: 归档: since when its archive lies ready.
    archived_at: Mapped[dt.datetime | None]
    #: How often rows report progress (`none`, `monthly`, `quarterly`), and by which day.
    report_cycle: Mapped[str] = mapped_column(String(20), default="quarterly")
    report_day: Mapped[int] = mapped_column(default=25)

    phases: Mapped[list[PlanPhase]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="PlanPhase.position"
    )
    rows: Mapped[list[PlanRow]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="PlanRow.no"
    )
    mentions: Mapped[list[UnitMention]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="UnitMention.id"
    )
    majors: Mapped[list[MajorItem]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="MajorItem.no"
    )
    targets: Mapped[list[Target]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Target.id"
    )
    findings: Mapped[list[Finding]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="Finding.line, Finding.id"
    )


class PlanPhase(db.Model):
    """A dated stage of the plan; `stated` is False where the document names none."""

    __tablename__ = "plan_phase"
    __table_args__ = (UniqueConstraint("plan_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    start: Mapped[dt.date | None] = mapped_column("start_date", Date)
    end: Mapped[dt.date | None] = mapped_column("end_date", Date)
    stated: Mapped[bool] = mapped_column(default=True)
    #: The phase that carries the division rows; exactly one per plan.
    implementing: Mapped[bool] = mapped_column(default=False)
    #: Years inside the phase by which figures fall due, such as 2024 and 2027.
    milestones: Mapped[list[int]] = mapped_column(JSON, default=list)
    source_line: Mapped[int | None]

    plan: Mapped[Plan] = relationship(back_populates="phases")


class PlanRow(db.Model):
    """One accountable item of the plan: a task, its lead unit and its cooperating units."""

    __tablename__ = "plan_row"
    __table_args__ = (UniqueConstraint("plan_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    no: Mapped[int]
    category: Mapped[str] = mapped_column(Text, default="")
    item: Mapped[str] = mapped_column(Text, default="")
    task: Mapped[str] = mapped_column(Text)
    #: The document ends the list of cooperating units with 等: there may be more.
    open_ended: Mapped[bool] = mapped_column(default=False)
    due: Mapped[dt.date | None]
    #: The document gives the row no date; ours comes from its figures or the plan's last year.
    due_inferred: Mapped[bool] = mapped_column(default=False)
    #: The date had passed when the plan was imported: it raises no alarm.
    due_past: Mapped[bool] = mapped_column(default=False)
    #: Closing the row needs the leader.
    major: Mapped[bool] = mapped_column(default=False)
    source_line: Mapped[int | None]
    source_end: Mapped[int | None]
    written_off_at: Mapped[dt.datetime | None]
    result: Mapped[str | None] = mapped_column(Text)
    #: Since when the clock stands still; None while it runs.
    suspended_at: Mapped[dt.datetime | None]
    terminated_at: Mapped[dt.datetime | None]
    #: Number of the document that ended the row, and ids of its files.
    basis: Mapped[str | None] = mapped_column(String(200))
    basis_files: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: When an edited document put it into the running plan; its process stands beside those
    #: the plan's own waits for.
    added_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def business_key(self) -> str:
        """What the row's process is called by."""
        return business_key(self.plan_id, self.no)

    plan: Mapped[Plan] = relationship(back_populates="rows")
    units: Mapped[list[RowUnit]] = relationship(
        back_populates="row", cascade="all, delete-orphan", order_by="RowUnit.position"
    )
    targets: Mapped[list[Target]] = relationship(back_populates="row", order_by="Target.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


def row_key() -> ColumnElement[str]:
    """What a row's process is called by, as `PlanRow.business_key` has it, in SQL."""
    plan, no = (cast(one, String) for one in (PlanRow.plan_id, PlanRow.no))
    return literal("plan:") + plan + literal("/row:") + no


#: A launched plan's rows that are not over, in queries that have both tables.
is_under_way = and_(
    Plan.launched_at.is_not(None),
    PlanRow.written_off_at.is_(None),
    PlanRow.terminated_at.is_(None),
)


class UnitMention(db.Model):
    """One name of a unit in one plan, settled once for all the rows that use it."""

    __tablename__ = "unit_mention"
    __table_args__ = (UniqueConstraint("plan_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(default=0)
    #: First line where the document uses the name.
    line: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default=MentionStatus.UNKNOWN)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    collective_id: Mapped[int | None] = mapped_column(ForeignKey("collective_unit.id"))
    #: Which kinds of unit the collective name covers in this plan; None for a single unit.
    kinds: Mapped[list[str] | None] = mapped_column(JSON)
    #: Units a person may mean by it (ids), best first; suggestions only.
    candidates: Mapped[list[int]] = mapped_column(JSON, default=list)
    settled_at: Mapped[dt.datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    plan: Mapped[Plan] = relationship(back_populates="mentions")


class RowUnit(db.Model):
    """A unit's place in a row, in the order of the document."""

    __tablename__ = "row_unit"
    __table_args__ = (UniqueConstraint("row_id", "side", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("plan_row.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    mention_id: Mapped[int] = mapped_column(ForeignKey("unit_mention.id"))

    row: Mapped[PlanRow] = relationship(back_populates="units")
    mention: Mapped[UnitMention] = relationship()


class MajorItem(db.Model):
    """An entry of the plan's list of major reforms, policies, platforms and projects."""

    __tablename__ = "major_item"
    __table_args__ = (UniqueConstraint("plan_id", "no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(Text)
    lead: Mapped[list[str]] = mapped_column(JSON, default=list)
    source_line: Mapped[int | None]

    plan: Mapped[Plan] = relationship(back_populates="majors")


class Target(db.Model):
    """A figure the plan promises: `indicator` `op` `value` `unit` by the end of `year`."""

    __tablename__ = "target"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    row_id: Mapped[int | None] = mapped_column(
        ForeignKey("plan_row.id", ondelete="SET NULL"), index=True
    )
    #: Name of the figure in a row's report; unique in the plan.
    key: Mapped[str] = mapped_column(String(20))
    indicator: Mapped[str] = mapped_column(Text)
    op: Mapped[str] = mapped_column(String(10), default="=")
    value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    unit: Mapped[str] = mapped_column(String(50), default="")
    year: Mapped[int | None]
    annual: Mapped[bool] = mapped_column(default=False)
    source_line: Mapped[int | None]
    reported: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    reported_at: Mapped[dt.datetime | None]

    plan: Mapped[Plan] = relationship(back_populates="targets")
    row: Mapped[PlanRow | None] = relationship(back_populates="targets")


class Finding(db.Model):
    """Something doubtful: where, what was assumed, what else it could be, what a person chose."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_plan_id", "plan_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(50))
    line: Mapped[int | None]
    #: A Chinese msgid; `params` fill its places.
    message: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: What was assumed until a person answers, a msgid as well.
    assumed: Mapped[str | None] = mapped_column(Text)
    alternatives: Mapped[list[str]] = mapped_column(JSON, default=list)
    row_id: Mapped[int | None] = mapped_column(ForeignKey("plan_row.id", ondelete="SET NULL"))
    mention_id: Mapped[int | None] = mapped_column(
        ForeignKey("unit_mention.id", ondelete="SET NULL")
    )
    settled_at: Mapped[dt.datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    choice: Mapped[str | None] = mapped_column(Text)

    plan: Mapped[Plan] = relationship(back_populates="findings")
    row: Mapped[PlanRow | None] = relationship()
    mention: Mapped[UnitMention | None] = relationship()
