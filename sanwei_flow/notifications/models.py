"""What a person was told, and how it reaches them outside the product."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column, relationship

from sanwei_flow.db import db, only
from sanwei_flow.notifications.sealing import Sealed


class Notification(db.Model):
    """One sentence for one person.

    `title` and `body` are msgids and `params` fills their places, so that each reader gets
    their own language. A person gets the same `dedupe_key` once; None is never the same.
    """

    __table_args__ = (
        db.UniqueConstraint("user_id", "dedupe_key"),
        db.Index("ix_notification_user_id_id", "user_id", "id"),
        db.Index("ix_notification_unread", "user_id", "id", **only("read_at IS NULL")),
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


class Channel(db.Model):
    """A way to reach a person outside the product, and what they want to hear over it.

    `target` and `secret` are what the channel asks for (an address, a robot's key) and are
    kept sealed and shown masked only. `choices` maps groups of notices to `now`, `daily` or
    `off`; a group without an entry counts as `daily`. `failures` counts the attempts failed since
    the last success, `failing_since` says when that began; `problem` with its `params` says why.
    """

    __table_args__ = (
        db.Index("ix_channel_failing", "failing_since", **only("failing_since IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(db.ForeignKey("user.id"), index=True)
    kind: Mapped[str] = mapped_column(db.String(20))
    target: Mapped[str] = mapped_column(Sealed)
    secret: Mapped[str] = mapped_column(Sealed, default="")
    choices: Mapped[dict[str, str]] = mapped_column(db.JSON, default=dict)
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    failing_since: Mapped[dt.datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(db.String(200), default="")
    params: Mapped[dict[str, Any]] = mapped_column(db.JSON, default=dict)


class MessageStatus(StrEnum):
    """`dropped` had nothing left to say: everything in it had been read in the product."""

    waiting = "waiting"
    sent = "sent"
    dropped = "dropped"
    failed = "failed"


class Message(db.Model):
    """What is sent over a channel in one go; `key` stays the same however often it is tried.

    `day` is set on a daily digest, and unique within the channel: there is one a day.
    `locked_until` keeps other runners away while one of them talks to the outside.
    """

    __table_args__ = (
        db.UniqueConstraint("channel_id", "day"),
        db.Index("ix_message_due", "due_at", **only("status = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(db.ForeignKey("channel.id"))
    key: Mapped[str] = mapped_column(db.String(32), unique=True)
    day: Mapped[dt.date | None]
    #: A sentence to try the channel with; it carries no notices.
    trial: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(db.String(20), default=MessageStatus.waiting)
    created_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    locked_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)

    channel: Mapped[Channel] = relationship()


class Forwarding(db.Model):
    """A notice that is also to leave by a channel, not before `due_at`.

    `message_id` is set once it is packed.

    Written in the transaction that writes the notice. Packing is left to the job, so that two
    acts that tell one person something never wait for each other.
    """

    __table_args__ = (db.Index("ix_forwarding_due", "due_at", **only("message_id IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notification_id: Mapped[int] = mapped_column(db.ForeignKey("notification.id"))
    channel_id: Mapped[int] = mapped_column(db.ForeignKey("channel.id"), index=True)
    due_at: Mapped[dt.datetime]
    daily: Mapped[bool]
    message_id: Mapped[int | None] = mapped_column(db.ForeignKey("message.id"), index=True)

    notification: Mapped[Notification] = relationship()
