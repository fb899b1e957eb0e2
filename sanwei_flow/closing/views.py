"""The page of a plan's conclusion: the units, the summary, the acceptance, the archive."""

import secrets
import tempfile
from contextlib import ExitStack
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from sanwei_flow import web
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.closing import operations, queries
from sanwei_flow.closing.forms import GoOnForm, StartForm
from sanwei_flow.closing.models import PlanArchive, PlanClosing
from sanwei_flow.db import transaction
from sanwei_flow.errors import AppError
from sanwei_flow.plans.access import may_manage, readable_plan
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.queries import status_of
from sanwei_flow.processes.access import SEE_ALL, may_see
from sanwei_flow.processes.history import files_of, history
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.storage import serving

bp = Blueprint("closing", __name__)

ZIP = "application/zip"


@bp.get("/plans/<int:plan_id>/closing")
def show(plan_id: int) -> str:
    """Where the plan's conclusion stands; before it, what starting would do."""
    return _page(readable_plan(plan_id, web.current_actor()))


@bp.post("/plans/<int:plan_id>/closing")
def start(plan_id: int) -> Answer | tuple[str, int]:
    """Ask every unit for its self-assessment; pressed twice it is done once."""
    actor, form = web.current_actor(), StartForm()
    try:
        with transaction():
            due = form.due.data if form.validate_on_submit() else None
            operations.start(plan_id, due, by=actor, at=web.now())
    except AppError as error:
        return _refused(plan_id, error)
    flash(_("已请各单位自查自评。"), "success")
    return redirect(url_for(".show", plan_id=plan_id))


@bp.post("/plans/<int:plan_id>/closing/go-on")
def go_on(plan_id: int) -> Answer | tuple[str, int]:
    """No longer wait for units that have not answered."""
    actor, form = web.current_actor(), GoOnForm()
    try:
        with transaction():
            reason = form.reason.data or ""
            operations.stop_waiting(plan_id, reason, by=actor, at=web.now())
    except AppError as error:
        return _refused(plan_id, error)
    flash(_("已不再等候，请汇总并撰写总结。"), "success")
    return redirect(url_for(".show", plan_id=plan_id))


@bp.post("/plans/<int:plan_id>/closing/urge")
def urge(plan_id: int) -> Answer:
    """Urge the units that were ticked; each by the very act its own page offers."""
    actor, key = web.current_actor(), request.form.get("idempotency_key", "")[:64]
    ids = request.form.getlist("task", type=web.key)
    refused = []
    tasks = operations.to_urge(plan_id, ids, by=actor)
    for task_id in tasks:
        try:
            with transaction():
                given = {"by": actor, "at": web.now(), "idempotency_key": f"urge:{key}:{task_id}"}
                act_on_task(task_id, "urge", **given)
        except AppError as error:
            refused.append(web.message_of(error))
    done = len(tasks) - len(refused)
    if done:
        flash(_("已催报 %(n)s 个单位。", n=done), "success")
    for sentence in dict.fromkeys(refused):
        flash(sentence, "warning")
    if not tasks:
        flash(_("没有勾选等候报送的单位。"), "warning")
    return redirect(url_for(".show", plan_id=plan_id, _anchor="units"))


@bp.post("/plans/<int:plan_id>/archive")
def write_again(plan_id: int) -> Answer:
    """Try again to write an archive that failed."""
    with transaction():
        operations.write_archive_again(plan_id, by=web.current_actor(), at=web.now())
    return redirect(url_for(".show", plan_id=plan_id, _anchor="archive"))


@bp.get("/plans/<int:plan_id>/archive")
def progress(plan_id: int) -> str:
    """The part of the page that tells how far the archive is, asked for again and again."""
    plan = readable_plan(plan_id, web.current_actor())
    return render_template(
        "closing/_archive.html",
        plan=plan,
        archive=queries.archive_of(plan.id),
        may_fetch=queries.may_fetch(plan, web.current_actor()),
    )


@bp.get("/plans/<int:plan_id>/archive.zip")
def archive(plan_id: int) -> Response:
    """The whole archive."""
    return archive_sent(operations.archive_to_fetch(plan_id, by=web.current_actor()))


@bp.get("/plans/<int:plan_id>/rows/<int:no>/archive.zip")
def row_archive(plan_id: int, no: int) -> Answer:
    """The archive of one row, put together when it is asked for."""
    return row_sent(plan_id, no, web.current_actor())


def row_sent(plan_id: int, no: int, actor: Actor) -> Answer:
    """A row's archive, from a file of the moment that goes once it has been sent."""
    with ExitStack() as held:
        target = held.enter_context(tempfile.TemporaryFile())
        operations.write_row(plan_id, no, serving.vault(), target, by=actor, at=web.now())
        target.seek(0)
        name = _("第%(no)s项归档", no=no)
        answer = send_file(target, ZIP, as_attachment=True, download_name=f"{name}.zip")
        answer.call_on_close(held.pop_all().close)
        return answer


def archive_sent(found: PlanArchive) -> Response:
    """The bytes of an archive, piece by piece, under the plan's name."""
    return serving.sent(
        operations.archive_pieces(serving.vault(), found),
        f"{found.plan.title[:60]}归档.zip",
        plain=f"plan-{found.plan_id}",
        size=found.size or 0,
        content_type=ZIP,
    )


def _refused(plan_id: int, error: AppError) -> tuple[str, int]:
    """Say on the page itself what is missing; whoever may not do it gets the usual page."""
    if error.status not in (409, 422):
        raise error
    plan = readable_plan(plan_id, web.current_actor())
    return _page(plan, web.message_of(error)), error.status


def _page(plan: Plan, problem: str = "") -> str:
    actor, at = web.current_actor(), web.now()
    closing = queries.closing_of(plan.id)
    stage = queries.stage_of(closing)
    manages = may_manage(plan, actor) and plan.accepted_at is None
    startable = plan.process_id is not None and (closing is None or stage == "withdrawn")
    preview = operations.preview(plan, at) if startable and manages else None
    start_form = StartForm(formdata=request.form if problem else None)
    if preview is not None and not problem:
        start_form.due.data = preview.due
    return render_template(
        "closing/show.html",
        plan=plan,
        status=status_of(plan),
        closing=closing,
        stage=stage,
        problem=problem,
        manages=manages,
        startable=startable and plan.accepted_at is None,
        preview=preview,
        start_form=start_form,
        go_on_form=GoOnForm(formdata=request.form if problem else None),
        archive=queries.archive_of(plan.id),
        may_fetch=queries.may_fetch(plan, actor),
        key=secrets.token_hex(16),
        day=today(at),
        STAGES=queries.STAGES,
        UNIT_STAGES=queries.UNIT_STAGES,
        **(_progress(plan, closing, actor) if closing and closing.process else {}),
    )


def _progress(plan: Plan, closing: PlanClosing, actor: Actor) -> dict[str, Any]:
    process = closing.process
    assert process is not None  # noqa: S101 - asked by the caller
    seen = may_see(process, actor)
    mine = [one for one in open_tasks(process.id) if actor.has(one.unit_id, one.role)]
    steps = history(process) if seen else []
    return {
        "units": queries.unit_states(plan, closing, web.now()),
        "summary": queries.last_said(closing, "summarise"),
        "decision": queries.last_said(closing, "accept"),
        "task": mine[0] if mine else None,
        "steps": steps,
        "files": files_of(steps, reader=actor),
        "process_url": url_for("monitor.show", process_id=process.id) if seen else "",
        "reads_all": any(actor.has_role(role) for role in SEE_ALL),
        "own_units": actor.units(),
    }
