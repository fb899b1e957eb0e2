"""Reads of inspections: who may see which, what is open, what is to be looked at again."""

import datetime as dt

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import joinedload, selectinload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.oversight.models import Inspection
from sanwei_flow.plans.lights import Light, light, rules
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.supervision.models import Slip
from sanwei_flow.supervision.records import Filters, oversees

#: Findings on a unit's page; the list has all of them.
MOST_OF_UNIT = 20
#: Where a finding stands, in people's words.
STATES = {
    "good": N_("做得好"),
    "open": N_("待整改"),
    "rectifying": N_("整改中"),
    "to_recheck": N_("待回头看"),
    "closed": N_("已整改销号"),
}


def visible_to(by: Actor) -> ColumnElement[bool]:
    """The unit inspected, the plan's office, and those who watch over all units."""
    if by.is_system or oversees(by):
        return db.true()
    mine = db.select(Plan.id).where(Plan.office_unit_id.in_(sorted(by.units(Role.office))))
    return db.or_(Inspection.unit_id.in_(by.units()), Inspection.plan_id.in_(mine))


def get_inspection(inspection_id: int, *, by: Actor) -> Inspection:
    """A record this person may see. Raises NotFound, also for one that is not theirs to see."""
    query = db.select(Inspection).where(Inspection.id == inspection_id, visible_to(by))
    inspection = db.session.scalars(query).first()
    if inspection is None:
        raise NotFound(N_("没有这条检查记录"))
    return inspection


def inspections(
    by: Actor,
    filters: Filters,
    day: dt.date,
    *,
    after: int | None = None,
    limit: int = 50,
) -> list[Inspection]:
    """The findings this person may see, newest first, those before the id `after`.

    The states are `open`, `recheck` (reported as mended, answered, or past its day), `late`,
    `closed` and `good`.
    """
    query = _shown().where(visible_to(by)).limit(limit)
    if after is not None:
        query = query.where(Inspection.id < after)
    if filters.plan is not None:
        query = query.where(Inspection.plan_id == filters.plan)
    if filters.unit is not None:
        query = query.where(Inspection.unit_id == filters.unit)
    waiting = Inspection.closed_at.is_(None)
    wanted = {
        "open": waiting,
        "recheck": db.and_(waiting, _to_look_at(day)),
        "late": db.and_(waiting, Inspection.due < day),
        "closed": db.and_(~waiting, Inspection.kind != "good"),
        "good": Inspection.kind == "good",
    }.get(filters.state)
    if wanted is not None:
        query = query.where(wanted)
    return list(db.session.scalars(query))


def _to_look_at(day: dt.date) -> ColumnElement[bool]:
    """The unit says it is mended, its slip is closed, or its day has passed."""
    reported = db.select(ProcessInstance.id).where(
        ProcessInstance.id == Inspection.process_id, ProcessInstance.stage == "to_recheck"
    )
    answered = db.select(Slip.id).where(Slip.id == Inspection.slip_id, Slip.closed_at.is_not(None))
    settled = db.and_(Inspection.process_id.is_(None), answered.exists())
    return db.or_(reported.exists(), settled, Inspection.due < day)


def of_row(row_id: int, *, by: Actor) -> list[Inspection]:
    """Everything found about a row, as far as this person may see it, newest first."""
    query = _shown().where(Inspection.row_id == row_id, visible_to(by))
    return list(db.session.scalars(query))


def of_unit(unit_id: int, *, by: Actor) -> list[Inspection]:
    """What was found at a unit: what is open, then what is closed; each newest first."""
    query = _shown().where(Inspection.unit_id == unit_id, visible_to(by)).order_by(None)
    query = query.order_by(Inspection.closed_at.is_not(None), Inspection.id.desc())
    return list(db.session.scalars(query.limit(MOST_OF_UNIT)))


def lit_of(inspection: Inspection, day: dt.date) -> Light:
    """The light of a finding by the day it is to be mended."""
    if inspection.closed_at is not None:
        return Light("none", STATES[inspection.state])
    return light(inspection.due, day, closed=False, calendar=load_calendar(), by=rules())


def _shown() -> Select[tuple[Inspection]]:
    return (
        db.select(Inspection)
        .options(
            joinedload(Inspection.plan),
            joinedload(Inspection.row),
            joinedload(Inspection.unit),
            joinedload(Inspection.process),
            joinedload(Inspection.slip),
            selectinload(Inspection.rechecks),
        )
        .order_by(Inspection.id.desc())
    )
