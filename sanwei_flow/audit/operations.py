"""Adding to the record."""

import datetime as dt
import json
from typing import Any, Protocol

from sanwei_flow.audit.chain import START, entry_hash
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.db import db, lock_for_update


class Somebody(Protocol):
    """Whoever acts; the record only needs to know these two things of them."""

    @property
    def user_id(self) -> int | None: ...

    @property
    def name(self) -> str: ...


def record(
    kind: str,
    subject: str,
    *,
    by: Somebody,
    at: dt.datetime,
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append an act to its subject's chain, in the caller's transaction.

    `subject` is `<table>:<id>`; `data` holds plain JSON values, anything else is kept as text.
    """
    _queue_up(subject)
    last = db.session.execute(
        db.select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.subject == subject)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).first()
    entry = AuditEntry(
        subject=subject,
        number=last.number + 1 if last else 1,
        kind=kind,
        by_id=by.user_id,
        by_name=by.name,
        at=at.astimezone(dt.UTC),
        data=json.loads(json.dumps(data or {}, default=str)),
        prev_hash=last.hash if last else START,
    )
    entry.hash = entry_hash(entry)
    db.session.add(entry)
    db.session.flush()
    return entry


def _queue_up(subject: str) -> None:
    """Let writers of one subject wait for each other; SQLite has one writer anyway."""
    if lock_for_update(db.session.get_bind().dialect.name):
        key = db.func.hashtextextended(subject, 0)
        db.session.execute(db.select(db.func.pg_advisory_xact_lock(key)))
