"""Processes that cannot go on, for programs that keep watch: listed, and tried again."""

from flask import Blueprint, Response
from flask_babel import gettext

from sanwei_flow.api.bodies import Retry
from sanwei_flow.api.http import actor, paged, read_body, read_query, reply
from sanwei_flow.api.query_strings import IncidentQuery
from sanwei_flow.api.serialise import words
from sanwei_flow.api.shapes import Incident, IncidentPage
from sanwei_flow.db import transaction
from sanwei_flow.monitor import repairing
from sanwei_flow.monitor.advice import next_step
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.queries import get_instance
from sanwei_flow.web import now

bp = Blueprint("incidents", __name__)


@bp.get("/incidents")
def index() -> Response:
    """The incidents, oldest process first."""
    query = read_query(IncidentQuery)
    filters = repairing.Filters(query.design, query.cause, query.days)
    limit = query.limit + 1
    found = repairing.incidents(filters, by=actor(), at=now(), after=query.after, limit=limit)
    shown, following = paged(found, query.limit)
    return reply(IncidentPage(items=[_shape(one) for one in shown], next=following))


@bp.post("/incidents/<number:process_id>/retry")
def retry(process_id: int) -> Response:
    """Try again what failed; the process as it stands afterwards."""
    body = read_body(Retry)
    with transaction():
        repairing.retry(process_id, reason=body.reason, by=actor(), at=now())
    return reply(_shape(get_instance(process_id)))


def _shape(instance: ProcessInstance) -> Incident:
    cause = instance.incident or {}
    return Incident(
        process=instance.id,
        title=instance.title,
        design=instance.design_version.design.key,
        design_version=instance.design_version.number,
        status=instance.status,
        cause=words(cause.get("message"), cause.get("params")) if cause else None,
        advice=gettext(next_step(cause)) if cause else None,
        node=cause.get("node"),
        since=cause.get("at"),
    )
