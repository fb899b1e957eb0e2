"""The ways a person wants to be reached: adding, changing, trying and removing them."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.notifications import forwarding, groups, hours, outbound
from sanwei_flow.notifications.models import Channel, Forwarding, Message

#: More than this nobody needs to be reached by.
MOST = 5
MOST_TARGET, MOST_SECRET = 500, 200


@dataclass(frozen=True)
class Kind:
    """A kind of channel: its name, how its key is found in what was typed, what to say if not.

    `sealed` ones sign what they send with a second key, if one is given.
    """

    name: str
    pattern: str
    wrong: str
    sealed: bool = False


KINDS = {
    "email": Kind(
        N_("邮件"),
        r"([^@\s,;:<>\"]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,})",
        N_("请填写一个邮箱地址，例如 zhang@example.gov.cn"),
    ),
    "wecom": Kind(
        N_("企业微信群机器人"),
        r"(?:https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=)?([A-Za-z0-9_-]{8,100})",
        N_("请粘贴企业微信群机器人的 Webhook 地址"),
    ),
    "dingtalk": Kind(
        N_("钉钉群机器人"),
        r"(?:https://oapi\.dingtalk\.com/robot/send\?access_token=)?([A-Za-z0-9]{8,100})",
        N_("请粘贴钉钉群机器人的 Webhook 地址"),
        sealed=True,
    ),
    "feishu": Kind(
        N_("飞书群机器人"),
        r"(?:https://open\.feishu\.cn/open-apis/bot/v2/hook/)?([A-Za-z0-9_-]{8,100})/?",
        N_("请粘贴飞书群机器人的 Webhook 地址"),
        sealed=True,
    ),
    "webhook": Kind(
        N_("其他系统（Webhook）"),
        r"(https?://[^\s@#]+)",
        N_("请填写以 https:// 开头的地址"),
        sealed=True,
    ),
}


@dataclass(frozen=True)
class Wanted:
    """A channel as entered, checked: `target` is the address or the bare key."""

    kind: str
    target: str
    secret: str


def checked(kind: str, target: str, secret: str, allowed: outbound.Allowed) -> Wanted:
    """Check what a person entered; asks the name service, so call it outside a transaction.

    Raises Invalid, with the field that is wrong.
    """
    known = KINDS.get(kind)
    if known is None:
        raise _wrong("kind", Invalid(N_("请选择一种渠道")))
    match = re.fullmatch(known.pattern, target.strip())
    if match is None or len(target) > MOST_TARGET:
        raise _wrong("target", Invalid(known.wrong))
    secret = secret.strip() if known.sealed else ""
    # DingTalk's and Feishu's keys are letters and digits; a webhook's may be anything printable.
    if len(secret) > MOST_SECRET or (kind == "dingtalk" and not re.fullmatch(r"\w*", secret)):
        raise _wrong("secret", Invalid(N_("密钥不正确，请重新粘贴")))
    if kind == "webhook":
        _check_address(match[1], allowed)
    return Wanted(kind, match[1], secret)


def _check_address(url: str, allowed: outbound.Allowed) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("target", Invalid(KINDS["webhook"].wrong)) from None
    # Unencrypted only where the operator vouches for the network.
    if not host or port == 0 or (parts.scheme == "http" and not allowed.vouches(host)):
        raise _wrong("target", Invalid(KINDS["webhook"].wrong))
    try:
        outbound.check(url, allowed)
    except outbound.SendFailed as error:
        raise _wrong("target", error) from None


def _wrong(field: str, error: AppError) -> Invalid:
    return Invalid(error.message, {field: [error]}, **error.params)


def add(wanted: Wanted, *, by: Actor, at: dt.datetime) -> Channel:
    """Give the person a further channel. Raises Conflict for a sixth or the same again."""
    if by.user_id is None:
        raise Forbidden(N_("只有本人可以设置通知渠道"))
    own = of(by.user_id)
    if len(own) >= MOST:
        raise Conflict(N_("最多设置 {most} 个通知渠道"), most=MOST)
    if any((one.kind, one.target) == (wanted.kind, wanted.target) for one in own):
        raise Conflict(N_("这个渠道已经设置过了"))
    channel = Channel(
        user_id=by.user_id,
        kind=wanted.kind,
        target=wanted.target,
        secret=wanted.secret,
        choices=groups.usual_choices(),
        created_at=at,
        failures=0,
    )
    db.session.add(channel)
    db.session.flush()
    _note("channel_added", channel, by=by, at=at)
    return channel


def choose(channel_id: int, choices: Mapping[str, str], *, by: Actor, at: dt.datetime) -> None:
    """Say what leaves by it and when. Raises Invalid for a group or a mode we do not know."""
    channel = _own(channel_id, by)
    if set(choices) != set(groups.GROUPS) or not set(choices.values()) <= set(groups.MODES):
        raise Invalid(N_("请为每类通知选择一种方式"))
    if dict(choices) != channel.choices:
        channel.choices = dict(choices)
        _note("channel_changed", channel, by=by, at=at)


def try_out(channel_id: int, *, by: Actor, at: dt.datetime) -> dt.datetime:
    """Have a test message sent; returns when it leaves (not at night)."""
    channel = _own(channel_id, by)
    waits = db.select(Message).where(Message.channel_id == channel.id, Message.trial)
    waiting = db.session.scalar(waits.where(Message.status == "waiting").limit(1))
    if waiting is not None:
        waiting.due_at = hours.next_moment(at)
        return waiting.due_at
    return forwarding.new_message(channel.id, at=at, trial=True).due_at


def remove(channel_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Take a channel away, with everything that still waits to leave by it."""
    channel = _own(channel_id, by)
    _note("channel_removed", channel, by=by, at=at)
    for table in (Forwarding, Message):
        db.session.execute(db.delete(table).where(table.channel_id == channel.id))
    db.session.delete(channel)


def of(user_id: int) -> list[Channel]:
    """The person's channels, oldest first."""
    query = db.select(Channel).where(Channel.user_id == user_id)
    return list(db.session.scalars(query.order_by(Channel.id)))


def failing(*, by: Actor, limit: int = 200) -> list[tuple[Channel, User]]:
    """Channels that do not work, with their owners, longest first.

    Raises Forbidden for anybody but an administrator.
    """
    if not by.has_role(Role.sys_admin):
        raise Forbidden(N_("只有系统管理员可以查看"))
    query = db.select(Channel, User).join(User, User.id == Channel.user_id)
    query = query.where(Channel.failing_since.is_not(None), User.active)
    rows = db.session.execute(query.order_by(Channel.failing_since, Channel.id).limit(limit))
    return [(channel, user) for channel, user in rows]


def masked(channel: Channel) -> str:
    """Enough of the target to know it again, and no more."""
    if channel.kind == "email":
        name, _, domain = channel.target.rpartition("@")
        return f"{name[:1]}***@{domain}"
    if channel.kind == "webhook":
        parts = urlsplit(channel.target)
        return f"{parts.scheme}://{parts.hostname}/…"
    return f"…{channel.target[-4:]}"


def _own(channel_id: int, by: Actor) -> Channel:
    channel = db.session.get(Channel, channel_id)
    if channel is None or channel.user_id != by.user_id:
        raise NotFound(N_("没有这个通知渠道"))
    return channel


def _note(kind: str, channel: Channel, *, by: Actor, at: dt.datetime) -> None:
    data = {"kind": channel.kind, "target": masked(channel), "choices": channel.choices}
    record(kind, f"user:{channel.user_id}", by=by, at=at, data=data)
