"""What process designs may ask of a plan, by the names they are registered under."""

import datetime as dt
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid, NotFound
from sanwei_flow.plans import changes, partners, progress
from sanwei_flow.plans.access import get_plan, record
from sanwei_flow.plans.leads import give_lead
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.requests import withdraw_open
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.variables import row_variables
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.services import register


def register_services() -> None:
    """Allow designs to call the operations of plans."""
    register("plans.write_off_row", write_off_row)
    register("plans.reassign_row", reassign_row)
    register("plans.apply_extension", changes.apply_extension)
    register("plans.apply_lead_change", changes.apply_lead_change)
    register("plans.suspend_row", changes.suspend_row)
    register("plans.resume_row", changes.resume_row)
    register("plans.terminate_row", changes.terminate_row)
    register("plans.refuse_request", changes.refuse_request)
    register("plans.record_progress", progress.record_progress)


def write_off_row(
    arguments: dict[str, Any], *, instance: ProcessInstance, at: dt.datetime
) -> dict[str, Any]:
    """Strike a row off the list and keep the figures that were reported and accepted.

    Arguments: `figures` (a list of `{key, value}`, or a mapping of target keys to values;
    unknown keys and blanks are passed over), `summary` (text). Which row is known from the
    instance's business key: a design cannot name another plan's.
    Doing it twice keeps the first time. Raises NotFound.
    """
    row = _row(instance)
    progress.keep_figures(row.plan_id, arguments.get("figures"), process_id=instance.id, at=at)
    if row.written_off_at is None:
        row.written_off_at = at
        row.result = str(arguments.get("summary") or "") or None
        plan = get_plan(row.plan_id)
        record(plan, "write_off_row", row=row.no, after=row.result, by=SYSTEM, at=at)
        withdraw_open(row, N_("已销号"), at=at)
        partners.release(instance, N_("已销号"), at=at)
    return {"written_off_at": row.written_off_at.isoformat()}


def reassign_row(
    arguments: dict[str, Any], *, instance: ProcessInstance, at: dt.datetime
) -> dict[str, Any]:
    """Give a running row another lead unit, as the office decided in its process.

    Arguments: `unit` (id). Returns `lead_unit`, `lead_name` and `cooperating`, for a lead is
    not asked to help itself. Raises NotFound, Invalid for a unit the register does not have.
    """
    row = _row(instance)
    unit = db.session.get(Unit, arguments.get("unit") or 0)
    if unit is None or not unit.active:
        raise Invalid(N_("单位名册中没有所选单位"))
    plan = get_plan(row.plan_id)
    before = give_lead(plan, row, unit)
    record(plan, "reassign_row", row=row.no, before=before, after=unit.name, by=SYSTEM, at=at)
    facts = row_variables(row, Expansion())
    return {name: facts[name] for name in ("lead_unit", "lead_name", "cooperating")}


def _row(instance: ProcessInstance) -> PlanRow:
    for row in db.session.scalars(
        db.select(PlanRow).join(Plan).where(Plan.process_id == instance.parent_id)
    ):
        if row.business_key == instance.business_key:
            return row
    raise NotFound(N_("流程“{title}”不对应任何方案的分工"), title=instance.title)
