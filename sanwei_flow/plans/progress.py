"""Progress reports of rows by the plan's cycle, and the figures they add up to."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.audit import operations as audit
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid
from sanwei_flow.plans.access import get_plan, may_manage
from sanwei_flow.plans.changes import last_act, process_of_row
from sanwei_flow.plans.cycles import CYCLES, Period, period_of
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.models import Plan, PlanRow, Target
from sanwei_flow.plans.records import RowReport, TargetValue
from sanwei_flow.plans.requests import UNSIGNED, lead_of
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.plans.statuses import CLOSED, NOT_BEGUN, SUSPENDED
from sanwei_flow.plans.variables import plain_number, plan_variables
from sanwei_flow.processes.advance import Act
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.operations import start_process
from sanwei_flow.processes.revising import revise

#: Rows in these states are not asked for progress.
SILENT = NOT_BEGUN | {SUSPENDED} | UNSIGNED | CLOSED
PROCESS = "progress_report"


def set_cycle(plan_id: int, cycle: str, day: int, *, by: Actor, at: dt.datetime) -> Plan:
    """Set how often the plan's rows report (`none`, `monthly`, `quarterly`), by which day.

    Raises NotFound, Forbidden, Invalid.
    """
    plan = get_plan(plan_id, lock=True)
    if not may_manage(plan, by):
        raise Forbidden(N_("只有本方案的专班办公室可以设置上报周期"))
    if cycle not in CYCLES:
        raise Invalid(N_("上报周期应为不上报、每月或每季度"))
    if not 1 <= day <= 31:
        raise Invalid(N_("上报日应在1日至31日之间"))
    plan.report_cycle, plan.report_day = cycle, day
    told = {"cycle": cycle, "day": day}
    audit.record("report_cycle", business_key(plan.id), by=by, at=at, data=told)
    return plan


def plans_to_ask(at: dt.datetime) -> list[int]:
    """The launched plans whose rows are to report about now."""
    running = Plan.launched_at.is_not(None), Plan.accepted_at.is_(None)
    query = db.select(Plan).where(*running, Plan.report_cycle != "none")
    day = today(at)
    return [plan.id for plan in db.session.scalars(query) if _period(plan, day) is not None]


def ask_for_reports(plan_id: int, *, at: dt.datetime) -> int:
    """Start the report of every row of the plan that has none for this period; return how many.

    Safe to repeat: one report for each row and period. Rows that are not signed for, stand
    still or have ended are left alone, and so are those that were signed for too late.
    """
    plan = get_plan(plan_id, lock=True)
    day = today(at)
    period = _period(plan, day)
    if period is None:
        return 0
    asked = set(_asked(plan, period))
    views = [one for one in row_views(plan, day) if one.row.id not in asked and _owes(one, period)]
    for view in views:
        _start(plan, view, period, at)
    return len(views)


def record_progress(
    arguments: Mapping[str, Any], *, instance: ProcessInstance, at: dt.datetime
) -> dict[str, Any]:
    """Keep a report the office has taken note of.

    Arguments: `figures` ([{key, change}], what is new since the last value), `progress`,
    `problems`, `next_steps`. The row's own process learns the new values, so that nobody is
    asked for them again. Raises Conflict for a process that is no report.
    """
    report = db.session.scalar(db.select(RowReport).where(RowReport.process_id == instance.id))
    if report is None:
        raise Conflict(N_("流程“{title}”不是进展报告"), title=instance.title)
    row = db.session.get_one(PlanRow, report.row_id)
    values = _add_up(row.plan_id, arguments.get("figures"), report, at)
    report.figures = [one for one in arguments.get("figures") or [] if isinstance(one, dict)]
    for name in ("progress", "problems", "next_steps"):
        setattr(report, name, str(arguments.get(name) or ""))
    told = last_act(instance, "submit")
    if told is not None:
        report.reported_at, report.by_name = told.at, told.by_name
    report.recorded_at = at
    running = process_of_row(row)
    if running is not None and values:
        act = Act("revise", SYSTEM, at, data={"reported": values})
        revise(running.id, _with_reported(values), act)
    return {}


def keep_figures(
    plan_id: int, figures: Any, *, process_id: int, at: dt.datetime, period: str = ""
) -> dict[str, int | float]:
    """Keep figures by the keys of their targets; unknown keys and blanks are passed over.

    `figures` is a list of `{key, value}` or a mapping. Returns the values kept.
    """
    kept = {}
    for key, value in _pairs(figures):
        target = _target(plan_id, key)
        number = _number(value)
        if target is None or number is None:
            continue
        if target.reported != number:
            db.session.add(
                TargetValue(
                    target=target, value=number, at=at, period=period, process_id=process_id
                )
            )
        target.reported, target.reported_at = number, at
        kept[key] = plain_number(number)
    return kept


def last_report(row_id: int) -> RowReport | None:
    """The newest report of a row that the office has taken note of."""
    query = db.select(RowReport).where(
        RowReport.row_id == row_id, RowReport.recorded_at.is_not(None)
    )
    return db.session.scalar(query.order_by(RowReport.due.desc()).limit(1))


def _period(plan: Plan, day: dt.date) -> Period | None:
    return period_of(plan.report_cycle, plan.report_day, day, load_calendar())


def _asked(plan: Plan, period: Period) -> Iterable[int]:
    rows = [row.id for row in plan.rows]
    query = db.select(RowReport.row_id).where(
        RowReport.row_id.in_(rows), RowReport.period == period.name
    )
    return db.session.scalars(query)


def _owes(view: RowView, period: Period) -> bool:
    if view.status in SILENT or view.process_id is None or lead_of(view) is None:
        return False
    process = db.session.get(ProcessInstance, view.process_id)
    return process is not None and today(process.started_at) < period.due


def _start(plan: Plan, view: RowView, period: Period, at: dt.datetime) -> None:
    before = last_report(view.row.id)
    variables = {
        "plan": plan_variables(plan),
        "row": {"no": view.no, "task": view.row.task, "lead_unit": lead_of(view)},
        "period": period.name,
        "report_due": max(period.due, today(at)).isoformat(),
        "figures": [_figure(target) for target in view.targets],
        "progress": before.progress if before else None,
        "problems": before.problems if before else None,
        "next_steps": before.next_steps if before else None,
    }
    process = start_process(
        PROCESS, variables, business_key=view.row.business_key, by=SYSTEM, at=at
    )
    report = RowReport(row_id=view.row.id, period=period.name, due=period.due)
    report.process_id = process.id
    db.session.add(report)
    db.session.flush()


def _figure(target: Target) -> dict[str, Any]:
    return {
        "key": target.key,
        "indicator": target.indicator,
        "goal": plain_number(target.value),
        "last": plain_number(target.reported or Decimal(0)),
        "change": None,
        "unit": target.unit,
    }


def _add_up(
    plan_id: int, figures: Any, report: RowReport, at: dt.datetime
) -> dict[str, int | float]:
    new = {}
    for one in figures if isinstance(figures, list) else []:
        change = _number(one.get("change")) if isinstance(one, dict) else None
        target = _target(plan_id, str(one.get("key"))) if change is not None else None
        if change and target is not None:
            new[target.key] = (target.reported or Decimal(0)) + change
    process_id = report.process_id or 0
    return keep_figures(plan_id, new, process_id=process_id, at=at, period=report.period)


def _with_reported(values: Mapping[str, int | float]) -> Callable[[Any], Any]:
    def edit(variables: dict[str, Any]) -> dict[str, Any]:
        row = variables.get("row")
        if not isinstance(row, dict) or not isinstance(row.get("targets"), list):
            return variables
        targets = [
            {**one, "reported": values[one["key"]]} if one.get("key") in values else one
            for one in row["targets"]
        ]
        return {**variables, "row": {**row, "targets": targets}}

    return edit


def _target(plan_id: int, key: str) -> Target | None:
    query = db.select(Target).where(Target.plan_id == plan_id, Target.key == key)
    return db.session.scalar(query)


def _pairs(figures: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(figures, Mapping):
        return [(str(key), value) for key, value in figures.items()]
    if isinstance(figures, list):
        return [(str(one.get("key")), one.get("value")) for one in figures if isinstance(one, dict)]
    return []


def _number(value: Any) -> Decimal | None:
    """The figure as a number; None for a blank or something that is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
