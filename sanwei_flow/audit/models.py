"""The record of acts."""

import datetime as dt
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from sanwei_flow.db import db


class AuditEntry(db.Model):
    """One act on one subject; `hash` covers everything here and the entry before it.

    `number` counts within the subject from 1. Its uniqueness keeps two writers from
    growing the chain in two directions.
    """

    __table_args__ = (db.UniqueConstraint("subject", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(db.String(60))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(db.String(40))
    by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(db.String(60))
    at: Mapped[dt.datetime] = mapped_column(index=True)
    data: Mapped[dict[str, Any]] = mapped_column(db.JSON)
    prev_hash: Mapped[str] = mapped_column(db.String(64))
    hash: Mapped[str] = mapped_column(db.String(64))


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _append_only(*_: object) -> None:
    raise RuntimeError("the record of acts is append-only")
