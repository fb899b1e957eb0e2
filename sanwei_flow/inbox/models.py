"""What a person keeps about their lists."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.accounts.models import User
from sanwei_flow.db import db


class SavedFilter(db.Model):
    """A list narrowed in a way worth a name; with `unit_id` everybody of that unit has it too.

    `box` names the list, `wanted` are the arguments of its address.
    """

    __table_args__ = (db.UniqueConstraint("owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    unit_id: Mapped[int | None] = mapped_column(db.ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(db.String(30))
    box: Mapped[str] = mapped_column(db.String(20))
    wanted: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
    created_at: Mapped[dt.datetime]

    owner: Mapped[User] = relationship()


class DefaultFilter(db.Model):
    """The filter a person's lists open with."""

    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"), primary_key=True)
    filter_id: Mapped[int] = mapped_column(db.ForeignKey("saved_filter.id"), index=True)
