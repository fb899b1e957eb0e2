"""The overdue board: counts by lead unit and phase or category, and what the office looks at first.

Everything is counted by the database; the statements do not grow with plans or rows.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from sanwei_flow.accounts.models import Unit, User
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan, PlanPhase, PlanRow
from sanwei_flow.plans.records import RowRequest
from sanwei_flow.plans.statuses import CLOSED, ROW_STATUSES
from sanwei_flow.processes.models import ProcessInstance, Task, is_open
from sanwei_flow.supervision.standing import OBJECTED, Scope, Wanted

#: What the columns of the board may be.
AXES = ("phase", "category", "status")
#: Rows in each list beside the board.
FIRST = 10
#: The lights of a row that is not closed, and what counts as closed, in the order of a cell.
KINDS = ("red", "yellow", "green", "none", "closed")


@dataclass(frozen=True)
class Line:
    """One lead unit: its counts by column, and over all of them."""

    unit_id: int | None
    name: str
    cells: dict[str, Counter[str]]
    total: Counter[str]


@dataclass(frozen=True)
class Waiting:
    """A row in a list: since when it is due, and with whom it lies."""

    row_id: int
    plan_id: int
    no: int
    task: str
    due: dt.date
    lead: str
    holders: str


@dataclass(frozen=True)
class Board:
    """Everything the page shows. `columns` are values of the axis in their natural order."""

    at: dt.datetime
    plans: list[Plan]
    columns: list[str]
    lines: list[Line]
    total: Counter[str]
    columns_total: dict[str, Counter[str]]
    soon: int
    requests: dict[str, int]
    returned: int
    oldest: list[Waiting]
    next_due: list[Waiting]

    @property
    def open(self) -> int:
        return sum(self.total.values()) - self.total["closed"]


def board(wanted: Wanted, axis: str, at: dt.datetime) -> Board:
    """Count the rows of the plans under way, or of `wanted.plan`; a fixed number of statements."""
    scope = Scope.of(wanted, at)
    cells = _cells(scope, axis)
    lines = _lines(cells)
    found = _numbers(scope)
    return Board(
        at=at,
        plans=scope.plans,
        columns=_in_order({one for _unit, one in cells}, axis, scope),
        lines=lines,
        total=_sum(line.total for line in lines),
        columns_total=_by_column(cells),
        soon=found["soon"],
        requests=_requests(scope) | {"objection": found["objected"]},
        returned=found["returned"],
        oldest=_first(scope, scope.late()),
        next_due=_first(scope, scope.soon()),
    )


def _cells(scope: Scope, axis: str) -> dict[tuple[int | None, str], Counter[str]]:
    rows = scope.rows
    column, closed = rows.c[axis], rows.c.status.in_(CLOSED)
    query = select(rows.c.lead, column.label("column"), rows.c.light, closed.label("closed"))
    query = scope.narrow(query.add_columns(func.count().label("number")))
    found: dict[tuple[int | None, str], Counter[str]] = defaultdict(Counter)
    for one in db.session.execute(query.group_by(rows.c.lead, column, rows.c.light, closed)):
        kind = "closed" if one.closed else one.light
        found[one.lead, one.column or ""][kind] += one.number
    return found


def _lines(cells: dict[tuple[int | None, str], Counter[str]]) -> list[Line]:
    """A line for each unit, in the order of the register; nobody's rows come last."""
    by_unit: dict[int | None, dict[str, Counter[str]]] = defaultdict(dict)
    for (unit, column), counts in cells.items():
        by_unit[unit][column] = counts
    codes = db.select(Unit.id, Unit.name).order_by(Unit.code)
    order = {one.id: one.name for one in db.session.execute(codes)}
    known = [unit for unit in order if unit in by_unit]
    rest = [unit for unit in by_unit if unit not in order]
    return [
        Line(unit, order.get(unit or 0, ""), by_unit[unit], _sum(by_unit[unit].values()))
        for unit in [*known, *rest]
    ]


def _by_column(cells: dict[tuple[int | None, str], Counter[str]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (_unit, column), counts in cells.items():
        found[column] += counts
    return found


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counts, Counter())


def _in_order(found: set[str], axis: str, scope: Scope) -> list[str]:
    """Phases as the plans have them, statuses as a row passes them, categories as they come."""
    if axis == "status":
        return sorted(found, key=list(ROW_STATUSES).index)
    name: Any = PlanPhase.name if axis == "phase" else PlanRow.category
    place: Any = PlanPhase.position if axis == "phase" else PlanRow.no
    query = select(name.label("name"), func.min(place).label("place"))
    query = query.join(Plan).where(Plan.process_id.in_(scope.roots)).group_by(name)
    order = {one.name: one.place for one in db.session.execute(query)}
    return sorted(found, key=lambda one: (order.get(one, len(order)), one))


def _numbers(scope: Scope) -> dict[str, int]:
    """How many fall due soon, were returned often, or were objected to."""
    objected = scope.rows.c.status == OBJECTED
    asked = {"soon": scope.soon(), "returned": scope.often_returned(), "objected": objected}
    query = select(
        *(func.coalesce(func.sum(case((one, 1), else_=0)), 0).label(n) for n, one in asked.items())
    ).select_from(scope.rows)
    found = db.session.execute(scope.narrow(query)).one()
    return {name: int(getattr(found, name)) for name in asked}


def _requests(scope: Scope) -> dict[str, int]:
    """Rows for which something is being asked, by kind."""
    rows = scope.rows
    query = (
        select(RowRequest.kind, func.count(rows.c.row_id.distinct()).label("number"))
        .select_from(rows)
        .join(RowRequest, RowRequest.row_id == rows.c.row_id)
        .join(ProcessInstance, ProcessInstance.id == RowRequest.process_id)
        .where(ProcessInstance.finished_at.is_(None))
        .group_by(RowRequest.kind)
    )
    found = db.session.execute(scope.narrow(query))
    return {one.kind: one.number for one in found}


def _first(scope: Scope, condition: Any) -> list[Waiting]:
    """The first rows by date of those that meet the condition, with whom they lie."""
    rows = scope.rows
    query = scope.narrow(select(rows)).where(condition)
    query = query.order_by(rows.c.due, rows.c.plan_id, rows.c.no).limit(FIRST)
    found = db.session.execute(query).all()
    names = unit_names({one.lead for one in found if one.lead})
    holders = holders_of([one.key for one in found])
    return [
        Waiting(
            *(one.row_id, one.plan_id, one.no, one.task, one.due),
            names.get(one.lead, ""),
            "、".join(holders.get(one.key, ())),
        )
        for one in found
    ]


def holders_of(keys: Sequence[str]) -> dict[str, list[str]]:
    """With whom the work of these rows lies: a person who took it on, else the unit."""
    query = (
        select(
            ProcessInstance.business_key.label("key"),
            func.coalesce(User.name, Unit.name).label("who"),
        )
        .join(Task, Task.instance_id == ProcessInstance.id)
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(User, User.id == Task.owner_id)
        .where(ProcessInstance.business_key.in_(keys), is_open)
        .where(ProcessInstance.parent_id.is_not(None))
        .order_by(Task.id)
    )
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for one in db.session.execute(query):
        found[one.key][one.who] = None
    return {key: list(who) for key, who in found.items()}
