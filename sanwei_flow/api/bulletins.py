"""Bulletins and closing reports, for programs: draft, word, issue, fetch."""

import io
from typing import Any

from flask import Blueprint, Response, send_file
from flask_babel import force_locale

from sanwei_flow.api import shapes
from sanwei_flow.api.bodies import BulletinWords, NewBulletin, Nothing
from sanwei_flow.api.http import actor, paged, read_body, read_query, reply
from sanwei_flow.api.query_strings import BulletinQuery
from sanwei_flow.api.serialise import words
from sanwei_flow.calendars import today
from sanwei_flow.db import transaction
from sanwei_flow.reports import official, operations, queries
from sanwei_flow.reports.bulletin_views import KINDS
from sanwei_flow.reports.models import Bulletin
from sanwei_flow.reports.queries import BulletinFilters
from sanwei_flow.web import now

bp = Blueprint("bulletins", __name__)


@bp.get("/bulletins")
def list_bulletins() -> Response:
    """List what was issued and the drafts of my own plans, newest first."""
    query = read_query(BulletinQuery)
    filters = BulletinFilters(query.state, query.kind, query.plan, query.month)
    found = queries.bulletins(actor(), filters, after=query.after, limit=query.limit + 1)
    shown, following = paged(found, query.limit)
    items = [shapes.BulletinSummary(**_head(one)) for one in shown]
    return reply(shapes.BulletinPage(items=items, next=following))


@bp.post("/bulletins")
def draft() -> Response:
    """Begin a bulletin, or go on with the draft there is."""
    given = read_body(NewBulletin)
    with transaction():
        kept = operations.draft(given.plan, given.kind, month=given.month, by=actor(), at=now())
    return reply(_bulletin(kept))


@bp.get("/bulletins/<number:bulletin_id>")
def bulletin(bulletin_id: int) -> Response:
    """One bulletin with its words and numbers."""
    return reply(_bulletin(operations.readable(bulletin_id, actor())))


@bp.put("/bulletins/<number:bulletin_id>")
def save(bulletin_id: int) -> Response:
    """Replace a draft's words."""
    given = read_body(BulletinWords)
    with transaction():
        kept = operations.revise(bulletin_id, given.title, given.text, by=actor(), at=now())
    return reply(_bulletin(kept))


@bp.delete("/bulletins/<number:bulletin_id>")
def discard(bulletin_id: int) -> Response:
    """Throw a draft away."""
    with transaction():
        operations.discard(bulletin_id, by=actor())
    return Response(status=204)


@bp.post("/bulletins/<number:bulletin_id>/issue")
def issue(bulletin_id: int) -> Response:
    """Number a draft and keep its file for good; the document is in Chinese whoever asks."""
    read_body(Nothing)
    with transaction(), force_locale("zh_CN"):
        kept = operations.issue(bulletin_id, by=actor(), at=now())
    return reply(_bulletin(kept))


@bp.get("/bulletins/<number:bulletin_id>/document")
def document(bulletin_id: int) -> Response:
    """The official document: as it was issued, or of a draft as it would be today."""
    found = operations.readable(bulletin_id, actor())
    content = operations.file_of(found, today(now()))
    name = f"{found.number or found.title}.docx"
    return send_file(io.BytesIO(content), official.MIMETYPE, as_attachment=True, download_name=name)


def _head(one: Bulletin) -> dict[str, Any]:
    return {
        "id": one.id,
        "plan": one.plan_id,
        "kind": one.kind,
        "kind_label": words(KINDS[one.kind]),
        "number": one.number,
        "month": one.month,
        "title": one.title,
        "made_at": one.made_at,
        "issued_at": one.issued_at,
        "issued_by": one.issued_by,
        "sha256": one.digest,
    }


def _bulletin(one: Bulletin) -> shapes.Bulletin:
    numbers = {
        name: shapes.BulletinNumber(value=found.value, rows=list(found.rows))
        for name, found in operations.numbers_of(one, today(now())).items()
    }
    return shapes.Bulletin(**_head(one), text=one.text, numbers=numbers)
