"""What the reminder sweep has to look at."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import selectinload

from sanwei_flow.accounts.models import User, UserRole
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.plans.keys import place_of
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit, Side, is_under_way
from sanwei_flow.processes.models import ProcessInstance, Task, is_open
from sanwei_flow.supervision.ladder import ONE_DAY
from sanwei_flow.supervision.models import Card, Slip, SweepMark

Post = tuple[int | None, str]
"""A unit id and a role."""


def tasks_to_look_at(day: dt.date, limit: int) -> Sequence[Row[Any]]:
    """Open tasks whose day has come, oldest first, locked; others may sweep beside us."""
    query = (
        _tasks()
        .where(Task.remind_on <= day)
        .order_by(Task.remind_on, Task.id)
        .limit(limit)
        .with_for_update(of=Task, skip_locked=True)
    )
    return db.session.execute(query).all()


def tasks_due(days: Iterable[dt.date], overdue_since: dt.date, limit: int) -> Sequence[Row[Any]]:
    """Open tasks that are due on one of the days, or since `overdue_since`; for looking ahead."""
    wanted = sorted(days)
    late = Task.due.between(overdue_since, wanted[0] - ONE_DAY) if wanted else db.false()
    query = _tasks().where(Task.remind_on.is_not(None), db.or_(Task.due.in_(wanted), late))
    return db.session.execute(query.order_by(Task.due, Task.id).limit(limit)).all()


def _tasks() -> Any:
    return (
        db.select(
            Task.id,
            Task.name,
            Task.node,
            Task.title,
            Task.unit_id,
            Task.role,
            Task.owner_id,
            Task.opened_at,
            Task.due,
            Task.remind_on,
            Task.instance_id,
            ProcessInstance.business_key,
            ProcessInstance.started_at,
            ProcessDesign.key.label("design"),
        )
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .join(ProcessDesign, ProcessDesign.id == DesignVersion.design_id)
        .where(is_open)
    )


@dataclass(frozen=True)
class RowFacts:
    """A row with its plan and the unit that answers for it (0, nobody, if it lost it)."""

    row: PlanRow
    plan: Plan
    lead: int

    @property
    def key(self) -> str:
        return self.row.business_key


def facts_of(row: PlanRow, plan: Plan) -> RowFacts:
    """A loaded row with its lead unit."""
    leads = (place.mention.unit_id for place in row.units if place.side == Side.LEAD)
    return RowFacts(row, plan, next((unit for unit in leads if unit is not None), 0))


def rows_by_key(keys: Iterable[str]) -> dict[str, RowFacts]:
    """The rows behind business keys; keys that are no row's are left out."""
    wanted = {key for key in keys if place_of(key)[1] is not None}
    if not wanted:
        return {}
    plans = {place_of(key)[0] for key in wanted}
    numbers = {place_of(key)[1] for key in wanted}
    query = (
        db.select(PlanRow, Plan)
        .join(Plan, Plan.id == PlanRow.plan_id)
        .where(PlanRow.plan_id.in_(plans), PlanRow.no.in_(numbers))
        .options(selectinload(PlanRow.units).joinedload(RowUnit.mention))
    )
    found = (facts_of(row, plan) for row, plan in db.session.execute(query))
    return {one.key: one for one in found if one.key in wanted}


def rows_to_look_at(until: dt.date) -> list[RowFacts]:
    """Rows under way that fall due by `until`; a date past at import is never asked after."""
    query = (
        db.select(PlanRow, Plan)
        .join(Plan, Plan.id == PlanRow.plan_id)
        .where(
            is_under_way,
            PlanRow.suspended_at.is_(None),
            PlanRow.due <= until,
            ~PlanRow.due_past,
        )
        .options(selectinload(PlanRow.units).joinedload(RowUnit.mention))
        .order_by(PlanRow.plan_id, PlanRow.no)
    )
    return [facts_of(row, plan) for row, plan in db.session.execute(query)]


def holders(unit_ids: Iterable[int | None]) -> dict[Post, list[int]]:
    """The active people of these units by post, as user ids."""
    query = (
        db.select(UserRole.unit_id, UserRole.role, UserRole.user_id)
        .join(User)
        .where(UserRole.unit_id.in_({unit for unit in unit_ids if unit}), User.active)
    )
    found: dict[Post, list[int]] = defaultdict(list)
    for unit_id, role, user_id in db.session.execute(query):
        found[unit_id, str(role)].append(user_id)
    return found


def overdue_by_post(
    unit_ids: Iterable[int], before: dt.date, next_look: dt.date
) -> list[tuple[int, str, int | None, int, dt.date]]:
    """(unit_id, role, owner_id, count, earliest due) of the units' open tasks due `before`.

    Counts only tasks that are reminded of; one that arrived too late already is not. What
    is overdue is looked at again on the next working day (`next_look`) at the latest: so
    the index of looks leads there past everything that is still in time.
    """
    query = (
        db.select(Task.unit_id, Task.role, Task.owner_id, db.func.count(), db.func.min(Task.due))
        .where(
            is_open,
            Task.unit_id.in_(set(unit_ids)),
            Task.due < before,
            Task.remind_on <= next_look,
        )
        .group_by(Task.unit_id, Task.role, Task.owner_id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query)]


def cards_and_slips(row_ids: Iterable[int]) -> dict[int, list[str]]:
    """The ladder's keys of everything issued for these rows, "" for what a person issued."""
    wanted = set(row_ids)
    found: dict[int, list[str]] = defaultdict(list)
    for issued in (Card, Slip):
        query = db.select(issued.row_id, issued.key).where(issued.row_id.in_(wanted))
        for row_id, key in db.session.execute(query):
            found[row_id].append(key or "")
    return found


def cards_of_instances(instance_ids: Iterable[int]) -> dict[int, list[str]]:
    """The ladder's keys of the cards for tasks of these processes, "" for what a person issued."""
    query = (
        db.select(Task.instance_id, Card.key)
        .join(Card, Card.task_id == Task.id)
        .where(Task.instance_id.in_(set(instance_ids)))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for instance_id, key in db.session.execute(query):
        found[instance_id].append(key or "")
    return found


def slips_taken(keys: Iterable[str]) -> frozenset[str]:
    """Those of the ladder's keys under which a slip has been issued."""
    query = db.select(Slip.key).where(Slip.key.in_(set(keys)))
    return frozenset(key for key in db.session.scalars(query) if key)


def last_sweep(name: str) -> dt.date | None:
    """The newest day for which the daily sweep is done."""
    mark = db.session.get(SweepMark, name)
    return mark.day if mark else None
