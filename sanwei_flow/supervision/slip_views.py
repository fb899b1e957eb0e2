"""Pages of slips: the list, issuing to one row or many, one slip with its levels and trail."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Forbidden
from sanwei_flow.plans.rows import RowView
from sanwei_flow.processes.access import is_theirs, may_see
from sanwei_flow.processes.history import history
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision import cards, ledger, records, settings, slips
from sanwei_flow.supervision.arguments import wanted_from
from sanwei_flow.supervision.forms import CardForm, SlipForm
from sanwei_flow.supervision.lists import PAGE, around, asked_for
from sanwei_flow.supervision.models import Slip
from sanwei_flow.supervision.slip_process import addressees

bp = Blueprint("slips", __name__)

#: Rows of a filtered ledger that are taken at once.
MOST_ROWS = 100
#: Working days a person gives to answer if they name no other day.
USUAL_DAYS = 3
STAGES = {
    "to_reply": N_("待回复"),
    "checking": N_("待核查"),
    "considering": N_("理由待审议"),
    "closed": N_("已办结"),
    "withdrawn": N_("已撤回"),
}


@bp.app_context_processor
def names() -> dict[str, Any]:
    """What the slip pages call things, and what a row's page asks of supervision."""
    return {"SLIP_STAGES": STAGES, "watched": watched, "cards_of_task": records.cards_of_task}


@bp.get("/supervision/slips")
def index() -> str:
    """List the slips this person may see, newest first."""
    actor, day = web.current_actor(), today(web.now())
    filters, after = asked_for()
    found = records.slips(actor, filters, day, after=after, limit=PAGE + 1)
    return render_template(
        "supervision/slips.html",
        slips=found[:PAGE],
        **around(filters, after, [one.id for one in found]),
        day=day,
        may_set=settings.may_set(actor),
        may_issue=any(slips.may_issue(plan, actor) for plan in records.running_plans()),
    )


@bp.route("/supervision/slips/new", methods=["GET", "POST"])
def new() -> str | Response | tuple[str, int]:
    """Issue to the rows the address names, or keeps with `all` by the ledger's filters.

    Without either, a plan's rows are chosen first.
    """
    actor, at = web.current_actor(), web.now()
    if not any(slips.may_issue(plan, actor) for plan in records.running_plans()):
        raise Forbidden(N_("只有本方案的专班办公室和分管领导可以发督办单"))
    rows, cut = _rows(at)
    form = SlipForm()
    if request.method == "GET":
        form.due.data = load_calendar().workdays_after(today(at), USUAL_DAYS)
    problem, status = None, 200
    if request.method == "POST" and form.validate_on_submit():
        try:
            with transaction():
                issued = slips.issue(rows, form.reason.data, form.due.data, by=actor, at=at)
            flash(_("已发出督办单：%(numbers)s", numbers=_numbers(issued)), "success")
            return redirect(url_for(".index"))
        except AppError as error:
            problem, status = web.message_of(error), error.status
    elif request.method == "POST":
        status = 422
    plan_id = request.args.get("plan", type=web.key)
    page = render_template(
        "supervision/new_slip.html",
        form=form,
        problem=problem,
        prospects=slips.preview(rows, by=actor, at=at) if rows else [],
        plans=[plan for plan in records.running_plans() if slips.may_issue(plan, actor)],
        plan_id=plan_id,
        cut=cut,
        most=MOST_ROWS,
        choices=records.open_rows(plan_id) if plan_id and not rows else [],
    )
    return page, status


def _rows(at: dt.datetime) -> tuple[list[int], bool]:
    """The ids of the rows asked for, and whether there were more than may go at once."""
    rows = request.values.getlist("row", type=web.key)
    if rows or request.method != "GET" or request.args.get("all") != "1":
        return rows, False
    found = ledger.row_ids(wanted_from(request.args), at, MOST_ROWS + 1)
    return found[:MOST_ROWS], len(found) > MOST_ROWS


@bp.get("/supervision/slips/<int:slip_id>")
def show(slip_id: int) -> str:
    """One slip: facts, the levels it has been at, what was said."""
    actor = web.current_actor()
    slip = slips.get_slip(slip_id, by=actor)
    mine = [
        task
        for task in (open_tasks(slip.process_id) if slip.process_id else [])
        if is_theirs(task, actor)
    ]
    seen = slip.process is not None and may_see(slip.process, actor)
    return render_template(
        "supervision/slip.html",
        slip=slip,
        climb=" → ".join(web.sentence(post.name) for post in addressees(slip)),
        task=mine[0] if mine else None,
        steps=history(slip.process) if slip.process else [],
        process_url=url_for("monitor.show", process_id=slip.process_id) if seen else "",
    )


@bp.post("/plans/<int:plan_id>/rows/<int:no>/cards")
def card(plan_id: int, no: int) -> Response:
    """Issue a card to the unit that leads a row."""
    form = CardForm()
    back = redirect(url_for("plans.row", plan_id=plan_id, no=no, _anchor="watched"))
    colour, reason = str(form.colour.data or ""), form.card_reason.data or ""
    try:
        with transaction():
            issued = cards.issue_card(
                plan_id, no, colour, reason, by=web.current_actor(), at=web.now()
            )
    except AppError as error:
        if error.status not in (409, 422):
            raise
        flash(web.message_of(error), "danger")
        return back
    flash(_("已发%(number)s。", number=issued.number), "success")
    return back


def watched(view: RowView) -> dict[str, Any]:
    """What a row's page shows of supervision."""
    may = slips.may_issue(view.row.plan, web.current_actor()) and not view.closed
    return {
        "cards": records.cards_of_row(view.row.id),
        "slips": records.slips_of_row(view.row.id),
        "may_issue": may and view.process_id is not None,
        "form": CardForm(formdata=None),
    }


def _numbers(issued: list[Slip]) -> str:
    return _("、").join(slip.number for slip in issued)
