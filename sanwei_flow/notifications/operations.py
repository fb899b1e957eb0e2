"""Telling people something, once."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import User, UserRole
from sanwei_flow.db import db
from sanwei_flow.errors import N_, NotFound
from sanwei_flow.notifications import forwarding
from sanwei_flow.notifications.models import Notification

_INSERT: dict[str, Callable[..., Any]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


@dataclass(frozen=True)
class Notice:
    """What to tell: `title` and `body` are msgids, `params` (JSON values) fills their places.

    `link` is a path on this site. Nobody is told the same `dedupe_key` twice.
    """

    kind: str
    title: str
    params: Mapping[str, object] = field(default_factory=dict)
    body: str = ""
    link: str = ""
    dedupe_key: str | None = None


def notify_users(user_ids: Iterable[int], notice: Notice, *, at: dt.datetime) -> None:
    """Tell these people, each once."""
    deliver([(user_id, notice) for user_id in user_ids], at=at)


def notify_people(
    unit_id: int, role: str, notice: Notice, *, at: dt.datetime, but: Iterable[int] = ()
) -> None:
    """Tell everybody who holds the role in the unit, except those in `but`."""
    query = (
        db.select(User.id)
        .join(UserRole)
        .where(UserRole.unit_id == unit_id, UserRole.role == role, User.active)
    )
    skipped = set(but)
    notify_users((i for i in db.session.scalars(query) if i not in skipped), notice, at=at)


def deliver(letters: Iterable[tuple[int, Notice]], *, at: dt.datetime) -> None:
    """Write many (user id, notice) pairs in one statement; what somebody has already is skipped.

    Whoever has channels is also told over those, later and by a job.
    """
    rows = [_row(user_id, notice, at) for user_id, notice in letters]
    # Two writers with the same keys wait for each other in one order, never in a circle.
    rows.sort(key=lambda row: (row["user_id"], row["dedupe_key"] or ""))
    if not rows:
        return
    insert = _INSERT[db.session.get_bind().dialect.name]
    table = Notification.__table__
    statement = insert(table).on_conflict_do_nothing()
    channels = forwarding.channels_of(row["user_id"] for row in rows)
    if not channels:
        db.session.execute(statement, rows)
        return
    told = statement.returning(table.c.id, table.c.user_id, table.c.kind)
    forwarding.forward(db.session.execute(told, rows), channels, at=at)


def _row(user_id: int, notice: Notice, at: dt.datetime) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "kind": notice.kind,
        "title": notice.title,
        "body": notice.body,
        "params": dict(notice.params),
        "link": notice.link,
        "created_at": at,
        "dedupe_key": notice.dedupe_key,
    }


def read(notification_id: int, *, by: Actor, at: dt.datetime) -> Notification:
    """Mark one as read and return it. Raises NotFound if it is not the actor's own."""
    found = db.session.get(Notification, notification_id)
    if found is None or found.user_id != by.user_id:
        raise NotFound(N_("没有这条通知"))
    found.read_at = found.read_at or at
    return found


def read_all(up_to: int, *, by: Actor, at: dt.datetime) -> None:
    """Mark everything up to this id as read; what came later stays new."""
    unread = db.update(Notification).where(
        Notification.user_id == by.user_id,
        Notification.read_at.is_(None),
        Notification.id <= up_to,
    )
    db.session.execute(unread.values(read_at=at))
