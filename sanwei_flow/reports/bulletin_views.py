"""Pages of bulletins and closing reports."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.plans.access import may_manage, visible_to
from sanwei_flow.plans.models import Plan
from sanwei_flow.reports import months, official, operations, paper, queries, wording
from sanwei_flow.reports.models import CLOSING, MONTHLY, Bulletin

bp = Blueprint("reports", __name__)

KINDS = {MONTHLY: N_("月通报"), CLOSING: N_("总结报告")}
#: Shown at once; older ones are found by plan.
MOST = 200


@bp.get("/reports")
def index() -> str:
    """The figures of plans under way, what was issued, and the office's own drafts."""
    actor = web.current_actor()
    query = db.select(Plan).where(visible_to(actor), Plan.launched_at.is_not(None))
    plans = list(db.session.scalars(query.order_by(Plan.id.desc())))
    mine = [plan for plan in plans if may_manage(plan, actor) and plan.accepted_at is None]
    found = db.select(Bulletin).where(Bulletin.plan_id.in_([plan.id for plan in plans]))
    issued = found.where(Bulletin.issued_at.is_not(None)).order_by(Bulletin.issued_at.desc())
    drafts = found.where(
        Bulletin.issued_at.is_(None), Bulletin.plan_id.in_([plan.id for plan in mine])
    )
    day = today(web.now())
    begun = min((today(plan.launched_at) for plan in mine if plan.launched_at), default=day)
    return render_template(
        "reports/index.html",
        plans=plans,
        mine=mine,
        months=list(months.since(begun, day)),
        out=queries.issued_months([plan.id for plan in mine]),
        issued=list(db.session.scalars(issued.limit(MOST))),
        drafts=list(db.session.scalars(drafts.order_by(Bulletin.id))),
        KINDS=KINDS,
    )


@bp.post("/reports")
def draft() -> Response:
    """Begin a bulletin, or go on with its draft."""
    plan_id = request.form.get("plan", type=web.key) or 0
    with transaction():
        kind, month = request.form.get("kind", ""), request.form.get("month")
        actor, at = web.current_actor(), web.now()
        bulletin = operations.draft(plan_id, kind, month=month, by=actor, at=at)
    return redirect(url_for(".show", bulletin_id=bulletin.id))


@bp.get("/reports/<int:bulletin_id>")
def show(bulletin_id: int) -> str:
    """A bulletin with its numbers, each leading to its rows; a draft can be edited."""
    return _page(operations.readable(bulletin_id, web.current_actor()))


@bp.post("/reports/<int:bulletin_id>")
def save(bulletin_id: int) -> Response | tuple[str, int]:
    """Keep a draft's words; what is wrong with them is said beside them."""
    title, text = request.form.get("title", ""), request.form.get("text", "")
    try:
        with transaction():
            actor = web.current_actor()
            operations.revise(bulletin_id, title, text, by=actor, at=web.now())
    except Invalid as error:
        bulletin = operations.readable(bulletin_id, web.current_actor())
        return _page(bulletin, web.message_of(error), (title, text)), error.status
    flash(_("已保存"), "success")
    return redirect(url_for(".show", bulletin_id=bulletin_id))


@bp.post("/reports/<int:bulletin_id>/issue")
def issue(bulletin_id: int) -> Response:
    """Number the draft and keep it for good."""
    with transaction(), force_locale("zh_CN"):
        bulletin = operations.issue(bulletin_id, by=web.current_actor(), at=web.now())
    flash(_("已印发：%(number)s", number=bulletin.number), "success")
    return redirect(url_for(".show", bulletin_id=bulletin_id))


@bp.post("/reports/<int:bulletin_id>/discard")
def discard(bulletin_id: int) -> Response:
    """Throw the draft away."""
    with transaction():
        operations.discard(bulletin_id, by=web.current_actor())
    flash(_("草稿已删除"), "success")
    return redirect(url_for(".index"))


@bp.get("/reports/<int:bulletin_id>.docx")
def document(bulletin_id: int) -> Response:
    """The official document."""
    bulletin = operations.readable(bulletin_id, web.current_actor())
    content = operations.file_of(bulletin, today(web.now()))
    return _file(content, official.MIMETYPE, bulletin, "docx")


@bp.get("/reports/<int:bulletin_id>.pdf")
def pdf(bulletin_id: int) -> Response:
    """The same as PDF, where LibreOffice is there."""
    bulletin = operations.readable(bulletin_id, web.current_actor())
    content = paper.as_pdf(operations.file_of(bulletin, today(web.now())))
    return _file(content, "application/pdf", bulletin, "pdf")


def _file(content: bytes, mimetype: str, bulletin: Bulletin, ending: str) -> Response:
    name = f"{bulletin.number or bulletin.title}.{ending}"
    return send_file(io.BytesIO(content), mimetype, as_attachment=True, download_name=name)


def _page(bulletin: Bulletin, problem: str = "", typed: tuple[str, str] | None = None) -> str:
    day = today(web.now())
    numbers = operations.numbers_of(bulletin, day)
    editable = bulletin.issued_at is None
    about = months.as_of(bulletin.month, day)
    title, text = typed or (bulletin.title, bulletin.text)
    return render_template(
        "reports/bulletin.html",
        bulletin=bulletin,
        editable=editable,
        problem=problem,
        title_text=title,
        text=text,
        numbers=numbers,
        past=about if editable and about < day else None,
        paragraphs=[
            (wording.level(line.strip()), list(wording.pieces(line.strip(), numbers)))
            for line in bulletin.text.splitlines()
            if line.strip()
        ],
        has_pdf=paper.office_program() is not None,
        KINDS=KINDS,
    )
