"""Reads of meetings and their decisions: who may see which, where each stands, its light."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.oversight.models import Decision, DecisionRow, Meeting, MeetingUnit
from sanwei_flow.plans.lights import Light, Rules, light, rules
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.supervision.records import Filters, oversees

#: Where a decision stands, in people's words.
STAGES = {
    "draft": N_("未交办"),
    "dispatched": N_("待签收"),
    "in_progress": N_("办理中"),
    "unit_review": N_("单位审核"),
    "office_review": N_("专班审核"),
    "done": N_("已办结"),
    "withdrawn": N_("已撤回"),
}


@dataclass(frozen=True)
class Line:
    """A meeting in a list, with how many decisions it has, how many are open and late."""

    meeting: Meeting
    total: int
    open: int
    late: int


@dataclass(frozen=True)
class Told:
    """A decision with its light on the day it is looked at."""

    decision: Decision
    light: Light


def visible_to(by: Actor) -> ColumnElement[bool]:
    """Issued minutes: overseers and the units they concern. Drafts: the plan's office."""
    if by.is_system:
        return db.true()
    mine = Plan.office_unit_id.in_(sorted(by.units(Role.office)))
    office = Meeting.plan_id.in_(db.select(Plan.id).where(mine))
    concerned = db.select(MeetingUnit.meeting_id).where(MeetingUnit.unit_id.in_(by.units()))
    issued = Meeting.issued_at.is_not(None)
    if oversees(by):
        return db.or_(office, issued)
    return db.or_(office, db.and_(issued, Meeting.id.in_(concerned)))


def get_meeting(meeting_id: int, *, by: Actor) -> Meeting:
    """A meeting this person may see. Raises NotFound, also for one that is not theirs to see."""
    query = db.select(Meeting).where(Meeting.id == meeting_id, visible_to(by))
    meeting = db.session.scalars(query).first()
    if meeting is None:
        raise NotFound(N_("没有这次会商"))
    return meeting


def meetings(
    by: Actor,
    filters: Filters,
    day: dt.date,
    *,
    after: int | None = None,
    limit: int = 50,
) -> list[Line]:
    """The meetings this person may see, newest first, those before the id `after`.

    The states are `draft`, `open` (a decision is), `late` (an open one is past its day) and
    `closed`; `unit` is one that a decision was given to.
    """
    query = (
        db.select(Meeting)
        .where(visible_to(by))
        .options(
            joinedload(Meeting.plan), selectinload(Meeting.decisions).joinedload(Decision.process)
        )
        .order_by(Meeting.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Meeting.id < after)
    if filters.plan is not None:
        query = query.where(Meeting.plan_id == filters.plan)
    if filters.unit is not None:
        own = db.select(Decision.meeting_id).where(Decision.unit_id == filters.unit)
        query = query.where(Meeting.id.in_(own))
    if filters.state == "draft":
        query = query.where(Meeting.issued_at.is_(None))
    waiting = db.select(Decision.meeting_id).join(Decision.process)
    waiting = waiting.where(ProcessInstance.finished_at.is_(None))
    if filters.state == "late":
        waiting = waiting.where(Decision.due < day)
    if filters.state in ("open", "late"):
        query = query.where(Meeting.id.in_(waiting))
    if filters.state == "closed":
        query = query.where(Meeting.issued_at.is_not(None), Meeting.id.not_in(waiting))
    return [_line(one, day) for one in db.session.scalars(query)]


def _line(meeting: Meeting, day: dt.date) -> Line:
    waits = [one for one in meeting.decisions if one.is_open]
    late = sum(one.due is not None and one.due < day for one in waits)
    return Line(meeting, len(meeting.decisions), len(waits), late)


def decisions_of(meeting: Meeting, day: dt.date) -> list[Told]:
    """A meeting's decisions in order, each with its light."""
    query = (
        db.select(Decision)
        .where(Decision.meeting_id == meeting.id)
        .options(
            joinedload(Decision.process), joinedload(Decision.unit), selectinload(Decision.rows)
        )
        .order_by(Decision.no)
    )
    lit = rules()
    return [Told(one, lit_of(one, day, lit)) for one in db.session.scalars(query)]


def lit_of(decision: Decision, day: dt.date, lit: Rules) -> Light:
    """The light of a decision by its day; none before it was given out and once it is over."""
    if not decision.is_open:
        return Light("none", STAGES.get(decision.stage, decision.stage))
    return light(decision.due, day, closed=False, calendar=load_calendar(), by=lit)


def decisions_of_row(row_id: int, day: dt.date, *, by: Actor) -> list[Told]:
    """What meetings decided about a row, as far as this person may see them, newest first."""
    linked = db.select(DecisionRow.decision_id).where(DecisionRow.row_id == row_id)
    found, lit = _issued(Decision.id.in_(linked), by), rules()
    return [Told(one, lit_of(one, day, lit)) for one in found]


def decision_of_process(process_id: int, *, by: Actor) -> Decision | None:
    """The decision a process carries out, if this person may see its meeting."""
    return next(iter(_issued(Decision.process_id == process_id, by)), None)


def open_decisions_of_unit(unit_id: int, day: dt.date, *, by: Actor) -> list[Told]:
    """What meetings gave to a unit and is not done yet, soonest first."""
    waiting = Decision.unit_id == unit_id, ProcessInstance.finished_at.is_(None)
    found = [one for one in _issued(db.and_(*waiting), by) if one.is_open]
    lit = rules()
    found.sort(key=lambda one: (one.due or dt.date.max, one.id))
    return [Told(one, lit_of(one, day, lit)) for one in found]


def overdue(by: Actor, day: dt.date, plan_id: int | None = None) -> int:
    """How many decisions this person may see are past their day."""
    query = (
        db.select(db.func.count())
        .select_from(Decision)
        .join(Decision.meeting)
        .join(Decision.process)
        .where(ProcessInstance.finished_at.is_(None), Decision.due < day, visible_to(by))
    )
    if plan_id is not None:
        query = query.where(Meeting.plan_id == plan_id)
    return db.session.scalar(query) or 0


def _issued(wanted: ColumnElement[bool], by: Actor) -> list[Decision]:
    query = (
        db.select(Decision)
        .join(Decision.meeting)
        .join(Decision.process)
        .where(wanted, visible_to(by))
        .options(
            contains_eager(Decision.meeting),
            contains_eager(Decision.process),
            joinedload(Decision.unit),
        )
        .order_by(Decision.id.desc())
    )
    return list(db.session.scalars(query))
