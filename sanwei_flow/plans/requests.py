"""What may be asked for a running row: the one guarded list that pages and the API ask.

Each kind is a process of its own in `workflows/`, linked to the row by its business key; once
everybody has agreed it acts on the row through the services of `changes.py`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import joinedload

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, NotFound
from sanwei_flow.plans.access import get_plan
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.records import RowRequest
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.rows import RowView, row_view
from sanwei_flow.plans.statuses import CLOSED, NOT_BEGUN, SUSPENDED
from sanwei_flow.plans.variables import plan_variables, row_variables
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import act_on_task, cancel_process, start_process
from sanwei_flow.processes.queries import open_tasks

#: The lead unit still has the objection for these.
UNSIGNED = frozenset({"dispatched", "objected"})


@dataclass(frozen=True)
class Kind:
    """Something that may be asked for a row; `name` is the key of its process.

    `label` is a msgid. `office`: the plan's office may ask as well as the lead's staff;
    `signed`: only once the lead has signed for the row; `suspended`: for a row that stands
    still (True), that runs (False), or both (None).
    """

    name: str
    label: str
    office: bool = True
    signed: bool = False
    suspended: bool | None = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("extension", N_("申请延期"), office=False, signed=True),
        Kind("reassignment", N_("申请变更责任单位"), office=False, signed=True),
        Kind("suspension", N_("申请中止")),
        Kind("resumption", N_("申请恢复"), suspended=True),
        Kind("termination", N_("申请终止"), suspended=None),
    )
}


@dataclass(frozen=True)
class Asker:
    """On whose behalf something is asked: a unit, and the role that fills in the request."""

    unit: int
    role: str


def available(view: RowView, actor: Actor) -> list[Kind]:
    """What this person may ask for the row now, in the order of KINDS."""
    if not _running(view):
        return []
    asked = _being_asked(view)
    return [
        kind for kind in KINDS.values() if asker(kind, view, actor) and _fits(kind, view, asked)
    ]


def asker(kind: Kind, view: RowView, actor: Actor) -> Asker | None:
    """For whom this person would ask: the lead unit first, then the office; None for nobody."""
    lead = lead_of(view)
    if lead is not None and actor.has(lead, Role.staff):
        return Asker(lead, Role.staff)
    office = view.row.plan.office_unit_id
    if kind.office and office is not None and actor.has(office, Role.office):
        return Asker(office, Role.office)
    return None


def lead_of(view: RowView) -> int | None:
    """The unit that answers for the row."""
    return next((name.unit_id for name in view.lead if name.unit_id is not None), None)


def requests_of(row_id: int) -> list[RowRequest]:
    """Everything that was asked for a row, oldest first, with its processes."""
    query = db.select(RowRequest).where(RowRequest.row_id == row_id).order_by(RowRequest.id)
    return list(db.session.scalars(query.options(joinedload(RowRequest.process))))


def start(
    plan_id: int,
    no: int,
    name: str,
    data: Mapping[str, Any] | None = None,
    *,
    comment: str = "",
    by: Actor,
    at: dt.datetime,
) -> RowRequest:
    """Ask for something: start its process, and submit it at once where `data` is given.

    Otherwise the form waits with whoever asked. Raises NotFound, Forbidden, Conflict where
    the row is not in a state for it or the same is being asked already, Invalid for `data`
    that the form does not take.
    """
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound(N_("没有这种申请"))
    plan = get_plan(plan_id, lock=True)
    view = row_view(plan, no, today(at))
    who = asker(kind, view, by)
    if who is None:
        raise Forbidden(N_("只有牵头单位承办人（中止、恢复、终止也可由专班办公室）可以提出申请"))
    _refuse(kind, view, _being_asked(view))
    process = start_process(
        kind.name,
        _variables(plan, view, who, today(at)),
        business_key=view.row.business_key,
        by=by,
        at=at,
    )
    request = RowRequest(row=view.row, kind=name, process=process, unit_id=who.unit, started_at=at)
    db.session.add(request)
    db.session.flush()
    form = open_tasks(process.id)[0].id
    act_on_task(form, "claim", by=by, at=at)
    if data is not None:
        act_on_task(form, "submit", dict(data), comment=comment, by=by, at=at)
    return request


def start_for_lead(
    plan_id: int, no: int, name: str, known: Mapping[str, Any], *, by: Actor, at: dt.datetime
) -> RowRequest:
    """Begin a request in the lead unit's name: its form, filled in with `known`, waits there.

    For an office that has been told by a document what is to be asked. Raises NotFound,
    Conflict where the row is not in a state for it or has nobody to lead it.
    """
    kind, plan = KINDS[name], get_plan(plan_id, lock=True)
    view = row_view(plan, no, today(at))
    lead = lead_of(view)
    _refuse(kind, view, _being_asked(view))
    if lead is None:
        raise Conflict(N_("第{no}项没有牵头单位"), no=no)
    who = Asker(lead, Role.staff)
    process = start_process(
        kind.name,
        _variables(plan, view, who, today(at)) | dict(known),
        business_key=view.row.business_key,
        by=by,
        at=at,
    )
    request = RowRequest(row=view.row, kind=name, process=process, unit_id=lead, started_at=at)
    db.session.add(request)
    db.session.flush()
    return request


def _refuse(kind: Kind, view: RowView, asked: frozenset[str]) -> None:
    if not _running(view):
        raise Conflict(N_("第{no}项尚未启动或已经结束，不能提出申请"), no=view.no)
    if kind.suspended is not None and kind.suspended != (view.status == SUSPENDED):
        sentence = N_("第{no}项没有中止") if kind.suspended else N_("第{no}项已中止，请先恢复")
        raise Conflict(sentence, no=view.no)
    if kind.signed and view.status in UNSIGNED:
        raise Conflict(N_("第{no}项尚未签收，如不属本单位职责请提出异议"), no=view.no)
    if kind.name == "extension" and view.row.due is None:
        raise Conflict(N_("第{no}项没有规定时限，不需要延期"), no=view.no)
    if kind.name in asked:
        raise Conflict(N_("第{no}项已有一件同类申请正在办理"), no=view.no)


def _being_asked(view: RowView) -> frozenset[str]:
    return frozenset(one.kind for one in requests_of(view.row.id) if one.process.is_open)


def _running(view: RowView) -> bool:
    return view.process_id is not None and view.status not in CLOSED | NOT_BEGUN


def _fits(kind: Kind, view: RowView, asked: frozenset[str]) -> bool:
    try:
        _refuse(kind, view, asked)
    except Conflict:
        return False
    return True


def _variables(plan: Plan, view: RowView, who: Asker, day: dt.date) -> dict[str, Any]:
    row = {**row_variables(view.row, Expansion()), "suspended": view.status == SUSPENDED}
    name = unit_names([who.unit]).get(who.unit, "")
    return {
        "plan": plan_variables(plan),
        "row": row,
        "asker": {"unit": who.unit, "role": who.role, "name": name},
        "late": view.row.due is not None and view.row.due < day,
        "present_due": row["due"],
    }


def withdraw_open(row: PlanRow, reason: str, *, but: int | None = None, at: dt.datetime) -> None:
    """End what is still being asked of a row that has ended or changed hands.

    That is every process about the row that stands by itself: requests, reports, slips.
    """
    own = (
        ProcessInstance.business_key == row.business_key,
        ProcessInstance.parent_id.is_(None),
        ProcessInstance.finished_at.is_(None),
    )
    for process_id in db.session.scalars(db.select(ProcessInstance.id).where(*own)).all():
        if process_id != but:
            cancel_process(process_id, reason=reason, by=SYSTEM, at=at)
