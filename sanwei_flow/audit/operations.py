"""Adding to the record."""

import datetime as dt
import json
from typing import Any, Protocol

from sqlalchemy import Select, Text, bindparam, func, select

from sanwei_flow.audit.chain import START, entry_hash
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.db import db, lock_for_update
from sanwei_flow.prepared import Prepared


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
    last = _last(subject)
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


def _last(subject: str) -> Any:
    """The newest entry of a subject; whoever writes the next waits for the one before.

    SQLite has one writer anyway. Elsewhere the lock is a statement of its own: one that had
    to wait would still see the entries as they were before.
    """
    connection = db.session.connection()
    given = {"subject": subject}
    if lock_for_update(connection.dialect.name):
        _queue_up.ask_later(connection, given, tuple)
    return next(iter(_newest.ask(connection, given)), None)


@Prepared
def _queue_up() -> Select[Any]:
    key = func.hashtextextended(bindparam("subject", type_=Text), 0)
    return select(func.pg_advisory_xact_lock(key).label("queued"))


@Prepared
def _newest() -> Select[Any]:
    entries = AuditEntry.__table__
    query = select(entries.c.number, entries.c.hash)
    query = query.where(entries.c.subject == bindparam("subject"))
    return query.order_by(entries.c.number.desc()).limit(1)
