"""Who may do what to a plan, and what a plan must be for it. Asked by every operation."""

import datetime as dt

from sqlalchemy import ColumnElement, false, or_, true

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, UserRole
from sanwei_flow.audit import operations as audit
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.plans.keys import business_key, place_of
from sanwei_flow.plans.models import Plan


def may_import(by: Actor) -> bool:
    """Only people of a task force's office, and the operator at the command line, import."""
    return by.user_id is None or by.has_role(Role.office)


def may_manage(plan: Plan, by: Actor) -> bool:
    """Settling, correcting and launching is for the office of this very plan."""
    if by.user_id is None:
        return True
    if plan.office_unit_id is None:
        return by.has_role(Role.office)
    return by.has(plan.office_unit_id, Role.office)


def may_see(plan: Plan, by: Actor) -> bool:
    """Launched plans are for everybody; a draft for the office that settles it and the auditor."""
    return plan.process_id is not None or may_manage(plan, by) or by.has_role(Role.auditor)


def visible_to(by: Actor) -> ColumnElement[bool]:
    """`may_see` as a condition on plans."""
    if by.user_id is None or by.has_role(Role.auditor):
        return true()
    return or_(Plan.process_id.is_not(None), managed_by(by))


def managed_by(by: Actor) -> ColumnElement[bool]:
    """`may_manage` as a condition on plans."""
    if by.user_id is None:
        return true()
    mine = Plan.office_unit_id.in_(sorted(by.units(Role.office)))
    nobodys = Plan.office_unit_id.is_(None) if by.has_role(Role.office) else false()
    return or_(mine, nobodys)


def readable_plan(plan_id: int, by: Actor) -> Plan:
    """Load a plan for somebody to look at. Raises NotFound, and Forbidden for others' drafts."""
    plan = get_plan(plan_id)
    if not may_see(plan, by):
        raise Forbidden(N_("方案启动前，只有本方案的专班办公室可以查看"))
    return plan


def get_plan(plan_id: int, *, lock: bool = False) -> Plan:
    """Load a plan; with `lock` in order to change something of it.

    Raises NotFound, and with `lock` Conflict once the plan has been accepted.
    """
    plan = db.session.get(Plan, plan_id, with_for_update=True if lock else None)
    if plan is None:
        raise NotFound(N_("没有这个方案"))
    if lock:
        must_not_be_accepted(plan)
    return plan


def must_not_be_accepted(plan: Plan) -> None:
    """Raise Conflict for a plan that has been accepted: it is only read from then on."""
    if plan.accepted_at is not None:
        day = today(plan.accepted_at).isoformat()
        raise Conflict(N_("方案已于{day}通过验收，内容只供查阅，不能再改"), day=day)


def settled(key: str) -> Conflict | None:
    """Why nothing is added to the closed work under this business key: its plan was accepted."""
    plan_id, _no = place_of(key)
    plan = db.session.get(Plan, plan_id) if plan_id is not None else None
    try:
        if plan is not None:
            must_not_be_accepted(plan)
    except Conflict as refusal:
        return refusal
    return None


def managed_draft(plan_id: int, by: Actor) -> Plan:
    """Load and lock a plan that `by` may still correct.

    Raises NotFound, Forbidden, and Conflict once the plan has been launched.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以核对和修改"))
    if plan.process_id is not None:
        raise Conflict(N_("方案已经启动，分工和时限的改动请在流程中办理（提出异议、改派、延期）"))
    return plan


def choose_office(by: Actor, wanted: int | None) -> int:
    """The unit that will run an imported plan.

    Without a wish it is the one unit where `by` works in the office, and for the command line
    the register's only one. Raises Forbidden, Invalid if the choice is open.
    """
    if not may_import(by):
        raise Forbidden(N_("只有专班办公室可以导入方案"))
    offices = by.units(Role.office)
    if by.user_id is None:
        query = db.select(UserRole.unit_id).where(UserRole.role == Role.office).distinct()
        offices = frozenset(db.session.scalars(query))
    if wanted is None and len(offices) == 1:
        return next(iter(offices))
    if wanted is None:
        raise Invalid(N_("请先选择由哪个单位的专班办公室办理本方案"))
    if wanted not in offices:
        raise Forbidden(N_("所选单位没有专班办公室，或您不在其中"))
    return wanted


def record(
    plan: Plan,
    kind: str,
    *,
    by: Actor,
    at: dt.datetime,
    row: int | None = None,
    field: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Note who changed what of a plan (and of which row), from what to what."""
    given = {"row": row, "field": field, "before": before, "after": after}
    data = {key: value for key, value in given.items() if value is not None}
    audit.record(kind, business_key(plan.id), by=by, at=at, data=data)
