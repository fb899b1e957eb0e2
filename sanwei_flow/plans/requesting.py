"""Pages of what is asked for a running row, and of how often the plan's rows report."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.errors import Invalid
from sanwei_flow.plans import progress, requests
from sanwei_flow.plans.views import bp
from sanwei_flow.processes.queries import open_tasks


@bp.post("/plans/<int:plan_id>/rows/<int:no>/requests/<kind>")
def ask(plan_id: int, no: int, kind: str) -> Response:
    """Begin a request and go to its form."""
    with transaction():
        asked = requests.start(plan_id, no, kind, by=web.current_actor(), at=web.now())
        task_id = open_tasks(asked.process_id)[0].id
    return redirect(url_for("inbox.task", task_id=task_id))


@bp.post("/plans/<int:plan_id>/cycle")
def cycle(plan_id: int) -> Response:
    """Set how often rows report."""
    wanted = request.form
    try:
        with transaction():
            progress.set_cycle(
                plan_id,
                wanted.get("cycle", ""),
                wanted.get("day", type=int) or 0,
                by=web.current_actor(),
                at=web.now(),
            )
        flash(_("上报周期已保存。"), "success")
    except Invalid as error:
        flash(web.message_of(error), "danger")
    return redirect(url_for(".show", plan_id=plan_id))
