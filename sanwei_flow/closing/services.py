"""What the designs of self-assessment and acceptance ask of us while they run."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.calendars import today
from sanwei_flow.closing import units
from sanwei_flow.closing.models import PlanArchive, PlanClosing
from sanwei_flow.closing.queries import last_said
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans.access import record
from sanwei_flow.plans.changes import process_of_row
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance
from sanwei_flow.processes.operations import act_on_task, cancel_process
from sanwei_flow.processes.queries import get_instance, open_tasks

Arguments = Mapping[str, Any]

OVER = "方案已通过验收"
NO_REASON = "未写明理由"


def prefill(arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime) -> dict[str, Any]:
    """What is known of the unit (argument `unit`): its rows, its figures, counted up."""
    closing = _of_root(instance)
    return units.facts_of(closing.plan, int(arguments.get("unit") or 0), today(at))


def collect(arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime) -> dict[str, Any]:
    """Put together what the units gave and what the plan has reached.

    Arguments: `targets`, `unfinished`, `summary` as they were written before; remarks, reasons
    and words are kept, numbers are computed anew. Returns `reports`, `missing`, `progress`
    besides.
    """
    plan, day = _of_process(instance).plan, today(at)
    asked = units.parties(plan)
    given = _given(instance)
    targets = units.targets_of(plan, day)
    views = row_views(plan, day)
    progress = _progress(views, day)
    told = {
        "reports": [given[one.unit_id] for one in asked if one.unit_id in given],
        "missing": "、".join(one.name for one in asked if one.unit_id not in given) or "无",
        "progress": progress,
        "targets": _keeping("note", "key", targets, arguments.get("targets")),
        "unfinished": _keeping("reason", "no", _open(views), arguments.get("unfinished")),
    }
    first = _first_words(plan, progress, targets, len(given), len(asked))
    return {**told, "summary": arguments.get("summary") or first}


def conclude(arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime) -> dict[str, Any]:
    """The leader has accepted: what is still open ends, the plan is only read from now on.

    Argument: `unfinished` [{no, reason}]. Rows that are not closed are terminated for those
    reasons; whatever is asked of the plan's rows is withdrawn; its archive is asked for.
    Doing it twice keeps the first time.
    """
    closing = _of_process(instance)
    plan = db.session.get_one(Plan, closing.plan_id, with_for_update=True)
    if plan.accepted_at is not None:
        return {"accepted": True}
    reasons = {
        str(one.get("no")): str(one.get("reason") or "")
        for one in arguments.get("unfinished") or []
    }
    for view in row_views(plan, today(at)):
        if not view.closed:
            _terminate(plan, view.row, reasons.get(str(view.no)) or NO_REASON, at)
    _withdraw_rest(plan, instance.id, at)
    _end_root(plan, at)
    plan.accepted_at = at
    said = last_said(closing, "accept")
    who = said.by_name if said else SYSTEM.name
    record(plan, "accept_plan", after=who, by=SYSTEM, at=at)
    archive = PlanArchive(plan_id=plan.id, asked_at=at, by_name=who)
    db.session.add(archive)
    _tell(plan, at)
    return {"accepted": True}


def _of_process(instance: ProcessInstance) -> PlanClosing:
    query = db.select(PlanClosing).where(PlanClosing.process_id == instance.id)
    closing = db.session.scalar(query)
    if closing is None:
        raise NotFound(N_("流程“{title}”不是方案的总结验收"), title=instance.title)
    return closing


def _of_root(instance: ProcessInstance) -> PlanClosing:
    return _of_process(get_instance(instance.root_id or instance.id))


def _given(instance: ProcessInstance) -> dict[int, dict[str, Any]]:
    """The newest answer of each unit."""
    query = (
        db.select(ProcessInstance.result)
        .where(
            ProcessInstance.root_id == instance.id,
            ProcessInstance.status == InstanceStatus.finished,
        )
        .order_by(ProcessInstance.finished_at, ProcessInstance.id)
    )
    results = [one for one in db.session.scalars(query) if isinstance(one, dict)]
    return {int(one["unit"]): one for one in results if "unit" in one}


def _open(views: Iterable[RowView]) -> list[dict[str, Any]]:
    return [
        {
            "no": str(view.no),
            "task": view.row.task,
            "lead": "、".join(name.text for name in view.lead),
            "reason": None,
        }
        for view in views
        if not view.closed
    ]


def _keeping(
    word: str, key: str, rows: Iterable[dict[str, Any]], before: Any
) -> list[dict[str, Any]]:
    """The rows with what a person had written beside each."""
    written = {
        str(one.get(key)): one.get(word)
        for one in (before if isinstance(before, list) else [])
        if isinstance(one, dict)
    }
    return [{**one, word: written.get(str(one[key]))} for one in rows]


def _progress(views: list[RowView], day: dt.date) -> str:
    results = [units.result_of(view, day) for view in views]
    listed = "、".join(f"{name}{results.count(name)}项" for name in dict.fromkeys(sorted(results)))
    return f"分工共{len(views)}项：{listed}。" if views else "没有分工。"


def _first_words(
    plan: Plan, progress: str, targets: list[dict[str, Any]], given: int, asked: int
) -> str:
    """The summary as the data say it, for the office to go on with."""
    states = [one["met"] for one in targets]
    said = f"《{plan.title}》{progress}"
    if states:
        listed = "、".join(
            f"{name}{states.count(name)}个"
            for name in (units.MET, units.NOT_MET, units.UNKNOWN)
            if name in states
        )
        said += f"量化指标共{len(states)}个：{listed}。"
    return f"{said}应报送自评的单位{asked}个，已报送{given}个。"


def _terminate(plan: Plan, row: PlanRow, reason: str, at: dt.datetime) -> None:
    running = process_of_row(row)
    if running is not None:
        cancel_process(running.id, reason=f"{OVER}，随方案终止：{reason}", by=SYSTEM, at=at)
    row.terminated_at, row.suspended_at = at, None
    row.basis = f"{today(at).isoformat()}验收意见"
    row.result = reason
    record(plan, "terminate_row", row=row.no, after=row.basis, by=SYSTEM, at=at)


def _withdraw_rest(plan: Plan, own_id: int, at: dt.datetime) -> None:
    """End whatever else runs about the plan's rows: requests, reports, slips."""
    query = db.select(ProcessInstance.id).where(
        ProcessInstance.business_key.like(f"{business_key(plan.id)}/%"),
        ProcessInstance.parent_id.is_(None),
        ProcessInstance.finished_at.is_(None),
        ProcessInstance.id != own_id,
    )
    for process_id in db.session.scalars(query).all():
        cancel_process(process_id, reason=OVER, by=SYSTEM, at=at)


def _end_root(plan: Plan, at: dt.datetime) -> None:
    """End the plan's own process: what is left of it are the conclusions of its phases.

    They are concluded in the office's place. Where rows were terminated with the plan, or
    somebody has one of them in hand, the process is cancelled.
    """
    if plan.process_id is None or plan.office_unit_id is None:
        return
    office = Actor(None, SYSTEM.name, frozenset({(plan.office_unit_id, str(Role.office))}))
    while db.session.get_one(ProcessInstance, plan.process_id, populate_existing=True).is_open:
        waiting = open_tasks(plan.process_id)
        if [task.form for task in waiting] != ["phase_conclusion"] or waiting[0].owner_id:
            cancel_process(plan.process_id, reason=OVER, by=SYSTEM, at=at)
            return
        given = {"summary": f"{OVER}，详见总结验收。"}
        act_on_task(waiting[0].id, "conclude", given, by=office, at=at)


def _tell(plan: Plan, at: dt.datetime) -> None:
    notice = Notice(
        "plan_accepted",
        N_("《{title}》已通过验收"),
        {"title": plan.title[:60]},
        link=f"/plans/{plan.id}/closing",
        dedupe_key=f"plan:{plan.id}/accepted",
    )
    if plan.office_unit_id is not None:
        for role in (Role.office, Role.leader):
            notify_people(plan.office_unit_id, role, notice, at=at)
    for party in units.parties(plan):
        for role in (Role.staff, Role.reviewer):
            notify_people(party.unit_id, role, notice, at=at)
