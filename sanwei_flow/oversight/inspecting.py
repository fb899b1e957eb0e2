"""督导检查: recording what was found, and having it mended."""

import datetime as dt
from dataclasses import dataclass

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Unit
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Invalid
from sanwei_flow.oversight.models import Inspection
from sanwei_flow.oversight.rectifying import check_names, follow_up, managed
from sanwei_flow.plans.access import get_plan, must_not_be_accepted, record
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.requests import lead_of
from sanwei_flow.plans.rows import row_view

KINDS = {"good": N_("做得好"), "problem": N_("存在问题"), "rectify": N_("需要整改")}
#: What follows a problem at once: the unit is given it to mend, gets a slip, or neither.
FOLLOWS = {"task": N_("交单位整改"), "slip": N_("发督办单"), "none": N_("只记录，以后回头看")}
MOST_FINDING = 1000


@dataclass(frozen=True)
class Found:
    """What an inspection found: about row `no` of a plan, or a unit's part in it, or both.

    Without a unit it is the one that leads the row. `follow` is one of FOLLOWS.
    """

    plan_id: int
    no: int | None
    unit_id: int | None
    held_on: dt.date
    inspectors: str
    kind: str
    finding: str
    due: dt.date | None = None
    follow: str = "task"


def inspect(found: Found, *, by: Actor, at: dt.datetime, key: str | None = None) -> Inspection:
    """Record a finding, and give it to the unit to mend or issue a slip where that is wanted.

    The same `key` again gives the first record. Raises NotFound, Forbidden, Invalid, Conflict
    (the plan has not been launched, or no slip can be issued to the row).
    """
    plan = get_plan(found.plan_id)
    managed(plan, by)
    if key and (before := _of_key(key)):
        return before
    if plan.launched_at is None:
        raise Conflict(N_("方案启动后才能记录督导检查"))
    must_not_be_accepted(plan)
    row, unit_id = _about(plan, found, today(at))
    _check(found, row, today(at))
    inspection = Inspection(
        plan=plan,
        row=row,
        unit_id=unit_id,
        held_on=found.held_on,
        inspectors=found.inspectors.strip(),
        kind=found.kind,
        finding=found.finding.strip(),
        due=None if found.kind == "good" else found.due,
        key=key,
        at=at,
        by_id=by.user_id,
        by_name=by.name,
        closed_at=at if found.kind == "good" else None,
    )
    db.session.add(inspection)
    db.session.flush()
    said = f"{KINDS[found.kind]}：{inspection.finding}"
    record(plan, "inspect", row=row.no if row else None, after=said, by=by, at=at)
    if found.kind != "good" and found.follow != "none":
        follow_up(inspection, found.follow == "slip", found.due, by, at)
    return inspection


def _about(plan: Plan, found: Found, day: dt.date) -> tuple[PlanRow | None, int]:
    view = row_view(plan, found.no, day) if found.no is not None else None
    unit_id = found.unit_id or (lead_of(view) if view else None)
    if unit_id is None or db.session.get(Unit, unit_id) is None:
        raise Invalid(N_("请填写检查的是第几项分工，或选择被检查单位"))
    return view.row if view else None, unit_id


def _check(found: Found, row: PlanRow | None, day: dt.date) -> None:
    check_names(found.inspectors, found.held_on, day)
    if found.kind not in KINDS:
        raise Invalid(N_("请选择检查结论"))
    if not 0 < len(found.finding.strip()) <= MOST_FINDING:
        raise Invalid(N_("请写明检查发现（最多{most}字）"), most=MOST_FINDING)
    if found.kind == "good":
        return
    if found.follow not in FOLLOWS:
        raise Invalid(N_("请选择如何处理"))
    needed = found.kind == "rectify" or found.follow != "none"
    if needed and found.due is None:
        raise Invalid(N_("请填写整改时限"))
    if found.due is not None and found.due <= day:
        raise Invalid(N_("整改时限应在今天之后"))
    if found.follow == "slip" and row is None:
        raise Invalid(N_("督办单要发给一项分工，请先填写检查的是第几项"))


def _of_key(key: str) -> Inspection | None:
    return db.session.scalars(db.select(Inspection).where(Inspection.key == key)).first()
