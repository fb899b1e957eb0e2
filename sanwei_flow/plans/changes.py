"""What a granted request does to its row: another date, another lead, a stop, an end.

Services for designs. Which row is meant is known from the request itself, so that no design
can name another; a row that has ended meanwhile is left as it is.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import Role, Unit
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid, NotFound
from sanwei_flow.notifications.operations import Notice, notify_people
from sanwei_flow.plans.access import get_plan, record
from sanwei_flow.plans.leads import hand_to
from sanwei_flow.plans.models import Plan, PlanRow, Side
from sanwei_flow.plans.records import RowDue, RowRequest
from sanwei_flow.plans.requests import withdraw_open
from sanwei_flow.processes.advance import Act
from sanwei_flow.processes.models import ProcessInstance, TaskEvent
from sanwei_flow.processes.operations import cancel_process
from sanwei_flow.processes.queries import subtree
from sanwei_flow.processes.revising import revise
from sanwei_flow.processes.suspending import resume, suspend

Arguments = dict[str, Any]
LEFT_ALONE: Arguments = {"applied": False}


def apply_extension(
    arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime
) -> Arguments:
    """Give the row the date that was granted; open work, reminders and timers follow.

    Arguments: `due` (ISO date), `reason`, `late` (asked after the old date). Returns `applied`.
    """
    row, running = _row_and_process(instance)
    if running is None or row.due is None:
        return LEFT_ALONE
    new = dt.date.fromisoformat(str(arguments["due"]))
    old = row.due
    _redate(running, {old: new}, at)
    _keep_date(row, "extension", new, instance=instance, arguments=arguments, at=at)
    plan = get_plan(row.plan_id)
    record(plan, "extend_row", row=row.no, before=str(old), after=str(new), by=SYSTEM, at=at)
    _tell(row, instance, N_("第{no}项的延期申请已批准，新的时限为{due}"), at, due=str(new))
    return {"applied": True}


def apply_lead_change(
    arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime
) -> Arguments:
    """Give the row another lead unit: its process starts anew there, and knows every report.

    Arguments: `unit` (id), `reason`. What else is being asked of the row is withdrawn.
    Raises Invalid for a unit the register does not have.
    """
    row, running = _row_and_process(instance)
    if running is None:
        return LEFT_ALONE
    unit = db.session.get(Unit, arguments.get("unit") or 0)
    if unit is None or not unit.active:
        raise Invalid(N_("单位名册中没有所选单位"))
    new_id = hand_to(row, running, unit, but=instance.id, by=SYSTEM, at=at)
    _tell(row, instance, N_("第{no}项已改由{unit}牵头"), at, unit=unit.name)
    return {"applied": True, "lead_name": unit.name, "process": new_id}


def suspend_row(arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime) -> Arguments:
    """Stop the row's clock: nobody can act on it, nothing reminds. Argument: `reason`."""
    row, running = _row_and_process(instance)
    if running is None or row.suspended_at is not None:
        return LEFT_ALONE
    suspend(running.id, reason=str(arguments.get("reason") or ""), by=SYSTEM, at=at)
    row.suspended_at = at
    record(get_plan(row.plan_id), "suspend_row", row=row.no, by=SYSTEM, at=at)
    _tell(row, instance, N_("第{no}项已中止，恢复前不计时限"), at)
    return {"applied": True}


def resume_row(arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime) -> Arguments:
    """Set the row going again; its dates move by the working days it stood still.

    Argument: `reason`. Returns `applied` and the row's new `due`.
    """
    row, running = _row_and_process(instance)
    if running is None or row.suspended_at is None:
        return LEFT_ALONE
    calendar = load_calendar()
    days = calendar.workdays_between(today(row.suspended_at), today(at))
    moved = resume(running.id, days=days, by=SYSTEM, at=at)
    if row.due is not None:
        moved[row.due] = calendar.workdays_after(row.due, days)
    _redate(running, moved, at)
    if row.due is not None and days:
        _keep_date(row, "resumption", moved[row.due], instance=instance, arguments=arguments, at=at)
    row.suspended_at = None
    plan = get_plan(row.plan_id)
    record(plan, "resume_row", row=row.no, after=str(row.due or ""), by=SYSTEM, at=at)
    _tell(row, instance, N_("第{no}项已恢复办理，时限顺延{days}个工作日"), at, days=days)
    return {"applied": True, "due": str(row.due) if row.due else None}


def terminate_row(arguments: Arguments, *, instance: ProcessInstance, at: dt.datetime) -> Arguments:
    """End the row for good, and whatever else is asked of it.

    Arguments: `basis` (number of the document that says so), `files` (ids of attachments),
    `reason`.
    """
    row, running = _row_and_process(instance)
    if running is None:
        return LEFT_ALONE
    basis = str(arguments.get("basis") or "")
    cancel_process(running.id, reason=f"终止，依据：{basis}", by=SYSTEM, at=at)
    row.terminated_at, row.basis = at, basis
    row.basis_files = [int(one) for one in arguments.get("files") or []]
    row.result = str(arguments.get("reason") or "") or None
    row.suspended_at = None
    withdraw_open(row, f"终止，依据：{basis}", but=instance.id, at=at)
    record(get_plan(row.plan_id), "terminate_row", row=row.no, after=basis, by=SYSTEM, at=at)
    _tell(row, instance, N_("第{no}项已终止，依据{basis}"), at, basis=basis)
    return {"applied": True}


def refuse_request(
    arguments: Arguments,  # noqa: ARG001 - every service is called alike
    *,
    instance: ProcessInstance,
    at: dt.datetime,
) -> Arguments:
    """Tell whoever asked that it was not granted."""
    row, _running = _row_and_process(instance)
    _tell(row, instance, N_("第{no}项的“{title}”未获批准"), at, title=instance.title)
    return {}


def redate_by_document(
    row: PlanRow, running: ProcessInstance, new: dt.date, *, by: Actor, at: dt.datetime
) -> None:
    """Give a running row the date that its edited document states; open work follows it.

    The old date stays on record, as it does for an extension.
    """
    assert row.due is not None  # noqa: S101 - asked by the caller
    _redate(running, {row.due: new}, at)
    db.session.add(
        RowDue(
            row_id=row.id,
            kind="document",
            old=row.due,
            new=new,
            asked_at=at,
            granted_at=at,
            by_id=by.user_id,
            by_name=by.name,
            process_id=running.id,
        )
    )
    row.due, row.due_inferred, row.due_past = new, False, False


def reword(running: ProcessInstance, facts: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Tell the row's processes what its document says by now: words and figures."""

    def edit(variables: Any) -> Any:
        known = variables.get("row") if isinstance(variables, dict) else None
        if not isinstance(known, dict):
            return variables
        return {**variables, "row": known | {k: one for k, one in facts.items() if k in known}}

    for each in subtree(running.id):
        revise(each, edit, Act("revise", SYSTEM, at, data={"row": dict(facts)}))


def row_of_request(instance: ProcessInstance) -> PlanRow:
    """The row a request is about. Raises NotFound for a process that is no request."""
    query = db.select(PlanRow).join(RowRequest, RowRequest.row_id == PlanRow.id)
    row = db.session.scalar(query.where(RowRequest.process_id == instance.id))
    if row is None:
        raise NotFound(N_("流程“{title}”不对应任何方案的分工"), title=instance.title)
    return row


def process_of_row(row: PlanRow) -> ProcessInstance | None:
    """The row's newest process if it has not ended."""
    query = (
        db.select(ProcessInstance)
        .join(Plan, Plan.process_id == ProcessInstance.parent_id)
        .where(Plan.id == row.plan_id, ProcessInstance.business_key == row.business_key)
        .order_by(ProcessInstance.id.desc())
        .limit(1)
    )
    newest = db.session.scalar(query)
    return newest if newest is not None and newest.is_open else None


def _row_and_process(instance: ProcessInstance) -> tuple[PlanRow, ProcessInstance | None]:
    row = row_of_request(instance)
    return row, process_of_row(row)


def _redate(running: ProcessInstance, moved: Mapping[dt.date, dt.date], at: dt.datetime) -> None:
    """Replace dates in everything the row's processes know, wherever they are called `due`."""
    words = {old.isoformat(): new.isoformat() for old, new in moved.items() if old != new}
    for each in subtree(running.id):
        revise(each, _replacing("due", words), Act("revise", SYSTEM, at, data={"due": words}))


def _replacing(key: str, words: Mapping[str, str]) -> Callable[[Any], Any]:
    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: words.get(one, one) if name == key and isinstance(one, str) else replaced(one)
                for name, one in value.items()
            }
        return [replaced(one) for one in value] if isinstance(value, list) else value

    return replaced


def _keep_date(
    row: PlanRow,
    kind: str,
    new: dt.date,
    *,
    instance: ProcessInstance,
    arguments: Arguments,
    at: dt.datetime,
) -> None:
    assert row.due is not None  # noqa: S101 - asked by the callers
    granted = last_act(instance)
    db.session.add(
        RowDue(
            row_id=row.id,
            kind=kind,
            old=row.due,
            new=new,
            reason=str(arguments.get("reason") or ""),
            late=bool(arguments.get("late")),
            asked_at=_asked_at(instance) or instance.started_at,
            granted_at=granted.at if granted else at,
            by_id=granted.by_id if granted else None,
            by_name=granted.by_name if granted else SYSTEM.name,
            process_id=instance.id,
        )
    )
    row.due, row.due_inferred, row.due_past = new, False, False
    _show_date(row, but=instance.id, at=at)


def _show_date(row: PlanRow, *, but: int, at: dt.datetime) -> None:
    """Let an extension still being asked for start from the date the row has now."""
    due = row.due.isoformat() if row.due else None
    query = db.select(RowRequest.process_id).where(
        RowRequest.row_id == row.id, RowRequest.kind == "extension", RowRequest.process_id != but
    )
    for process_id in db.session.scalars(query).all():
        act = Act("revise", SYSTEM, at, data={"present_due": due})
        revise(process_id, lambda known: {**known, "present_due": due}, act)


def last_act(instance: ProcessInstance, action: str | None = None) -> TaskEvent | None:
    """The newest act of a person in the instance, or of this very kind."""
    query = db.select(TaskEvent).where(
        TaskEvent.instance_id == instance.id, TaskEvent.kind == "act"
    )
    if action is not None:
        query = query.where(TaskEvent.action == action)
    return db.session.scalar(query.order_by(TaskEvent.id.desc()).limit(1))


def _asked_at(instance: ProcessInstance) -> dt.datetime | None:
    submitted = last_act(instance, "submit")
    return submitted.at if submitted else None


def _tell(
    row: PlanRow, instance: ProcessInstance, message: str, at: dt.datetime, **params: object
) -> None:
    """Tell the row's lead unit and, where it asked, the unit behind the request."""
    link = f"/plans/{row.plan_id}/rows/{row.no}"
    key = f"request:{instance.id}"
    notice = Notice("row_changed", message, {"no": row.no, **params}, "", link, key)
    asked = db.session.scalar(
        db.select(RowRequest.unit_id).where(RowRequest.process_id == instance.id)
    )
    leads = [one.mention.unit_id for one in row.units if one.side == Side.LEAD]
    for unit in {one for one in (*leads, asked) if one is not None}:
        for role in (Role.staff, Role.reviewer):
            notify_people(unit, role, notice, at=at)
