"""Files for the `file` fields of forms: give one to a task, fetch it again."""

from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_file, url_for
from flask_babel import gettext

from sanwei_flow.api import shapes
from sanwei_flow.api.http import actor, reply, uploaded
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.processes import attachments
from sanwei_flow.web import now

bp = Blueprint("attachments", __name__)


@bp.post("/attachments")
def give() -> Response:
    """Keep a file for a task of mine; its id goes into the form's `file` field."""
    given = uploaded("file")
    task_id = request.form.get("task", type=int)
    if task_id is None:
        reason = gettext("请写明附件属于哪个任务（任务编号）。")
        raise Invalid(N_("没有写明任务。"), fields={"task": [reason]})
    with transaction():
        kept = attachments.store(
            _folder(), given.stream, given.filename, task_id=task_id, by=actor(), at=now()
        )
    address = url_for("api.attachments.fetch", attachment_id=kept.id)
    answer = shapes.Attachment(
        id=kept.id, name=kept.name, size=kept.size, sha256=kept.sha256, url=address
    )
    return reply(answer, 201, Location=address)


@bp.get("/attachments/<number:attachment_id>")
def fetch(attachment_id: int) -> Response:
    """The bytes, always as a download: what people upload is never shown as a page of ours."""
    kept, path = attachments.find(_folder(), attachment_id, by=actor())
    return send_file(path, "application/octet-stream", as_attachment=True, download_name=kept.name)


def _folder() -> Path:
    return attachments.folder_of(Path(current_app.instance_path))
