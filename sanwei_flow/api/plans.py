"""Plans: import, read, correct, launch."""

from flask import Blueprint, Response, url_for

from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import Nothing, RowChange
from sanwei_flow.api.http import actor, paged, read_body, read_query, reply, uploaded
from sanwei_flow.api.query_strings import NumberedQuery, RowQuery
from sanwei_flow.api.row_requests import detail_shape
from sanwei_flow.api.serialise import (
    finding_shape,
    major_shape,
    mention_shape,
    office_shape,
    phase_shape,
    progress_shape,
    row_shape,
    summary_values,
    target_shape,
    words,
)
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.plans import operations, queries
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.rows import Filters, row_view, row_views
from sanwei_flow.web import now

bp = Blueprint("plans", __name__)


@bp.get("/plans")
def listing() -> Response:
    """List the plans, newest first."""
    query = read_query(NumberedQuery)
    cards = queries.plan_cards(today(now()), by=actor(), after=query.after, limit=query.limit + 1)
    shown, following = paged(cards, query.limit, lambda card: card.plan.id)
    items = [shapes.PlanSummary(**summary_values(card)) for card in shown]
    return reply(shapes.PlanPage(items=items, next=following))


@bp.post("/plans")
def importing() -> Response:
    """Import the uploaded document as a draft plan."""
    given = uploaded("file")
    source = operations.read_source(given.filename, given.read(), by=actor())
    with transaction():
        plan_id = operations.keep_plan(source, by=actor(), at=now()).id
    address = url_for("api.plans.show", plan_id=plan_id)
    return reply(_shape(operations.get_plan(plan_id)), 201, Location=address)


@bp.get("/plans/<number:plan_id>")
def show(plan_id: int) -> Response:
    """Everything about a plan but its rows."""
    return reply(_shape(operations.readable_plan(plan_id, actor())))


@bp.get("/plans/<number:plan_id>/rows")
def rows(plan_id: int) -> Response:
    """The rows of the division table, filtered."""
    query = read_query(RowQuery)
    filters = Filters(status=query.status or "", light=query.light or "")
    views = row_views(operations.readable_plan(plan_id, actor()), today(now()), filters)
    views = [view for view in views if view.no > (query.after or 0)]
    shown, following = paged(views, query.limit, lambda view: view.no)
    items = [row_shape(view) for view in shown]
    return reply(shapes.RowPage(items=items, next=following))


@bp.get("/plans/<number:plan_id>/rows/<number:no>")
def row(plan_id: int, no: int) -> Response:
    """One row, with what may be asked for it."""
    view = row_view(operations.readable_plan(plan_id, actor()), no, today(now()))
    return reply(detail_shape(view, actor()))


@bp.patch("/plans/<number:plan_id>/rows/<number:no>")
def correct(plan_id: int, no: int) -> Response:
    """Change what is given in a row of a draft plan."""
    given = read_body(RowChange)
    changes = given.model_dump(exclude_unset=True, exclude={"version"})
    with transaction():
        operations.correct_row(plan_id, no, changes, version=given.version, by=actor(), at=now())
    return row(plan_id, no)


@bp.post("/plans/<number:plan_id>/launch")
def launch(plan_id: int) -> Response:
    """Start the plan's process and the processes of its rows; asking again only reports."""
    read_body(Nothing)
    with transaction():
        operations.launch(plan_id, by=actor(), at=now())
    plan = operations.get_plan(plan_id)
    answer = shapes.Launch(
        plan=plan.id,
        status=queries.status_of(plan),
        process=plan.process_id,
        progress=progress_shape(queries.launch_progress(plan)),
    )
    return reply(answer, 202, Location=url_for("api.plans.show", plan_id=plan_id))


def _shape(plan: Plan) -> shapes.Plan:
    numbers = {row.id: row.no for row in plan.rows}
    return shapes.Plan(
        **summary_values(queries.plan_card(plan, today(now()))),
        office=office_shape(plan),
        process=plan.process_id,
        progress=progress_shape(queries.launch_progress(plan)),
        blockers=[] if plan.process_id else _blockers(plan),
        phases=[phase_shape(phase) for phase in plan.phases],
        majors=[major_shape(major) for major in plan.majors],
        targets=[target_shape(one, numbers.get(one.row_id or 0)) for one in plan.targets],
        units=[mention_shape(name) for name in queries.used_names(plan)],
        findings=[finding_shape(finding) for finding in queries.findings(plan)],
    )


def _blockers(plan: Plan) -> list[str]:
    return [words(one.message, one.params) for one in operations.ready_to_launch(plan)]
