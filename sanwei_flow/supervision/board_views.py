"""Pages of the board and of urging many at once."""

import datetime as dt
import logging
import secrets
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_, AppError, Invalid
from sanwei_flow.plans.statuses import ROW_STATUSES
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.refusals import trace_id
from sanwei_flow.supervision import ledger, urging
from sanwei_flow.supervision.arguments import axis_from, cell, wanted_from
from sanwei_flow.supervision.board import KINDS
from sanwei_flow.supervision.board import board as counted

bp = Blueprint("supervision", __name__)
log = logging.getLogger(__name__)

#: What each light is called in a cell; a msgid. A colour is never shown alone.
LIGHTS: dict[str, str] = {
    "red": N_("红灯"),
    "yellow": N_("黄灯"),
    "green": N_("正常"),
    "none": N_("不亮灯"),
    "closed": N_("已办结"),
}
AXIS_NAMES = {"phase": N_("按阶段"), "category": N_("按类别"), "status": N_("按办理环节")}
REQUESTS = {
    "extension": N_("延期申请"),
    "objection": N_("异议"),
    "reassignment": N_("变更责任单位申请"),
    "suspension": N_("中止申请"),
    "resumption": N_("恢复申请"),
    "termination": N_("终止申请"),
}


@bp.app_context_processor
def names() -> dict[str, Any]:
    """What the pages of supervision call things."""
    return {
        "LIGHTS": LIGHTS,
        "KINDS": KINDS,
        "AXIS_NAMES": AXIS_NAMES,
        "REQUESTS": REQUESTS,
        "STATUS_NAMES": ROW_STATUSES,
        "day_of": today,
        "words_due": words_due,
    }


def words_due(due: dt.date, at: dt.datetime) -> str:
    """How far off a date is, in working days and in words."""
    return web.told(load_calendar().remaining(due, today(at)))


@bp.get("/supervision/board")
def board() -> str:
    """The overdue board, over all plans under way or one; with `wall` for a screen on a wall."""
    wanted, axis = wanted_from(request.args), axis_from(request.args)
    wall = request.args.get("wall") == "1"

    def rows(**filters: Any) -> str:
        return url_for(".show_ledger", **wanted.arguments(**filters))

    def here(**others: Any) -> str:
        given = {"by": axis, "wall": 1 if wall else None, **wanted.arguments(), **others}
        return url_for(".board", **{name: one for name, one in given.items() if one})

    part = "HX-Request" in request.headers
    return render_template(
        "supervision/_board.html" if part else "supervision/board.html",
        found=counted(wanted, axis, web.now()),
        wanted=wanted,
        axis=axis,
        wall=wall,
        rows=rows,
        here=here,
        cell=cell,
        forced_theme="dark" if wall else None,
    )


@bp.get("/supervision/urge")
def urge() -> str:
    """Say who would be told if these rows were urged: those named, or those the filters keep."""
    actor, at = web.current_actor(), web.now()
    named = request.args.getlist("row", type=web.key)
    wanted = wanted_from(request.args)
    ids = named or ledger.row_ids(wanted, at, urging.MOST_ROWS + 1)
    return render_template(
        "supervision/urge.html",
        prospects=urging.prospects(ids, by=actor, at=at),
        cut=len(ids) > urging.MOST_ROWS,
        most=urging.MOST_ROWS,
        key=secrets.token_hex(16),
    )


@bp.post("/supervision/urge")
def urge_all() -> str:
    """Urge each of the ticked tasks, and say of each what became of it."""
    ids = list(dict.fromkeys(request.form.getlist("task", type=web.key)))
    if not ids:
        raise Invalid(N_("请先勾选要催办的事项。"))
    if len(ids) > urging.MOST_TASKS:
        raise Invalid(N_("一次最多催办 {most} 件。"), most=urging.MOST_TASKS)
    key = request.form.get("idempotency_key", "")[:64]
    titles = urging.titles(ids)
    results = [(one, titles.get(one, ""), _urged(one, key)) for one in ids]
    refused = sum(bool(said) for *_rest, said in results)
    return render_template(
        "supervision/urged.html", results=results, refused=refused, done=len(ids) - refused
    )


def _urged(task_id: int, key: str) -> str:
    """Urge one task in a transaction of its own; why it was refused, or nothing."""
    try:
        with transaction():
            act_on_task(
                task_id,
                "urge",
                by=web.current_actor(),
                at=web.now(),
                idempotency_key=f"urge:{key}:{task_id}" if key else None,
            )
    except AppError as error:
        return web.message_of(error)
    except Exception:  # whatever breaks one must not keep the others waiting
        log.exception("urging task %s among several, trace %s", task_id, trace_id())
        db.session.rollback()
        return _("系统出了点问题，已记录（编号 %(trace)s），请稍后再试。", trace=trace_id())
    return ""
