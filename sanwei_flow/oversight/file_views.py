"""The files of meetings and inspections: add some, fetch one."""

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as Answer

from sanwei_flow import web
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Forbidden
from sanwei_flow.oversight import files, inspection_queries, meeting_queries
from sanwei_flow.oversight.models import Inspection, Meeting
from sanwei_flow.plans.access import may_manage
from sanwei_flow.storage.serving import largest_post, sent, vault

bp = Blueprint("record_files", __name__)

#: Posts that may be as large as several files.
ROOMY = ("record_files.add", "inspections.new")


@bp.before_app_request
def make_room() -> None:
    """Let forms with files be larger than others."""
    if request.endpoint in ROOMY:
        request.max_content_length = largest_post()


@bp.post("/meetings/<int:record_id>/files", defaults={"kind": "meetings"})
@bp.post("/inspections/<int:record_id>/files", defaults={"kind": "inspections"})
def add(kind: str, record_id: int) -> Answer:
    """Keep files with a record, each by itself: a bad one costs no good one."""
    actor = web.current_actor()
    record = _record(kind, record_id, actor)
    if not may_manage(record.plan, actor):
        raise Forbidden(N_("只有本方案的专班办公室可以添加附件"))
    keep(kind, record_id, request.files.getlist("file"), by=actor)
    there = "meetings.show" if kind == "meetings" else "inspections.show"
    values: dict[str, Any] = {"meeting_id" if kind == "meetings" else "inspection_id": record_id}
    return redirect(url_for(there, **values, _anchor="files"))


def keep(kind: str, record_id: int, given: list[FileStorage], *, by: Actor) -> None:
    """Store each file in a transaction of its own and say what became of it."""
    kept = 0
    for file in given:
        if not file.filename:
            continue
        try:
            with transaction():
                record = _record(kind, record_id, by)
                source = cast("BinaryIO", file.stream)
                files.add(vault(), record, source, file.filename, by=by, at=web.now())
            kept += 1
        except AppError as error:
            flash(web.message_of(error), "error")
    if kept:
        flash(_("已添加 %(n)s 个附件。", n=kept), "success")


@bp.get("/records/files/<int:file_id>")
def fetch(file_id: int) -> Response:
    """The file, as a download under its own name, for whoever may see its record."""
    actor, file = web.current_actor(), files.find(file_id)
    if file.meeting_id is not None:
        meeting_queries.get_meeting(file.meeting_id, by=actor)
    else:
        inspection_queries.get_inspection(file.inspection_id or 0, by=actor)
    pieces = vault().pieces(file.sha256, file.name)
    return sent(pieces, file.name, plain=f"attachment-{file.id}", size=file.size)


def _record(kind: str, record_id: int, by: Actor) -> Meeting | Inspection:
    if kind == "meetings":
        return meeting_queries.get_meeting(record_id, by=by)
    return inspection_queries.get_inspection(record_id, by=by)
