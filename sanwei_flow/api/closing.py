"""The conclusion of a plan: its units' self-assessments, acceptance and archive."""

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Answer

from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import CloseAsk, GoOn
from sanwei_flow.api.http import actor, read_body, reply
from sanwei_flow.api.serialise import words
from sanwei_flow.closing import operations, queries
from sanwei_flow.closing.models import PlanArchive
from sanwei_flow.closing.queries import STAGES, UNIT_STAGES, UnitState
from sanwei_flow.closing.views import archive_sent, row_sent
from sanwei_flow.db import transaction
from sanwei_flow.plans.access import readable_plan
from sanwei_flow.plans.models import Plan
from sanwei_flow.web import now

bp = Blueprint("closing", __name__)


@bp.get("/plans/<number:plan_id>/closing")
def show(plan_id: int) -> Response:
    """Where the plan's conclusion stands; `stage` is null before it has started."""
    return reply(_shape(readable_plan(plan_id, actor())))


@bp.post("/plans/<number:plan_id>/closing")
def start(plan_id: int) -> Response:
    """Ask every unit for its self-assessment; one under way is answered as it is."""
    given = read_body(CloseAsk)
    with transaction():
        operations.start(plan_id, given.due, by=actor(), at=now())
    return reply(_shape(readable_plan(plan_id, actor())), 202)


@bp.post("/plans/<number:plan_id>/closing/go-on")
def go_on(plan_id: int) -> Response:
    """No longer wait for units that have not answered."""
    given = read_body(GoOn)
    with transaction():
        operations.stop_waiting(plan_id, given.reason, by=actor(), at=now())
    return reply(_shape(readable_plan(plan_id, actor())), 202)


@bp.get("/plans/<number:plan_id>/archive")
def archive(plan_id: int) -> Response:
    """The archive itself."""
    return archive_sent(operations.archive_to_fetch(plan_id, by=actor()))


@bp.get("/plans/<number:plan_id>/rows/<number:no>/archive")
def row_archive(plan_id: int, no: int) -> Answer:
    """The archive of one row."""
    return row_sent(plan_id, no, actor())


def _shape(plan: Plan) -> shapes.Closing:
    closing = queries.closing_of(plan.id)
    archive = queries.archive_of(plan.id)
    stage = queries.stage_of(closing) if closing else None
    return shapes.Closing(
        plan=plan.id,
        process=closing.process_id if closing else None,
        stage=stage,
        stage_label=words(STAGES[stage]) if stage is not None else None,
        due=closing.due if closing else None,
        started_at=closing.started_at if closing else None,
        by=closing.by_name if closing else None,
        units=[_unit(one) for one in queries.unit_states(plan, closing, now())] if closing else [],
        accepted_at=plan.accepted_at,
        archived_at=plan.archived_at,
        archive=_archive(archive) if archive else None,
    )


def _unit(one: UnitState) -> shapes.UnitClosing:
    return shapes.UnitClosing(
        unit=one.party.unit_id,
        name=one.party.name,
        leads=one.party.leads,
        helps=one.party.helps,
        stage=one.stage,
        stage_label=words(UNIT_STAGES[one.stage]),
        task=one.task.id if one.task else None,
        due=one.task.due if one.task else None,
        light=one.light.colour if one.light else None,
        grade=one.answer.get("grade") if one.answer else None,
        finished_at=one.finished_at,
    )


def _archive(one: PlanArchive) -> shapes.ArchiveState:
    return shapes.ArchiveState(
        state=one.state,
        done=one.done,
        total=one.total,
        files=one.files,
        size=one.size,
        sha256=one.digest,
        finished_at=one.finished_at,
    )
