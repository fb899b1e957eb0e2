"""Beginning a design: from a template, a copy of a design, or a file drawn elsewhere."""

from typing import Any

from flask import redirect, render_template, request, url_for

from sanwei_flow import web
from sanwei_flow.accounts import queries as accounts
from sanwei_flow.db import transaction
from sanwei_flow.designer.views import bp
from sanwei_flow.designs import drafting, foreign, gallery, operations
from sanwei_flow.engine import DesignError
from sanwei_flow.errors import N_, Conflict, Invalid


@bp.get("/designs/new")
def new() -> str:
    """Choose what to begin with."""
    drafting.require_designer(web.current_actor())
    return _page({}, "", {})


@bp.post("/designs/new")
def create() -> Any:
    """Begin the draft; of a foreign file the page then says what was left out."""
    drafting.require_designer(web.current_actor())
    try:
        with transaction():
            draft, adopted = _create()
    except DesignError as error:
        return _page(request.form, web.told(error.problems[0]), {}), 422
    except (Conflict, Invalid) as error:
        return _page(request.form, web.message_of(error), web.fields_of(error)), error.status
    if adopted is not None and (adopted.taken or adopted.left):
        return render_template(
            "designer/imported.html", draft=draft, adopted=adopted, told=web.told
        )
    return redirect(url_for(".edit", key=draft.key))


def _create() -> tuple[Any, foreign.Adopted | None]:
    """The new draft, and what became of the file if there was one. Raises Conflict, Invalid,
    NotFound, DesignError.
    """
    by, at = web.current_actor(), web.now()
    upload = request.files.get("file")
    adopted: foreign.Adopted | None = None
    forms: dict[str, Any] = {}
    if upload is not None and upload.filename:
        adopted = foreign.adopt(upload.read(), _register())
        xml = adopted.xml
    elif request.form.get("from"):
        xml, forms = gallery.begin(request.form["from"])
    else:
        raise Invalid(N_("请选一个模板或文件。"))
    xml = gallery.named(xml, request.form.get("key", "").strip(), request.form.get("name", ""))
    return drafting.new_draft(xml, forms, by=by, at=at), adopted


def _register() -> foreign.Register:
    people = {user.username: user.roles[0].unit_id for user in accounts.all_users() if user.roles}
    units = {name: unit.id for name, unit in accounts.units_by_name().items()}
    return foreign.Register(units=units, roles=operations.ROLES, people=people)


def _page(given: Any, error: str, fields: dict[str, list[str]]) -> str:
    return render_template(
        "designer/new.html",
        beginnings=list(gallery.beginnings()),
        given=given,
        error=error,
        fields=fields,
    )
