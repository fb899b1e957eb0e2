"""Tasks, processes and their trails as the API shows them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from sanwei_flow.accounts.queries import unit_names, user_names
from sanwei_flow.api import shapes
from sanwei_flow.api.serialise import words
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.closing.queries import STAGES as CLOSING_STAGES
from sanwei_flow.closing.queries import UNIT_STAGES
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import remembered_choices
from sanwei_flow.errors import N_
from sanwei_flow.plans.keys import place_of
from sanwei_flow.plans.lights import Light, light
from sanwei_flow.plans.statuses import PART_STATUSES, REQUEST_STAGES, ROW_STATUSES
from sanwei_flow.processes import queries
from sanwei_flow.processes.actions import ASIDES, Action, form_of
from sanwei_flow.processes.advance import FILES
from sanwei_flow.processes.drafts import draft_of
from sanwei_flow.processes.models import (
    NO_DUE,
    Attachment,
    ProcessInstance,
    Task,
    TaskEvent,
    TaskStatus,
)

HANDLED = Light("none", N_("已办理"))
WITHDRAWN = Light("none", N_("已撤销"))
STAGES = {**CLOSING_STAGES, **UNIT_STAGES, **REQUEST_STAGES, **PART_STATUSES, **ROW_STATUSES}


def task_shapes(tasks: Iterable[Any], day: dt.date) -> list[shapes.TaskSummary]:
    """Tasks for a list; names of units and owners are read once for all.

    Takes entries of the inbox (which carry the business key) and tasks alike.
    """
    tasks = list(tasks)
    units = unit_names({task.unit_id for task in tasks})
    owners = user_names({task.owner_id for task in tasks if task.owner_id})
    return [shapes.TaskSummary(**_values(task, units, owners, day)) for task in tasks]


def task_shape(
    task: Task, actions: list[Action], day: dt.date, *, reader: int | None
) -> shapes.Task:
    """A task with its data and what this person may do with it."""
    owners = user_names([task.owner_id]) if task.owner_id else {}
    draft = draft_of(task.id, reader)
    form = form_of(task.design_hash, task.form, task.node, task.data)
    hidden = {field.key for field in form.fields if field.hidden}
    shown = forms.background(form, task.data, choices=remembered_choices())
    return shapes.Task(
        **_values(task, unit_names([task.unit_id]), owners, day),
        data={key: value for key, value in task.data.items() if key not in hidden},
        shown=[shapes.Shown(**entry) for entry in shown],
        draft=draft.data if draft else None,
        actions=[action_shape(action) for action in actions],
    )


def action_shape(action: Action) -> shapes.Action:
    label = action.label if action.completes else gettext(action.label)
    return shapes.Action(
        name=action.name,
        label=label,
        primary=action.primary,
        completes=action.completes,
        fields=[shapes.FormField(**field) for field in action.fields],
    )


def attachment_shape(kept: Attachment) -> shapes.Attachment:
    return shapes.Attachment(
        id=kept.id, name=kept.name, size=kept.size, sha256=kept.sha256, url=_address(kept.id)
    )


def _address(attachment_id: int) -> str:
    return url_for("api.attachments.fetch", attachment_id=attachment_id)


def _values(
    task: Any, units: Mapping[int, str], owners: Mapping[int, str], day: dt.date
) -> dict[str, Any]:
    key = task.instance.business_key if isinstance(task, Task) else task.business_key
    plan, row = place_of(key)
    due = None if task.due == NO_DUE else task.due
    lit = _light(task.status, due, day)
    return {
        "id": task.id,
        "name": task.name,
        "title": task.title,
        "process": task.instance_id,
        "plan": plan,
        "row": row,
        "unit": units.get(task.unit_id, ""),
        "unit_id": task.unit_id,
        "role": task.role,
        "box": "done" if task.status == TaskStatus.done else task.box,
        "status": task.status,
        "due": due,
        "light": lit.colour,
        "light_reason": words(lit.reason, lit.params),
        "owner": owners.get(task.owner_id or 0),
        "opened_at": task.opened_at,
        "closed_at": task.closed_at,
        "outcome": task.outcome,
    }


def _light(status: str, due: dt.date | None, day: dt.date) -> Light:
    if status in (TaskStatus.open, TaskStatus.held):
        return light(due, day, closed=False, calendar=load_calendar())
    return HANDLED if status == TaskStatus.done else WITHDRAWN


def process_shape(instance: ProcessInstance, day: dt.date) -> shapes.Process:
    """A process: where it stands, what waits in it, what it called, what was done."""
    plan, row = place_of(instance.business_key)
    trail = queries.trail(instance.id)
    units = unit_names({event.for_unit_id for event, _ in trail if event.for_unit_id})
    absent = {event.on_behalf_of_id for event, _ in trail if event.on_behalf_of_id}
    people = user_names(absent) if absent else {}
    design = instance.design_version
    return shapes.Process(
        id=instance.id,
        title=instance.title,
        business_key=instance.business_key,
        plan=plan,
        row=row,
        design=design.design.key,
        design_version=design.number,
        status=instance.status,
        stage=instance.stage,
        stage_label=_stage(instance.stage),
        parent=instance.parent_id,
        started_at=instance.started_at,
        finished_at=instance.finished_at,
        incident=_incident(instance),
        tasks=task_shapes(queries.open_tasks(instance.id), day),
        children=[
            shapes.Child(
                id=child.id,
                title=child.title,
                status=child.status,
                stage=child.stage,
                stage_label=_stage(child.stage),
            )
            for child in queries.children(instance.id)
        ],
        trail=[event_shape(event, task, units, people) for event, task in trail],
    )


def _stage(stage: str) -> str:
    """What people call a stage; one that a design brought itself stands for itself."""
    return words(STAGES.get(stage, stage)) if stage else ""


def _incident(instance: ProcessInstance) -> str | None:
    trouble = instance.incident
    if not trouble:
        return None
    return words(trouble.get("message"), trouble.get("params"))


def _label(action: str) -> str:
    """What was done, as the buttons call it."""
    return gettext(ASIDES[action]) if action in ASIDES else outcomes.label(action)


def event_shape(
    event: TaskEvent, task: Task | None, units: Mapping[int, str], people: Mapping[int, str]
) -> shapes.Event:
    return shapes.Event(
        id=event.id,
        at=event.at,
        kind=event.kind,
        action=event.action,
        action_label=_label(event.action),
        by=event.by_name,
        on_behalf_of=people.get(event.on_behalf_of_id or 0),
        unit=units.get(event.for_unit_id or 0),
        task=event.task_id,
        task_name=task.name if task else None,
        comment=event.comment,
        data={key: value for key, value in event.data.items() if key != FILES},
        attachments=[
            shapes.Attachment(**file, url=_address(file["id"]))
            for file in event.data.get(FILES, ())
        ],
    )
