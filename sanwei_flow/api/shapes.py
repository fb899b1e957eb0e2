"""What the API answers, shape by shape. The OpenAPI document is made from these classes.

Names, not ids, wherever a person would say a name; ids beside them where a program needs one.
Days are ISO dates in Shanghai, moments are ISO times in UTC. Words shown to people (`label`,
`reason`, `message`) follow Accept-Language; everything else never changes with the language.
"""

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """An answer or a part of one; a member that is not declared here is a mistake of ours."""

    model_config = ConfigDict(extra="forbid")


class Problem(Shape):
    """RFC 9457 problem details. `errors` names each wrong field; `who` and `when` who was first."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:sanwei:invalid"])
    title: str
    status: int
    detail: str
    code: str
    trace: str
    errors: dict[str, list[str]] | None = None


class Grant(Shape):
    unit_id: int
    unit: str
    role: str
    role_label: str


class Me(Shape):
    id: int
    username: str
    name: str
    grants: list[Grant]


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


class UnitRef(Shape):
    id: int
    name: str


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


class UnitEntry(Shape):
    """A unit of the register, or (`kind` collective) a name for many of them."""

    id: int
    name: str
    kind: str
    kind_label: str


class UnitPage(Shape):
    items: list[UnitEntry]
    next: str | None


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
    status: str = Field(examples=["draft", "launching", "running", "done"])
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


class TaskSummary(Shape):
    """A piece of work: waiting in a box, or done. `process` is an id, `row` a row's number."""

    id: int
    name: str
    title: str
    process: int
    plan: int | None
    row: int | None
    unit: str
    unit_id: int
    role: str
    box: str = Field(examples=["to_accept", "todo", "done"])
    status: str = Field(examples=["open", "done", "cancelled"])
    due: dt.date | None
    light: str = Field(examples=["none", "green", "yellow", "red"])
    light_reason: str
    owner: str | None
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    outcome: str | None


class TaskPage(Shape):
    items: list[TaskSummary]
    next: str | None


class FormField(Shape):
    """A question of a form. `value` is what it is filled with when left out of `data`.

    `choices` lists [value, label] pairs. A `table` has `columns`, and its value is a list of
    objects; in a `fixed` table rows cannot be added. `file` takes ids of attachments.
    """

    key: str
    label: str
    type: str = Field(
        description="text textarea number date choice many bool file unit units person table"
    )
    required: bool
    value: Any = None
    choices: list[tuple[str | int, str]] | None = None
    readonly: bool | None = None
    hidden: bool | None = None
    unit: str | None = None
    min: float | str | None = None
    max: float | str | None = None
    max_length: int | None = None
    help: str | None = None
    columns: list["FormField"] | None = None
    fixed: bool | None = None
    show_if: dict[str, Any] | None = None


class Action(Shape):
    """Something this person may do with this task; the primary one leads on.

    Those that do not complete the task (claiming, releasing, keeping a draft) need no answers.
    """

    name: str
    label: str
    primary: bool
    completes: bool
    fields: list[FormField]


class Task(TaskSummary):
    data: dict[str, Any]
    draft: dict[str, Any] | None
    actions: list[Action]


class ActAnswer(Shape):
    """What an act did: the tasks it opened in the same process.

    `replayed`: the same Idempotency-Key came before, and this is that first answer.
    """

    task: int
    process: int
    action: str
    opened: list[int]
    replayed: bool


class Attachment(Shape):
    id: int
    name: str
    size: int
    sha256: str
    url: str


class Child(Shape):
    id: int
    title: str
    status: str
    stage: str
    stage_label: str


class Event(Shape):
    """One entry of the trail: who did what, for which unit, with what words."""

    id: int
    at: dt.datetime
    kind: str
    action: str
    action_label: str
    by: str
    unit: str | None
    task: int | None
    task_name: str | None
    comment: str
    data: dict[str, Any]


class Process(Shape):
    id: int
    title: str
    business_key: str
    plan: int | None
    row: int | None
    design: str
    design_version: int
    status: str = Field(examples=["running", "finished", "cancelled", "incident", "suspended"])
    stage: str
    stage_label: str
    parent: int | None
    started_at: dt.datetime
    finished_at: dt.datetime | None
    incident: str | None
    tasks: list[TaskSummary]
    children: list[Child]
    trail: list[Event]


class Design(Shape):
    key: str
    name: str
    version: int
    hash: str
    published_at: dt.datetime
    note: str


class DesignPage(Shape):
    items: list[Design]
    next: str | None
