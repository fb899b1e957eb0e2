"""A hand-over and what became of each thing in it."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.accounts.models import User
from sanwei_flow.db import db


class Kind(StrEnum):
    """What is handed over.

    `task`: a task the person took on; `asked`: one they were asked to help with; `draft`: what
    they wrote for a task nobody took on; `started`: a process they started; `stands_for`:
    whose deputy they are; `deputy`: who is theirs. The order is that of the work.
    """

    task = "task"
    asked = "asked"
    draft = "draft"
    started = "started"
    stands_for = "stands_for"
    deputy = "deputy"


class HandOver(db.Model):
    """From one person to another, by one of them or by the head of their unit.

    `key` is the page's: sent twice it is one hand-over. It is unfinished while `finished_at`
    is null, and goes on when asked again.
    """

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"), index=True)
    receiver_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    by_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"))
    comment: Mapped[str] = mapped_column(db.Text, default="")
    key: Mapped[str] = mapped_column(db.String(100), unique=True)
    at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]

    person: Mapped[User] = relationship(foreign_keys=[person_id])
    receiver: Mapped[User] = relationship(foreign_keys=[receiver_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])


class HandOverItem(db.Model):
    """One thing of a hand-over: moved, or why it stays (a msgid and what fills its places)."""

    __tablename__ = "hand_over_item"
    __table_args__ = (db.UniqueConstraint("hand_over_id", "kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_over_id: Mapped[int] = mapped_column(db.ForeignKey("hand_over.id"))
    kind: Mapped[str] = mapped_column(db.String(20))
    #: The id of the task, process or deputy.
    subject_id: Mapped[int]
    title: Mapped[str] = mapped_column(db.Text)
    stays: Mapped[str] = mapped_column(db.String(200), default="")
    params: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)
