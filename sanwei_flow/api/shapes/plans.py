"""Plans: what was read, what is doubtful, the rows."""

import datetime as dt

from pydantic import Field

from .common import Shape, UnitRef


class Place(Shape):
    """Where it stands in the document, by line from 1."""

    line: int | None
    end: int | None = None


class Phase(Shape):
    name: str
    start: dt.date | None
    end: dt.date | None
    stated: bool
    implementing: bool


class Finding(Shape):
    """Something doubtful in the document, open until somebody has settled it.

    `assumed` and `alternatives` are answers as they may be sent back, so never translated;
    `assumed_label` says the assumption in the caller's language.
    """

    id: int
    code: str
    line: int | None
    message: str
    assumed: str | None
    assumed_label: str | None
    alternatives: list[str]
    row: int | None
    settled: bool
    choice: str | None


class Accepted(Shape):
    """How many findings were answered with what had been assumed."""

    settled: int


class Mention(Shape):
    """A unit's name as the document writes it, and what it means in this plan.

    `doubtful` and `unknown` names bar the launch; `candidates` are units it may mean, best
    first, and `rows` the numbers of the rows that use it.
    """

    id: int
    name: str
    mentions: int
    rows: list[int]
    status: str = Field(examples=["settled", "doubtful", "unknown", "dropped"])
    unit: UnitRef | None
    collective: UnitRef | None
    kinds: list[str] | None
    candidates: list[UnitRef]


class MajorItem(Shape):
    no: int
    kind: str
    name: str
    lead: list[str]
    source: Place


class Target(Shape):
    """A promised figure: indicator, op (`=`, `>=`, `>`, `~`), value, unit, year."""

    key: str
    indicator: str
    op: str
    value: float
    unit: str
    year: int | None
    annual: bool
    row: int | None
    reported: float | None
    source: Place


class PlanCounts(Shape):
    rows: int
    closed: int
    by_status: dict[str, int]
    by_light: dict[str, int]
    findings_open: int


class PlanSummary(Shape):
    id: int
    title: str
    doc_number: str | None
    issuer: str | None
    doc_date: dt.date | None
    status: str = Field(
        examples=["draft", "launching", "running", "done", "concluding", "archived"]
    )
    status_label: str
    counts: PlanCounts
    imported_at: dt.datetime
    launched_at: dt.datetime | None


class Progress(Shape):
    """How far the launch is: rows whose process has started, of all rows."""

    started: int
    total: int


class Plan(PlanSummary):
    office: UnitRef | None
    process: int | None
    progress: Progress
    #: What must be settled before the launch; empty when it may go.
    blockers: list[str]
    phases: list[Phase]
    majors: list[MajorItem]
    targets: list[Target]
    units: list[Mention]
    findings: list[Finding]


class PlanPage(Shape):
    items: list[PlanSummary]
    next: str | None


class Row(Shape):
    """One row of the division table. `status` is draft, a stage of its process, or written_off."""

    no: int
    category: str
    item: str
    task: str
    lead: list[str]
    cooperating: list[str]
    open_ended: bool
    due: dt.date | None
    due_inferred: bool
    due_past: bool
    major: bool
    status: str
    status_label: str
    light: str = Field(examples=["none", "green", "yellow", "red"])
    light_reason: str
    process: int | None
    incident: bool
    written_off_at: dt.datetime | None
    result: str | None
    targets: list["Target"]
    version: int
    source: Place


class RowPage(Shape):
    items: list[Row]
    next: str | None


class Launch(Shape):
    plan: int
    status: str
    process: int | None
    progress: Progress
