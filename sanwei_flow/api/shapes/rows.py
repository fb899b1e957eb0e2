"""What is asked for a running row, its dates and its reports."""

import datetime as dt

from pydantic import Field

from .common import Shape
from .plans import Row


class RequestKind(Shape):
    """Something this person may ask for the row: POST to `…/requests/{kind}`."""

    kind: str = Field(
        examples=["extension", "reassignment", "suspension", "resumption", "termination"]
    )
    label: str


class RowRequest(Shape):
    """What was asked for a row. `task` is the form that waits with whoever asked, if it does."""

    kind: str
    label: str
    unit: str
    started_at: dt.datetime
    process: int
    stage: str = Field(examples=["applying", "unit_review", "granted", "refused", "withdrawn"])
    stage_label: str
    task: int | None


class DueChange(Shape):
    """A date the row had, and the one it got. `late`: asked for after the old one had passed."""

    kind: str = Field(examples=["extension", "resumption"])
    old: dt.date
    new: dt.date
    reason: str
    late: bool
    asked_at: dt.datetime
    granted_at: dt.datetime
    by: str
    process: int


class RowReport(Shape):
    """A row's progress report for a period; its words are there once the office has read it."""

    period: str = Field(examples=["2026-11", "2026Q4"])
    due: dt.date
    process: int | None
    progress: str
    problems: str
    next_steps: str
    reported_at: dt.datetime | None
    by: str
    recorded_at: dt.datetime | None


class RowDetail(Row):
    """A row with what may be asked for it, what was, its dates so far and its reports."""

    suspended_at: dt.datetime | None
    terminated_at: dt.datetime | None
    basis: str | None
    available: list[RequestKind]
    requests: list[RowRequest]
    dues: list[DueChange]
    reports: list[RowReport]


class Cycle(Shape):
    """How often the plan's rows report, and by which day of the period's last month."""

    cycle: str = Field(examples=["none", "monthly", "quarterly"])
    day: int
