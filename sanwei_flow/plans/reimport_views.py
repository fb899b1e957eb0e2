"""Pages of importing an edited plan again: upload, difference, what became of it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Forbidden
from sanwei_flow.plans import operations, reimporting
from sanwei_flow.plans.forms import ACCEPTED
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.views import bp

#: What the fields of a row are called; msgids.
FIELD_NAMES: dict[str, str] = {
    "category": N_("类别"),
    "item": N_("事项"),
    "task": N_("工作任务"),
    "due": N_("完成时限"),
    "lead": N_("牵头单位"),
    "cooperating": N_("配合单位"),
    "figures": N_("量化指标"),
}
#: What a change means to a row under way; msgids.
MEANINGS: dict[str, str] = {
    "due": N_("时限直接更改，原时限留在记录里"),
    "lead": N_("请现牵头单位申请变更责任单位"),
    "cooperating": N_("告知牵头单位，由其安排分工"),
}


@bp.route("/plans/<int:plan_id>/reimport", methods=["GET", "POST"])
def reimport(plan_id: int) -> str | Response | tuple[str, int]:
    """Upload the edited document; nothing changes before its difference was looked at."""
    plan = _managed(plan_id)
    if request.method == "GET":
        return render_template("plans/reimport.html", plan=plan, problem="", accepted=ACCEPTED)
    actor, file = web.current_actor(), request.files.get("file")
    try:
        source = operations.read_source(
            file.filename or "" if file else "", file.read() if file else b"", by=actor
        )
        with transaction():
            kept = reimporting.keep_revision(plan_id, source, by=actor, at=web.now())
    except AppError as error:
        said = web.message_of(error)
        page = render_template("plans/reimport.html", plan=plan, problem=said, accepted=ACCEPTED)
        return page, error.status
    return redirect(url_for(".revision", plan_id=plan_id, revision_id=kept.id))


@bp.get("/plans/<int:plan_id>/revisions/<int:revision_id>")
def revision(plan_id: int, revision_id: int) -> str:
    """What the edited document says differently; once applied, what became of every change."""
    kept = reimporting.get_revision(plan_id, revision_id, by=web.current_actor())
    return render_template(
        "plans/revision.html",
        plan=kept.plan,
        revision=kept,
        found=None if kept.applied_at else reimporting.difference(kept),
        field_names=FIELD_NAMES,
        meanings=MEANINGS if kept.plan.process_id else {},
    )


@bp.post("/plans/<int:plan_id>/revisions/<int:revision_id>/apply")
def apply_revision(plan_id: int, revision_id: int) -> Response:
    """Change the rows that changed; pressed twice it is done once."""
    with transaction():
        actor = web.current_actor()
        reimporting.apply_revision(plan_id, revision_id, by=actor, at=web.now())
    flash(_("修改稿已应用，下面列出每一处的结果。"), "success")
    return redirect(url_for(".revision", plan_id=plan_id, revision_id=revision_id))


def _managed(plan_id: int) -> Plan:
    plan = operations.get_plan(plan_id)
    if not operations.may_manage(plan, web.current_actor()):
        raise Forbidden(N_("只有本方案的专班办公室可以重新导入"))
    return plan
