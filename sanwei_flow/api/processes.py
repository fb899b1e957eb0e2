"""Processes: where one stands and how it came there."""

from flask import Blueprint, Response

from sanwei_flow.api.http import actor, reply
from sanwei_flow.api.work import process_shape
from sanwei_flow.calendars import today
from sanwei_flow.errors import N_, Forbidden
from sanwei_flow.processes import queries
from sanwei_flow.processes.access import may_see
from sanwei_flow.web import now

bp = Blueprint("processes", __name__)


@bp.get("/processes/<number:process_id>")
def show(process_id: int) -> Response:
    """A process with its open tasks, its children and its trail."""
    instance = queries.get_instance(process_id)
    if not may_see(instance, actor()):
        raise Forbidden(N_("这个流程与您的单位无关，您不能查看。"))
    return reply(process_shape(instance, today(now())))
