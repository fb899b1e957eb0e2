"""The page on which a design is drawn, and what its script asks the server for."""

from typing import Any

from flask import Response, jsonify, render_template, request

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designer import names, queries
from sanwei_flow.designer.views import bp
from sanwei_flow.designs import drafting
from sanwei_flow.engine import DesignError, Problem
from sanwei_flow.errors import N_, AppError, Invalid
from sanwei_flow.refusals import problem


@bp.get("/designs/<key>/edit")
def edit(key: str) -> str:
    """The designer: drawing, panel, problems. The script reads the draft itself."""
    version, draft = queries.one_design(key, web.current_actor())
    name = draft.name if draft else version.design.name if version else key
    return render_template("designer/edit.html", key=key, name=name, draft=draft)


@bp.get("/designs/<key>/draft")
def draft(key: str) -> Response:
    """The drawing to go on with; revision 0 is the newest version, of which no draft exists."""
    version, found = queries.one_design(key, web.current_actor())
    shown = found or version  # one_design found one of them
    return jsonify(xml=shown.xml, revision=found.revision if found else 0)  # type: ignore[union-attr]


@bp.post("/designs/<key>/draft")
def save(key: str) -> Response:
    """Keep the drawing; a problem document says why not, 409 that somebody was first."""
    try:
        given = _given()
        with transaction():
            kept = _keep(key, given)
    except AppError as error:
        return problem(error.status, error.code, _told(error))
    return jsonify(revision=kept.revision, at=kept.edited_at.isoformat(), name=kept.name)


def _keep(key: str, given: dict[str, Any]) -> Any:
    by, at = web.current_actor(), web.now()
    revision, anyway = int(given.get("revision") or 0), given.get("anyway") is True
    known = drafting.draft_of(key)
    if known is None:
        known = drafting.open_draft(key, by=by, at=at)
        revision = known.revision if revision == 0 or anyway else revision
    return drafting.save_draft(
        known.id, revision=revision, xml=given["xml"], anyway=anyway, by=by, at=at
    )


@bp.post("/designs/<key>/problems")
def problems(key: str) -> Response:
    """What publishing this drawing would be told, errors first."""
    by = web.current_actor()
    drafting.require_designer(by)
    try:
        xml = _given()["xml"]
    except Invalid as error:
        return problem(error.status, error.code, _told(error))
    _version, found = queries.one_design(key, by)
    forms = found.forms if found else {}
    listed = drafting.problems_of(key, xml, forms)
    return jsonify(problems=[_shown(one) for one in listed])


@bp.get("/designs/<key>/names.json")
def names_of(key: str) -> Response:
    """What the panel offers to choose from, and the names expressions may use."""
    version, found = queries.one_design(key, web.current_actor())
    return jsonify(names.offered(key, version, found))


def _given() -> dict[str, Any]:
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("xml"), str):
        raise Invalid(N_("没有收到流程图"))
    return given


def _told(error: AppError) -> str:
    """The sentence for a person: of a design that cannot be kept the first thing wrong with it."""
    if isinstance(error, DesignError) and error.problems:
        return web.told(error.problems[0])
    return web.message_of(error)


def _shown(one: Problem) -> dict[str, Any]:
    """A problem for the page. `setting` is the field of the panel it is about, if any."""
    return {
        "rule": one.rule,
        "severity": one.severity,
        "element": one.element_id,
        "setting": one.setting,
        "line": one.line,
        "column": one.params.get("column"),
        "sentence": web.told(one),
    }
