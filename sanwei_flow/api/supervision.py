"""Slips and cards, for programs; they are answered and checked as tasks."""

import io

from flask import Blueprint, Response, send_file, url_for
from flask_babel import force_locale

from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import NewCard, NewSlips
from sanwei_flow.api.http import actor, idempotency_key, paged, read_body, read_query, reply
from sanwei_flow.api.query_strings import CardQuery, SlipQuery
from sanwei_flow.api.serialise import words
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.reports import official
from sanwei_flow.reports.slips import document_of
from sanwei_flow.supervision import cards, records, slips
from sanwei_flow.supervision.models import Card, Slip
from sanwei_flow.supervision.records import CardFilters, Filters
from sanwei_flow.supervision.slip_views import STAGES
from sanwei_flow.web import now

bp = Blueprint("supervision", __name__)


@bp.get("/slips")
def list_slips() -> Response:
    """List the slips I may see, newest first."""
    query = read_query(SlipQuery)
    filters = Filters(query.state, query.plan, query.unit)
    found = records.slips(actor(), filters, today(now()), after=query.after, limit=query.limit + 1)
    shown, following = paged(found, query.limit)
    items = [_slip(one) for one in shown]
    return reply(shapes.SlipPage(items=items, next=following))


@bp.post("/slips")
def issue_slips() -> Response:
    """Issue a slip to the lead unit of each row: all or none; the same key twice issues once."""
    given, token = read_body(NewSlips), idempotency_key()
    with transaction():
        issued = slips.issue_to(
            given.plan, given.rows, given.reason, given.due, token=token, by=actor(), at=now()
        )
    return reply(shapes.IssuedSlips(items=[_slip(one) for one in issued]), 201)


@bp.get("/slips/<number:slip_id>")
def slip(slip_id: int) -> Response:
    """One slip."""
    return reply(_slip(slips.get_slip(slip_id, by=actor())))


@bp.get("/slips/<number:slip_id>/document")
def slip_document(slip_id: int) -> Response:
    """A slip as an official document, in Chinese whoever asks."""
    found = slips.get_slip(slip_id, by=actor())
    with force_locale("zh_CN"):
        content = document_of(found)
    name = f"{found.number}.docx"
    return send_file(io.BytesIO(content), official.MIMETYPE, as_attachment=True, download_name=name)


@bp.get("/cards")
def list_cards() -> Response:
    """List the cards I may see, newest first."""
    query = read_query(CardQuery)
    filters = CardFilters(query.colour, query.plan, query.unit)
    found = records.cards(actor(), filters, after=query.after, limit=query.limit + 1)
    shown, following = paged(found, query.limit)
    items = [_card(one) for one in shown]
    return reply(shapes.CardPage(items=items, next=following))


@bp.post("/plans/<number:plan_id>/rows/<number:no>/cards")
def issue_card(plan_id: int, no: int) -> Response:
    """Issue a card to the unit that leads a row."""
    given = read_body(NewCard)
    with transaction():
        issued = cards.issue_card(plan_id, no, given.colour, given.reason, by=actor(), at=now())
    return reply(_card(issued), 201, Location=url_for("api.supervision.list_cards", plan=plan_id))


def _slip(one: Slip) -> shapes.Slip:
    return shapes.Slip(
        id=one.id,
        number=one.number,
        plan=one.plan_id,
        row=one.row.no,
        unit=one.unit.name,
        reason=words(one.reason, one.params),
        level=one.level,
        due=one.due,
        stage=one.stage,
        stage_label=words(STAGES.get(one.stage, one.stage)),
        process=one.process_id,
        issued_at=one.issued_at,
        by=one.by_name,
        closed_at=one.closed_at,
    )


def _card(one: Card) -> shapes.Card:
    return shapes.Card(
        id=one.id,
        number=one.number,
        colour=one.colour,
        plan=one.plan_id,
        row=one.row.no if one.row else None,
        task=one.task_id,
        unit=one.unit.name,
        reason=words(one.reason, one.params),
        issued_at=one.issued_at,
        by=one.by_name,
    )
