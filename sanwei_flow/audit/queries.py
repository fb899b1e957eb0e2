"""Reading the record, and finding out whether anybody touched it."""

from collections.abc import Iterator

from sanwei_flow.audit.chain import START, entry_hash
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.db import db


def entries(subject: str) -> list[AuditEntry]:
    """Every act on the subject, oldest first."""
    query = db.select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.number)
    return list(db.session.scalars(query))


def broken(subject: str | None = None) -> Iterator[AuditEntry]:
    """Yield every entry that does not follow from the one before it, of one subject or of all.

    Finds changed, removed and inserted entries; a chain that lost its newest entries still
    looks whole, so keep a copy of the newest hashes elsewhere.
    """
    query = (
        db.select(AuditEntry)
        .order_by(AuditEntry.subject, AuditEntry.number)
        .execution_options(yield_per=1000, populate_existing=True)
    )
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    current, number, head = "", 0, START
    for entry in db.session.scalars(query):
        if entry.subject != current:
            current, number, head = entry.subject, 0, START
        follows = entry.number == number + 1 and entry.prev_hash == head
        if not follows or entry.hash != entry_hash(entry):
            yield entry
        number, head = entry.number, entry.hash
