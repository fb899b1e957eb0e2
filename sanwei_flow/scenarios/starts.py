"""What a run starts with: the facts of a row of a real plan, copied, or of one made up."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import selectinload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.engine import Design
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.plans.access import readable_plan, visible_to
from sanwei_flow.plans.models import MentionStatus, Plan, PlanRow, RowUnit, Side
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.variables import plan_variables, row_variables
from sanwei_flow.scenarios import queries
from sanwei_flow.scenarios.steps import Data, Given, moment_of, reminders_of
from sanwei_flow.supervision.settings import ladders

#: Plans the page offers; the newest first.
PLANS = 30
#: What a run may be given without asking.
KNOWN = frozenset({"plan", "row", "cooperating", "lead_unit", "part", "earlier", "opinion"})
KNOWN |= {"asker", "late", "present_due", "slip", "slip_level", "slip_due", "period", "report_due"}
KNOWN |= {"meeting", "decision", "inspection"}
#: How many working days a made-up part, slip or report has.
DAYS = 5


@dataclass(frozen=True)
class Facts:
    """A row as processes know it: the plan's variables and the row's own, and its title."""

    plan: Data
    row: Data
    title: str


@dataclass(frozen=True)
class MadeUp:
    """A row nobody issued."""

    task: str
    lead_unit: int
    office_unit: int
    due: dt.date | None = None
    major: bool = False
    cooperating: tuple[int, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)


def plans(by: Actor) -> list[Plan]:
    """The plans whose rows this person may copy."""
    query = db.select(Plan).where(visible_to(by)).order_by(Plan.id.desc()).limit(PLANS)
    return list(db.session.scalars(query))


def rows(plan_id: int, by: Actor) -> list[PlanRow]:
    """The rows of a plan whose lead is settled. Raises NotFound, Forbidden."""
    readable_plan(plan_id, by)
    units = selectinload(PlanRow.units).joinedload(RowUnit.mention)
    query = db.select(PlanRow).where(PlanRow.plan_id == plan_id).order_by(PlanRow.no)
    found = db.session.scalars(query.options(units, selectinload(PlanRow.targets)))
    return [row for row in found if _settled(row)]


def _settled(row: PlanRow) -> bool:
    leads = [one.mention for one in row.units if one.side == Side.LEAD]
    unsettled = (MentionStatus.DOUBTFUL, MentionStatus.UNKNOWN)
    return bool(leads) and leads[0].unit_id is not None and leads[0].status not in unsettled


def facts_of(plan_id: int, no: int, by: Actor) -> Facts:
    """A row of a plan, copied. Raises NotFound, Forbidden, Invalid for a row that cannot start."""
    plan = readable_plan(plan_id, by)
    row = next((one for one in rows(plan_id, by) if one.no == no), None)
    if row is None:
        raise Invalid(N_("第{no}项还没有确定牵头单位，不能用来试运行"), no=no)
    own = plan_variables(plan)
    return Facts(own, row_variables(row, Expansion()), f"{row.no}．{row.task}")


def facts_made_up(made: MadeUp, units: Mapping[int, str]) -> Facts:
    """A row that was made up. Raises Invalid for units the register does not have."""
    for unit in (made.lead_unit, made.office_unit, *made.cooperating):
        if unit not in units:
            raise Invalid(N_("单位名册中没有所选单位"))
    row = {
        "no": 1,
        "task": made.task,
        "category": "",
        "item": made.task,
        "lead_unit": made.lead_unit,
        "lead_name": units[made.lead_unit],
        "due": made.due.isoformat() if made.due else None,
        "major": made.major,
        "targets": [],
        "cooperating": [
            {"unit": unit, "name": units[unit]}
            for unit in made.cooperating
            if unit != made.lead_unit
        ],
    }
    # No plan has this number, so nothing of a real one can be meant.
    plan = {"id": 0, "title": made.task, "office_unit": made.office_unit}
    return Facts(plan, row, made.task)


def given(
    design: Design, facts: Facts, day: dt.date, more: Mapping[str, str] | None = None
) -> Given:
    """What a run of `design` starts with on `day`; `more` are further variables as typed."""
    variables = _variables(design, facts, day)
    variables |= {name: _typed(text) for name, text in (more or {}).items() if text.strip()}
    kept = reminders_of(ladders())
    return Given(moment_of(day), variables, queries.register(), kept)


def _variables(design: Design, facts: Facts, day: dt.date) -> Data:
    """By what the design reads: a row, a part of one, a request about one, a slip and so on."""
    soon = load_calendar().workdays_after(day, DAYS).isoformat()
    found: Data = {"plan": facts.plan, "row": facts.row}
    kind = next((one for one in _KINDS if one in design.variables), None)
    if kind is None:
        return found | {"cooperating": facts.row["cooperating"]}
    return found | _KINDS[kind](facts.row, day, soon)


def _part(row: Data, _day: dt.date, _soon: str) -> Data:
    first = next(iter(row["cooperating"]), {"unit": row["lead_unit"], "name": row["lead_name"]})
    part = {**first, "duty": row["task"], "due": row["due"]}
    return {"part": part, "lead_unit": row["lead_unit"], "earlier": [], "opinion": ""}


def _request(row: Data, day: dt.date, _soon: str) -> Data:
    asker = {"unit": row["lead_unit"], "role": "staff", "name": row["lead_name"]}
    late = row["due"] is not None and row["due"] < day.isoformat()
    asked = {"asker": asker, "late": late, "present_due": row["due"]}
    return {"row": {**row, "suspended": False}} | asked


def _slip(row: Data, _day: dt.date, soon: str) -> Data:
    slip = {"number": "1", "unit": row["lead_unit"], "role": "staff", "level": 0, "due": soon}
    return {"slip": slip, "slip_level": "", "slip_due": soon}


def _report(_row: Data, day: dt.date, soon: str) -> Data:
    return {"period": day.isoformat()[:7], "report_due": soon}


def _meeting(row: Data, _day: dt.date, soon: str) -> Data:
    decision = {"no": 1, "text": row["task"], "unit": row["lead_unit"], "due": soon}
    told = {"decision_text": row["task"], "decision_helpers": "", "decision_due": soon}
    meeting = {"id": 0, "number": "1", "title": row["task"]}
    return {"meeting": meeting, "decision": decision, "meeting_number": "1"} | told


def _inspection(row: Data, day: dt.date, soon: str) -> Data:
    found = {"id": 0, "unit": row["lead_unit"], "finding": row["task"], "due": soon}
    told = {"finding": row["task"], "inspected_on": day.isoformat(), "rectify_due": soon}
    return {"inspection": found} | told


#: What else designs start with, by the variable that tells them apart.
_KINDS: dict[str, Callable[[Data, dt.date, str], Data]] = {
    "part": _part,
    "asker": _request,
    "slip": _slip,
    "period": _report,
    "meeting": _meeting,
    "inspection": _inspection,
}


def further(design: Design, fields: frozenset[str]) -> list[str]:
    """Variables a design reads that neither a row nor any of its forms gives."""
    return sorted(design.variables - KNOWN - fields)


def _typed(text: str) -> Any:
    """What somebody typed: JSON where it is some, else the words themselves."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()
