"""Importing an edited plan again: what it says differently, then only that is changed."""

from flask import Blueprint, Response, url_for

from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import LeadAnswer, RevisionApply
from sanwei_flow.api.http import actor, read_body, reply, uploaded
from sanwei_flow.api.serialise import mention_shape, words
from sanwei_flow.api.settling import unit_id_of
from sanwei_flow.db import transaction
from sanwei_flow.plans import joining, operations, reimporting
from sanwei_flow.plans.comparing import Difference, Said
from sanwei_flow.plans.records import PlanRevision
from sanwei_flow.web import now

bp = Blueprint("revisions", __name__)

#: Changes carried out for one request; a program asks again until all are.
BATCH = 50


@bp.post("/plans/<number:plan_id>/revisions")
def upload(plan_id: int) -> Response:
    """Keep an edited document; nothing of the plan changes yet."""
    given = uploaded("file")
    source = operations.read_source(given.filename, given.read(), by=actor())
    with transaction():
        kept = reimporting.keep_revision(plan_id, source, by=actor(), at=now())
    address = url_for("api.revisions.show", plan_id=plan_id, revision_id=kept.id)
    return reply(_shape(kept), 201, Location=address)


@bp.get("/plans/<number:plan_id>/revisions/<number:revision_id>")
def show(plan_id: int, revision_id: int) -> Response:
    """What it says differently; once begun, what became of every change."""
    return reply(_shape(reimporting.get_revision(plan_id, revision_id, by=actor())))


@bp.post("/plans/<number:plan_id>/revisions/<number:revision_id>/apply")
def apply(plan_id: int, revision_id: int) -> Response:
    """Begin to change what changed, or go on; repeat it until `applied_at` is set."""
    given = read_body(RevisionApply)
    with transaction():
        reimporting.begin(plan_id, revision_id, leads=given.leads, by=actor(), at=now())
    with transaction():
        kept = reimporting.carry_on(plan_id, revision_id, limit=BATCH, by=actor(), at=now())
    return reply(_shape(kept), 200 if kept.applied_at else 202)


@bp.post("/plans/<number:plan_id>/rows/<number:no>/lead")
def lead(plan_id: int, no: int) -> Response:
    """Name the lead of a row that joined a running plan without one."""
    given = read_body(LeadAnswer)
    unit_id = unit_id_of(given.unit) or 0
    with transaction():
        begun = joining.assign_lead(plan_id, no, unit_id, by=actor(), at=now())
    return reply(shapes.Joined(row=no, started=begun))


def _shape(kept: PlanRevision) -> shapes.Revision:
    begun = kept.steps is not None or kept.applied_at is not None
    found = None if begun else reimporting.difference(kept)
    waiting = joining.waiting(kept.plan) if begun else joining.Waiting((), ())
    return shapes.Revision(
        id=kept.id,
        file_name=kept.source_name,
        kept_at=kept.kept_at,
        applied_at=kept.applied_at,
        done=kept.done,
        total=len(kept.steps or ()),
        difference=_difference(found) if found else None,
        outcomes=[
            shapes.Outcome(row=no, message=words(message, params))
            for no, message, params in kept.outcomes
        ],
        units=[mention_shape(name) for name in waiting.names],
        without_lead=list(waiting.leadless),
    )


def _difference(found: Difference) -> shapes.Difference:
    return shapes.Difference(
        added=[_row(one) for one in found.added],
        removed=[_row(one) for one in found.removed],
        changed=[
            shapes.RowDifference(
                row=one.old.no, fields=list(one.names), before=_row(one.old), after=_row(one.new)
            )
            for one in found.changed
        ],
        unchanged=found.unchanged,
    )


def _row(said: Said) -> shapes.SaidRow:
    return shapes.SaidRow(
        no=said.no,
        category=said.category,
        item=said.item,
        task=said.task,
        due=said.day,
        lead=list(said.lead),
        cooperating=list(said.cooperating),
        figures=[
            shapes.SaidFigure(
                indicator=indicator, op=op, value=float(value), unit=unit, year=year, annual=annual
            )
            for indicator, op, value, unit, year, annual in said.figures
        ],
    )
