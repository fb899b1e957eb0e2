"""Sending what is due, for the scheduler. Nothing is held in the database while it leaves."""

import datetime as dt
import logging

from flask import current_app
from sqlalchemy import or_

from sanwei_flow import web
from sanwei_flow.accounts.models import User
from sanwei_flow.config import Config
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import N_
from sanwei_flow.notifications import forwarding, hours
from sanwei_flow.notifications.models import (
    Channel,
    Forwarding,
    Message,
    MessageStatus,
    Notification,
)
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.notifications.outbound import Allowed, SendFailed

log = logging.getLogger(__name__)

#: Attempts before a message is given up.
ATTEMPTS = 6
#: The pause after the first failure; each further one is four times as long (1 min … 4 h).
PAUSE = dt.timedelta(minutes=1)
#: How long a message is left to the runner that took it; longer than a round may last.
LOCK = dt.timedelta(minutes=15)
#: A sweep as of a time further away than this is no sweep of the present.
PLAYED = dt.timedelta(hours=1)
#: Messages sent in one round, which counts by one moment.
MOST = 20


def sweep(at: dt.datetime) -> int:
    """`send_due`, unless the time is only played: nobody outside is told of a rehearsal."""
    return send_due(at) if abs(web.now() - at) < PLAYED else 0


def send_due(at: dt.datetime) -> int:
    """Pack and send what is due at this moment; return how many messages left.

    Does nothing at night. Safe to repeat and to run side by side: a message is claimed before
    it leaves; a runner that dies meanwhile leaves it to another after a while.
    """
    if hours.quiet(at):
        return 0
    while True:
        with transaction():
            packed = forwarding.pack(at=at)
        if packed < forwarding.BATCH:
            break
    sent = 0
    for _ in range(MOST):
        with transaction():
            message_id = _claim(at)
        if message_id is None:
            break
        sent += _send(message_id, at)
    return sent


def tidy(at: dt.datetime) -> int:
    """Forget old messages; return how many."""
    with transaction():
        return forwarding.forget_old(at=at)


def _claim(at: dt.datetime) -> int | None:
    query = (
        db.select(Message)
        .where(
            Message.status == MessageStatus.waiting,
            Message.due_at <= at,
            or_(Message.locked_until.is_(None), Message.locked_until <= at),
        )
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    message = db.session.scalar(query.execution_options(populate_existing=True))
    if message is None:
        return None
    message.locked_until = at + LOCK
    message.attempts += 1
    return message.id


def _send(message_id: int, at: dt.datetime) -> int:
    """Send one claimed message; 1 if it left."""
    message = db.session.get_one(Message, message_id, populate_existing=True)
    channel = message.channel
    person = db.session.get_one(User, channel.user_id)
    notices = _unread(message_id)
    if not person.active or not (notices or message.trial):
        with transaction():
            _settle(message_id, MessageStatus.dropped)
        return 0
    config: Config = current_app.config["SANWEI"]
    from sanwei_flow.notifications import letters, senders

    daily, locale = message.day is not None, person.locale
    letter = letters.compose(message.key, notices, daily=daily, locale=locale, site=config.site)
    outside = senders.Outside(config.mail, Allowed.read(config.webhook_allow))
    to = (channel.kind, channel.target, channel.secret)
    db.session.rollback()
    try:
        senders.send(*to, letter, outside)
    except SendFailed as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - one odd channel must not stop the others
        # Not its words: they may carry the channel's key.
        log.warning("message %s failed: %s", message_id, type(error).__name__)
        failure = SendFailed(N_("发送程序出错（{name}）"), name=type(error).__name__)
    else:
        with transaction():
            _left(message_id, at)
        return 1
    log.info("message %s was not taken: %s", message_id, failure)
    with transaction():
        _failed(message_id, failure, at)
    return 0


def _unread(message_id: int) -> list[Notification]:
    """What the message is about, without what the person has read in the product meanwhile."""
    query = (
        db.select(Notification)
        .join(Forwarding, Forwarding.notification_id == Notification.id)
        .where(Forwarding.message_id == message_id, Notification.read_at.is_(None))
    )
    return list(db.session.scalars(query.order_by(Notification.id)))


def _settle(message_id: int, status: MessageStatus) -> Message | None:
    """Say what became of it; None if its owner removed the channel meanwhile."""
    message = db.session.get(Message, message_id, populate_existing=True)
    if message is not None:
        message.status, message.locked_until = status, None
    return message


def _left(message_id: int, at: dt.datetime) -> None:
    message = _settle(message_id, MessageStatus.sent)
    if message is None:
        return
    channel = message.channel
    channel.sent_at, channel.failing_since, channel.failures = at, None, 0
    channel.problem, channel.params = "", {}


def _failed(message_id: int, error: SendFailed, at: dt.datetime) -> None:
    message = _settle(message_id, MessageStatus.waiting)
    if message is None:
        return
    channel: Channel = message.channel
    channel.failing_since = channel.failing_since or at
    channel.failures += 1
    channel.problem, channel.params = error.message, dict(error.params)
    message.due_at = hours.next_moment(at + PAUSE * 4 ** (message.attempts - 1))
    if message.attempts >= ATTEMPTS:
        message.status = MessageStatus.failed
        # Once a day is enough to know that a channel is broken.
        key = f"channel:{channel.id}/{at.date().isoformat()}"
        notice = Notice("channel_failed", GIVEN_UP, link="/me/channels", dedupe_key=key)
        deliver([(channel.user_id, notice)], at=at)


GIVEN_UP = N_("通知渠道多次发送失败，请检查设置")
