"""The lines of the ledger with all their columns; the statements do not grow with the lines."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, or_, select

from sanwei_flow.accounts.models import Role, Unit, User, UserRole
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.plans.lights import Light, light, pace
from sanwei_flow.plans.models import (
    MentionStatus,
    Plan,
    PlanRow,
    RowUnit,
    Side,
    Target,
    UnitMention,
)
from sanwei_flow.plans.records import RowDue, RowReport
from sanwei_flow.plans.rows import UNLIT
from sanwei_flow.plans.statuses import CLOSED
from sanwei_flow.processes.models import (
    ProcessInstance,
    Task,
    TaskEvent,
    TaskStatus,
    is_returned,
    is_urged,
)
from sanwei_flow.supervision.standing import Day

WHOLE = 100


@dataclass(frozen=True)
class Entry:
    """One line. `row_id`, `plan_id` and `plan` say which row; the rest are its columns.

    `lead` and `cooperating` are names in the document's order, `share` is percent.
    """

    row_id: int
    plan_id: int
    plan: str
    no: int
    code: str
    source: str
    category: str
    item: str
    task: str
    targets: tuple[Target, ...]
    lead: tuple[str, ...]
    cooperating: tuple[str, ...]
    open_ended: bool
    leader: str
    handler: str
    dispatched: dt.datetime | None
    signed: dt.datetime | None
    first_due: dt.date | None
    due: dt.date | None
    due_inferred: bool
    progress: str
    share: int | None
    problems: str
    next_steps: str
    light: Light
    status: str
    urged: int
    returned: int
    extended: int
    finished: dt.datetime | None
    written_off: dt.datetime | None
    remarks: str

    @property
    def closed(self) -> bool:
        return self.status in CLOSED


@dataclass
class Facts:
    """What belongs to a set of rows, by row id, key, process or unit."""

    rows: Mapping[int, PlanRow]
    units: Mapping[tuple[int, str], list[str]]
    targets: Mapping[int, list[Target]]
    reports: Mapping[int, RowReport]
    dues: Mapping[int, list[RowDue]]
    counts: Mapping[str, tuple[int, int]]
    signed: Mapping[int, tuple[dt.datetime, str]]
    processes: Mapping[int, Any]
    leaders: Mapping[int, list[str]]


def entries(found: Sequence[Any], plans: Mapping[int, Plan], day: Day) -> list[Entry]:
    """The lines for rows of `standing.standing`, in their order; ten statements for any number."""
    if not found:
        return []
    facts = _facts(found)
    return [_entry(one, plans[one.plan_id], facts, day) for one in found]


def _entry(one: Any, plan: Plan, facts: Facts, day: Day) -> Entry:
    row = facts.rows[one.row_id]
    report = facts.reports.get(row.id)
    dues = facts.dues.get(row.id, [])
    urged, returned = facts.counts.get(one.key, (0, 0))
    signed = facts.signed.get(one.process_id)
    process = facts.processes.get(one.process_id)
    targets = tuple(facts.targets.get(row.id, ()))
    return Entry(
        row_id=row.id,
        plan_id=plan.id,
        plan=plan.title,
        no=row.no,
        code=f"{plan.id}-{row.no}",
        source=_source(plan, row),
        category=row.category,
        item=row.item,
        task=row.task,
        targets=targets,
        lead=tuple(facts.units.get((row.id, Side.LEAD), ())),
        cooperating=tuple(facts.units.get((row.id, Side.COOPERATING), ())),
        open_ended=row.open_ended,
        leader="、".join(facts.leaders.get(one.lead, ())),
        handler=signed[1] if signed else "",
        dispatched=process.started_at if process else None,
        signed=signed[0] if signed else None,
        first_due=dues[0].old if dues else row.due,
        due=row.due,
        due_inferred=row.due_inferred,
        progress=row.result or (report.progress if report else ""),
        share=_share(targets),
        problems=report.problems if report else "",
        next_steps=report.next_steps if report else "",
        light=_light(row, plan, targets, one.status, day),
        status=one.status,
        urged=urged,
        returned=returned,
        extended=sum(each.kind == "extension" for each in dues),
        finished=process.finished_at if process else None,
        written_off=row.written_off_at,
        remarks=row.basis or "",
    )


def _facts(found: Sequence[Any]) -> Facts:
    ids = [one.row_id for one in found]
    processes = [one.process_id for one in found if one.process_id]
    rows = db.session.scalars(db.select(PlanRow).where(PlanRow.id.in_(ids)))
    return Facts(
        rows={row.id: row for row in rows},
        units=_units(ids),
        targets=_grouped(db.select(Target).where(Target.row_id.in_(ids)).order_by(Target.id)),
        reports=_reports(ids),
        dues=_grouped(db.select(RowDue).where(RowDue.row_id.in_(ids)).order_by(RowDue.id)),
        counts=_counts([one.key for one in found]),
        signed=_signed(processes),
        processes=_processes(processes),
        leaders=_leaders({one.lead for one in found if one.lead}),
    )


def _grouped(query: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for one in db.session.scalars(query):
        found[one.row_id].append(one)
    return found


def _units(ids: Sequence[int]) -> dict[tuple[int, str], list[str]]:
    """The names of a row's units by side: the register's once settled, else the document's."""
    query = (
        select(RowUnit.row_id, RowUnit.side, func.coalesce(Unit.name, UnitMention.name).label("n"))
        .join(UnitMention, UnitMention.id == RowUnit.mention_id)
        .outerjoin(Unit, Unit.id == UnitMention.unit_id)
        .where(RowUnit.row_id.in_(ids), UnitMention.status != MentionStatus.DROPPED)
        .order_by(RowUnit.row_id, RowUnit.side, RowUnit.position)
    )
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row_id, side, name in db.session.execute(query):
        found[row_id, side].append(name)
    return found


def _reports(ids: Sequence[int]) -> dict[int, RowReport]:
    """The newest report of each row that the office has taken note of."""
    newest = (
        select(func.max(RowReport.id))
        .where(RowReport.row_id.in_(ids), RowReport.recorded_at.is_not(None))
        .group_by(RowReport.row_id)
    )
    query = db.select(RowReport).where(RowReport.id.in_(newest))
    return {one.row_id: one for one in db.session.scalars(query)}


def _counts(keys: Sequence[str]) -> dict[str, tuple[int, int]]:
    """(times urged, times returned) by business key; requests for a row are not its work."""
    key = ProcessInstance.business_key
    query = (
        select(
            key.label("key"),
            func.sum(case((is_urged, 1), else_=0)).label("urged"),
            func.sum(case((is_returned, 1), else_=0)).label("returned"),
        )
        .join(TaskEvent, TaskEvent.instance_id == ProcessInstance.id)
        .where(key.in_(keys), ProcessInstance.parent_id.is_not(None), or_(is_urged, is_returned))
        .group_by(key)
    )
    return {one.key: (one.urged, one.returned) for one in db.session.execute(query)}


def _signed(processes: Sequence[int]) -> dict[int, tuple[dt.datetime, str]]:
    """When the lead unit signed for the row, and who did."""
    query = (
        select(Task.instance_id, Task.closed_at, User.name)
        .outerjoin(User, User.id == Task.closed_by_id)
        .where(
            Task.instance_id.in_(processes),
            Task.status == TaskStatus.done,
            Task.outcome == "accept",
        )
        .order_by(Task.id)
    )
    return {one.instance_id: (one.closed_at, one.name or "") for one in db.session.execute(query)}


def _processes(ids: Sequence[int]) -> dict[int, Any]:
    columns = ProcessInstance.id, ProcessInstance.started_at, ProcessInstance.finished_at
    query = select(*columns).where(ProcessInstance.id.in_(ids))
    return {one.id: one for one in db.session.execute(query)}


def _leaders(unit_ids: set[int]) -> dict[int, list[str]]:
    """Who answers for each unit's work: those who review what leaves it."""
    query = (
        select(UserRole.unit_id, User.name)
        .join(User)
        .where(UserRole.unit_id.in_(unit_ids), UserRole.role == Role.reviewer, User.active)
        .order_by(User.username)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for unit_id, name in db.session.execute(query):
        found[unit_id].append(name)
    return found


def _share(targets: Sequence[Target]) -> int | None:
    """Percent reached, the mean over the figures reported; no figure counts for more than all."""
    shares = [
        min(Decimal(WHOLE), WHOLE * one.reported / one.value)
        for one in targets
        if one.reported is not None and one.value
    ]
    return round(sum(shares) / len(shares)) if shares else None


def _source(plan: Plan, row: PlanRow) -> str:
    """The document and where in it the row stands, e.g. `县府办发〔2024〕3号 L120`."""
    place = f"L{row.source_line}" if row.source_line else ""
    return " ".join(filter(None, (plan.doc_number or plan.title, place)))


def _light(row: PlanRow, plan: Plan, targets: Sequence[Target], status: str, day: Day) -> Light:
    """What the row's own page says, by the same rules."""
    if status in UNLIT:
        return Light("none", UNLIT[status])
    launched = plan.launched_at
    return light(
        row.due,
        day.day,
        closed=status in CLOSED,
        past_at_import=row.due_past,
        calendar=load_calendar(),
        by=day.rules,
        pace=pace(targets, today(launched), row.due, day.day) if launched else None,
    )
