"""The repair desk: what cannot go on, and one process with everything that can be done to it."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import transaction
from sanwei_flow.designs import forms, outcomes
from sanwei_flow.designs.queries import newest_versions, remembered_choices
from sanwei_flow.errors import N_, AppError, Invalid
from sanwei_flow.monitor import access, repairing, variables
from sanwei_flow.monitor.advice import next_step
from sanwei_flow.monitor.spans import age
from sanwei_flow.processes import queries, rewinding, standing_in
from sanwei_flow.processes.actions import form_of
from sanwei_flow.processes.models import ProcessInstance, Task

bp = Blueprint("repair", __name__, url_prefix="/repair")

Page = str | Response | tuple[str, int]


@bp.get("")
def index() -> str:
    """The processes that cannot go on: cause, next step, retry one or several."""
    return _list([])


@bp.post("/retry")
def retry() -> Page:
    """Retry those that are ticked; each says how it went."""
    ids, at = request.form.getlist("process", type=web.key), web.now()
    actor, reason = web.current_actor(), request.form.get("reason", "")
    try:
        results = repairing.retry_each(ids, reason=reason, by=actor, at=at)
    except Invalid as error:
        flash(web.message_of(error), "error")
        return redirect(url_for(".index"))
    if not results:
        flash(_("请先勾选要重试的流程。"), "error")
        return redirect(url_for(".index"))
    return _list(results)


def _list(results: list[tuple[int, AppError | None]]) -> str:
    actor, at = web.current_actor(), web.now()
    days = request.args.get("days", 0, type=int)
    filters = repairing.Filters(
        request.args.get("design", "")[:100],
        request.args.get("cause", "")[:100],
        min(max(days, 0), 3650),
    )
    after = request.args.get("after", type=web.key)
    limit = repairing.PAGE + 1
    found = repairing.incidents(filters, by=actor, at=at, after=after, limit=limit)
    shown, more = found[: repairing.PAGE], found[repairing.PAGE :]
    kept: dict[str, Any] = filters.kept()
    return render_template(
        "monitor/repair.html",
        incidents=shown,
        results=[(number, web.message_of(error) if error else "") for number, error in results],
        filters=filters,
        designs=newest_versions(limit=500),
        next_step=next_step,
        ages={one.id: _since(one, at) for one in shown},
        more=url_for(".index", after=shown[-1].id, **kept) if more else "",
        first=url_for(".index", **kept) if after else "",
    )


def _since(instance: ProcessInstance, at: dt.datetime) -> Any:
    given = (instance.incident or {}).get("at")
    return age(dt.datetime.fromisoformat(given), at) if given else None


@bp.get("/<int:process_id>")
def show(process_id: int) -> str:
    """One process on the desk: the cause, and each intervention with its form."""
    return _desk(process_id)


def _desk(process_id: int, problem: str = "") -> str:
    actor, at = web.current_actor(), web.now()
    access.require_mender(actor)
    instance = queries.get_instance(process_id)
    held, unreadable = variables.variables_of(instance)
    ends, tasks_there = repairing.below(process_id)
    return render_template(
        "monitor/desk.html",
        instance=instance,
        problem=problem,
        refused=_refusal(instance),
        variables=held,
        unreadable=unreadable,
        KINDS=variables.KINDS,
        advice=next_step(instance.incident),
        jobs=queries.failed_jobs(process_id),
        acts=rewinding.earlier_acts(process_id),
        tasks=queries.open_tasks(process_id),
        ends=ends,
        tasks_there=tasks_there,
        days=_stood_still(instance, at),
    )


def _refusal(instance: ProcessInstance) -> str:
    """Why this person may only retry and stop it; empty where they may do everything."""
    try:
        access.require_outsider(instance, web.current_actor())
    except AppError as error:
        return web.message_of(error)
    return ""


def _stood_still(instance: ProcessInstance, at: dt.datetime) -> int:
    stops = [event for event, _task in queries.trail(instance.id) if event.kind == "suspend"]
    if not stops:
        return 0
    return load_calendar().workdays_between(today(stops[-1].at), today(at))


@bp.post("/<int:process_id>")
def mend(process_id: int) -> Page:
    """Retry, suspend, resume or cancel one process."""
    actor, at, given = web.current_actor(), web.now(), request.form
    access.require_mender(actor)
    place = {"reason": given.get("reason", ""), "by": actor, "at": at}
    try:
        with transaction():
            match given.get("act"):
                case "retry":
                    repairing.retry(process_id, **place)
                case "suspend":
                    repairing.suspend(process_id, **place)
                case "resume":
                    days = given.get("days", -1, type=int)
                    repairing.resume(process_id, days=days, **place)
                case "cancel":
                    repairing.cancel(process_id, given.get("number", ""), **place)
                case _:
                    raise Invalid(N_("没有这个选项。"))
    except AppError as error:
        if error.status in (403, 404):
            raise
        return _desk(process_id, web.message_of(error)), error.status
    flash(_("已处理，并记入流程轨迹和审计记录。"), "success")
    return redirect(url_for(".show", process_id=process_id))


@bp.route("/<int:process_id>/variables/<name>", methods=["GET", "POST"])
def variable(process_id: int, name: str) -> Page:
    """Correct a variable: typed, looked at as old and new, then confirmed with a reason."""
    actor, at = web.current_actor(), web.now()
    access.require_mender(actor)
    instance = queries.get_instance(process_id)
    access.require_outsider(instance, actor)
    held, _unreadable = variables.variables_of(instance)
    known = next((one for one in held if one.name == name), None)
    given, problem, told, status = request.form, "", None, 200
    kind = given.get("kind") or (known.kind if known and known.known else "text")
    text = given.get("value")
    if text is None:
        text = "" if known is None or known.secret or known.cut else known.text
    if request.method == "POST":
        try:
            value = repairing.read_value(kind, text)
            told = repairing.difference(process_id, name, value, by=actor)
            if given.get("confirm"):
                place = {"reason": given.get("reason", ""), "by": actor, "at": at}
                with transaction():
                    repairing.correct(process_id, name, value, **place)
                flash(_("已更正变量 %(name)s。", name=name), "success")
                return redirect(url_for(".show", process_id=process_id))
        except AppError as error:
            problem, status = web.message_of(error), error.status
    shown = {key: variables.shown(key, each, ()).text for key, each in (told or {}).items()}
    page = render_template(
        "monitor/variable.html",
        instance=instance,
        name=name,
        known=known,
        kind=kind,
        value=text,
        KINDS=variables.KINDS,
        told=shown,
        problem=problem,
        reason=given.get("reason", ""),
    )
    return page, status


@bp.route("/<int:process_id>/rewind/<int:event_id>", methods=["GET", "POST"])
def rewind(process_id: int, event_id: int) -> Page:
    """What going back undoes; confirmed with a reason it is done."""
    actor, at, problem, status = web.current_actor(), web.now(), "", 200
    access.require_mender(actor)
    if request.method == "POST":
        try:
            with transaction():
                place = {"reason": request.form.get("reason", ""), "by": actor, "at": at}
                repairing.rewind(process_id, event_id, **place)
            flash(_("已回退，有关人员已收到通知。"), "success")
            return redirect(url_for(".show", process_id=process_id))
        except Invalid as error:
            problem, status = web.message_of(error), error.status
    undone = repairing.preview_rewind(process_id, event_id, by=actor, at=at)
    page = render_template(
        "monitor/rewind.html",
        instance=queries.get_instance(process_id),
        undone=undone,
        problem=problem,
    )
    return page, status


@bp.route("/tasks/<int:task_id>", methods=["GET", "POST"])
def complete(task_id: int) -> Page:
    """Complete a task for who has it: outcome, its own form, whose it is, why."""
    actor, at, problem, status = web.current_actor(), web.now(), "", 200
    access.require_mender(actor)
    task = queries.get_task(task_id)
    access.require_outsider(task.instance, actor, answering=True)
    offered = outcomes.parse(task.outcomes)
    action = request.values.get("action") or offered[0].name
    form = _form(task, action, request.form if request.method == "POST" else None)
    if request.method == "POST":
        try:
            person = request.form.get("person", 0, type=web.key)
            place = {"reason": request.form.get("reason", ""), "by": actor, "at": at}
            with transaction():
                repairing.complete_for(task_id, person, action, form.payload(), **place)
            flash(_("已代为办理，并记入流程轨迹和审计记录。"), "success")
            return redirect(url_for(".show", process_id=task.instance_id))
        except AppError as error:
            if error.status in (403, 404):
                raise
            fields = [text for texts in web.fields_of(error).values() for text in texts]
            problem, status = " ".join([web.message_of(error), *fields]), error.status
    page = render_template(
        "monitor/complete.html",
        task=task,
        form=form,
        outcomes=offered,
        action=action,
        people=standing_in.handlers(task),
        problem=problem,
    )
    return page, status


def _form(task: Task, action: str, posted: Any) -> forms.DesignForm:
    schema = form_of(task.design_hash, task.form, task.node, task.data)
    return forms.build_form(schema, action, task.data, posted, choices=remembered_choices())
