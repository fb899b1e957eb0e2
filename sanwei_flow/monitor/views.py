"""Processes watched: all designs at a glance, and one process from the inside."""

from flask import Blueprint, Response, render_template, url_for

from sanwei_flow import web
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.errors import N_, Forbidden
from sanwei_flow.monitor import access, inside, overview, variables
from sanwei_flow.monitor.spans import age
from sanwei_flow.plans.keys import place_of
from sanwei_flow.processes import history, queries
from sanwei_flow.processes.models import ProcessInstance

bp = Blueprint("monitor", __name__)


@bp.get("/monitor")
def index() -> str:
    """Every design at a glance, those in trouble first."""
    actor, at = web.current_actor(), web.now()
    access.require_watcher(actor)
    found = overview.designs(today(at))
    return render_template(
        "monitor/index.html",
        designs=found,
        total=overview.together(found) if found else None,
        mends=access.mends(actor),
        ages={one.key: age(one.oldest, at) for one in found},
    )


def visible(process_id: int, actor: Actor) -> ProcessInstance:
    """A process the actor may read. Raises NotFound, Forbidden."""
    instance = queries.get_instance(process_id)
    if not access.may_read(instance, actor):
        raise Forbidden(N_("您的单位没有参与这个流程，不能查看。"))
    return instance


@bp.get("/processes/<int:process_id>")
def show(process_id: int) -> str:
    """Where the process stands, who did what, and the processes it called."""
    actor = web.current_actor()
    instance = visible(process_id, actor)
    told = history.history(instance)
    plan, row = place_of(instance.business_key)
    page = {}
    if access.watches(actor):
        page = {"tree": inside.tree(instance), "jobs": inside.waiting_jobs(instance)}
    if access.mends(actor):
        page["variables"], page["unreadable"] = variables.variables_of(instance)
    return render_template(
        "monitor/show.html",
        instance=instance,
        plan=plan,
        row=row,
        parent=queries.get_instance(instance.parent_id) if instance.parent_id else None,
        trail_entries=told,
        files=history.files_of(told, reader=actor),
        parts=history.parts(instance.id),
        steps=history.steps(instance, today(web.now())),
        drawing=url_for(".drawing", process_id=process_id, v=instance.design_version.hash[:8]),
        watches=access.watches(actor),
        mends=access.mends(actor),
        KINDS=variables.KINDS,
        at=web.now(),
        **page,
    )


@bp.get("/processes/<int:process_id>/diagram.bpmn")
def drawing(process_id: int) -> Response:
    """The BPMN this process runs by; a version never changes, so browsers may keep it."""
    version = visible(process_id, web.current_actor()).design_version
    answer = Response(version.xml, mimetype="application/xml")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
