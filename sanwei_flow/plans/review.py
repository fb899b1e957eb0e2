"""The review desk: settle and correct. Only for the plan's own office."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import (
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.queries import all_units, collectives_by_name
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden, Invalid
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.forms import RowForm
from sanwei_flow.plans.kinds import grouped
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.settling import NAME_FINDINGS, SCOPE
from sanwei_flow.plans.source import source_lines
from sanwei_flow.plans.views import bp, this_day


def own_plan(plan_id: int) -> Plan:
    """The plan, if this person's office runs it. Raises NotFound, Forbidden."""
    plan = operations.get_plan(plan_id)
    if not operations.may_manage(plan, web.current_actor()):
        raise Forbidden(N_("只有本方案的专班办公室可以核对和修改"))
    return plan


@bp.get("/plans/<int:plan_id>/review")
def review(plan_id: int) -> str | Response:
    """The document beside what was read from it, with everything still to decide."""
    plan = own_plan(plan_id)
    if plan.process_id is not None:
        return redirect(url_for(".show", plan_id=plan_id))
    return _review_page(plan, problems_only=request.args.get("only") == "problems")


def _review_page(plan: Plan, *, problems_only: bool) -> str:
    rows = queries.row_views(plan, this_day())
    found = queries.findings(plan)
    used = queries.used_names(plan)
    blockers = [one for one in operations.ready_to_launch(plan) if one.code != "design"]
    reopened = request.args.get("unit", type=web.key)
    troubled = {one.row.no for one in found if one.row is not None and one.settled_at is None}
    troubled |= {blocker.row for blocker in blockers if blocker.row is not None}
    inline = [one for one in found if one.code not in NAME_FINDINGS]
    return render_template(
        "plans/review.html",
        plan=plan,
        lines=source_lines(plan, rows, found),
        rows=[view for view in rows if not problems_only or view.no in troubled],
        total=len(rows),
        troubled=len(troubled),
        problems_only=problems_only,
        by_row=_by_row(inline),
        decisions=[one for one in inline if one.code == SCOPE],
        groups=grouped(one for one in inline if one.row_id is None and one.code != SCOPE),
        assumable=sum(one.settled_at is None and bool(one.assumed) for one in inline),
        used=used,
        unsettled=[name for name in used if name.open or name.mention.id == reopened],
        blockers=blockers,
        register=all_units(),
        collectives=list(collectives_by_name().values()),
    )


def _by_row(found: list[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for one in found:
        if one.row_id is not None:
            grouped.setdefault(one.row_id, []).append(one)
    return grouped


@bp.post("/plans/<int:plan_id>/units/<int:mention_id>")
def settle_unit(plan_id: int, mention_id: int) -> Response:
    """Say what a name means."""
    kind, _colon, value = request.form.get("choice", "").partition(":")
    number = int(value) if value.isdecimal() and len(value) < 10 else None
    remember = request.form.get("remember") == "1"
    with _told(), transaction():
        mention = operations.settle_unit(
            plan_id,
            mention_id,
            unit_id=number if kind == "unit" else None,
            collective_id=number if kind == "collective" else None,
            drop=kind == "drop",
            remember=remember,
            by=web.current_actor(),
            at=web.now(),
        )
        flash(_("已确认“%(name)s”。", name=mention.name), "success")
    return _back(plan_id, f"unit-{mention_id}")


@bp.post("/plans/<int:plan_id>/findings/<int:finding_id>")
def settle_finding(plan_id: int, finding_id: int) -> Response:
    """Answer one finding."""
    choice = request.form.get("choice") or request.form.get("note", "")
    with _told(), transaction():
        operations.settle_finding(plan_id, finding_id, choice, by=web.current_actor(), at=web.now())
    return _back(plan_id, f"finding-{finding_id}")


@bp.post("/plans/<int:plan_id>/findings")
def accept_assumptions(plan_id: int) -> Response:
    """Let every other finding stand as it was assumed."""
    with _told(), transaction():
        codes = request.form.getlist("code")
        count = operations.accept_assumptions(plan_id, codes, by=web.current_actor(), at=web.now())
        flash(_("%(n)s 条疑点已按假定处理。", n=count), "success")
    return _back(plan_id, "findings")


@bp.post("/plans/<int:plan_id>/discard")
def discard(plan_id: int) -> Response:
    """Take back an import."""
    with _told(), transaction():
        operations.discard_plan(plan_id, by=web.current_actor(), at=web.now())
        flash(_("导入已撤销，可以重新上传。"), "success")
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".show", plan_id=plan_id), 303)


@contextmanager
def _told() -> Iterator[None]:
    """Turn a refusal into a sentence on the page one returns to; Forbidden stays a page."""
    try:
        yield
    except (Invalid, Conflict) as error:
        flash(web.message_of(error), "error")


def _back(plan_id: int, anchor: str) -> Response:
    """Return to the review; a script gets the page at once, with what there is to say."""
    problems_only = request.form.get("only") == "problems"
    plan = operations.get_plan(plan_id)
    if request.headers.get("HX-Request") != "true":
        only = "problems" if problems_only else None
        return redirect(url_for(".review", plan_id=plan_id, only=only, _anchor=anchor), 303)
    if plan.process_id is not None:
        # Somebody launched it meanwhile: the whole page goes to the overview and says so there.
        return Response(status=204, headers={"HX-Redirect": url_for(".show", plan_id=plan_id)})
    said = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    response = make_response(_review_page(plan, problems_only=problems_only))
    if said:
        failed = any(kind == "error" for kind, _text in said)
        toast = {
            "text": " ".join(text for _kind, text in said),
            "kind": "red" if failed else "green",
        }
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response


@bp.route("/plans/<int:plan_id>/rows/<int:no>/edit", methods=["GET", "POST"])
def edit_row(plan_id: int, no: int) -> str | Response | tuple[str, int]:
    """Correct a row."""
    plan = own_plan(plan_id)
    view = queries.row_view(plan, no, this_day())
    form = RowForm(data=_form_data(view)) if request.method == "GET" else RowForm()
    _offer_units(form, view)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction():
                operations.correct_row(
                    plan_id,
                    no,
                    _changes_of(form, view),
                    version=form.version.data,
                    by=web.current_actor(),
                    at=web.now(),
                )
        except Invalid as error:
            status = error.status
            _show_errors(form, error)
        except Conflict as error:
            flash(web.message_of(error), "error")
            return redirect(url_for(".edit_row", plan_id=plan_id, no=no), 303)
        else:
            flash(_("第%(no)s项已保存。", no=no), "success")
            return redirect(url_for(".review", plan_id=plan_id, _anchor=f"row-{no}"), 303)
    elif form.is_submitted():
        status = 422
    return render_template("plans/edit_row.html", plan=plan, view=view, form=form), status


@bp.post("/plans/<int:plan_id>/rows/<int:no>/lead")
def assign_lead(plan_id: int, no: int) -> Response:
    """Give a row its lead unit, straight from the review."""
    unit_id = request.form.get("lead", type=int)
    with _told(), transaction():
        changes = {"lead": [] if unit_id is None else [unit_id]}
        operations.correct_row(plan_id, no, changes, by=web.current_actor(), at=web.now())
    return _back(plan_id, f"row-{no}")


def _form_data(view: queries.RowView) -> dict[str, Any]:
    row = view.row
    fields = ("category", "item", "task", "due", "major", "version")
    data = {name: getattr(row, name) for name in fields}
    data["lead"] = view.lead[0].text if view.lead else ""
    data["cooperating"] = [
        *(name.text for name in view.lead[1:]),
        *(n.text for n in view.cooperating),
    ]
    return data


def _offer_units(form: RowForm, view: queries.RowView) -> None:
    """Every unit and collective; names of this row that nobody has settled yet come first."""
    own = [name.text for name in view.names]
    units = [unit.name for unit in all_units()]
    groups = list(collectives_by_name())
    names = list(dict.fromkeys([*own, *groups, *units]))
    form.cooperating.choices = [(name, name) for name in names]
    leads = [name for name in names if name not in groups]
    form.lead.choices = [("", _("（未定）")), *((name, name) for name in leads)]


def _changes_of(form: RowForm, view: queries.RowView) -> dict[str, Any]:
    """What the form says; units keep the document's order, new ones follow."""
    ticked = list(form.cooperating.data or [])
    before = [name.text for name in (*view.lead[1:], *view.cooperating)]
    lead = form.lead.data
    helping = [*(n for n in before if n in ticked), *(n for n in ticked if n not in before)]
    return {
        "category": form.category.data or "",
        "item": form.item.data or "",
        "task": form.task.data or "",
        "due": form.due.data,
        "major": form.major.data,
        "lead": [lead] if lead else [],
        "cooperating": [name for name in helping if name != lead],
    }


def _show_errors(form: RowForm, error: AppError) -> None:
    for name, messages in web.fields_of(error).items():
        if name in form:
            form[name].errors = [*form[name].errors, *messages]
