"""What process designs may ask of a plan, by the names they are registered under."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid, NotFound
from sanwei_flow.plans.access import get_plan, record
from sanwei_flow.plans.correcting import ensure_mention
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit, Side, Target
from sanwei_flow.plans.resolving import load_register
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.services import register


def register_services() -> None:
    """Allow designs to call the operations of plans."""
    register("plans.write_off_row", write_off_row)
    register("plans.reassign_row", reassign_row)


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
    for key, value in _pairs(arguments.get("figures")):
        target = db.session.scalar(
            db.select(Target).where(Target.plan_id == row.plan_id, Target.key == key)
        )
        number = _number(value)
        if target is not None and number is not None:
            target.reported, target.reported_at = number, at
    if row.written_off_at is None:
        row.written_off_at = at
        row.result = str(arguments.get("summary") or "") or None
        plan = get_plan(row.plan_id)
        record(plan, "write_off_row", row=row.no, after=row.result, by=SYSTEM, at=at)
    return {"written_off_at": row.written_off_at.isoformat()}


def reassign_row(
    arguments: dict[str, Any], *, instance: ProcessInstance, at: dt.datetime
) -> dict[str, Any]:
    """Give a running row another lead unit, as the office decided in its process.

    Arguments: `unit` (id). Returns `lead_unit` and `lead_name`. Raises NotFound, Invalid for a
    unit the register does not have.
    """
    row = _row(instance)
    unit = db.session.get(Unit, arguments.get("unit") or 0)
    if unit is None or not unit.active:
        raise Invalid(N_("单位名册中没有所选单位"))
    plan = get_plan(row.plan_id)
    before = "、".join(one.mention.name for one in row.units if one.side == Side.LEAD)
    row.units = [one for one in row.units if one.side != Side.LEAD]
    db.session.flush()  # the old place must be gone before the new one takes its position
    mention = ensure_mention(plan, unit.name, load_register())
    row.units.append(RowUnit(side=Side.LEAD, position=0, mention=mention))
    record(plan, "reassign_row", row=row.no, before=before, after=unit.name, by=SYSTEM, at=at)
    return {"lead_unit": unit.id, "lead_name": unit.name}


def _row(instance: ProcessInstance) -> PlanRow:
    for row in db.session.scalars(
        db.select(PlanRow).join(Plan).where(Plan.process_id == instance.parent_id)
    ):
        if row.business_key == instance.business_key:
            return row
    raise NotFound(N_("流程“{title}”不对应任何方案的分工"), title=instance.title)


def _pairs(figures: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(figures, Mapping):
        return [(str(key), value) for key, value in figures.items()]
    if isinstance(figures, list):
        return [(str(one.get("key")), one.get("value")) for one in figures if isinstance(one, dict)]
    return []


def _number(value: Any) -> Decimal | None:
    """The figure as a number; None for a blank or something that is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
