"""The page behind the bell."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.accounts.login import safe_path
from sanwei_flow.db import transaction
from sanwei_flow.notifications import operations, queries

bp = Blueprint("notifications", __name__, url_prefix="/notifications")

PAGE = 30


@bp.app_template_filter("told")
def told(message: str, params: dict[str, object]) -> str:
    """Render a notice's sentence in the reader's language."""
    return web.sentence(message, params)


@bp.get("")
def index() -> str:
    """List what I was told, newest first."""
    actor = web.current_actor()
    before = request.args.get("before", type=web.key)
    unread = request.args.get("show") == "unread"
    found = queries.newest(actor.user_id, before=before, unread=unread, limit=PAGE + 1)
    page, more = found[:PAGE], found[PAGE:]
    show = "unread" if unread else None
    return render_template(
        "notifications/index.html",
        notifications=page,
        unread=unread,
        waiting=queries.unread_label(actor.user_id),
        next_url=url_for(".index", before=page[-1].id, show=show) if more else "",
        first_url=url_for(".index", show=show) if before else "",
    )


@bp.get("/<int:notification_id>")
def follow(notification_id: int) -> Response:
    """Mark a notice as read and go where it points."""
    with transaction():
        found = operations.read(notification_id, by=web.current_actor(), at=web.now())
        target = safe_path(found.link) if found.link else url_for(".index")
    return redirect(target)


@bp.post("/read-all")
def read_all() -> Response:
    """Mark everything I have seen the title of as read."""
    newest = request.form.get("up_to", 0, type=int)
    with transaction():
        operations.read_all(newest, by=web.current_actor(), at=web.now())
    return redirect(url_for(".index"))
