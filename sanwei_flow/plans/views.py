"""Pages anyone may read: the plans, one plan's overview, one row. And the upload."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.cycles import CYCLES
from sanwei_flow.plans.forms import UploadForm, filters_from
from sanwei_flow.plans.models import Finding, Plan
from sanwei_flow.plans.phases import timeline
from sanwei_flow.plans.row_page import parts_of_page
from sanwei_flow.plans.settling import CHECKED, DECISIONS, assumption
from sanwei_flow.plans.statuses import DRAFT, PART_STATUSES, PLAN_STATUSES, ROW_STATUSES
from sanwei_flow.plans.trail import row_trail
from sanwei_flow.processes.access import may_see
from sanwei_flow.processes.history import files_of, parts
from sanwei_flow.processes.queries import get_instance

bp = Blueprint("plans", __name__)

PAGE = 50


@bp.app_template_global()
def say(message: str | None, params: dict[str, Any] | None = None) -> str:
    """Render a stored msgid with its values in the request's language."""
    return web.sentence(message, params)


@bp.app_template_global()
def conclusion(finding: Finding) -> str:
    """What was answered; an answer we offered ourselves in the request's language."""
    if finding.assumed and finding.choice == assumption(finding):
        return say(finding.assumed, finding.params)
    return say(finding.choice)


@dataclass(frozen=True)
class Group:
    """Neighbouring rows that share a heading."""

    name: str
    views: list[queries.RowView]


def by_category(views: list[queries.RowView]) -> list[Group]:
    """Group neighbouring rows; a category that comes back later gets a heading again."""
    runs = groupby(views, key=lambda view: view.row.category)
    return [Group(name, list(run)) for name, run in runs]


@bp.app_context_processor
def names() -> dict[str, Any]:
    """What the plan pages call things."""
    return {
        "PLAN_STATUSES": PLAN_STATUSES,
        "ROW_STATUSES": ROW_STATUSES,
        "DECISIONS": DECISIONS,
        "CHECKED": CHECKED,
        "assumption": assumption,
        "CYCLES": CYCLES,
    }


def this_day() -> dt.date:
    """The Shanghai day of this request."""
    return today(web.now())


def process_url(process_id: int | None) -> str:
    """Where a process is shown; empty where it has not started or is not this person's to see."""
    if process_id is None or not may_see(get_instance(process_id), web.current_actor()):
        return ""
    return url_for("monitor.show", process_id=process_id)


@bp.get("/plans")
def index() -> str:
    """List the plans, newest first."""
    after = request.args.get("after", type=web.key)
    actor = web.current_actor()
    cards = queries.plan_cards(this_day(), by=actor, after=after, limit=PAGE + 1)
    more = url_for(".index", after=cards[PAGE - 1].plan.id) if len(cards) > PAGE else ""
    return render_template(
        "plans/index.html",
        cards=cards[:PAGE],
        more=more,
        first=url_for(".index") if after else "",
        may_import=operations.may_import(actor),
    )


@bp.route("/plans/new", methods=["GET", "POST"])
def new() -> str | Response | tuple[str, int]:
    """Upload a document; whatever is wrong with it is said here, and nothing is kept."""
    actor = web.current_actor()
    form = UploadForm()
    offices = unit_names(actor.units(Role.office))
    form.office.choices = sorted(offices.items())
    if not operations.may_import(actor):
        raise Forbidden(N_("只有专班办公室可以导入方案"))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("plans/new.html", form=form, problem=None, earlier=None), status
    file = form.file.data
    try:
        source = operations.read_source(file.filename, file.read(), by=actor)
        office = form.office.data
        with transaction():
            plan = operations.keep_plan(source, office_unit_id=office, by=actor, at=web.now())
    except AppError as error:
        earlier = error.params.get("plan") if isinstance(error, Conflict) else None
        problem = web.message_of(error)
        page = render_template("plans/new.html", form=form, problem=problem, earlier=earlier)
        return page, error.status
    flash(_("已读取“%(name)s”，请核对。", name=file.filename), "success")
    return redirect(url_for(".review", plan_id=plan.id))


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say what the limit is instead of showing a bare error."""
    size = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // (1024 * 1024)
    problem = _("文件超过 %(size)s MB，请去掉图片或拆分后再上传。", size=size)
    form = UploadForm(formdata=None)
    form.office.choices = []
    return render_template("plans/new.html", form=form, problem=problem, earlier=None), 413


@bp.get("/plans/<int:plan_id>")
def show(plan_id: int) -> str:
    """Overview: where the plan stands, its phases, its figures, its rows."""
    plan = operations.readable_plan(plan_id, web.current_actor())
    day = this_day()
    views = queries.row_views(plan, day)
    filters = filters_from(request.args, web.current_actor())
    kept = [view for view in views if filters.keep(view)]
    return render_template(
        "plans/show.html",
        plan=plan,
        card=queries.plan_card(plan, day),
        timeline=timeline(plan, day),
        groups=by_category(kept),
        shown=len(kept),
        filters=filters,
        leads=sorted(
            {(name.unit_id, name.text) for view in views for name in view.lead if name.unit_id}
        ),
        categories=list(dict.fromkeys(view.row.category for view in views if view.row.category)),
        targets=queries.figures(plan, day),
        office=unit_names([plan.office_unit_id]) if plan.office_unit_id else {},
        may_manage=operations.may_manage(plan, web.current_actor()) and not plan.accepted_at,
        process_url=process_url(plan.process_id),
    )


@bp.get("/plans/<int:plan_id>/rows/<int:no>")
def row(plan_id: int, no: int) -> str:
    """One row: facts, units, figures, where it stands and what happened to it."""
    plan = operations.readable_plan(plan_id, web.current_actor())
    day = this_day()
    view = queries.row_view(plan, no, day)
    steps = row_trail(plan, no, view.process_id)
    return render_template(
        "plans/row.html",
        plan=plan,
        view=view,
        figures=[one for one in queries.figures(plan, day) if one.row == no],
        source=_source_of(plan, view),
        steps=steps,
        files=files_of(steps, reader=web.current_actor()),
        parts=parts(view.process_id) if view.process_id else [],
        part_statuses=PART_STATUSES,
        neighbours=queries.neighbours(plan, no),
        may_edit=view.status == DRAFT and operations.may_manage(plan, web.current_actor()),
        process_url=process_url(view.process_id),
        **parts_of_page(view, web.current_actor(), process_url),
    )


def _source_of(plan: Plan, view: queries.RowView) -> list[str]:
    """The document's own words for a row, one string per paragraph or cell."""
    first, last = view.row.source_line or 0, view.row.source_end or 0
    return [
        text.strip()
        for number, _kind, text in plan.source_lines
        if first <= number <= last and text.strip()
    ]
