"""Pages of inspections: the list, recording a finding, one finding with its re-checks."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from sanwei_flow import web
from sanwei_flow.accounts.queries import all_units
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.oversight import file_views, inspecting, inspection_queries, rechecking
from sanwei_flow.oversight.forms import InspectionForm, RecheckForm
from sanwei_flow.oversight.inspection_queries import STATES
from sanwei_flow.oversight.meeting_views import managed_plans
from sanwei_flow.oversight.models import Inspection
from sanwei_flow.plans.access import may_manage
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.rows import RowView
from sanwei_flow.processes.access import is_theirs, may_see
from sanwei_flow.processes.history import history
from sanwei_flow.processes.models import Task
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision.lists import PAGE, around, asked_for

bp = Blueprint("inspections", __name__)

#: Working days to mend something if the office names no other day.
USUAL_DAYS = 10


@bp.app_context_processor
def names() -> dict[str, Any]:
    """What the pages of inspections call things, and what other pages ask of inspections."""
    return {
        "INSPECTION_KINDS": inspecting.KINDS,
        "INSPECTION_STATES": STATES,
        "inspected": inspected,
        "inspection_of": inspection_of,
        "unit_inspections": unit_inspections,
    }


@bp.get("/inspections")
def index() -> str:
    """List the findings this person may see, newest first."""
    actor, day = web.current_actor(), today(web.now())
    filters, after = asked_for()
    found = inspection_queries.inspections(actor, filters, day, after=after, limit=PAGE + 1)
    return render_template(
        "oversight/inspections.html",
        lines=[(one, inspection_queries.lit_of(one, day)) for one in found[:PAGE]],
        **around(filters, after, [one.id for one in found]),
        may_write=bool(managed_plans()),
    )


@bp.route("/inspections/new", methods=["GET", "POST"])
def new() -> str | Response | tuple[str, int]:
    """Record what an inspection found."""
    plans = managed_plans()
    if not plans:
        raise Forbidden(N_("只有本方案的专班办公室可以记录督导检查和回头看"))
    form = _new_form()
    row = _row(request.args.get("row", type=web.key), plans)
    plan_id = row.plan_id if row else request.values.get("plan", type=web.key) or plans[0].id
    if request.method == "GET":
        form.held_on.data = today(web.now())
        form.due.data = load_calendar().workdays_after(today(web.now()), USUAL_DAYS)
        form.key.data = secrets.token_hex(16)
        form.no.data = row.no if row else None
        form.unit.data = request.args.get("unit", type=web.key) or 0
        return _new_page(form, plans, plan_id)
    if not form.validate_on_submit():
        return _new_page(form, plans, plan_id), 422
    actor, at = web.current_actor(), web.now()
    try:
        with transaction():
            key = (form.key.data or "")[:64] or None
            found = form.found(plan_id)
            inspection_id = inspecting.inspect(found, by=actor, at=at, key=key).id
    except (Conflict, Invalid, NotFound) as error:
        return _new_page(form, plans, plan_id, web.message_of(error)), error.status
    flash(_("检查已记录。"), "success")
    given = request.files.getlist("file")
    file_views.keep("inspections", inspection_id, given, by=actor)
    return redirect(url_for(".show", inspection_id=inspection_id))


def _new_form() -> InspectionForm:
    form = InspectionForm()
    units = [SelectChoice(0, _("（这项分工的牵头单位）"))]
    form.unit.choices = units + [SelectChoice(unit.id, unit.name) for unit in all_units()]
    form.kind.choices = [SelectChoice(name, _(said)) for name, said in inspecting.KINDS.items()]
    form.follow.choices = [SelectChoice(name, _(said)) for name, said in inspecting.FOLLOWS.items()]
    return form


def _row(row_id: int | None, plans: list[Plan]) -> PlanRow | None:
    row = db.session.get(PlanRow, row_id) if row_id else None
    return row if row and row.plan_id in {plan.id for plan in plans} else None


def _new_page(form: InspectionForm, plans: list[Plan], plan_id: int, problem: str = "") -> str:
    return render_template(
        "oversight/new_inspection.html", form=form, plans=plans, plan_id=plan_id, problem=problem
    )


@bp.get("/inspections/<int:inspection_id>")
def show(inspection_id: int) -> str:
    """One finding: what was seen, what became of it, each re-check."""
    inspection = inspection_queries.get_inspection(inspection_id, by=web.current_actor())
    form = RecheckForm(formdata=None)
    form.recheck_on.data = today(web.now())
    form.seen.data = len(inspection.rechecks)
    return _page(inspection, form)


@bp.post("/inspections/<int:inspection_id>/rechecks")
def recheck(inspection_id: int) -> Response | tuple[str, int]:
    """Record a re-check; what is wrong with it is said beside what was typed."""
    actor, form = web.current_actor(), RecheckForm()
    problem, status = "", 422
    if not form.validate_on_submit():
        inspection = inspection_queries.get_inspection(inspection_id, by=actor)
        if not may_manage(inspection.plan, actor):
            raise Forbidden(N_("只有本方案的专班办公室可以记录督导检查和回头看"))
        return _page(inspection, form), status
    try:
        with transaction():
            seen = form.seen.data or 0
            looked, at = form.looked(), web.now()
            rechecking.recheck(inspection_id, looked, seen=seen, by=actor, at=at)
        flash(_("回头看已记录。"), "success")
        return redirect(url_for(".show", inspection_id=inspection_id))
    except AppError as error:
        if error.status not in (409, 422):
            raise
        problem, status = web.message_of(error), error.status
    inspection = inspection_queries.get_inspection(inspection_id, by=actor)
    form.read_up_to(len(inspection.rechecks))
    return _page(inspection, form, problem), status


def _page(inspection: Inspection, form: RecheckForm, problem: str = "") -> str:
    actor, process = web.current_actor(), inspection.process
    mine = [
        task
        for task in (open_tasks(process.id) if process and process.is_open else [])
        if is_theirs(task, actor) and task.node != "recheck"
    ]
    seen = process is not None and may_see(process, actor)
    return render_template(
        "oversight/inspection.html",
        inspection=inspection,
        light=inspection_queries.lit_of(inspection, today(web.now())),
        form=form,
        problem=problem,
        task=mine[0] if mine else None,
        steps=history(process) if process else [],
        process_url=url_for("monitor.show", process_id=process.id) if process and seen else "",
        may_write=may_manage(inspection.plan, actor),
    )


def inspected(view: RowView) -> dict[str, Any]:
    """What a row's page shows of inspections."""
    actor = web.current_actor()
    return {
        "found": inspection_queries.of_row(view.row.id, by=actor),
        "may_write": view.row.plan.launched_at is not None and may_manage(view.row.plan, actor),
    }


def inspection_of(task: Task) -> Inspection | None:
    """The finding a task is about, if this person may see it."""
    about = task.data.get("inspection")
    if not isinstance(about, dict) or not isinstance(about.get("id"), int):
        return None
    try:
        return inspection_queries.get_inspection(about["id"], by=web.current_actor())
    except NotFound:
        return None


def unit_inspections(unit_id: int) -> list[Inspection]:
    """What was found at a unit."""
    return inspection_queries.of_unit(unit_id, by=web.current_actor())
