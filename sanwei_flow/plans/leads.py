"""Giving a row another lead unit."""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.plans.access import get_plan, record
from sanwei_flow.plans.correcting import ensure_mention
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit, Side
from sanwei_flow.plans.requests import withdraw_open
from sanwei_flow.plans.resolving import Expansion, load_register
from sanwei_flow.plans.variables import division_variables
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance
from sanwei_flow.processes.queries import children
from sanwei_flow.processes.restarting import restart


def hand_to(
    row: PlanRow,
    running: ProcessInstance,
    unit: Unit,
    *,
    but: int | None = None,
    by: Actor,
    at: dt.datetime,
) -> int:
    """Start a running row anew under another lead; returns the id of its process from now on.

    What else is asked of the row is withdrawn, except the process `but`.
    """
    plan = get_plan(row.plan_id)
    before = give_lead(plan, row, unit)
    record(plan, "reassign_row", row=row.no, before=before, after=unit.name, by=by, at=at)
    given = division_variables(plan, row, Expansion())
    given["reports"] = _finished_parts(running)
    words = f"变更责任单位：{before} → {unit.name}"
    new_id = restart(running.id, given, reason=words, by=by, at=at)
    withdraw_open(row, words, but=but, at=at)
    return new_id


def give_lead(plan: Plan, row: PlanRow, unit: Unit) -> str:
    """Put the unit in the place of the row's lead; returns the names of those before it."""
    before = "、".join(one.mention.name for one in row.units if one.side == Side.LEAD)
    row.units = [one for one in row.units if one.side != Side.LEAD]
    db.session.flush()  # the old place must be gone before the new one takes its position
    mention = ensure_mention(plan, unit.name, load_register())
    row.units.append(RowUnit(side=Side.LEAD, position=0, mention=mention))
    db.session.flush()
    return before


def _finished_parts(running: ProcessInstance) -> list[dict[str, Any]]:
    """What cooperating units have reported and the lead has confirmed, the newest of each."""
    found: dict[Any, dict[str, Any]] = {}
    for child in children(running.id):
        if child.status == InstanceStatus.finished and isinstance(child.result, dict):
            found[child.result.get("unit")] = child.result
    return list(found.values())
