"""What a person was told."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from sanwei_flow.db import db


class Notification(db.Model):
    """One sentence for one person.

    `title` and `body` are msgids and `params` fills their places, so that each reader gets
    their own language. A person gets the same `dedupe_key` once; None is never the same.
    """

    __table_args__ = (
        db.UniqueConstraint("user_id", "dedupe_key"),
        db.Index("ix_notification_user_id_id", "user_id", "id"),
        db.Index(
            "ix_notification_unread",
            "user_id",
            "id",
            sqlite_where=db.text("read_at IS NULL"),
            postgresql_where=db.text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(db.String(40))
    title: Mapped[str] = mapped_column(db.String(200))
    body: Mapped[str] = mapped_column(db.String(500), default="")
    params: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    link: Mapped[str] = mapped_column(db.String(200), default="")
    created_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
    dedupe_key: Mapped[str | None] = mapped_column(db.String(120))
