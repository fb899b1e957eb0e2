"""A unit's page: what it leads and helps with, who holds what, what keeps coming back.

Counts are per unit, never per person; people stand in the order of their names.
"""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ROLE_NAMES, Role, Unit, User, UserRole
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Forbidden, NotFound
from sanwei_flow.inbox.deadlines import Deadline, deadline
from sanwei_flow.plans.lights import Light, Rules, light, pace, rules
from sanwei_flow.plans.models import (
    MentionStatus,
    Plan,
    PlanRow,
    RowUnit,
    Side,
    Target,
    UnitMention,
)
from sanwei_flow.plans.records import RowDue
from sanwei_flow.plans.rows import UNLIT
from sanwei_flow.plans.statuses import CLOSED
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, Task, is_open
from sanwei_flow.supervision.board import holders_of
from sanwei_flow.supervision.standing import OFTEN, Scope, Wanted

#: Rows and tasks in a list; more are counted.
MOST = 100
#: An extension asked for with this many working days left, or fewer, was asked for late.
LAST_MOMENT = 1
OVERSEERS = (Role.office, Role.leader, Role.auditor)


@dataclass(frozen=True)
class RowLine:
    """A row of a plan as the unit has it: its status, its light in words, with whom it lies."""

    plan_id: int
    no: int
    task: str
    due: dt.date | None
    status: str
    light: Light
    lead: str
    holders: str


@dataclass(frozen=True)
class Held:
    """A task of the unit that somebody holds, or nobody yet."""

    task_id: int
    name: str
    title: str
    deadline: Deadline


@dataclass(frozen=True)
class Person:
    """Somebody of the unit with their posts and what they have taken on."""

    name: str
    roles: list[str]
    tasks: list[Held]


@dataclass(frozen=True)
class UnitPage:
    """Everything the page shows. `free` are tasks nobody has taken on, by role."""

    unit: Unit
    lights: Counter[str]
    leads: list[RowLine]
    helps: list[RowLine]
    people: list[Person]
    free: dict[str, list[Held]]
    extended: int
    last_moment: int
    returned: int

    @property
    def open(self) -> int:
        return sum(self.lights.values()) - self.lights["closed"]


def unit_page(unit_id: int, *, by: Actor, at: dt.datetime) -> UnitPage:
    """Gather the page; a fixed number of statements.

    Raises NotFound, and Forbidden for who neither belongs to the unit nor watches over all.
    """
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(N_("没有这个单位"))
    if unit_id not in by.units() and not any(by.has_role(role) for role in OVERSEERS):
        raise Forbidden(N_("只有本单位人员、专班办公室、领导和审计管理员可以查看单位页。"))
    scope, day = Scope.of(Wanted(), at), today(at)
    rows = scope.rows
    own = rows.c.lead == unit_id
    held = _held(unit_id, day)
    extensions = _extensions(rows, own)
    return UnitPage(
        unit,
        _lights(rows, own),
        _lines(rows, own, day),
        _lines(rows, rows.c.row_id.in_(_helped(unit)), day),
        _people(unit_id, held),
        {role: tasks for (owner, role), tasks in held.items() if owner is None},
        sum(count >= OFTEN for count in Counter(one.row_id for one in extensions).values()),
        sum(_asked_late(one) for one in extensions),
        _returned(rows, own & scope.often_returned()),
    )


def _lights(rows: Any, own: Any) -> Counter[str]:
    closed = rows.c.status.in_(CLOSED)
    query = select(rows.c.light, closed.label("closed"), func.count().label("number"))
    found: Counter[str] = Counter()
    for one in db.session.execute(query.where(own).group_by(rows.c.light, closed)):
        found["closed" if one.closed else one.light] += one.number
    return found


def _lines(rows: Any, wanted: Any, day: dt.date) -> list[RowLine]:
    """Rows by date, open ones first, with the words of their lights."""
    query = (
        select(rows, PlanRow.due_past, Plan.launched_at)
        .join(PlanRow, PlanRow.id == rows.c.row_id)
        .join(Plan, Plan.id == PlanRow.plan_id)
        .where(wanted)
        .order_by(rows.c.status.in_(CLOSED), rows.c.due, rows.c.plan_id, rows.c.no)
    )
    found = db.session.execute(query.limit(MOST)).all()
    lit, figures = rules(), _figures([one.row_id for one in found])
    leads = unit_names({one.lead for one in found if one.lead})
    holders = holders_of([one.key for one in found])
    return [
        RowLine(
            *(one.plan_id, one.no, one.task, one.due, one.status),
            _light(one, day, lit, figures[one.row_id]),
            leads.get(one.lead, ""),
            "、".join(holders.get(one.key, ())),
        )
        for one in found
    ]


def _figures(row_ids: list[int]) -> dict[int | None, list[Target]]:
    found: dict[int | None, list[Target]] = defaultdict(list)
    for target in db.session.scalars(db.select(Target).where(Target.row_id.in_(row_ids))):
        found[target.row_id].append(target)
    return found


def _light(row: Any, day: dt.date, lit: Rules, targets: list[Target]) -> Light:
    if row.status in UNLIT:
        return Light("none", UNLIT[row.status])
    return light(
        row.due,
        day,
        closed=row.status in CLOSED,
        calendar=load_calendar(),
        past_at_import=row.due_past,
        by=lit,
        pace=pace(targets, today(row.launched_at), row.due, day) if row.launched_at else None,
    )


def _helped(unit: Unit) -> Any:
    """The ids of rows in which the unit cooperates, by its name or within a collective."""
    kind = func.coalesce(db.cast(UnitMention.kinds, db.Text), "")
    query = select(RowUnit.row_id).join(UnitMention, UnitMention.id == RowUnit.mention_id)
    return query.where(
        RowUnit.side == Side.COOPERATING,
        UnitMention.status != MentionStatus.DROPPED,
        or_(UnitMention.unit_id == unit.id, kind.contains(f'"{unit.kind.value}"')),
    )


def _held(unit_id: int, day: dt.date) -> dict[tuple[int | None, str], list[Held]]:
    """The unit's open tasks by who holds them and their role, soonest first."""
    query = (
        select(Task, ProcessInstance.status.label("process_status"))
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(is_open, Task.unit_id == unit_id)
        .order_by(Task.due, Task.id)
        .limit(MOST)
    )
    found: dict[tuple[int | None, str], list[Held]] = defaultdict(list)
    for task, status in db.session.execute(query):
        due = deadline(task.due, day, suspended=status == InstanceStatus.suspended)
        one = Held(task.id, task.name, task.title, due)
        found[task.owner_id, str(task.role)].append(one)
    return found


def _people(unit_id: int, held: dict[tuple[int | None, str], list[Held]]) -> list[Person]:
    query = (
        select(User.id, User.name, UserRole.role)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.unit_id == unit_id, User.active)
        .order_by(User.username, UserRole.id)
    )
    posts: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in db.session.execute(query):
        posts[row.id, row.name].append(ROLE_NAMES[row.role])
    return [
        Person(
            name,
            roles,
            [task for (owner, _), tasks in held.items() if owner == user_id for task in tasks],
        )
        for (user_id, name), roles in posts.items()
    ]


def _extensions(rows: Any, own: Any) -> list[RowDue]:
    led = select(rows.c.row_id).where(own)
    query = db.select(RowDue).where(RowDue.kind == "extension", RowDue.row_id.in_(led))
    return list(db.session.scalars(query))


def _asked_late(one: RowDue) -> bool:
    left = load_calendar().workdays_between(today(one.asked_at), one.old)
    return one.late or left <= LAST_MOMENT


def _returned(rows: Any, wanted: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(rows).where(wanted)) or 0
