"""What the processes of a plan know of it: the plan, its rows, what each row promises."""

from decimal import Decimal
from typing import Any

from sanwei_flow.accounts.models import Unit
from sanwei_flow.plans.bpmn import row_variable
from sanwei_flow.plans.models import Plan, PlanRow, Side, Target
from sanwei_flow.plans.resolving import Expansion


def start_variables(plan: Plan, expansion: Expansion) -> dict[str, Any]:
    """What the plan's process starts with: `plan`, and each row under its own variable."""
    rows = {row_variable(row.no): row_variables(row, expansion) for row in plan.rows}
    return {"plan": plan_variables(plan), **rows}


def division_variables(plan: Plan, row: PlanRow, expansion: Expansion) -> dict[str, Any]:
    """What the process of one row starts with: `plan`, `row`, `cooperating`."""
    facts = row_variables(row, expansion)
    return {"plan": plan_variables(plan), "row": facts, "cooperating": facts["cooperating"]}


def plan_variables(plan: Plan) -> dict[str, Any]:
    """What every process about a plan knows of it."""
    return {"id": plan.id, "title": plan.title, "office_unit": plan.office_unit_id}


def row_variables(row: PlanRow, expansion: Expansion) -> dict[str, Any]:
    """One row for its process: the facts, the lead unit, and every cooperating unit once.

    The first lead answers for the row; further leads come first among the cooperating units.
    Collective names are expanded by the register; the lead is not asked to help itself.
    """
    lead, *others = expansion.units([one for one in row.units if one.side == Side.LEAD])
    helping = expansion.units([one for one in row.units if one.side == Side.COOPERATING])
    units: dict[int, Unit] = {unit.id: unit for unit in (*others, *helping) if unit.id != lead.id}
    return {
        "no": row.no,
        "task": row.task,
        "category": row.category,
        "item": row.item,
        "lead_unit": lead.id,
        "lead_name": lead.name,
        "due": row.due.isoformat() if row.due else None,
        "major": row.major,
        "targets": [_target_variables(target) for target in row.targets],
        "cooperating": [{"unit": unit.id, "name": unit.name} for unit in units.values()],
    }


def _target_variables(target: Target) -> dict[str, Any]:
    facts = {
        "key": target.key,
        "indicator": target.indicator,
        "op": target.op,
        "value": plain_number(target.value),
        "unit": target.unit,
    }
    # What was reported before is filled in beforehand, never asked again.
    known = {} if target.reported is None else {"reported": plain_number(target.reported)}
    return facts | known


def plain_number(value: Decimal) -> int | float:
    """A figure as a variable of a process may hold it."""
    return int(value) if value == value.to_integral_value() else float(value)
