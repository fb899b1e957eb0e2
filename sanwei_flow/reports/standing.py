"""A plan's rows and figures as they stand, or as they stood at the end of a past day.

What has changed since is taken back, from what is kept of every change: striking off, termination
and suspension, other dates and lead units, values reported. Not kept by day, and so as they are
now: at which step work under way was, and the wording of the plan.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from sanwei_flow.audit.queries import entries
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.plans.figures import elapsed
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.records import RowDue
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.plans.statuses import CLOSED, SUSPENDED, TERMINATED, WRITTEN_OFF
from sanwei_flow.reports import figures
from sanwei_flow.reports.figures import Line

NO_LEAD = "未定单位"
#: What is said of work under way on a past day; its step then is not known.
UNDER_WAY = "在办"


@dataclass(frozen=True)
class Item:
    """A row on a day; `status` is one of ROW_STATUSES, or UNDER_WAY."""

    no: int
    task: str
    lead: str
    due: dt.date | None
    status: str
    late: bool

    @property
    def closed(self) -> bool:
        return self.status in CLOSED


@dataclass(frozen=True)
class _Since:
    """What was otherwise at the end of a day, by the numbers of rows."""

    leads: dict[int, str]
    dues: dict[int, dt.date]
    suspended: frozenset[int]


def items(plan: Plan, day: dt.date) -> list[Item]:
    """The rows as they stand on `day`, which is today."""
    return [
        _item(view.row, lead_of(view), view.row.due, view.status, day)
        for view in row_views(plan, day)
    ]


def items_then(plan: Plan, day: dt.date) -> list[Item]:
    """The rows as they stood at the end of `day`; those that joined later are left out."""
    since, found = _since(plan, day), []
    for view in row_views(plan, day):
        row = view.row
        if row.added_at is not None and today(row.added_at) > day:
            continue
        lead = since.leads.get(row.no) or lead_of(view)
        due = since.dues.get(row.no, row.due)
        found.append(_item(row, lead, due, _status_then(row, day, since), day))
    return found


def lines_then(plan: Plan, day: dt.date) -> list[Line]:
    """The figures as they stood at the end of `day`."""
    since, joined = _since(plan, day), _joined_later(plan, day)
    found = []
    for line in figures.lines(plan, day):
        figure, points = line.figure, tuple(one for one in line.points if one.day <= day)
        if figure.row in joined:
            continue
        end = figure.end
        if figure.year is None and figure.row in since.dues:
            end = since.dues[figure.row]
        spent = figure.elapsed
        if end != figure.end and figure.start and end and not figure.target.annual:
            spent = elapsed(figure.start, end, day)
        reported: Decimal | None = points[-1].value if points else None
        then = replace(figure, reported=reported, end=end, elapsed=spent)
        leads = since.leads.get(figure.row or 0)
        found.append(
            replace(line, figure=then, points=points, lead=(leads,) if leads else line.lead)
        )
    return found


def lead_of(view: RowView) -> str:
    """The lead units of a row, as the bulletin names them."""
    return "、".join(str(name) for name in view.lead) or NO_LEAD


def _item(row: PlanRow, lead: str, due: dt.date | None, status: str, day: dt.date) -> Item:
    counts = status not in CLOSED and status != SUSPENDED and not row.due_past
    return Item(row.no, row.task, lead, due, status, counts and due is not None and due < day)


def _status_then(row: PlanRow, day: dt.date, since: _Since) -> str:
    for at, status in ((row.written_off_at, WRITTEN_OFF), (row.terminated_at, TERMINATED)):
        if at is not None and today(at) <= day:
            return status
    return SUSPENDED if row.no in since.suspended else UNDER_WAY


def _since(plan: Plan, day: dt.date) -> _Since:
    leads: dict[int, str] = {}
    suspended: set[int] = set()
    for entry in entries(business_key(plan.id)):
        no, then = entry.data.get("row"), today(entry.at) <= day
        if not isinstance(no, int):
            continue
        if entry.kind == "reassign_row" and not then:
            # The first change after the day says who led before it.
            leads.setdefault(no, str(entry.data.get("before") or NO_LEAD))
        elif entry.kind == "suspend_row" and then:
            suspended.add(no)
        elif entry.kind in ("resume_row", "terminate_row") and then:
            suspended.discard(no)
    return _Since(leads, _dues(plan, day), frozenset(suspended))


def _dues(plan: Plan, day: dt.date) -> dict[int, dt.date]:
    query = (
        db.select(RowDue, PlanRow.no)
        .join(PlanRow, PlanRow.id == RowDue.row_id)
        .where(PlanRow.plan_id == plan.id)
        .order_by(RowDue.granted_at, RowDue.id)
    )
    found: dict[int, dt.date] = {}
    for change, no in db.session.execute(query):
        if today(change.granted_at) > day:
            found.setdefault(no, change.old)
    return found


def _joined_later(plan: Plan, day: dt.date) -> frozenset[int]:
    query = db.select(PlanRow.no, PlanRow.added_at).where(
        PlanRow.plan_id == plan.id, PlanRow.added_at.is_not(None)
    )
    return frozenset(no for no, at in db.session.execute(query) if today(at) > day)
