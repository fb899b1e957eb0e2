"""From a settled draft to running processes. Safe to repeat and to resume."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.designs.operations import publish
from sanwei_flow.errors import N_, Forbidden, Invalid, Sentences
from sanwei_flow.plans.access import get_plan, may_manage, record
from sanwei_flow.plans.bpmn import generate
from sanwei_flow.plans.designing import designed, forget_design, in_design, misfits
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import MentionStatus, Plan, PlanRow, RowUnit, Side
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.variables import start_variables
from sanwei_flow.processes.operations import start_process
from sanwei_flow.processes.outbox import wake


@dataclass(frozen=True)
class Blocker:
    """Why a plan cannot be launched yet; `row` or `mention_id` says where to go.

    `code` is `no_rows`, `unsettled`, `no_lead`, `collective_lead` or `design`.
    """

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    row: int | None = None
    mention_id: int | None = None

    def __str__(self) -> str:
        return self.message.format(**self.params)


def ready_to_launch(plan: Plan) -> list[Blocker]:
    """What must be settled first, in the order of the rows; empty when the plan can start."""
    return _row_blockers(plan, Expansion()) + _design_blockers(plan, designed(plan))


def _row_blockers(plan: Plan, expansion: Expansion) -> list[Blocker]:
    read_units(plan)
    blockers = []
    if not plan.rows:
        blockers.append(Blocker("no_rows", N_("本方案没有任务分工，无法启动")))
    asked: set[int] = set()
    for row in plan.rows:
        for place in row.units:
            name = place.mention
            unsettled = name.status in (MentionStatus.DOUBTFUL, MentionStatus.UNKNOWN)
            if unsettled and name.id not in asked:
                asked.add(name.id)
                blockers.append(
                    Blocker(
                        "unsettled",
                        N_("单位“{name}”还没有确认（首见于第{row}项）"),
                        {"name": name.name, "row": row.no},
                        row=row.no,
                        mention_id=name.id,
                    )
                )
        blockers += _lead_blockers(row, expansion)
    return blockers


def read_units(plan: Plan) -> None:
    """Load the rows with their units and targets; else each row would ask for its own."""
    units = selectinload(PlanRow.units).joinedload(RowUnit.mention)
    query = db.select(PlanRow).where(PlanRow.plan_id == plan.id).order_by(PlanRow.no)
    rows = db.session.scalars(query.options(units, selectinload(PlanRow.targets))).all()
    if "rows" not in plan.__dict__:
        # The plan keeps its rows alive; what only the query knew would be forgotten at once.
        set_committed_value(plan, "rows", list(rows))


def _lead_blockers(row: PlanRow, expansion: Expansion) -> list[Blocker]:
    leads = [place for place in row.units if place.side == Side.LEAD]
    if any(place.mention.status in ("doubtful", "unknown") for place in leads):
        return []
    if not expansion.units(leads):
        return [Blocker("no_lead", N_("第{row}项没有牵头单位"), {"row": row.no}, row=row.no)]
    if leads[0].mention.collective_id is not None:
        message = N_("第{row}项由“{name}”牵头，请指定一个单位")
        params = {"row": row.no, "name": leads[0].mention.name}
        return [Blocker("collective_lead", message, params, row=row.no)]
    return []


def _design_blockers(plan: Plan, version: DesignVersion | None) -> list[Blocker]:
    """What keeps the process that designers have in hand from carrying this plan."""
    if in_design(plan) is not None:
        message = N_("设计人员正在调整本方案的流程，请等其发布或放弃草稿")
        return [Blocker("design", message)]
    if version is None:
        return []
    return [Blocker("design", text, {"rows": rows}) for text, rows in misfits(version, plan)]


def launch(plan_id: int, *, standard: bool = False, by: Actor, at: dt.datetime) -> Plan:
    """Start the plan's own design; its rows start as jobs after the commit.

    The design is the one designers published for it, or else, and if `standard`, the generated
    one, published now.

    A plan already launched is returned as it is: calling again changes nothing, but wakes the
    jobs of rows that had not started yet.
    Raises NotFound, Forbidden, and Invalid with every reason why it cannot start.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以启动"))
    if plan.process_id is not None:
        wake([plan.process_id], at)
        return plan
    expansion = Expansion()
    blockers = _row_blockers(plan, expansion)
    version = None if standard else designed(plan)
    if standard:
        forget_design(plan_id, by=by, at=at)
    else:
        blockers += _design_blockers(plan, version)
    if blockers:
        raise Invalid(
            N_("方案还不能启动：{reasons}"),
            fields={"plan": blockers},
            reasons=Sentences(blockers),
        )
    variables = start_variables(plan, expansion)
    if version is None:
        version = publish(generate(plan), {}, by=by, at=at, note=N_("启动方案时生成"))
    root = start_process(
        version,
        variables,
        business_key=business_key(plan.id),
        title=plan.title,
        by=by,
        at=at,
    )
    plan.process_id, plan.launched_at, plan.launched_by_id = root.id, at, by.user_id
    record(plan, "launch", by=by, at=at)
    return plan


@dataclass(frozen=True)
class Effect:
    """What a launch will do: rows that start, units asked to lead, units asked to help."""

    rows: int
    leads: list[tuple[str, int]]
    helping: int


def launch_effect(plan: Plan) -> Effect:
    """Count what would start; rows that cannot start yet are left out."""
    expansion = Expansion()
    leads: dict[str, int] = {}
    helping: set[int] = set()
    for row in plan.rows:
        first = expansion.units([one for one in row.units if one.side == Side.LEAD])[:1]
        for unit in first:
            leads[unit.name] = leads.get(unit.name, 0) + 1
        helping |= {unit.id for unit in expansion.units(row.units)} - {unit.id for unit in first}
    ordered = sorted(leads.items(), key=lambda pair: -pair[1])
    return Effect(sum(leads.values()), ordered, len(helping))
