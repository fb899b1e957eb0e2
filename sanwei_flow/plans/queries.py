"""Reads of plans. The number of statements does not grow with the number of rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import selectinload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import CollectiveUnit, Unit
from sanwei_flow.db import db
from sanwei_flow.plans.access import visible_to
from sanwei_flow.plans.figures import Figure, figures
from sanwei_flow.plans.keys import acceptance_key
from sanwei_flow.plans.models import (
    Finding,
    MentionStatus,
    Plan,
    PlanRow,
    RowUnit,
    UnitMention,
    row_key,
)
from sanwei_flow.plans.rows import (
    Counts,
    Filters,
    Name,
    RowView,
    Somebody,
    count_rows,
    row_view,
    row_views,
    rows_by_plan,
    somebody,
)
from sanwei_flow.plans.statuses import STARTING, plan_status
from sanwei_flow.processes.models import Job, JobKind, ProcessInstance

__all__ = [
    "Counts",
    "Figure",
    "Filters",
    "Name",
    "PlanCard",
    "Progress",
    "RowView",
    "Somebody",
    "UsedName",
    "count_rows",
    "figures",
    "findings",
    "launch_progress",
    "neighbours",
    "plan_card",
    "plan_cards",
    "row_view",
    "row_views",
    "somebody",
    "status_of",
    "used_names",
]


@dataclass(frozen=True)
class PlanCard:
    """A plan in a list: its status, the counts of its rows, and its open doubts."""

    plan: Plan
    status: str
    counts: Counts
    doubts: int
    #: Rows that joined the running plan and have not ended, by number.
    added: tuple[int, ...] = ()


def plan_cards(
    day: dt.date, *, by: Actor, after: int | None = None, limit: int = 50
) -> list[PlanCard]:
    """The newest plans `by` may see, those older than plan `after`; four statements in all."""
    query = db.select(Plan).where(visible_to(by)).order_by(Plan.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Plan.id < after)
    return _cards(list(db.session.scalars(query)), day)


def plan_card(plan: Plan, day: dt.date) -> PlanCard:
    """One plan with its status and counts."""
    return _cards([plan], day)[0]


def status_of(plan: Plan) -> str:
    """The plan's status, one of `statuses.PLAN_STATUSES`."""
    progress = launch_progress(plan)
    states, concluding = _processes([plan])
    root, added = states.get(plan.process_id or 0), len(open_added(plan))
    starting = not progress.finished
    return _status(plan, root, concluding, starting=starting, added=added)


def open_added(plan: Plan) -> list[int]:
    """The numbers of the rows that joined the running plan and have not ended."""
    query = db.select(PlanRow.no).where(
        PlanRow.plan_id == plan.id,
        PlanRow.added_at.is_not(None),
        PlanRow.written_off_at.is_(None),
        PlanRow.terminated_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(PlanRow.no)))


@dataclass(frozen=True)
class Progress:
    """How far a launch has come: rows whose process has started, of those that start now."""

    started: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.started // self.total if self.total else 100

    @property
    def finished(self) -> bool:
        return self.started >= self.total


def launch_progress(plan: Plan) -> Progress:
    """Count the rows of a plan whose process exists, or has been asked for.

    Without those that joined it later.
    """
    launched = PlanRow.plan_id == plan.id, PlanRow.added_at.is_(None)
    total = db.session.scalar(db.select(func.count()).select_from(PlanRow).where(*launched))
    if plan.process_id is None:
        return Progress(0, total or 0)
    started = db.session.scalar(
        db.select(func.count(PlanRow.id.distinct()))
        .join(ProcessInstance, ProcessInstance.business_key == row_key())
        .where(*launched, ProcessInstance.parent_id == plan.process_id)
    )
    waiting = db.select(Job.id).where(
        Job.instance_id == plan.process_id, Job.kind == JobKind.child_start
    )
    if not db.session.scalar(db.select(waiting.exists())):
        # What has not started by now waits for its phase.
        return Progress(started or 0, started or 0)
    return Progress(started or 0, total or 0)


def findings(plan: Plan) -> list[Finding]:
    """The plan's findings in the document's order, unanswered ones first."""
    query = (
        db.select(Finding)
        .where(Finding.plan_id == plan.id)
        .options(selectinload(Finding.row), selectinload(Finding.mention))
    )
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda one: (one.settled_at is not None, one.line or 0, one.id))


@dataclass(frozen=True)
class UsedName:
    """A name that rows use, with the rows' numbers and what it means so far."""

    mention: UnitMention
    rows: tuple[int, ...]
    unit: Unit | None
    collective: CollectiveUnit | None
    candidates: tuple[Unit, ...]

    @property
    def open(self) -> bool:
        return self.mention.status in (MentionStatus.DOUBTFUL, MentionStatus.UNKNOWN)


def used_names(plan: Plan) -> list[UsedName]:
    """Every name the rows use, once each: first those to settle, then by first row."""
    query = (
        db.select(UnitMention, PlanRow.no)
        .join(RowUnit, RowUnit.mention_id == UnitMention.id)
        .join(PlanRow, PlanRow.id == RowUnit.row_id)
        .where(UnitMention.plan_id == plan.id)
        .order_by(PlanRow.no)
    )
    rows: dict[UnitMention, dict[int, None]] = defaultdict(dict)
    for mention, no in db.session.execute(query):
        rows[mention][no] = None
    units = {unit.id: unit for unit in db.session.scalars(db.select(Unit))}
    groups = {one.id: one for one in db.session.scalars(db.select(CollectiveUnit))}
    names = [
        UsedName(
            mention=mention,
            rows=tuple(numbers),
            unit=units.get(mention.unit_id or 0),
            collective=groups.get(mention.collective_id or 0),
            candidates=tuple(units[one] for one in mention.candidates if one in units),
        )
        for mention, numbers in rows.items()
    ]
    return sorted(names, key=lambda name: (not name.open, name.rows[0], name.mention.id))


def neighbours(plan: Plan, no: int) -> tuple[int | None, int | None]:
    """The numbers of the rows before and after this one."""
    rows = db.select(PlanRow.no).where(PlanRow.plan_id == plan.id)
    before = db.session.scalar(rows.where(PlanRow.no < no).order_by(PlanRow.no.desc()).limit(1))
    after = db.session.scalar(rows.where(PlanRow.no > no).order_by(PlanRow.no).limit(1))
    return before, after


def _cards(plans: Sequence[Plan], day: dt.date) -> list[PlanCard]:
    ids = [plan.id for plan in plans]
    views = rows_by_plan(ids, day)
    states, concluding = _processes(plans)
    open_doubts = (
        db.select(Finding.plan_id, func.count().label("number"))
        .where(Finding.plan_id.in_(ids), Finding.settled_at.is_(None))
        .group_by(Finding.plan_id)
    )
    doubts = {one.plan_id: one.number for one in db.session.execute(open_doubts)}
    cards = []
    for plan in plans:
        mine = views.get(plan.id, [])
        starting = any(one.status == STARTING and one.row.added_at is None for one in mine)
        added = tuple(one.no for one in mine if one.row.added_at and not one.closed)
        root = states.get(plan.process_id) if plan.process_id else None
        cards.append(
            PlanCard(
                plan=plan,
                status=_status(plan, root, concluding, starting=starting, added=len(added)),
                counts=count_rows(views.get(plan.id, [])),
                doubts=doubts.get(plan.id, 0),
                added=added,
            )
        )
    return cards


def _processes(plans: Sequence[Plan]) -> tuple[dict[int, str], frozenset[int]]:
    """The status of the plans' own processes by id; those of the plans that are being concluded."""
    roots = {plan.process_id for plan in plans if plan.process_id}
    keys = {acceptance_key(plan.id): plan.id for plan in plans}
    concluding = and_(ProcessInstance.business_key.in_(keys), ProcessInstance.finished_at.is_(None))
    query = db.select(
        ProcessInstance.id, ProcessInstance.status, ProcessInstance.business_key
    ).where(or_(ProcessInstance.id.in_(roots), concluding))
    found = db.session.execute(query).all()
    states = {one.id: one.status for one in found if one.id in roots}
    return states, frozenset(keys[one.business_key] for one in found if one.id not in roots)


def _status(
    plan: Plan, root: str | None, concluding: frozenset[int], *, starting: bool, added: int
) -> str:
    return plan_status(
        root,
        starting=starting,
        added=added,
        concluding=plan.id in concluding,
        accepted=plan.accepted_at is not None,
        archived=plan.archived_at is not None,
    )
