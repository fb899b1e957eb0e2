"""Where the rows under way stand, as SQL: status, light, lead and phase.

One source for board and ledger. The rules are those of `plans.rows` and `plans.lights`, said
so that a database can count by them; a test holds the two against each other.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from sanwei_flow.calendars import Calendar, today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.plans.lights import COLOURS, Rules, rules
from sanwei_flow.plans.models import (
    MentionStatus,
    Plan,
    PlanPhase,
    PlanRow,
    RowUnit,
    Side,
    UnitMention,
    row_key,
)
from sanwei_flow.plans.records import RowRequest
from sanwei_flow.plans.rows import is_starting
from sanwei_flow.plans.statuses import (
    CLOSED,
    DRAFT,
    STARTING,
    SUSPENDED,
    TERMINATED,
    UPCOMING,
    WRITTEN_OFF,
)
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance, TaskEvent, is_returned
from sanwei_flow.supervision.lag import Lag

#: Working days ahead that count as "soon due".
SOON_DAYS = 5
#: A row returned this often is worth a look.
OFTEN = 2
OBJECTED = "objected"


@dataclass(frozen=True)
class Wanted:
    """Which rows; empty means all. These are the arguments of the pages' addresses.

    `plan` and `lead` are ids, `phase` a phase's name, `status` a row status, `open` or
    `closed`, `light` a colour; `waiting` is a kind of request, `objection` or `any`; `q` are
    words of the row.
    """

    plan: int | None = None
    lead: int | None = None
    category: str = ""
    phase: str = ""
    status: str = ""
    light: str = ""
    waiting: str = ""
    soon: bool = False
    returned: bool = False
    q: str = ""

    def arguments(self, **others: Any) -> dict[str, Any]:
        """What the address says, without what is empty."""
        own = {one.name: getattr(self, one.name) for one in fields(self)} | others
        return {name: int(one) if one is True else one for name, one in own.items() if one}


@dataclass(frozen=True)
class Day:
    """A Shanghai day with the two days that decide about lights, and what lights mean.

    `near` is the last day to which only as many working days remain as count as near, `soon`
    the fifth working day from now.
    """

    day: dt.date
    near: dt.date
    soon: dt.date
    rules: Rules

    @classmethod
    def of(cls, day: dt.date, calendar: Calendar) -> "Day":
        lit = rules()
        near = calendar.workdays_after(day, lit.near + 1) - dt.timedelta(days=1)
        return cls(day, near, calendar.workdays_after(day, SOON_DAYS), lit)


def plans_under_way() -> list[Plan]:
    """The launched plans, newest first."""
    query = db.select(Plan).where(Plan.process_id.is_not(None)).order_by(Plan.id.desc())
    return list(db.session.scalars(query))


def standing(day: Day, roots: Sequence[int]) -> Any:
    """Every row of the plans with these root processes, as a subquery to count or list.

    Its columns: `row_id`, `plan_id`, `key`, `no`, `category`, `item`, `task`, `due`,
    `process_id`, `status`, `light`, `lead`, `phase`.
    """
    own = _newest(roots)
    process = aliased(ProcessInstance)
    status = _status(process)
    query = (
        select(
            PlanRow.id.label("row_id"),
            PlanRow.plan_id,
            row_key().label("key"),
            *(PlanRow.no, PlanRow.category, PlanRow.item, PlanRow.task, PlanRow.due),
            process.id.label("process_id"),
            status.label("status"),
            _light(status, day, Lag.of(roots, day.day, day.rules)).label("light"),
            _lead().label("lead"),
            _phase().label("phase"),
        )
        .join(Plan, Plan.id == PlanRow.plan_id)
        .outerjoin(own, and_(own.c.parent_id == Plan.process_id, own.c.key == row_key()))
        .outerjoin(process, process.id == own.c.id)
        .where(Plan.process_id.in_(roots))
    )
    return query.subquery("standing")


@dataclass(frozen=True)
class Scope:
    """The rows that are looked at on a day: `rows` is `standing` of the plans chosen.

    `plans` are all plans under way, `roots` the root processes of those that are wanted.
    """

    wanted: Wanted
    day: Day
    plans: list[Plan]
    roots: list[int]
    rows: Any

    @classmethod
    def of(cls, wanted: Wanted, at: dt.datetime) -> "Scope":
        day, plans = Day.of(today(at), load_calendar()), plans_under_way()
        chosen = (one for one in plans if wanted.plan in (None, one.id))
        roots = [one.process_id for one in chosen if one.process_id is not None]
        return cls(wanted, day, plans, roots, standing(day, roots))

    def narrow(self, query: Any) -> Any:
        """Keep only the wanted rows in a query over `rows`."""
        wanted, columns = self.wanted, self.rows.c
        open_row = columns.status.not_in(CLOSED)
        wishes: list[tuple[Any, Any]] = [
            (wanted.lead is not None, columns.lead == wanted.lead),
            (wanted.category, columns.category == wanted.category),
            (wanted.phase, columns.phase == wanted.phase),
            (wanted.light, columns.light == wanted.light),
            (wanted.status == "open", open_row),
            (wanted.status == "closed", columns.status.in_(CLOSED)),
            (wanted.status not in ("", "open", "closed"), columns.status == wanted.status),
            (wanted.soon, self.soon()),
            (wanted.returned, self.often_returned()),
            (wanted.waiting, waiting_for(columns, wanted.waiting)),
            (wanted.q, _words(columns).contains(wanted.q, autoescape=True)),
        ]
        return query.where(*(condition for wish, condition in wishes if wish))

    def soon(self) -> ColumnElement[bool]:
        """Rows that fall due within five working days; those without a light never do."""
        columns = self.rows.c
        ahead = and_(columns.due >= self.day.day, columns.due <= self.day.soon)
        return and_(columns.light != "none", ahead)

    def late(self) -> ColumnElement[bool]:
        """Rows past their date; those without a light never are."""
        columns = self.rows.c
        return and_(columns.light != "none", columns.due < self.day.day)

    def often_returned(self) -> ColumnElement[bool]:
        """Open rows returned twice or more; what was asked for a row is none of its work."""
        counted = (
            select(ProcessInstance.business_key)
            .join(TaskEvent, TaskEvent.instance_id == ProcessInstance.id)
            .where(is_returned, ProcessInstance.root_id.in_(self.roots))
            .group_by(ProcessInstance.business_key)
            .having(func.count() >= OFTEN)
        )
        keys = select(counted.subquery().c.business_key)
        return and_(self.rows.c.status.not_in(CLOSED), self.rows.c.key.in_(keys))


def _words(columns: Any) -> ColumnElement[str]:
    return columns.category + literal(" ") + columns.item + literal(" ") + columns.task  # type: ignore[no-any-return]


def waiting_for(columns: Any, kind: str) -> ColumnElement[bool]:
    """Rows for which something is being asked: a kind of request, `objection`, or `any`."""
    if kind == "objection":
        return columns.status == OBJECTED  # type: ignore[no-any-return]
    asked = (
        select(RowRequest.row_id)
        .join(ProcessInstance, ProcessInstance.id == RowRequest.process_id)
        .where(ProcessInstance.finished_at.is_(None))
    )
    if kind != "any":
        return columns.row_id.in_(asked.where(RowRequest.kind == kind))  # type: ignore[no-any-return]
    return or_(columns.status == OBJECTED, columns.row_id.in_(asked))


def _newest(roots: Sequence[int]) -> Any:
    """Every row's newest process: a row given to another lead has one more."""
    key = ProcessInstance.business_key
    query = select(
        ProcessInstance.parent_id, key.label("key"), func.max(ProcessInstance.id).label("id")
    ).where(ProcessInstance.parent_id.in_(roots))
    return query.group_by(ProcessInstance.parent_id, key).subquery("newest")


def _status(process: Any) -> ColumnElement[str]:
    """`statuses.row_status` of a launched row, in SQL."""
    return case(
        (
            or_(
                PlanRow.written_off_at.is_not(None),
                process.status == InstanceStatus.finished,
            ),
            literal(WRITTEN_OFF),
        ),
        (process.status == InstanceStatus.cancelled, literal(TERMINATED)),
        (process.status == InstanceStatus.suspended, literal(SUSPENDED)),
        (and_(process.id.is_(None), PlanRow.added_at.is_not(None)), literal(DRAFT)),
        (and_(process.id.is_(None), ~is_starting(process)), literal(UPCOMING)),
        (func.coalesce(process.stage, "") == "", literal(STARTING)),
        else_=process.stage,
    )


def _light(status: ColumnElement[str], day: Day, lag: Lag) -> ColumnElement[str]:
    """The colour that `plans.lights.light` gives, in SQL."""
    colours = day.rules.colours

    def graver(*states: str) -> ColumnElement[str]:
        return literal(min((colours[state] for state in states), key=COLOURS.index))

    unlit = or_(status.in_((*CLOSED, SUSPENDED)), PlanRow.due_past)
    far, behind = PlanRow.id.in_(lag.far_behind), PlanRow.id.in_(lag.behind)
    near, undated = PlanRow.due <= day.near, PlanRow.due.is_(None)
    return case(
        (unlit, literal("none")),
        (PlanRow.due < day.day, graver("overdue")),
        (and_(near, far), graver("near", "far_behind")),
        (and_(near, behind), graver("near", "behind")),
        (near, graver("near")),
        (and_(undated, far), graver("far_behind")),
        (and_(undated, behind), graver("behind")),
        (far, graver("on_track", "far_behind")),
        (behind, graver("on_track", "behind")),
        (undated, literal("none")),
        else_=graver("on_track"),
    )


def _lead() -> ColumnElement[Any]:
    """The unit that answers for the row: the first lead that is one unit."""
    query = (
        select(UnitMention.unit_id)
        .join(RowUnit, RowUnit.mention_id == UnitMention.id)
        .where(
            RowUnit.row_id == PlanRow.id,
            RowUnit.side == Side.LEAD,
            UnitMention.unit_id.is_not(None),
            UnitMention.status != MentionStatus.DROPPED,
        )
    )
    return query.order_by(RowUnit.position).limit(1).scalar_subquery()


def _phase() -> ColumnElement[Any]:
    """The phase in which the row falls due; the last one for a date behind them all."""
    mine = select(PlanPhase.name).where(PlanPhase.plan_id == PlanRow.plan_id)
    within = mine.where(or_(PlanPhase.end >= PlanRow.due, PlanPhase.end.is_(None)))
    first = within.order_by(PlanPhase.position).limit(1).scalar_subquery()
    last = mine.order_by(PlanPhase.position.desc()).limit(1).scalar_subquery()
    return func.coalesce(first, last)
