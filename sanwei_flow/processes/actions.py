"""What a person may do with a task: the one guarded list that every page and the API ask."""

from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import register_choices
from sanwei_flow.processes.models import Task
from sanwei_flow.processes.opinions import form_of
from sanwei_flow.processes.standing import DEPUTY_VERBS, standing
from sanwei_flow.processes.verbs import VERBS, Verb, fields_of, may_act

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


def available_actions(task: Task, actor: Actor, *, asked: bool = True) -> list[Action]:
    """Everything the actor may do with the task now, the primary outcome first.

    Without `asked` the verbs come without the fields they ask for, which cost statements.
    """
    acting = standing(task, task.instance.design_version.hash, actor)
    found = _outcomes(task) if may_act(task, acting) else []
    taken = {action.name for action in found}
    verbs = [
        (verb, acting if verb.name in DEPUTY_VERBS else actor)
        for verb in VERBS.values()
        if verb.name not in taken
    ]
    offered = [(verb, who) for verb, who in verbs if verb.offered(task, who)]
    return found + [_action(verb, task, who, asked=asked) for verb, who in offered]


def action_of(task: Task, actor: Actor, name: str) -> Action | None:
    """One of them by its name, or None if the actor may not do it now."""
    acting = standing(task, task.instance.design_version.hash, actor)
    outcomes_now = _outcomes(task) if may_act(task, acting) else []
    for action in outcomes_now:
        if action.name == name:
            return action
    verb = VERBS.get(name)
    who = acting if name in DEPUTY_VERBS else actor
    if verb is None or not verb.offered(task, who):
        return None
    return _action(verb, task, who, asked=True)


def _outcomes(task: Task) -> list[Action]:
    schema = form_of(task.instance.design_version.hash, task.form, task.node, task.data)
    return [
        Action(
            outcome.name,
            outcome.label,
            outcome.primary,
            fields=forms.describe(schema, outcome.name, task.data, choices=register_choices),
        )
        for outcome in outcomes.parse(task.outcomes)
    ]


def _action(verb: Verb, task: Task, actor: Actor, *, asked: bool) -> Action:
    fields = fields_of(verb, task, actor) if asked else []
    return Action(verb.name, verb.label, completes=False, at_once=verb.at_once, fields=fields)
