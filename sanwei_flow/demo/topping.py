"""What every newcomer finds, however long ago the demo was loaded.

Signing for fades after three working days, and a report is gone once it was returned or agreed
to. Whoever loads the demo again gets one anew where none is left; nothing else changes.
"""

import datetime as dt

from sqlalchemy import ColumnElement

from sanwei_flow.accounts.models import Unit, User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.queries import user_by_name
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.plans import partners
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.requests import lead_of
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.processes.models import Box, ProcessInstance, Task, is_open
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.simulation.answers import WORDS

#: A town's clerk signs for its part, the head of a unit finds a report to agree to or return.
SIGNER, REPORTER, REVIEWER = "wuxia.staff", "gongxiao.staff", "gongxiao.head"
#: Rows at work: their lead may give a unit one more part.
AT_WORK = ("cooperating", "reporting")


def top_up(plan: Plan, at: dt.datetime) -> int:
    """Give the signer and the reviewer something where they have nothing; return how many got it.

    In the caller's transaction.
    """
    signer, reporter, reviewer = map(user_by_name, (SIGNER, REPORTER, REVIEWER))
    given = 0
    if signer is not None and not _has(signer, Task.box == Box.to_accept):
        given += _part(plan, signer, at) is not None
    if reporter is not None and reviewer is not None and not _has(reviewer, _report_waits()):
        part = _part(plan, reporter, at)
        if part is not None:
            _report(part, reporter, at)
            given += 1
    return given


def _has(user: User, wanted: ColumnElement[bool]) -> bool:
    posts = [
        db.and_(Task.unit_id == held.unit_id, Task.role == str(held.role)) for held in user.roles
    ]
    query = db.select(Task.id).where(is_open, db.or_(*posts), wanted)
    return db.session.scalar(query.limit(1)) is not None


def _report_waits() -> ColumnElement[bool]:
    return Task.node == "unit_review"


def _part(plan: Plan, user: User, at: dt.datetime) -> int | None:
    """One more part for the person's unit in a row that is at work; the id of what it signs for."""
    unit = db.session.get_one(Unit, user.roles[0].unit_id)
    rows = [one for one in row_views(plan, today(at)) if _takes(one, unit.id)]
    # The one that has been given least so far, so that they differ from time to time.
    for view in sorted(rows, key=_parts):
        running = db.session.get_one(ProcessInstance, view.process_id)
        partners.add(running, [unit], at=at)
        query = (
            db.select(Task.id)
            .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
            .where(ProcessInstance.parent_id == running.id, Task.unit_id == unit.id)
        )
        return db.session.scalar(query.order_by(Task.id.desc()).limit(1))
    return None


def _takes(view: RowView, unit_id: int) -> bool:
    return view.status in AT_WORK and lead_of(view) not in (None, unit_id)


def _parts(view: RowView) -> tuple[int, int]:
    own = ProcessInstance.parent_id == view.process_id, ProcessInstance.parent_ref.is_(None)
    count = db.session.scalar(db.select(db.func.count(ProcessInstance.id)).where(*own))
    return count or 0, view.no


def _report(task_id: int, user: User, at: dt.datetime) -> None:
    """The unit's clerk signs for the part and reports it done."""
    by = actor_of(user)
    (opened,) = act_on_task(task_id, "accept", by=by, at=at).opened
    act_on_task(opened, "submit", {"summary": WORDS["summary"][0]}, by=by, at=at)
