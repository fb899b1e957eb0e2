"""A task on paper: its facts, its form with what is filled in so far, its trail."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ROLE_NAMES
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.designs import forms
from sanwei_flow.designs.values import localised
from sanwei_flow.inbox import queries
from sanwei_flow.inbox.deadlines import Deadline, deadline
from sanwei_flow.inbox.forms import TaskForm
from sanwei_flow.processes import history
from sanwei_flow.processes.models import Attachment, InstanceStatus, Task, TaskStatus


@dataclass(frozen=True)
class Sheet:
    """What is printed of one task.

    `answers` are entries of `forms.display`: what the form shows and holds. `blanks` are the
    labels of what is still to be written, for a task that is open.
    """

    task: Task
    deadline: Deadline
    role: str
    facts: list[tuple[str, str]]
    title: str
    answers: list[dict[str, Any]]
    blanks: list[str]
    trail: list[history.Told]
    files: dict[int, Attachment]


def sheet(task: Task, actor: Actor, day: dt.date) -> Sheet:
    """The sheet of a task the actor may read, with the actor's own draft."""
    form = TaskForm(task, reader=actor.user_id)
    waiting = task.status in (TaskStatus.open, TaskStatus.held)
    filled, blanks = _asked(form) if waiting else ([], [])
    answers, told = form.background + filled, history.history(task.instance)
    stopped = task.instance.status == InstanceStatus.suspended
    return Sheet(
        task,
        deadline(task.due, day, suspended=stopped),
        gettext(ROLE_NAMES[task.role]) if task.role in ROLE_NAMES else task.role,
        queries.facts(task, unit_names([task.unit_id])),
        form.title,
        answers,
        blanks,
        told,
        history.files_of(told, answers, reader=actor),
    )


def _asked(form: TaskForm) -> tuple[list[dict[str, Any]], list[str]]:
    """What the form holds before it is sent, and the labels of what it lacks."""
    held = {**form.form.opening, **(form.draft.data if form.draft else {})}
    filled = forms.display(form.schema, {**form.task.data, **held}, choices=form.choices)
    known = {entry["key"] for entry in filled}
    asked = form.schema.asked(None)
    return filled, [str(localised(one, "label")) for one in asked if one.key not in known]
