"""The list of designs, and one design's own page with the way to everything about it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from sanwei_flow import web
from sanwei_flow.db import transaction
from sanwei_flow.designer import queries
from sanwei_flow.designs import drafting
from sanwei_flow.designs.queries import version_of

bp = Blueprint("designer", __name__)


@bp.get("/designs")
def index() -> str:
    """Every design with its newest version and its draft; `?of=plans` lists the plans' own."""
    generated = request.args.get("of") == "plans"
    found = queries.listed(web.current_actor(), generated=generated)
    return render_template("designer/index.html", designs=found, generated=generated)


@bp.get("/designs/<key>")
def show(key: str) -> str:
    """One design as it runs now, its draft, and what was put aside of it."""
    version, draft = queries.one_design(key, web.current_actor(), kept=True)
    drawing = url_for(".draft_drawing", key=key) if draft else None
    if version:
        drawing = url_for(".version_drawing", key=key, number=version.number)
    return render_template(
        "designer/show.html",
        key=key,
        name=draft.name if draft else version.design.name if version else key,
        version=version,
        draft=draft,
        copies=drafting.copies_of(key),
        drawing=drawing,
    )


@bp.post("/designs/<key>/draft/discard")
def discard(key: str) -> Answer:
    """Throw the draft away; a copy stays."""
    by = web.current_actor()
    with transaction():
        _version, draft = queries.one_design(key, by, kept=True)
        if draft is not None:
            drafting.discard_draft(draft.id, by=by, at=web.now())
    flash(_("草稿已放弃，内容留存在下面，可以取回。"), "success")
    return redirect(url_for(".show", key=key), 303)


@bp.post("/designs/<key>/copies/<int:copy_id>/restore")
def restore(key: str, copy_id: int) -> Answer:
    """Bring back what was saved over or thrown away."""
    with transaction():
        revision = request.form.get("revision", 0, type=int)
        drafting.restore_copy(copy_id, revision=revision, by=web.current_actor(), at=web.now())
    flash(_("已取回为草稿。"), "success")
    return redirect(url_for(".show", key=key), 303)


@bp.get("/designs/<key>/versions/<int:number>/diagram.bpmn")
def version_drawing(key: str, number: int) -> Response:
    """A published BPMN; it never changes, so browsers may keep it."""
    drafting.require_designer(web.current_actor())
    answer = _bpmn(version_of(key, number).xml)
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


@bp.get("/designs/<key>/draft/diagram.bpmn")
def draft_drawing(key: str) -> Response:
    """The BPMN of the draft, or of the newest version where there is none."""
    version, draft = queries.one_design(key, web.current_actor())
    return _bpmn((draft or version).xml)  # type: ignore[union-attr]  # one of them is there


def _bpmn(xml: str) -> Response:
    return Response(xml, mimetype="application/xml")
