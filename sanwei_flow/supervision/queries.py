"""What the reminder sweep has to look at."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import selectinload

from sanwei_flow.accounts.models import User, UserRole
from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit
from sanwei_flow.processes.models import ProcessInstance, Task, is_open
from sanwei_flow.supervision.ladder import Ladder
from sanwei_flow.supervision.models import ReminderSetting, SweepMark

Post = tuple[int | None, str]
"""A unit id and a role."""


def ladder() -> Ladder:
    """The settings in force."""
    row = db.session.scalar(db.select(ReminderSetting).limit(1))
    if row is None:
        return Ladder()
    return Ladder(tuple(row.before), tuple(row.long_before), row.overdue)


def tasks_to_look_at(day: dt.date, limit: int) -> Sequence[Row[Any]]:
    """Open tasks whose day has come, oldest first, locked; others may sweep beside us."""
    query = (
        db.select(
            Task.id,
            Task.name,
            Task.title,
            Task.unit_id,
            Task.role,
            Task.owner_id,
            Task.opened_at,
            Task.due,
            Task.instance_id,
            ProcessInstance.business_key,
        )
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(is_open, Task.remind_on <= day)
        .order_by(Task.remind_on, Task.id)
        .limit(limit)
        .with_for_update(of=Task, skip_locked=True)
    )
    return db.session.execute(query).all()


def rows_to_look_at(until: dt.date) -> list[tuple[PlanRow, Plan]]:
    """Rows under way that fall due by `until`; a date past at import is never asked after."""
    query = (
        db.select(PlanRow, Plan)
        .join(Plan, Plan.id == PlanRow.plan_id)
        .where(
            Plan.launched_at.is_not(None),
            PlanRow.written_off_at.is_(None),
            PlanRow.terminated_at.is_(None),
            PlanRow.suspended_at.is_(None),
            PlanRow.due <= until,
            ~PlanRow.due_past,
        )
        .options(selectinload(PlanRow.units).joinedload(RowUnit.mention))
        .order_by(PlanRow.plan_id, PlanRow.no)
    )
    return [(row, plan) for row, plan in db.session.execute(query)]


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
    unit_ids: Iterable[int], day: dt.date, next_look: dt.date
) -> list[tuple[int, str, int | None, int, dt.date]]:
    """(unit_id, role, owner_id, count, earliest due) of the units' overdue open tasks.

    Counts only tasks that are reminded of; one that arrived too late already is not. What
    is overdue is looked at again on the next working day (`next_look`) at the latest: so
    the index of looks leads there past everything that is still in time.
    """
    query = (
        db.select(Task.unit_id, Task.role, Task.owner_id, db.func.count(), db.func.min(Task.due))
        .where(
            is_open,
            Task.unit_id.in_(set(unit_ids)),
            Task.due < day,
            Task.remind_on <= next_look,
        )
        .group_by(Task.unit_id, Task.role, Task.owner_id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query)]


def swept(name: str, day: dt.date) -> bool:
    """True if the daily sweep has been done for this day or a later one."""
    mark = db.session.get(SweepMark, name)
    return mark is not None and mark.day >= day
