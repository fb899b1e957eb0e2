"""Doing one thing with several tasks: every task in a transaction of its own."""

import logging
import secrets

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import AppError
from sanwei_flow.inbox import bulk, queries
from sanwei_flow.inbox.printing import sheet
from sanwei_flow.inbox.views import bp
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.refusals import trace_id

log = logging.getLogger(__name__)


@bp.post("/bulk")
def act_on_several() -> str | Response:
    """Do it to each, and say of each what became of it; what failed stays selected."""
    chosen, actor = bulk.selection(request.form), web.current_actor()
    if chosen.action == "print":
        return redirect(url_for(".print_tasks", task=chosen.ids))
    if chosen.lacks_person:
        results = bulk.titles(chosen.ids, actor)
        return _page(chosen, results, bulk.takers(chosen.ids, actor), asks=True)
    results = [_one(task_id, chosen) for task_id in chosen.ids]
    failed = [result.task_id for result in results if result.said]
    takers = bulk.takers(failed, actor) if chosen.action == "transfer" else {}
    return _page(chosen, results, takers)


@bp.get("/tasks/print")
def print_tasks() -> str:
    """These tasks one below the other, each to be on sheets of its own."""
    ids = list(dict.fromkeys(request.args.getlist("task", type=web.key)))[: bulk.MOST]
    actor, at = web.current_actor(), web.now()
    sheets = [sheet(task, actor, today(at)) for task in bulk.readable(ids, actor)]
    return render_template("inbox/print.html", sheets=sheets, left=len(ids) - len(sheets), at=at)


def _one(task_id: int, chosen: bulk.Selection) -> bulk.Result:
    actor, title = web.current_actor(), ""
    try:
        task = queries.visible_task(task_id, actor)
        title = task.title
        bulk.must_be_offered(task, chosen, actor)
        with transaction():
            given = {"by": actor, "at": web.now(), "idempotency_key": chosen.key_of(task_id)}
            act_on_task(task_id, chosen.action, chosen.payload, **given)
    except AppError as error:
        return bulk.Result(task_id, title, bulk.sentence(error))
    except Exception:  # whatever breaks one task must not keep the others waiting
        log.exception("%s of task %s in bulk, trace %s", chosen.action, task_id, trace_id())
        db.session.rollback()
        said = _("系统出了点问题，已记录（编号 %(trace)s），请稍后再试。", trace=trace_id())
        return bulk.Result(task_id, title, said)
    return bulk.Result(task_id, title)


def _page(
    chosen: bulk.Selection,
    results: list[bulk.Result],
    takers: dict[int, str],
    *,
    asks: bool = False,
) -> str:
    done = 0 if asks else sum(not result.said for result in results)
    told = _("已办理 %(done)s 件，%(failed)s 件未办成。", done=done, failed=len(results) - done)
    return render_template(
        "inbox/bulk.html",
        chosen=chosen,
        label=bulk.label(chosen.action),
        results=results,
        takers=takers,
        asks=asks,
        told="" if asks else told,
        failed=len(results) - done,
        key=secrets.token_hex(16),
    )
