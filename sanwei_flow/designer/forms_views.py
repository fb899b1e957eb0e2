"""The forms of a design: which there are, and the form designer."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designer.forms_posting import choices_text, condition_text, read_form
from sanwei_flow.designer.forms_preview import preview
from sanwei_flow.designs import form_drafts, form_editing
from sanwei_flow.designs.form_drafts import Drawn, drawn
from sanwei_flow.designs.schema import complaints
from sanwei_flow.errors import N_, AppError, Conflict, Invalid, NotFound

bp = Blueprint("forms", __name__)

OPERATORS = {
    "eq": N_("等于"),
    "ne": N_("不等于"),
    "in": N_("是其中之一"),
    "gt": N_("大于"),
    "lt": N_("小于"),
    "empty": N_("没有填写"),
    "filled": N_("已填写"),
}
ACCESS = {"write": N_("填写"), "read": N_("只读"), "hidden": N_("不显示")}


@bp.get("/designs/<key>/forms")
def index(key: str) -> str:
    """The forms of a design with the steps that use them."""
    return _list(key)


@bp.post("/designs/<key>/forms")
def add(key: str) -> Response | tuple[str, int]:
    """Begin a form."""
    given = {name: request.form.get(name, "").strip() for name in ("key", "title", "like")}
    by, at = web.current_actor(), web.now()
    try:
        with transaction():
            form_drafts.add_form(
                key, given["key"], given["title"], like=given["like"], by=by, at=at
            )
    except Invalid as error:
        return _list(key, given=given, errors=web.fields_of(error)), error.status
    flash(_("已新增表单，请添加表单项。"), "success")
    return redirect(url_for(".edit", key=key, form=given["key"]))


@bp.post("/designs/<key>/forms/<form>/delete")
def delete(key: str, form: str) -> Response | tuple[str, int]:
    """Take a form out of the draft, unless a step uses it."""
    try:
        with transaction():
            form_drafts.delete_form(key, form, by=web.current_actor(), at=web.now())
    except Conflict as error:
        return _list(key, problem=web.message_of(error)), error.status
    flash(_("已从草稿中删除这张表单。"), "success")
    return redirect(url_for(".index", key=key))


@bp.get("/designs/<key>/forms/<form>")
def edit(key: str, form: str) -> str:
    """The form designer on one form."""
    design = _design_of(key, form)
    content = design.forms[form]
    return _page(design, form_editing.opened(content), form_drafts.mark(content))


@bp.post("/designs/<key>/forms/<form>")
def change(key: str, form: str) -> Response | str | tuple[str, int]:
    """Do one act to the rows as they were sent, draw them anew, or save them."""
    design = _design_of(key, form)
    content, seen = read_form(request.form, form), request.form.get("seen", "")
    act, _sign, place = request.form.get("act", "save").partition(":")
    if act == "preview":
        return _partly("designer/_form_preview.html", design, content, seen)
    if act in form_editing.ACTS:
        here = form_editing.change(content, act, place)
        return _partly("designer/_form_rows.html", design, content, seen, here=here)
    return _save(design, content, seen, anyway=act == "anyway")


def _save(design: Drawn, content: dict[str, Any], seen: str, *, anyway: bool) -> Any:
    plain = form_editing.finished(content)
    by, at = web.current_actor(), web.now()
    try:
        with transaction():
            form_drafts.save_form(design.key, plain, seen=seen, anyway=anyway, by=by, at=at)
    except AppError as error:
        if error.status not in (409, 422):
            raise
        conflict = web.message_of(error)
        return _page(design, content, seen, conflict=conflict), error.status
    wrong = complaints(plain)
    if wrong:
        said = _("已存入草稿；还有 %(n)s 处要改，改好才能发布。", n=len(wrong))
        flash(said, "warning")
    else:
        flash(_("已存入草稿，发布后生效。"), "success")
    return redirect(url_for(".edit", key=design.key, form=content["key"]))


def _design_of(key: str, form: str) -> Drawn:
    design = drawn(key, by=web.current_actor())
    if form not in design.forms:
        raise NotFound(N_("这个流程没有表单 {key}"), key=form)
    return design


def _list(
    key: str,
    *,
    given: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    problem: str = "",
) -> str:
    design = drawn(key, by=web.current_actor())
    return render_template(
        "designer/forms.html",
        design=design,
        wrong={name: len(complaints(form)) for name, form in design.forms.items()},
        given=given or {},
        errors=errors or {},
        problem=problem,
    )


def _partly(
    template: str, design: Drawn, content: dict[str, Any], seen: str, **more: Any
) -> str | Response:
    """A part for a script, the page with what was sent for a browser without one."""
    if "HX-Request" not in request.headers:
        return _page(design, content, seen, unsaved=True, **more)
    return make_response(render_template(template, **_context(design, content, seen, **more)))


def _page(design: Drawn, content: dict[str, Any], seen: str, **more: Any) -> str:
    return render_template("designer/form.html", **_context(design, content, seen, **more))


def _context(design: Drawn, content: dict[str, Any], seen: str, **more: Any) -> dict[str, Any]:
    """What the editor and its parts are drawn from; `here` is the place to look at."""
    found: dict[str, list[str]] = {}
    for one in complaints(form_editing.finished(content)):
        found.setdefault(one.place, []).append(web.told(one))
    steps = design.steps(content["key"])
    step = request.values.get("step", "")
    return {
        "design": design,
        "form": content,
        "seen": seen,
        "steps": steps,
        "step": step if any(one.id == step for one in steps) else "",
        "outcomes": {one.name: one.label for each in steps for one in each.outcomes},
        "problems": found,
        "lost": design.lost(content["key"], content),
        "preview": preview(content, design, step),
        "types": form_editing.TYPES,
        "not_in_tables": form_editing.NOT_IN_TABLES,
        "operators": OPERATORS,
        "access": ACCESS,
        "choices_text": choices_text,
        "condition_text": condition_text,
        "named": _named,
        "wrong_at": lambda place: any(f"{one}.".startswith(f"{place}.") for one in found),
        "here": "",
        **more,
    }


def _named(things: Iterable[Any]) -> str:
    """The names of steps or elements in a row, in the reader's language."""
    return str(_("、")).join(web.sentence(one.name) for one in things)
