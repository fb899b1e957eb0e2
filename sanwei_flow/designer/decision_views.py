"""Decision tables: the list, one table, its editor with examples."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from sanwei_flow import web
from sanwei_flow.accounts.queries import user_names
from sanwei_flow.db import db, transaction
from sanwei_flow.designer import decision_posting as posting
from sanwei_flow.designs import decision_drafts, queries
from sanwei_flow.designs.decision_drafts import Standing, standing
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.examples import replay
from sanwei_flow.designs.models import DecisionDraft, DraftCopy
from sanwei_flow.engine import (
    Decision,
    DesignError,
    Problem,
    Table,
    check_decision,
    compile_decision,
    read_table,
)
from sanwei_flow.errors import N_, AppError, Invalid, NotFound

bp = Blueprint("decisions", __name__)

POLICIES = {
    "UNIQUE": N_("只许一条符合"),
    "FIRST": N_("自上而下，第一条符合的生效"),
    "ANY": N_("可有几条符合，结果须相同"),
    "PRIORITY": N_("按结果的轻重，最重的生效"),
    "RULE ORDER": N_("列出全部符合的，按规则顺序"),
    "COLLECT": N_("列出全部符合的"),
}


@bp.get("/decisions")
def index() -> str:
    """Every decision table."""
    return _list()


@bp.post("/decisions")
def add() -> Answer | tuple[str, int]:
    """Begin a table."""
    given = {name: request.form.get(name, "").strip() for name in ("key", "name")}
    by, at = web.current_actor(), web.now()
    try:
        with transaction():
            decision_drafts.new_table(given["key"], given["name"], by=by, at=at)
    except Invalid as error:
        return _list(given=given, errors=web.fields_of(error)), error.status
    return redirect(url_for(".edit", key=given["key"]))


@bp.get("/decisions/<key>")
def show(key: str) -> str:
    """The table as it runs now, its versions, and what was put aside of it."""
    found = standing(key, by=web.current_actor())
    versions = queries.decision_versions(key)
    return render_template(
        "designer/decision.html",
        found=found,
        table=read_table(found.version.xml.encode()) if found.version else None,
        versions=versions,
        people=user_names(one.published_by_id for one in versions if one.published_by_id),
        copies=decision_drafts.copies(key),
        policies=POLICIES,
    )


@bp.get("/decisions/<key>/versions/<int:number>/table.dmn")
def source(key: str, number: int) -> Response:
    """A published table as a file."""
    require_designer(web.current_actor())
    return _dmn(queries.decision_version(key, number).xml)


@bp.get("/decisions/<key>/copies/<int:copy_id>/table.dmn")
def copy(key: str, copy_id: int) -> Response:
    """What was put aside, as a file."""
    require_designer(web.current_actor())
    found = db.session.get(DraftCopy, copy_id)
    if found is None or found.key != f"decision:{key}":
        raise NotFound(N_("没有这份草稿副本"))
    return _dmn(found.xml)


@bp.get("/decisions/<key>/edit")
def edit(key: str) -> str:
    """The editor on the draft, or on the newest version where there is none."""
    found = standing(key, by=web.current_actor())
    return _editor(found, found.xml, found.examples, found.revision)


@bp.post("/decisions/<key>/edit")
def change(key: str) -> Answer | str | tuple[str, int]:
    """Try the examples on the table as it was sent, change their rows, or save everything."""
    found = standing(key, by=web.current_actor())
    xml, revision = request.form.get("xml", ""), request.form.get("revision", 0, type=int)
    examples = posting.read_examples(request.form)
    act, _sign, place = request.form.get("act", "save").partition(":")
    part = {"try": "_decision_tried", "add": "_decision_examples", "drop": "_decision_examples"}
    if act == "add":
        examples.append({"name": "", "inputs": {}})
    if act == "drop" and place.isdecimal() and int(place) < len(examples):
        del examples[int(place)]
    if act in part:
        if "HX-Request" not in request.headers:
            return _editor(found, xml, examples, revision, unsaved=True)
        context = _context(found, xml, examples, revision)
        return render_template(f"designer/{part[act]}.html", **context)
    return _save(found, xml, examples, revision, anyway=act == "anyway", go_on=act == "publish")


def _save(
    found: Standing, xml: str, examples: list[Any], revision: int, *, anyway: bool, go_on: bool
) -> Any:
    by, at = web.current_actor(), web.now()
    base = request.form.get("base", type=int)
    about = {"revision": revision, "base": base, "anyway": anyway, "by": by, "at": at}
    try:
        with transaction():
            decision_drafts.save_table(found.key, xml, examples, **about)  # type: ignore[arg-type]
    except AppError as error:
        if error.status not in (400, 409, 422):
            raise
        said = sentences(error)
        told = {"conflict" if error.status == 409 else "refused": said}
        return _editor(found, xml, examples, revision, unsaved=True, **told), error.status
    if go_on:
        return redirect(url_for(".publish", key=found.key))
    flash(_("已存入草稿，发布后生效。"), "success")
    return redirect(url_for(".edit", key=found.key))


@bp.post("/decisions/<key>/discard")
def discard(key: str) -> Answer:
    """Throw the draft away."""
    with transaction():
        decision_drafts.discard_table(key, by=web.current_actor(), at=web.now())
    flash(_("草稿已放弃，留有副本。"), "success")
    return redirect(url_for(".index") if _gone(key) else url_for(".show", key=key))


def _gone(key: str) -> bool:
    return queries.newest_decision(key) is None


def read(xml: str) -> tuple[Table | None, Decision | None, list[Problem]]:
    """The table, ready to be asked if it can be, and everything wrong with it."""
    source = xml.encode()
    try:
        table = read_table(source)
    except DesignError as error:
        return None, None, error.problems
    try:
        decision = compile_decision(source)
    except DesignError as error:
        return table, None, error.problems
    return table, decision, check_decision(source)


def _editor(found: Standing, xml: str, examples: list[Any], revision: int, **more: Any) -> str:
    return render_template(
        "designer/decision_edit.html", **_context(found, xml, examples, revision, **more)
    )


def _context(
    found: Standing, xml: str, examples: list[Any], revision: int, **more: Any
) -> dict[str, Any]:
    table, decision, problems = read(xml)
    tried = replay(decision, examples, at=web.now()) if decision else []
    return {
        "found": found,
        "xml": xml,
        "examples": examples,
        "revision": revision,
        "base": found.version.id if found.version else "",
        "table": table,
        "problems": problems,
        "tried": tried,
        "asked": posting.variables(table, decision, examples),
        "answer_text": posting.answer_text,
        "text_of": posting.text_of,
        "row_of": posting.row_of,
        "policies": POLICIES,
        **more,
    }


def _list(
    *, given: dict[str, str] | None = None, errors: dict[str, list[str]] | None = None
) -> str:
    require_designer(web.current_actor())
    versions = {one.decision.key: one for one in queries.newest_decisions()}
    drafts = {
        one.key: one
        for one in db.session.scalars(db.select(DecisionDraft).order_by(DecisionDraft.key))
    }
    ids = {one.published_by_id for one in versions.values()}
    ids |= {one.edited_by_id for one in drafts.values()}
    return render_template(
        "designer/decisions.html",
        keys=sorted(versions.keys() | drafts.keys()),
        versions=versions,
        drafts=drafts,
        people=user_names(one for one in ids if one),
        given=given or {},
        errors=errors or {},
    )


def sentences(error: AppError) -> str:
    """An error in words; every problem of a table."""
    if isinstance(error, DesignError):
        wrong = [one for one in error.problems if one.severity == "error"]
        return str(_("；")).join(web.told(one) for one in wrong)
    return web.message_of(error)


def _dmn(xml: str) -> Response:
    answer = Response(xml, mimetype="application/xml")
    answer.headers["Content-Disposition"] = "attachment; filename=table.dmn"
    return answer
