"""Settings of the ladder, which day was last looked at, and what has been issued."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance


class LadderSetting(db.Model):
    """Reminder steps of one scope; without a row the usual steps count.

    `scope` is `task` or `row` for all tasks and all rows, `design:extension` for the tasks of
    one design, `plan:3` for the rows of one plan. `steps` are `[kind, working days,
    [recipients]]`, as in `ladder.Step`.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(db.String(120), unique=True)
    steps: Mapped[list[list[Any]]] = mapped_column(db.JSON)


class SlipLevel(db.Model):
    """Whom a slip goes to next when nobody answers in time; without rows the usual ones count."""

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(db.String(60))
    #: `unit`: people of the unit addressed; `office`: people of the plan's office unit.
    side: Mapped[str] = mapped_column(db.String(10))
    role: Mapped[str] = mapped_column(db.String(20))
    #: Working days to answer once the slip has climbed here.
    days: Mapped[int]


class SweepMark(db.Model):
    """The newest day for which a daily sweep is done; written with what it did."""

    name: Mapped[str] = mapped_column(db.String(40), primary_key=True)
    day: Mapped[dt.date]


class SerialNumber(db.Model):
    """The last number given in a year, by kind of document."""

    kind: Mapped[str] = mapped_column(db.String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class Card(db.Model):
    """A yellow or red card, issued by the ladder or a person; never changed afterwards.

    `reason` is a msgid, `params` fill its places. `key` names the step of the ladder that
    issued it: each is taken once.
    """

    __tablename__ = "supervision_card"
    __table_args__ = (db.UniqueConstraint("colour", "year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[str] = mapped_column(db.String(10))
    year: Mapped[int]
    serial: Mapped[int]
    plan_id: Mapped[int | None] = mapped_column(db.ForeignKey("plan.id"), index=True)
    row_id: Mapped[int | None] = mapped_column(db.ForeignKey("plan_row.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(db.ForeignKey("task.id"), index=True)
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"))
    level: Mapped[str] = mapped_column(db.String(30))
    reason: Mapped[str] = mapped_column(db.Text)
    params: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    key: Mapped[str | None] = mapped_column(db.String(160), unique=True)
    issued_at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))

    row: Mapped[PlanRow | None] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def number(self) -> str:
        """The number as it is printed: 黄牌〔2026〕3号."""
        name = {"yellow": "黄牌", "red": "红牌"}.get(self.colour, "督办牌")
        return f"{name}〔{self.year}〕{self.serial}号"


class Slip(db.Model):
    """A 督办单 for one row and one unit; where it stands is the stage of its process.

    `level` counts from 0, the first addressee. `due` is the day by which that level answers.
    """

    __tablename__ = "supervision_slip"
    __table_args__ = (db.UniqueConstraint("year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    plan_id: Mapped[int] = mapped_column(db.ForeignKey("plan.id"), index=True)
    row_id: Mapped[int] = mapped_column(db.ForeignKey("plan_row.id"), index=True)
    unit_id: Mapped[int] = mapped_column(db.ForeignKey("unit.id"), index=True)
    reason: Mapped[str] = mapped_column(db.Text)
    params: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    level: Mapped[int] = mapped_column(default=0)
    due: Mapped[dt.date]
    process_id: Mapped[int | None] = mapped_column(
        db.ForeignKey("process_instance.id"), unique=True
    )
    key: Mapped[str | None] = mapped_column(db.String(160), unique=True)
    issued_at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))
    closed_at: Mapped[dt.datetime | None]

    plan: Mapped[Plan] = relationship()
    row: Mapped[PlanRow] = relationship()
    unit: Mapped[Unit] = relationship()
    process: Mapped[ProcessInstance | None] = relationship()
    steps: Mapped[list["SlipStep"]] = relationship(
        back_populates="slip", order_by="SlipStep.id", cascade="all, delete-orphan"
    )

    @property
    def number(self) -> str:
        """The number as it is printed: 督办〔2026〕3号."""
        return f"督办〔{self.year}〕{self.serial}号"

    @property
    def stage(self) -> str:
        """Where it stands: `to_reply`, `checking`, `considering`, `closed` or `withdrawn`."""
        if self.process is None or self.process.status == InstanceStatus.cancelled:
            return "withdrawn"
        return self.process.stage or "to_reply"


class SlipStep(db.Model):
    """One level a slip has been at, and the day it had to be answered by."""

    id: Mapped[int] = mapped_column(primary_key=True)
    slip_id: Mapped[int] = mapped_column(
        db.ForeignKey("supervision_slip.id", ondelete="CASCADE"), index=True
    )
    level: Mapped[int]
    name: Mapped[str] = mapped_column(db.String(60))
    due: Mapped[dt.date]
    opened_at: Mapped[dt.datetime]
    #: When the day passed without an answer.
    expired_at: Mapped[dt.datetime | None]

    slip: Mapped[Slip] = relationship(back_populates="steps")
