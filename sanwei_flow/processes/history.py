"""A process as its readers want it told: who did what, what waits, where it stands."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import unit_names, user_names
from sanwei_flow.db import db
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import compiled, compiled_by_hash, remembered_choices
from sanwei_flow.engine import Node
from sanwei_flow.processes import attachments
from sanwei_flow.processes.actions import form_of
from sanwei_flow.processes.advance import FILES
from sanwei_flow.processes.models import (
    NO_DUE,
    Attachment,
    ProcessInstance,
    Task,
    TaskEvent,
    is_open,
)
from sanwei_flow.processes.moving import MOVED, MOVED_BACK
from sanwei_flow.processes.queries import children, open_tasks, places, trail
from sanwei_flow.processes.verbs import VERBS

#: What a reader follows: the acts of people and whatever stopped the process.
TOLD = frozenset({"start", "act", "claim", "release", "cancel", "incident", "retry", *VERBS})
TOLD |= {"suspend", "resume", "continue", "hand_over", "new_starter", "recount"}
TOLD |= {MOVED, MOVED_BACK, "correct", "rewind", "on_behalf"}
#: Elements worth a line beside the diagram.
STEPS = frozenset({"userTask", "callActivity", "manualTask", "serviceTask", "subProcess"})


#: Acts that go against the stream.
BACK = frozenset({"object", "reject", "withdraw", "cancel"})


@dataclass(frozen=True)
class Told:
    """One entry of the trail. `kind`: event kinds, or `open` for a task that waits.

    `answers` are what the form held, in the shape of `forms.display`; `back` is True where
    work was sent back.
    """

    kind: str
    name: str
    who: str
    unit: str
    when: dt.datetime | None
    outcome: str = ""
    back: bool = False
    opinion: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    task: Task | None = None
    #: Whom or what a verb named: people, or the step it was returned to.
    named: str = ""
    #: The event's id: of two things at one moment the smaller came first.
    event: int = 0
    #: The ids of the attachments that came with the words.
    files: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A process called by another: whose it is, and the tasks that wait in it."""

    instance: ProcessInstance
    unit: str
    waiting: list[Task]


@dataclass(frozen=True)
class Step:
    """An element of the diagram that was reached: `done`, `active`, `overdue` or `incident`."""

    node: str
    name: str
    state: str


def history(instance: ProcessInstance) -> list[Told]:
    """What happened, oldest first, then what waits; with answers as they were given."""
    nodes = compiled(instance.design_version).nodes
    events = [
        (event, task)
        for event, task in trail(instance.id)
        if event.kind in TOLD or _said_by_design(event, nodes)
    ]
    waiting = open_tasks(instance.id)
    units = unit_names(_units_of(events, waiting))
    choices = remembered_choices()
    hashes = _hashes(events, instance.design_version.hash)
    told = [
        _told(event, task, content, units, choices)
        for (event, task), content in zip(events, hashes, strict=True)
    ]
    told = [replace(one, who=who) for one, who in zip(told, _who(told, events), strict=True)]
    return told + [
        Told("open", task.name, "", units.get(task.unit_id, ""), None, task=task)
        for task in waiting
    ]


def _who(told: list[Told], events: list[tuple[TaskEvent, Task | None]]) -> list[str]:
    """Who did it; a deputy is named with the person they stood in for."""
    absent = [event.on_behalf_of_id for event, _task in events]
    wanted = {one for one in absent if one is not None}
    names = user_names(wanted) if wanted else {}
    return [
        gettext("%(deputy)s 代 %(person)s", deputy=one.who, person=names.get(person, ""))
        if person is not None
        else one.who
        for one, person in zip(told, absent, strict=True)
    ]


def _hashes(events: list[tuple[TaskEvent, Task | None]], newest: str) -> list[str]:
    """The design's content at each event: the instance may have been moved in between."""
    found: list[str] = []
    for event, _task in reversed(events):
        found.append(newest)
        if event.kind in (MOVED, MOVED_BACK):
            newest = event.data["from"]["hash"]
    return found[::-1]


def _units_of(events: list[tuple[TaskEvent, Task | None]], waiting: list[Task]) -> set[int]:
    acted = {event.for_unit_id for event, _task in events if event.for_unit_id is not None}
    return acted | {task.unit_id for task in waiting}


def _told(
    event: TaskEvent,
    task: Task | None,
    content: str,
    units: dict[int, str],
    choices: forms.Choices,
) -> Told:
    nodes = compiled_by_hash(content).nodes
    return Told(
        event.kind,
        task.name if task else _said_by_design(event, nodes),
        gettext(event.by_name) if event.by_id is None else event.by_name,
        units.get(event.for_unit_id or 0, ""),
        event.at,
        _outcome(event, task),
        outcomes.returns(event.action) or event.action in BACK,
        event.comment,
        _answers(event, task, content, choices),
        task,
        _named(event),
        event.id,
        [file["id"] for file in event.data.get(FILES, ()) if "field" not in file],
    )


def _said_by_design(event: TaskEvent, nodes: Mapping[str, Node]) -> str:
    """What the setting `trail` of a boundary event has the trail say when it fires."""
    node = nodes.get(event.action) if event.kind in ("timer", "message") else None
    return node.settings.get("trail", "") if node is not None else ""


def _outcome(event: TaskEvent, task: Task | None) -> str:
    if event.kind != "act" or task is None:
        return ""
    named = {outcome.name: outcome.label for outcome in outcomes.parse(task.outcomes)}
    return named.get(event.action, event.action)


def _named(event: TaskEvent) -> str:
    if event.kind == "return_to":
        return str(event.data.get("step", ""))
    if event.kind in (MOVED, MOVED_BACK):
        was, now = event.data["from"]["number"], event.data["to"]["number"]
        return gettext("第 %(was)s 版 → 第 %(now)s 版", was=was, now=now)
    return "、".join(event.data.get("names") or ())


def _answers(
    event: TaskEvent, task: Task | None, content: str, choices: forms.Choices
) -> list[dict[str, Any]]:
    if event.kind != "act" or task is None or not event.data:
        return []
    schema = form_of(content, task.form, task.node, task.data)
    return forms.display(schema, {**task.data, **event.data}, choices=choices)


def files_of(
    told: Iterable[Told], *answers: list[dict[str, Any]], reader: Actor
) -> dict[int, Attachment]:
    """The attachments by id that the trail and `answers` name and the reader may have.

    `answers` are in the shape of `forms.display`.
    """
    told = list(told)
    ids = {one for entry in told for one in entry.files}
    for entries in (*answers, *(entry.answers for entry in told)):
        ids |= {one for entry in entries for one in entry.get("files", ())}
    return attachments.readable(attachments.by_ids(ids).values(), reader)


def parts(instance_id: int) -> list[Part]:
    """The processes this one called, oldest first; three statements for any number."""
    called = children(instance_id)
    if not called:
        return []
    ids = [child.id for child in called]
    waiting: dict[int, list[Task]] = {}
    query = db.select(Task).where(Task.instance_id.in_(ids), is_open).order_by(Task.due, Task.id)
    for task in db.session.scalars(query):
        waiting.setdefault(task.instance_id, []).append(task)
    owners = _first_units(ids)
    names = unit_names(owners.values())
    return [
        Part(child, names.get(owners.get(child.id, 0), ""), waiting.get(child.id, []))
        for child in called
    ]


def _first_units(instance_ids: Iterable[int]) -> dict[int, int]:
    """The unit of each instance's first task: whose part it is."""
    first = (
        db.select(db.func.min(Task.id).label("id"))
        .where(Task.instance_id.in_(instance_ids))
        .group_by(Task.instance_id)
        .subquery()
    )
    query = db.select(Task.instance_id, Task.unit_id).join(first, first.c.id == Task.id)
    return {row.instance_id: row.unit_id for row in db.session.execute(query)}


def steps(instance: ProcessInstance, day: dt.date) -> list[Step]:
    """The elements reached so far, in order; an element passed and open again counts as open.

    Elements without a name (gateways) are included, so that a drawing can mark them.
    """
    standing = places(instance.id)
    late = {task.node for task in open_tasks(instance.id) if NO_DUE > task.due < day}
    nodes = compiled(instance.design_version).nodes
    active = [node for node in nodes if node in standing["active"]]  # in the design's order
    reached = list(dict.fromkeys([*standing["passed"], *active]))
    found = []
    for node_id in reached:
        state = "done"
        if node_id in standing["incident"]:
            state = "incident"
        elif node_id in standing["active"]:
            state = "overdue" if node_id in late else "active"
        node = nodes.get(node_id)
        named = node is not None and node.kind in STEPS
        found.append(Step(node_id, node.name if node and named else "", state))
    return sorted(found, key=lambda step: step.state != "done")
