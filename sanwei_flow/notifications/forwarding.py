"""From a notice to what leaves: written with the notice, packed by the job, sent after that.

Three steps, so that no transaction waits for the outside: the act writes which notices leave
by which channel; the job packs what is due into messages, one a channel; then it claims a
message, talks to the outside with no transaction open, and writes down how it went. These
are no jobs of a process: those are done inside the transaction that claims them.
"""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row

from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db
from sanwei_flow.notifications import groups, hours
from sanwei_flow.notifications.models import Channel, Forwarding, Message, MessageStatus

#: Notices packed in one transaction.
BATCH = 500
#: Messages are forgotten after this time.
KEEP = dt.timedelta(days=90)

Choices = dict[int, list[tuple[int, Mapping[str, str]]]]
"""By person: the channels (id, choices) they have."""


def channels_of(user_ids: Iterable[int]) -> Choices:
    """The channels of these people; most have none."""
    query = db.select(Channel.id, Channel.user_id, Channel.choices)
    found: Choices = defaultdict(list)
    for row in db.session.execute(query.where(Channel.user_id.in_(set(user_ids)))):
        found[row.user_id].append((row.id, row.choices))
    return found


def forward(notices: Iterable[Row[Any]], channels: Choices, *, at: dt.datetime) -> None:
    """Write down which of these new notices (id, user_id, kind) leave, by what, and when."""
    moments = {
        groups.NOW: hours.next_moment(at),
        groups.DAILY: hours.next_digest(at, load_calendar()),
    }
    for notice in notices:
        for channel_id, choices in channels.get(notice.user_id, ()):
            mode = groups.mode_of(choices, notice.kind)
            if mode in moments:
                one = Forwarding(
                    notification_id=notice.id,
                    channel_id=channel_id,
                    due_at=moments[mode],
                    daily=mode == groups.DAILY,
                )
                db.session.add(one)


def pack(*, at: dt.datetime) -> int:
    """Put what is due into messages, one for each channel; return how many notices were packed."""
    due = (
        db.select(Forwarding)
        .where(Forwarding.message_id.is_(None), Forwarding.due_at <= at)
        .order_by(Forwarding.due_at, Forwarding.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    parts: dict[tuple[int, bool], list[Forwarding]] = defaultdict(list)
    for one in db.session.scalars(due):
        parts[one.channel_id, one.daily].append(one)
    for (channel_id, daily), forwardings in parts.items():
        message = _digest(channel_id, at) if daily else new_message(channel_id, at=at)
        for one in forwardings:
            if message is None:
                one.due_at = hours.next_digest(at, load_calendar())
            else:
                one.message_id = message.id
    return sum(len(each) for each in parts.values())


def _digest(channel_id: int, at: dt.datetime) -> Message | None:
    """The digest of this day; None if it has left, or nobody works today."""
    day = today(at)
    if not load_calendar().is_workday(day):
        return None
    query = db.select(Message).where(Message.channel_id == channel_id, Message.day == day)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        return new_message(channel_id, at=at, day=day)
    return found if found.status == MessageStatus.waiting and not found.attempts else None


def new_message(
    channel_id: int, *, at: dt.datetime, day: dt.date | None = None, trial: bool = False
) -> Message:
    """Write a message that waits until it may be sent; `day` if it is that day's digest."""
    message = Message(
        channel_id=channel_id,
        key=secrets.token_hex(16),
        day=day,
        trial=trial,
        status=MessageStatus.waiting,
        created_at=at,
        due_at=hours.next_moment(at),
        attempts=0,
    )
    db.session.add(message)
    db.session.flush()
    return message


def forget_old(*, at: dt.datetime) -> int:
    """Remove messages that are done with for 90 days; the notices themselves stay."""
    old = db.select(Message.id).where(
        Message.status != MessageStatus.waiting, Message.created_at < at - KEEP
    )
    db.session.execute(db.delete(Forwarding).where(Forwarding.message_id.in_(old)))
    return db.session.execute(db.delete(Message).where(Message.id.in_(old))).rowcount  # type: ignore[attr-defined,no-any-return]
