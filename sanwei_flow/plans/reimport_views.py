"""Pages of importing an edited plan again: upload, difference, what became of it."""

import time

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import all_units, collectives_by_name
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Forbidden
from sanwei_flow.plans import joining, moving, operations, reimporting
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
    "cooperating": N_("新增的交办，减少的撤回并说明原因"),
}
#: What may become of a changed lead; msgids.
LEAD_CHOICES: dict[str, str] = {
    moving.ASK: N_("走变更程序：由现牵头单位提交申请"),
    moving.APPLY: N_("直接改派：立即由新单位签收"),
}
#: Changes carried out in one transaction, and how long a request goes on doing so.
BATCH, PATIENCE = 10, 3.0


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
    """What the edited document says differently; once begun, what became of every change."""
    kept = reimporting.get_revision(plan_id, revision_id, by=web.current_actor())
    begun = kept.steps is not None or kept.applied_at is not None
    return render_template(
        "plans/revision.html",
        plan=kept.plan,
        revision=kept,
        found=None if begun else reimporting.difference(kept),
        field_names=FIELD_NAMES,
        meanings=MEANINGS if kept.plan.process_id else {},
        lead_choices=LEAD_CHOICES,
        waiting=joining.waiting(kept.plan) if begun else None,
        collectives=sorted(collectives_by_name().values(), key=lambda one: one.name),
        register=all_units(),
    )


@bp.post("/plans/<int:plan_id>/revisions/<int:revision_id>/apply")
def apply_revision(plan_id: int, revision_id: int) -> Response:
    """Change the rows that changed, as many as a few seconds allow; pressed again it goes on."""
    actor = web.current_actor()
    given = request.form.items()
    leads = {
        int(name[5:]): one for name, one in given if name[:5] == "lead-" and name[5:].isdigit()
    }
    with transaction():
        reimporting.begin(plan_id, revision_id, leads=leads, by=actor, at=web.now())
    until = time.monotonic() + PATIENCE
    done = False
    while not done and time.monotonic() < until:
        with transaction():
            kept = reimporting.carry_on(plan_id, revision_id, limit=BATCH, by=actor, at=web.now())
            done = kept.applied_at is not None
    if done:
        flash(_("修改稿已应用，下面列出每一处的结果。"), "success")
    return redirect(url_for(".revision", plan_id=plan_id, revision_id=revision_id))


@bp.post("/plans/<int:plan_id>/revisions/<int:revision_id>/units/<int:mention_id>")
def settle_joined(plan_id: int, revision_id: int, mention_id: int) -> Response:
    """Say what a name means that came with the document, and start what waited for it."""
    form = request.form
    kind, _colon, number = form.get("choice", "").partition(":")
    key = web.key(number) if number else None
    with transaction():
        started = joining.settle_name(
            plan_id,
            mention_id,
            unit_id=key if kind == "unit" else None,
            collective_id=key if kind == "collective" else None,
            drop=kind == "drop",
            remember="remember" in form,
            by=web.current_actor(),
            at=web.now(),
        )
    return _joined(plan_id, revision_id, started)


@bp.post("/plans/<int:plan_id>/revisions/<int:revision_id>/rows/<int:no>/lead")
def lead_joined(plan_id: int, revision_id: int, no: int) -> Response:
    """Name the lead of a row that came with the document, and start it."""
    unit = request.form.get("lead", 0, type=web.key) or 0
    with transaction():
        begun = joining.assign_lead(plan_id, no, unit, by=web.current_actor(), at=web.now())
    return _joined(plan_id, revision_id, [no] if begun else [])


def _joined(plan_id: int, revision_id: int, started: list[int]) -> Response:
    if started:
        flash(_("第%(rows)s项已启动。", rows=_("、").join(map(str, started))), "success")
    else:
        flash(_("已保存。"), "success")
    return redirect(url_for(".revision", plan_id=plan_id, revision_id=revision_id))


def _managed(plan_id: int) -> Plan:
    plan = operations.get_plan(plan_id)
    if not operations.may_manage(plan, web.current_actor()):
        raise Forbidden(N_("只有本方案的专班办公室可以重新导入"))
    return plan
