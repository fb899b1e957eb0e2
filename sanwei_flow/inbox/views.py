"""The inbox and the task page: load, may I, form, act, say so, go on."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.errors import Invalid
from sanwei_flow.inbox import pages, queries, saved
from sanwei_flow.inbox.acts import VerbForm
from sanwei_flow.inbox.forms import TaskForm, read
from sanwei_flow.inbox.uploads import sent_with
from sanwei_flow.processes import telling
from sanwei_flow.processes.attachments import BESIDE
from sanwei_flow.processes.conflicts import fingerprint, was_answered
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.processes.queries import first_of

CSRF = "csrf_token"

bp = Blueprint("inbox", __name__)


@bp.get("/")
def index() -> str | Response:
    """What waits for me, and what I did; without a wish the filter I chose to begin with."""
    actor, day = web.current_actor(), today(web.now())
    kept = saved.filters_of(actor)
    first = next((one for one in kept if one.first), None)
    if first is not None and not request.args:
        return redirect(url_for(".index", **first.arguments))
    page = pages.box_page(actor, day, request.args, kept)
    partial = request.headers.get("HX-Target") == "inbox"
    return render_template("inbox/_box.html" if partial else "inbox/index.html", page=page)


@bp.post("/copies/<int:copy_id>/read")
def read_copy(copy_id: int) -> Response:
    """Put a copy of mine among those I have read."""
    with transaction():
        telling.mark_read(copy_id, by=web.current_actor(), at=web.now())
    flash(_("已标为已阅。"), "success")
    return redirect(url_for(".index", box="copied"))


@bp.get("/tasks/<int:task_id>")
def task(task_id: int) -> str:
    """One task: facts, form, trail, diagram, actions."""
    found = queries.visible_task(task_id, web.current_actor())
    form = TaskForm(found, reader=web.current_actor().user_id)
    return _page(form, secrets.token_hex(16))


@bp.post("/tasks/<int:task_id>")
def act(task_id: int) -> Response | tuple[str, int]:
    """Carry out the button that was pressed; a refusal keeps everything that was typed."""
    actor = web.current_actor()
    found = queries.answered_task(task_id, actor)
    form = TaskForm(found, read(request.form, request.files), reader=actor.user_id)
    action = request.form.get("action", "")
    try:
        following = _act(form, action)
    except Invalid as error:
        form.task = queries.visible_task(task_id, actor)
        form.show(web.fields_of(error), web.message_of(error))
        return _page(form, request.form.get("idempotency_key", "")), 422
    return redirect(_onwards(form, action, following))


def _act(form: TaskForm, action: str) -> Any:
    """Act; returns the task of mine that follows, if one does.

    The files are stored first, on their own: if the form is refused they need no second upload.
    """
    by, key = web.current_actor(), request.form.get("idempotency_key") or None
    sent = form.sent(action)
    if any(sent.values()) and not was_answered(key):
        form.files.receive(sent, by=by)
    with transaction():
        result = act_on_task(
            form.task.id,
            action,
            form.payload(action),
            comment=form.comment,
            files=form.files.ids(BESIDE),
            by=by,
            at=web.now(),
            idempotency_key=key,
            fingerprint=_fingerprint(),
        )
    return first_of(result.instance_id, result.opened, by)


def _fingerprint() -> str:
    """What was typed and ticked: the same key with something else is no repetition."""
    return fingerprint(sorted((k, v) for k, v in request.form.items(multi=True) if k != CSRF))


def _onwards(form: TaskForm, action: str, following: Any) -> str:
    """Stay for what does not complete the task; go on with the next task of mine, else back."""
    if action not in form.outcomes:
        flash(pages.said_of_aside(action), "success")
        left = action == "release"
        return url_for(".index") if left else url_for(".task", task_id=form.task.id)
    label = form.outcomes[action].label
    if following is None:
        flash(_("已办理：%(what)s。%(title)s", what=label, title=form.task.title), "success")
        return url_for(".index", box=form.task.box)
    flash(
        _("已办理：%(what)s。请接着办理“%(next)s”。", what=label, next=_(following.name)), "success"
    )
    return url_for(".task", task_id=following.id)


def _page(form: TaskForm, key: str) -> str:
    page = pages.task_page(form, web.current_actor(), today(web.now()))
    return render_template("inbox/task.html", page=page, form=form, key=key)


@bp.get("/tasks/<int:task_id>/acts/<name>")
def verb(task_id: int, name: str) -> str:
    """One of the verbs that ask something: its questions."""
    actor = web.current_actor()
    form = VerbForm(queries.visible_task(task_id, actor), name, actor)
    return render_template("inbox/verb.html", form=form, errors=[], key=secrets.token_hex(16))


@bp.post("/tasks/<int:task_id>/acts/<name>")
def do_verb(task_id: int, name: str) -> Response | tuple[str, int]:
    """Do it; sent twice it is done once, although it may not be offered any more."""
    actor, key = web.current_actor(), request.form.get("idempotency_key") or None
    found = queries.visible_task(task_id, actor)
    form = VerbForm.offered(found, name, actor, request.form)
    data, comment = (form.payload, form.comment) if form else ({}, "")
    try:
        sent = sent_with(request.files)
        if form and any(sent.values()) and not was_answered(key):
            form.files.receive(sent, by=actor)
        files = form.files.ids(BESIDE) if form else []
        with transaction():
            given = {"by": actor, "at": web.now(), "idempotency_key": key}
            given |= {"fingerprint": _fingerprint(), "files": files}
            act_on_task(task_id, name, data, comment=comment, **given)
    except Invalid as error:
        if form is None:
            raise
        errors = form.show(web.fields_of(error)) or [("", "", web.message_of(error))]
        return render_template("inbox/verb.html", form=form, errors=errors, key=key), 422
    flash(pages.said_of_aside(name), "success")
    return redirect(url_for(".task", task_id=task_id))
