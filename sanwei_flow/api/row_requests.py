"""What is asked for a running row, its dates and reports, and the plan's report cycle."""

from flask import Blueprint, Response, url_for

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import Ask, CycleChange
from sanwei_flow.api.http import actor, read_body, reply
from sanwei_flow.api.serialise import row_shape, words
from sanwei_flow.db import transaction
from sanwei_flow.plans import history, progress, requests
from sanwei_flow.plans.records import RowDue, RowReport, RowRequest
from sanwei_flow.plans.row_page import stage_of
from sanwei_flow.plans.rows import RowView
from sanwei_flow.processes.queries import get_instance, open_tasks
from sanwei_flow.web import now

bp = Blueprint("row_requests", __name__)


@bp.post("/plans/<number:plan_id>/rows/<number:no>/requests/<kind>")
def ask(plan_id: int, no: int, kind: str) -> Response:
    """Ask for something; `data` submits it, else its form waits with whoever asks."""
    given = read_body(Ask)
    with transaction():
        asked = requests.start(
            plan_id, no, kind, given.data, comment=given.comment, by=actor(), at=now()
        )
    address = url_for("api.processes.show", process_id=asked.process_id)
    return reply(request_shape(asked, unit_names([asked.unit_id])), 201, Location=address)


@bp.post("/plans/<number:plan_id>/cycle")
def cycle(plan_id: int) -> Response:
    """Set how often the plan's rows report."""
    given = read_body(CycleChange)
    with transaction():
        plan = progress.set_cycle(plan_id, given.cycle, given.day, by=actor(), at=now())
        answer = shapes.Cycle(cycle=plan.report_cycle, day=plan.report_day)
    return reply(answer)


def detail_shape(view: RowView, by: Actor) -> shapes.RowDetail:
    """One row with all that is kept of it while it runs."""
    asked = requests.requests_of(view.row.id)
    units = unit_names({one.unit_id for one in asked})
    return shapes.RowDetail(
        **row_shape(view).model_dump(),
        suspended_at=view.row.suspended_at,
        terminated_at=view.row.terminated_at,
        basis=view.row.basis,
        available=[
            shapes.RequestKind(kind=kind.name, label=words(kind.label))
            for kind in requests.available(view, by)
        ],
        requests=[request_shape(one, units) for one in asked],
        dues=[_due(one) for one in history.dues(view.row.id)],
        reports=[_report(one) for one, _process in history.reports(view.row.id)],
    )


def request_shape(asked: RowRequest, units: dict[int, str]) -> shapes.RowRequest:
    """A request with its stage; `task` while its form is still to be filled in."""
    process = get_instance(asked.process_id)
    stage, label = stage_of(process)
    waiting = open_tasks(process.id) if stage == "applying" else []
    return shapes.RowRequest(
        kind=asked.kind,
        label=words(requests.KINDS[asked.kind].label),
        unit=units.get(asked.unit_id, ""),
        started_at=asked.started_at,
        process=asked.process_id,
        stage=stage,
        stage_label=words(label),
        task=waiting[0].id if waiting else None,
    )


def _due(one: RowDue) -> shapes.DueChange:
    return shapes.DueChange(
        kind=one.kind,
        old=one.old,
        new=one.new,
        reason=one.reason,
        late=one.late,
        asked_at=one.asked_at,
        granted_at=one.granted_at,
        by=one.by_name,
        process=one.process_id,
    )


def _report(one: RowReport) -> shapes.RowReport:
    return shapes.RowReport(
        period=one.period,
        due=one.due,
        process=one.process_id,
        progress=one.progress,
        problems=one.problems,
        next_steps=one.next_steps,
        reported_at=one.reported_at,
        by=one.by_name,
        recorded_at=one.recorded_at,
    )
