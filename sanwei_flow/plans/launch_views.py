"""Pages of a launch: what it will start, handing it to the designers, how far it is."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.models import Role
from sanwei_flow.db import transaction
from sanwei_flow.errors import Invalid
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.review import own_plan
from sanwei_flow.plans.views import bp


@bp.route("/plans/<int:plan_id>/launch", methods=["GET", "POST"])
def launch(plan_id: int) -> str | Response | tuple[str, int]:
    """Ask once more, saying what will start; then start."""
    plan = own_plan(plan_id)
    if request.method == "POST":
        try:
            with transaction():
                standard = request.form.get("process") == "standard"
                operations.launch(plan_id, standard=standard, by=web.current_actor(), at=web.now())
        except Invalid as error:
            flash(web.message_of(error), "error")
            return redirect(url_for(".review", plan_id=plan_id), 303)
        return redirect(url_for(".launching", plan_id=plan_id), 303)
    if plan.process_id is not None:
        return redirect(url_for(".launching", plan_id=plan_id))
    return render_template(
        "plans/launch.html",
        plan=plan,
        blockers=operations.ready_to_launch(plan),
        effect=operations.launch_effect(plan),
        designed=operations.designed(plan),
        draft=operations.in_design(plan),
        designer=web.current_actor().has_role(Role.designer),
        assumed=[one for one in queries.findings(plan) if one.settled_at is None],
    )


@bp.post("/plans/<int:plan_id>/design")
def hand_to_designers(plan_id: int) -> Response:
    """Let the designers change the plan's process before it is launched."""
    with transaction():
        operations.hand_to_designers(plan_id, by=web.current_actor(), at=web.now())
    flash(_("已告知流程设计人员；发布后再启动，即按其流程办理。"), "success")
    return redirect(url_for(".launch", plan_id=plan_id), 303)


@bp.get("/plans/<int:plan_id>/launching")
def launching(plan_id: int) -> str | Response:
    """How far the launch is; the part in the middle refreshes itself."""
    plan = own_plan(plan_id)
    progress = queries.launch_progress(plan)
    partial = request.headers.get("HX-Request") == "true"
    page = "plans/_progress.html" if partial else "plans/launching.html"
    return render_template(page, plan=plan, progress=progress)
