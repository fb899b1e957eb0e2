"""Bulletins and closing reports: drafts the office edits, and what was issued."""

import datetime as dt
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan

MONTHLY, CLOSING = "monthly", "closing"


class Bulletin(db.Model):
    """A 月通报 or 总结报告 of a plan; once issued neither its words nor its file change.

    `text` has names of numbers in 【】; `numbers` are those numbers as they were when it was
    issued: name -> {value, rows}. `content` is the file, `digest` its SHA-256. A 月通报 is about
    its `month` (`2026-10`): one for each month of a plan.
    """

    __table_args__ = (db.UniqueConstraint("kind", "year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(db.ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(db.String(20))
    title: Mapped[str] = mapped_column(db.Text)
    text: Mapped[str] = mapped_column(db.Text)
    month: Mapped[str | None] = mapped_column(db.String(7))
    made_at: Mapped[dt.datetime]
    year: Mapped[int | None]
    serial: Mapped[int | None]
    numbers: Mapped[dict[str, Any] | None] = mapped_column(db.JSON)
    issued_at: Mapped[dt.datetime | None]
    issued_by_id: Mapped[int | None] = mapped_column(db.ForeignKey("user.id"))
    issued_by: Mapped[str] = mapped_column(db.String(60), default="")
    digest: Mapped[str | None] = mapped_column(db.String(64))
    content: Mapped[bytes | None] = mapped_column(db.LargeBinary, deferred=True)

    plan: Mapped[Plan] = relationship()

    @property
    def number(self) -> str:
        """The number as it is printed: 通报〔2026〕3号; empty for a draft."""
        if self.serial is None:
            return ""
        name = "总结" if self.kind == CLOSING else "通报"
        return f"{name}〔{self.year}〕{self.serial}号"


def _was_issued(bulletin: Bulletin) -> bool:
    history: Any = inspect(bulletin).attrs.issued_at.history
    return any(history.deleted or history.unchanged or ())


@event.listens_for(Bulletin, "before_update")
def _stays_as_issued(_mapper: object, _connection: object, bulletin: Bulletin) -> None:
    if _was_issued(bulletin) and db.session.is_modified(bulletin):
        raise RuntimeError("an issued bulletin does not change")


@event.listens_for(Bulletin, "before_delete")
def _is_kept(_mapper: object, _connection: object, bulletin: Bulletin) -> None:
    if _was_issued(bulletin):
        raise RuntimeError("an issued bulletin is kept")
