"""Files for tasks: give one, then name it in an act; take it back; fetch it again."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from sanwei_flow.api.http import actor, reply, uploaded
from sanwei_flow.api.work import attachment_shape
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.inbox import uploads
from sanwei_flow.inbox.files import stored
from sanwei_flow.processes import attachments
from sanwei_flow.storage.serving import largest_post

bp = Blueprint("attachments", __name__)


@bp.url_value_preprocessor
def make_room(_endpoint: str | None, _values: object) -> None:
    """The limit on files decides, with a sentence of its own."""
    request.max_content_length = largest_post()


@bp.post("/attachments")
def give() -> Response:
    """Keep a file for a task I may see; name its id in the act that is to carry it."""
    given = uploaded("file")
    task_id = request.form.get("task", type=int)
    if task_id is None:
        reason = gettext("请写明附件属于哪个任务（任务编号）。")
        raise Invalid(N_("没有写明任务。"), fields={"task": [reason]})
    kept = attachment_shape(uploads.keep(task_id, given, by=actor()))
    return reply(kept, 201, Location=kept.url)


@bp.get("/attachments/<number:attachment_id>")
def fetch(attachment_id: int) -> Response:
    """The bytes, always as a download: what people upload is never shown as a page of ours."""
    found = attachments.find(attachment_id, by=actor())
    return stored(found)


@bp.delete("/attachments/<number:attachment_id>")
def discard(attachment_id: int) -> Response:
    """Take back a file of mine that no act has carried."""
    with transaction():
        attachments.discard(attachment_id, by=actor())
    return Response(status=204)
