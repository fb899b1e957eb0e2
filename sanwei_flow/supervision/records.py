"""Reads of what has been issued: slips and cards."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import contains_eager, joinedload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User, UserRole
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.supervision.models import Card, Slip, SlipStep

#: Whom every unit's slips concern.
OVERSEERS = (Role.office, Role.leader, Role.auditor)


@dataclass(frozen=True)
class Filters:
    """Which records of a list are wanted; empty means all. Each list says what states it knows."""

    state: str = ""
    plan: int | None = None
    unit: int | None = None


@dataclass(frozen=True)
class CardFilters:
    """Which cards to list; empty means all. `colour` is `yellow`, `red` or empty."""

    colour: str = ""
    plan: int | None = None
    unit: int | None = None


def oversees(by: Actor) -> bool:
    """True for those who see the slips of every unit."""
    return by.is_system or any(by.has_role(role) for role in OVERSEERS)


def may_see_slip(slip: Slip, by: Actor) -> bool:
    """The unit addressed, whoever runs the plan, and the overseers."""
    return oversees(by) or slip.unit_id in by.units()


def slips(
    by: Actor,
    filters: Filters,
    day: dt.date,
    *,
    after: int | None = None,
    limit: int = 50,
) -> list[Slip]:
    """The slips this person may see, newest first, those before the id `after`.

    The states are `open`, `late` (open, and a day passed without an answer) and `closed`.
    """
    query = (
        db.select(Slip)
        .outerjoin(Slip.process)
        .options(
            contains_eager(Slip.process),
            joinedload(Slip.row),
            joinedload(Slip.unit),
            joinedload(Slip.plan),
        )
        .order_by(Slip.id.desc())
        .limit(limit)
    )
    if not oversees(by):
        query = query.where(Slip.unit_id.in_(by.units()))
    if after is not None:
        query = query.where(Slip.id < after)
    if filters.plan is not None:
        query = query.where(Slip.plan_id == filters.plan)
    if filters.unit is not None:
        query = query.where(Slip.unit_id == filters.unit)
    running = ProcessInstance.finished_at.is_(None)
    if filters.state in ("open", "late"):
        query = query.where(running)
    if filters.state == "late":
        late = db.select(SlipStep.slip_id).where(SlipStep.expired_at.is_not(None))
        query = query.where(db.or_(Slip.due < day, Slip.id.in_(late)))
    if filters.state == "closed":
        query = query.where(~running)
    return list(db.session.scalars(query))


def slips_of_row(row_id: int) -> list[Slip]:
    """Every slip of a row, newest first."""
    query = db.select(Slip).where(Slip.row_id == row_id).order_by(Slip.id.desc())
    return list(db.session.scalars(query.options(joinedload(Slip.process))))


def rows_with_open_slips(row_ids: Iterable[int]) -> frozenset[int]:
    """Those of the rows that have a slip which is not closed."""
    query = (
        db.select(Slip.row_id)
        .join(Slip.process)
        .where(Slip.row_id.in_(set(row_ids)), ProcessInstance.finished_at.is_(None))
    )
    return frozenset(db.session.scalars(query))


def expired_slips(row_ids: Iterable[int]) -> dict[int, int]:
    """How many levels of open slips passed without an answer, by row."""
    query = (
        db.select(Slip.row_id, db.func.count())
        .join(Slip.process)
        .join(SlipStep, SlipStep.slip_id == Slip.id)
        .where(
            Slip.row_id.in_(set(row_ids)),
            ProcessInstance.finished_at.is_(None),
            SlipStep.expired_at.is_not(None),
        )
        .group_by(Slip.row_id)
    )
    return dict(db.session.execute(query).all())


def cards(
    by: Actor, filters: CardFilters, *, after: int | None = None, limit: int = 50
) -> list[Card]:
    """The cards of this person's units, or of all for overseers: newest first, before `after`."""
    query = db.select(Card).options(joinedload(Card.row), joinedload(Card.unit))
    query = query.order_by(Card.id.desc()).limit(limit)
    if not oversees(by):
        query = query.where(Card.unit_id.in_(by.units()))
    if filters.colour:
        query = query.where(Card.colour == filters.colour)
    if filters.plan is not None:
        query = query.where(Card.plan_id == filters.plan)
    if filters.unit is not None:
        query = query.where(Card.unit_id == filters.unit)
    if after is not None:
        query = query.where(Card.id < after)
    return list(db.session.scalars(query))


def cards_of_row(row_id: int) -> Sequence[Card]:
    """Every card of a row and of the work in it, newest first."""
    query = db.select(Card).where(Card.row_id == row_id).order_by(Card.id.desc())
    return db.session.scalars(query.options(joinedload(Card.unit))).all()


def cards_of_task(task_id: int) -> Sequence[Card]:
    """The cards issued for a task, newest first."""
    query = db.select(Card).where(Card.task_id == task_id).order_by(Card.id.desc())
    return db.session.scalars(query.options(joinedload(Card.unit))).all()


def names_of(unit_id: int, role: str) -> list[str]:
    """The names of the active people who hold a post."""
    query = (
        db.select(User.name)
        .join(UserRole)
        .where(UserRole.unit_id == unit_id, UserRole.role == role, User.active)
        .order_by(User.id)
    )
    return list(db.session.scalars(query))


def running_plans() -> list[Plan]:
    """The launched plans, newest first."""
    query = db.select(Plan).where(Plan.launched_at.is_not(None)).order_by(Plan.id.desc())
    return list(db.session.scalars(query))


def slips_under(prefix: str) -> list[Slip]:
    """The slips whose keys begin so, in the order they were issued."""
    query = db.select(Slip).where(Slip.key.startswith(prefix, autoescape=True)).order_by(Slip.id)
    return list(db.session.scalars(query))


def row_ids(plan_id: int, numbers: Iterable[int]) -> list[int]:
    """The ids of a plan's rows by their numbers. Raises NotFound if one is missing."""
    wanted = set(numbers)
    query = db.select(PlanRow.id).where(PlanRow.plan_id == plan_id, PlanRow.no.in_(wanted))
    found = list(db.session.scalars(query))
    if len(found) < len(wanted):
        raise NotFound(N_("没有这一项分工"))
    return found


def open_rows(plan_id: int) -> list[PlanRow]:
    """The rows of a plan that have not ended, by number."""
    query = (
        db.select(PlanRow)
        .where(
            PlanRow.plan_id == plan_id,
            PlanRow.written_off_at.is_(None),
            PlanRow.terminated_at.is_(None),
        )
        .order_by(PlanRow.no)
    )
    return list(db.session.scalars(query))
