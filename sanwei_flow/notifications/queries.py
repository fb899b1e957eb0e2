"""What a person was told, and how much of it is new."""

from sanwei_flow.db import db
from sanwei_flow.notifications.models import Notification

#: Counting stops here, so that the bell costs the same for everybody.
MOST = 100


def unread_count(user_id: int) -> int:
    """The person's unread notifications, at most 100."""
    unread = (
        db.select(Notification.id)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None))
        .limit(MOST)
        .subquery()
    )
    return db.session.scalar(db.select(db.func.count()).select_from(unread)) or 0


def unread_label(user_id: int) -> str:
    """The number for the bell: "" for none, "99+" for many."""
    count = unread_count(user_id)
    return "99+" if count >= MOST else str(count or "")


def newest(
    user_id: int, *, before: int | None = None, unread: bool = False, limit: int = 30
) -> list[Notification]:
    """The person's notifications, newest first, those with a smaller id than `before`."""
    query = db.select(Notification).where(Notification.user_id == user_id)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    if before is not None:
        query = query.where(Notification.id < before)
    return list(db.session.scalars(query.order_by(Notification.id.desc()).limit(limit)))
