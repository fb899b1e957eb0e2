"""Rows and names that an edited document brought into a running plan.

Such a row starts beside those the plan's own process waits for; the plan counts as running
until it has ended as well (`queries.status_of`). Names the register does not know are settled
here: before the launch that is the review's business.
"""

import datetime as dt
from dataclasses import dataclass

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans import partners
from sanwei_flow.plans.access import get_plan, may_manage, record
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.plans.leads import give_lead
from sanwei_flow.plans.models import MentionStatus, Plan, PlanRow, Side, UnitMention
from sanwei_flow.plans.queries import UsedName, used_names
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.settling import settle_mention
from sanwei_flow.plans.variables import division_variables
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import start_process

UNSETTLED = (MentionStatus.DOUBTFUL, MentionStatus.UNKNOWN)


def start_added(plan: Plan, row: PlanRow, *, at: dt.datetime) -> bool:
    """Start a row below the running plan; False while one of its names means nothing yet."""
    expansion = Expansion()
    leads = [one for one in row.units if one.side == Side.LEAD]
    if any(one.mention.status in UNSETTLED for one in row.units) or not expansion.units(leads):
        return False
    given = division_variables(plan, row, expansion)
    root = db.session.get_one(ProcessInstance, plan.process_id)
    key = row.business_key
    start_process("task_division", given, business_key=key, by=SYSTEM, at=at, parent=root)
    return True


def settle_name(
    plan_id: int,
    mention_id: int,
    *,
    unit_id: int | None = None,
    collective_id: int | None = None,
    drop: bool = False,
    remember: bool = True,
    by: Actor,
    at: dt.datetime,
) -> list[int]:
    """Say what a name that joined a running plan means, and start what waited for it.

    Added rows whose names are all settled start; running rows get the units as cooperating
    ones. Returns the numbers of the rows that started. Raises NotFound, Forbidden, Conflict
    (a draft, or a name that is settled), Invalid as `settle_unit` does.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以核对和修改"))
    mention = next((one for one in plan.mentions if one.id == mention_id), None)
    if mention is None:
        raise NotFound(N_("本方案没有这个单位名称"))
    if plan.process_id is None or mention.status not in UNSETTLED:
        raise Conflict(N_("这个单位名称不需要再确认"))
    settle_mention(
        plan,
        mention,
        unit_id=unit_id,
        collective_id=collective_id,
        drop=drop,
        remember=remember,
        by=by,
        at=at,
    )
    db.session.flush()
    return [row.no for row in plan.rows if _go_on(plan, row, mention, at)]


def assign_lead(plan_id: int, no: int, unit_id: int, *, by: Actor, at: dt.datetime) -> bool:
    """Name the lead of an added row that has none; True if it could start at once.

    Raises NotFound, Forbidden, Conflict for a row that has started, Invalid for a unit the
    register does not have.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以核对和修改"))
    row = next((one for one in plan.rows if one.no == no), None)
    if row is None:
        raise NotFound(N_("本方案没有第{no}项"), no=no)
    if row.added_at is None or _has_started(plan, row):
        raise Conflict(N_("第{no}项已经启动，请在流程中办理"), no=no)
    unit = db.session.get(Unit, unit_id)
    if unit is None or not unit.active:
        raise Invalid(N_("单位名册中没有所选单位"))
    before = give_lead(plan, row, unit)
    record(plan, "reassign_row", row=no, before=before, after=unit.name, by=by, at=at)
    return start_added(plan, row, at=at)


@dataclass(frozen=True)
class Waiting:
    """What keeps added rows from starting: names to settle, and rows (numbers) without a lead."""

    names: tuple[UsedName, ...]
    leadless: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.names or self.leadless)


def waiting(plan: Plan) -> Waiting:
    """What the office has still to say about what joined the running plan; nothing of a draft."""
    if plan.process_id is None:
        return Waiting((), ())
    expansion = Expansion()
    leadless = [
        row.no
        for row in plan.rows
        if row.added_at is not None
        and not any(one.mention.status in UNSETTLED for one in row.units)
        and not expansion.units([one for one in row.units if one.side == Side.LEAD])
        and not _has_started(plan, row)
    ]
    return Waiting(tuple(name for name in used_names(plan) if name.open), tuple(leadless))


def _go_on(plan: Plan, row: PlanRow, mention: UnitMention, at: dt.datetime) -> bool:
    """Start a row that waited for this name, or let its units help one that runs."""
    places = [one for one in row.units if one.mention_id == mention.id]
    if not places:
        return False
    if row.added_at is not None and not _has_started(plan, row):
        return start_added(plan, row, at=at)
    running = process_of_row(row)
    units = Expansion().units([one for one in places if one.side == Side.COOPERATING])
    if running is not None and units:
        partners.add(running, units, at=at)
    return False


def _has_started(plan: Plan, row: PlanRow) -> bool:
    own = ProcessInstance.parent_id == plan.process_id
    query = db.select(ProcessInstance.id).where(
        own, ProcessInstance.business_key == row.business_key
    )
    return db.session.scalar(query.limit(1)) is not None
