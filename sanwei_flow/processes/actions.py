"""What a person may do with a task: the one guarded list that every page and the API ask."""

from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import form_by_hash, register_choices
from sanwei_flow.designs.schema import Schema
from sanwei_flow.errors import N_
from sanwei_flow.processes.models import InstanceStatus, Task, TaskStatus

#: A task without a form asks for nothing but an opinion.
NO_FORM = Schema(key="none", title="")

#: What goes on beside the outcomes, without moving the process.
ASIDES = {
    "claim": N_("认领"),
    "release": N_("退回认领"),
    "save_draft": N_("保存草稿"),
}


@dataclass(frozen=True)
class Action:
    """One thing a person may do: `fields` describe what the form asks for it.

    `completes` is False for claiming, releasing and drafts. `label` is in the reader's
    language, except for asides, whose label is a msgid.
    """

    name: str
    label: str
    primary: bool = False
    completes: bool = True
    fields: list[dict[str, Any]] = field(default_factory=list)


def may_act(task: Task, actor: Actor) -> bool:
    """Whether the actor may complete the task as it stands now."""
    return (
        task.status == TaskStatus.open
        and actor.has(task.unit_id, task.role)
        and task.owner_id in (None, actor.user_id)
        and task.instance.status != InstanceStatus.suspended
    )


def available_actions(task: Task, actor: Actor) -> list[Action]:
    """Everything the actor may do with the task now, the primary outcome first."""
    if not may_act(task, actor):
        return []
    schema = form_of(task.instance.design_version.hash, task.form)
    found = [
        Action(
            outcome.name,
            outcome.label,
            outcome.primary,
            fields=forms.describe(schema, outcome.name, task.data, choices=register_choices),
        )
        for outcome in outcomes.parse(task.outcomes)
    ]
    beside = ["save_draft", "claim" if task.owner_id is None else "release"]
    return found + [Action(name, ASIDES[name], completes=False) for name in beside]


def outcome_names(setting: str) -> set[str]:
    """The names alone of an `outcomes` setting; labels would have to be translated."""
    return {part.partition("=")[0].strip() for part in setting.split(",")}


def form_of(version_hash: str, key: str | None) -> Schema:
    """The form of a task; an empty one where the design names none."""
    return form_by_hash(version_hash, key) if key else NO_FORM
