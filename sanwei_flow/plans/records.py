"""What is kept of a row while it runs: its dates, its figures over time, what was asked for it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan, PlanRow, Target
from sanwei_flow.processes.models import ProcessInstance


class RowRequest(db.Model):
    """Something asked for a running row; what became of it is the stage of its process.

    It also says which row the process may act on: no design can name another.
    """

    __tablename__ = "plan_row_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("plan_row.id", ondelete="CASCADE"), index=True)
    #: The key of the process: `extension`, `reassignment`, `suspension`…
    kind: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    started_at: Mapped[dt.datetime]

    row: Mapped[PlanRow] = relationship()
    process: Mapped[ProcessInstance] = relationship()


class RowDue(db.Model):
    """A change of a running row's date; `old` stays on record for good.

    `kind` is `extension` (asked for and granted), `resumption` (the clock had stood still) or
    `document` (the edited plan states another date).
    `late`: it was asked for after the old date had passed, and counts as late.
    """

    __tablename__ = "plan_row_due"

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("plan_row.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    old: Mapped[dt.date]
    new: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(Text, default="")
    late: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[dt.datetime]
    granted_at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(60))
    process_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))


class RowReport(db.Model):
    """A row's report for one period of the plan's cycle; asked for once, whoever sweeps.

    The words and `reported_at` are there once the office has taken note of it.
    """

    __tablename__ = "plan_row_report"
    __table_args__ = (UniqueConstraint("row_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("plan_row.id", ondelete="CASCADE"))
    #: `2026-11` or `2026Q4`.
    period: Mapped[str] = mapped_column(String(10))
    due: Mapped[dt.date]
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"), unique=True)
    progress: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[str] = mapped_column(Text, default="")
    #: What the report says of the figures: [{key, indicator, value, change, unit}].
    figures: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    reported_at: Mapped[dt.datetime | None]
    by_name: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[dt.datetime | None]


class TargetValue(db.Model):
    """A figure as it stood at a moment; the newest is the target's `reported`."""

    __tablename__ = "target_value"

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), index=True)
    value: Mapped[Decimal] = mapped_column(Numeric(20, 4))
    at: Mapped[dt.datetime]
    #: Empty for the figure of the completion report.
    period: Mapped[str] = mapped_column(String(10), default="")
    process_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))

    target: Mapped[Target] = relationship()


class LightSetting(db.Model):
    """What the lights mean; without a row `lights.Rules` as they are usual."""

    __tablename__ = "light_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Working days before the due day from which a row is near.
    near: Mapped[int]
    #: Percentage points behind the share of time elapsed.
    behind: Mapped[int]
    far_behind: Mapped[int]
    #: State of a row -> colour.
    colours: Mapped[dict[str, str]] = mapped_column(JSON)


class PlanRevision(db.Model):
    """An edited document of a plan as it was read; the same bytes are kept once for a plan.

    `rows` are `comparing.Said`. Once it is being applied `steps` are the changes as they were
    looked at (`comparing.Step`), `done` says how many of them have been carried out, and
    `outcomes` what became of each: [row number, msgid, params].
    """

    __tablename__ = "plan_revision"
    __table_args__ = (UniqueConstraint("plan_id", "source_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    source_name: Mapped[str] = mapped_column(String(300))
    source_hash: Mapped[str] = mapped_column(String(64))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    kept_at: Mapped[dt.datetime]
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    applied_at: Mapped[dt.datetime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    steps: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    done: Mapped[int] = mapped_column(default=0)
    outcomes: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)

    plan: Mapped[Plan] = relationship()
