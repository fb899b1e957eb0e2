"""Tasks, acts, files and processes."""

import datetime as dt
from typing import Any

from pydantic import Field

from .common import Shape


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
    objects; in a `fixed` table rows cannot be added. `file` takes ids of attachments, `person`
    and `people` the ids of people (any active ones where no choices are listed).
    """

    key: str
    label: str
    type: str = Field(
        description="text textarea number date choice many bool file unit units person people table"
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

    Those that complete it are the outcomes of its design; the others are the same for any task.
    """

    name: str
    label: str
    primary: bool
    completes: bool
    fields: list[FormField]


class Shown(Shape):
    """Something the form of a task shows without asking: text, the rows of a table, or files."""

    key: str
    label: str
    type: str
    text: str | None = None
    columns: list[str] | None = None
    rows: list[list[str]] | None = None
    files: list[int] | None = None


class Task(TaskSummary):
    """A task. `data` is what its step may see; `shown` is what the form shows without asking."""

    data: dict[str, Any]
    shown: list[Shown]
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
    """A file given to a task. In a trail `field` names the question of the form it answers."""

    id: int
    name: str
    size: int
    sha256: str
    url: str
    field: str | None = None


class Child(Shape):
    id: int
    title: str
    status: str
    stage: str
    stage_label: str


class Event(Shape):
    """One entry of the trail: who did what, for which unit, with what words.

    `on_behalf_of` is the person a deputy, or a head who hands over, acted for.
    """

    id: int
    at: dt.datetime
    kind: str
    action: str
    action_label: str
    by: str
    on_behalf_of: str | None
    unit: str | None
    task: int | None
    task_name: str | None
    comment: str
    data: dict[str, Any]
    attachments: list[Attachment]


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


class Incident(Shape):
    """A process that cannot go on: why, what to do about it, at which element, since when."""

    process: int
    title: str
    design: str
    design_version: int
    status: str
    cause: str | None
    advice: str | None
    node: str | None
    since: dt.datetime | None


class IncidentPage(Shape):
    items: list[Incident]
    next: str | None
