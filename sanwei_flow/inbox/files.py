"""Files of tasks: give one, take it away again, look at it, fetch it."""

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from sanwei_flow import web
from sanwei_flow.accounts.queries import user_names
from sanwei_flow.db import transaction
from sanwei_flow.errors import N_, AppError, Invalid, NotFound
from sanwei_flow.inbox import uploads
from sanwei_flow.inbox.queries import visible_task
from sanwei_flow.inbox.views import bp
from sanwei_flow.processes import attachments, queries
from sanwei_flow.processes.access import may_see_task
from sanwei_flow.processes.models import Attachment
from sanwei_flow.storage import kinds, serving
from sanwei_flow.storage.vault import size_of

#: What a browser may do with an image of ours: show it, and nothing else whatever it contains.
SEALED = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
#: In a sandbox browsers do not start their own viewer of PDF; it keeps scripts in by itself.
VIEWED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
#: Posts that may be as large as several files.
ROOMY = ("inbox.act", "inbox.do_verb", "inbox.give")


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _values: object) -> None:
    """Let forms with files be larger than others; before anything reads the form."""
    if endpoint in ROOMY:
        request.max_content_length = serving.largest_post()


@bp.post("/tasks/<int:task_id>/attachments")
def give(task_id: int) -> tuple[Response, int]:
    """Keep one file for a task; asked and answered by the script of the upload control."""
    actor, file = web.current_actor(), request.files.get("file")
    try:
        visible_task(task_id, actor)
        if file is None or not file.filename:
            raise Invalid(N_("请求里没有文件。"))
        kept = uploads.keep(task_id, file, by=actor)
    except AppError as error:
        return jsonify(error=web.message_of(error)), error.status
    address = url_for(".preview" if kept.shown else ".attachment", attachment_id=kept.id)
    discard = url_for(".discard", attachment_id=kept.id)
    told = {"id": kept.id, "name": kept.name, "size": size_of(kept.size), "url": address}
    return jsonify(told | {"shown": kept.shown, "discard": discard}), 201


@bp.post("/attachments/<int:attachment_id>/discard")
def discard(attachment_id: int) -> tuple[str, int]:
    """Take a file of mine away before an act has carried it."""
    with transaction():
        attachments.discard(attachment_id, by=web.current_actor())
    return "", 204


@bp.get("/attachments/<int:attachment_id>")
def attachment(attachment_id: int) -> Response:
    """The file, as a download under its own name: nothing people give is a page of ours."""
    found = attachments.find(attachment_id, by=web.current_actor())
    return stored(found)


@bp.get("/attachments/<int:attachment_id>/content")
def content(attachment_id: int) -> Response:
    """An image or a PDF for the browser to show, as what its bytes are."""
    found = attachments.find(attachment_id, by=web.current_actor())
    if not found.shown:
        raise NotFound(N_("这个附件不能预览，请下载后查看。"))
    answer = stored(found, found.content, inline=True)
    answer.headers["Content-Security-Policy"] = VIEWED if found.content == kinds.PDF else SEALED
    return answer


@bp.get("/attachments/<int:attachment_id>/preview")
def preview(attachment_id: int) -> str:
    """The file in a page of ours: who gave it, when, for which task."""
    found = attachments.find(attachment_id, by=web.current_actor())
    task = queries.get_task(found.task_id) if found.task_id else None
    names = user_names([found.uploaded_by_id]) if found.uploaded_by_id else {}
    return render_template(
        "inbox/file.html",
        file=found,
        task=task if task and may_see_task(task, web.current_actor()) else None,
        by=names.get(found.uploaded_by_id or 0, ""),
        is_pdf=found.content == kinds.PDF,
        title=_("附件"),
    )


def stored(found: Attachment, content_type: str = kinds.BYTES, *, inline: bool = False) -> Response:
    """The bytes of an attachment under its name."""
    return serving.sent(
        serving.vault().pieces(found.sha256, found.name),
        found.name,
        plain=f"attachment-{found.id}",
        size=found.size,
        content_type=content_type,
        inline=inline,
    )
