"""Cooperating units that join or leave a row while it runs.

Before the division is agreed they are lines of it, for the lead to keep or change. After that
a unit that joins gets a part of its own beside those the row waits for, and one that leaves
has its part ended with the reason; what it has delivered already is kept.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sanwei_flow import engine
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Unit
from sanwei_flow.designs.queries import compiled_by_hash
from sanwei_flow.processes.advance import Act
from sanwei_flow.processes.dismissing import dismiss
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import start_process
from sanwei_flow.processes.queries import children
from sanwei_flow.processes.revising import revise

PROCESS = "cooperation"
#: The division has not been agreed yet: it is still a list.
DIVIDING = frozenset({"dispatched", "objected", "in_progress", "division_review"})
#: Where a row keeps its units while it is divided: before and after the lead has filled it in.
LISTS = ("cooperating", "division")

Data = dict[str, Any]


def add(running: ProcessInstance, units: Iterable[Unit], *, at: dt.datetime) -> str:
    """Let these units help; returns `listed` or `started`."""
    known = _variables(running)
    row = known.get("row") or {}
    parts = [
        {"unit": unit.id, "name": unit.name, "duty": row.get("task"), "due": row.get("due")}
        for unit in units
        if unit.id != known.get("lead_unit")
    ]
    if running.stage in DIVIDING:
        _edit(running, lambda name, one: [*one, *_new(parts, one, plain=name == LISTS[0])], at)
        return "listed"
    for part in parts:
        given = {name: known.get(name) for name in ("plan", "row", "lead_unit")}
        given |= {"part": part, "earlier": [], "opinion": ""}
        key = running.business_key
        start_process(PROCESS, given, business_key=key, by=SYSTEM, at=at, parent=running)
    return "started"


def remove(
    running: ProcessInstance, units: Iterable[Unit], *, reason: str, by: Actor, at: dt.datetime
) -> tuple[list[str], list[str]]:
    """Let these units go; returns the names of those that went, and of those who had finished."""
    gone = {unit.id: unit.name for unit in units}
    if running.stage in DIVIDING:
        _edit(running, lambda _name, one: [part for part in one if part["unit"] not in gone], at)
        return list(gone.values()), []
    left, kept = [], dict(gone)
    for child in children(running.id):
        part = _variables(child).get("part") if child.is_open else None
        if not isinstance(part, dict) or part.get("unit") not in gone:
            continue
        said = {"unit": part["unit"], "name": part.get("name"), "summary": reason}
        dismiss(child.id, said | {"figures": [], "evidence": []}, reason=reason, by=by, at=at)
        left.append(kept.pop(part["unit"], str(part.get("name"))))
    return left, list(kept.values())


def release(running: ProcessInstance, reason: str, *, at: dt.datetime) -> None:
    """The row is over: end the parts that stand beside those it waited for."""
    for child in children(running.id):
        if child.is_open and child.parent_ref is None:
            dismiss(child.id, {}, reason=reason, by=SYSTEM, at=at)


def _new(parts: Iterable[Data], present: Iterable[Data], *, plain: bool) -> list[Data]:
    known = {one.get("unit") for one in present}
    missing = [one for one in parts if one["unit"] not in known]
    return [{"unit": one["unit"], "name": one["name"]} for one in missing] if plain else missing


def _edit(running: ProcessInstance, change: Any, at: dt.datetime) -> None:
    def edit(variables: Data) -> Data:
        lists = {
            name: change(name, variables[name])
            for name in LISTS
            if isinstance(variables.get(name), list)
        }
        return {**variables, **lists}

    revise(running.id, edit, Act("revise", SYSTEM, at))


def _variables(instance: ProcessInstance) -> Data:
    return engine.variables(compiled_by_hash(instance.design_version.hash), instance.state)
