"""What a person may do with a task: the one guarded list that every page and the API ask."""

from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import register_choices
from sanwei_flow.processes.models import Task
from sanwei_flow.processes.opinions import form_of
from sanwei_flow.processes.verbs import VERBS, fields_of, may_act

__all__ = ["ASIDES", "Action", "action_of", "available_actions", "form_of", "may_act"]

#: What goes on beside the outcomes: name -> msgid of its label.
ASIDES = {verb.name: verb.label for verb in VERBS.values()}


@dataclass(frozen=True)
class Action:
    """One thing a person may do: `fields` describe what the form asks for it.

    `completes` is True for the outcomes of the design. `at_once` ones ask nothing beside what
    the task's own form holds. `label` is in the reader's language, except for verbs, whose
    label is a msgid.
    """

    name: str
    label: str
    primary: bool = False
    completes: bool = True
    at_once: bool = True
    fields: list[dict[str, Any]] = field(default_factory=list)


def available_actions(task: Task, actor: Actor) -> list[Action]:
    """Everything the actor may do with the task now, the primary outcome first."""
    found: list[Action] = []
    if may_act(task, actor):
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
    taken = {action.name for action in found}
    verbs = [v for v in VERBS.values() if v.name not in taken and v.offered(task, actor)]
    return found + [
        Action(
            verb.name,
            verb.label,
            completes=False,
            at_once=verb.at_once,
            fields=fields_of(verb, task, actor),
        )
        for verb in verbs
    ]


def action_of(task: Task, actor: Actor, name: str) -> Action | None:
    """One of them, or None if the actor may not do it now."""
    return next((one for one in available_actions(task, actor) if one.name == name), None)
