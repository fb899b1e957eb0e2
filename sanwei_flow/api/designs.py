"""Publishing designs, and moving running processes to another version of theirs."""

import secrets

from flask import Blueprint, Response, request

from sanwei_flow.api.bodies import Migrate, PublishDesign, UndoMigration
from sanwei_flow.api.http import actor, read_body, reply
from sanwei_flow.api.serialise import design_shape
from sanwei_flow.api.shapes import Migration, Staying
from sanwei_flow.db import transaction
from sanwei_flow.designs.drafting import require_designer
from sanwei_flow.designs.operations import publish
from sanwei_flow.migrating import jobs, operations, queries
from sanwei_flow.web import now, told

bp = Blueprint("designs", __name__)


@bp.post("/designs")
def publish_design() -> Response:
    """Publish a design with its forms as the newest version; wrong ones are refused."""
    require_designer(actor())
    given = read_body(PublishDesign)
    with transaction():
        version = publish(given.xml, given.forms, by=actor(), at=now(), note=given.note)
    return reply(design_shape(version), 201)


@bp.post("/designs/<key>/migrations")
def migrate(key: str) -> Response:
    """Begin a migration or a dry run and do its first part."""
    require_designer(actor())
    given = read_body(Migrate)
    with transaction():
        begun = operations.begin(
            key,
            given.to,
            sources=given.sources,
            corrections=given.mapping,
            dry_run=given.dry_run,
            note=given.note,
            token=_token(),
            by=actor(),
            at=now(),
        )
    jobs.run(begun.id, now())
    return _shown(key, begun.id, 202)


@bp.get("/designs/<key>/migrations/<number:migration_id>")
def show_migration(key: str, migration_id: int) -> Response:
    """How far a migration is, and why some processes stay."""
    return _shown(key, migration_id, 200)


@bp.post("/designs/<key>/migrations/<number:migration_id>/undo")
def undo(key: str, migration_id: int) -> Response:
    """Bring back those in which nobody has acted since."""
    require_designer(actor())
    given = read_body(UndoMigration)
    with transaction():
        begun = operations.undo(
            key, migration_id, note=given.note, token=_token(), by=actor(), at=now()
        )
    jobs.run(begun.id, now())
    return _shown(key, begun.id, 202)


def _token() -> str:
    return request.headers.get("Idempotency-Key", "")[:100] or secrets.token_hex(16)


def _shown(key: str, migration_id: int, status: int) -> Response:
    found = queries.migration_of(key, migration_id, actor())
    reasons = [
        Staying(reason=told(one.error), count=one.count, processes=[n for n, _ in one.examples])
        for one in queries.why_staying(migration_id)
    ]
    shape = Migration(
        id=found.id,
        kind=found.kind,
        to=found.to_version.number,
        at=found.at,
        finished_at=found.finished_at,
        counts=dict(queries.tally([found.id])[found.id]),
        staying=reasons,
    )
    return reply(shape, status)
