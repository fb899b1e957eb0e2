"""How a letter leaves by each kind of channel: apprise's plugins, with our own way out.

The plugins know e-mail, DingTalk's signature and how long a text may be. What they do not do,
and we need: the robots answer 200 to what they refuse, and say so in the body only; the
Message-ID must stay the same when an e-mail is tried again; and nothing may follow a redirect.
Imported when something is sent, since apprise is large.
"""

import base64
import hashlib
import hmac
import json
import logging
import re
import smtplib
import time
from dataclasses import dataclass, field
from typing import Any

from apprise import AppriseAsset
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from sanwei_flow.errors import N_
from sanwei_flow.notifications.outbound import Allowed, SendFailed, post

# At level DEBUG these write whole addresses, keys included.
for _talkative in ("apprise", "urllib3"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)

ASSET = AppriseAsset(app_id="sanwei_flow", app_desc="sanwei_flow", http_redirects=False)
#: Answers are quoted up to this length.
MOST_QUOTED = 80
#: WeCom counts bytes.
MOST_WECOM = 2048


@dataclass(frozen=True)
class Letter:
    """What leaves. `key` is the same at every attempt; `facts` are for programs, as JSON values."""

    key: str
    title: str
    lines: list[str]
    facts: dict[str, Any]

    @property
    def text(self) -> str:
        return "\n".join([self.title, *self.lines])


@dataclass(frozen=True)
class Outside:
    """What the operator settled: the mail server (an apprise address) and addresses allowed."""

    mail: str = field(default="", repr=False)
    allowed: Allowed = field(default_factory=Allowed)


def send(kind: str, target: str, secret: str, letter: Letter, outside: Outside) -> None:
    """Send it by a channel of this kind. Raises SendFailed."""
    _SENDERS[kind](target, secret, letter, outside)


def _email(target: str, _secret: str, letter: Letter, outside: Outside) -> None:
    if not outside.mail:
        raise SendFailed(N_("没有设置邮件服务器"))
    given = NotifyEmail.parse_url(outside.mail)
    if not given:
        raise SendFailed(N_("邮件服务器的设置不正确"))
    server = NotifyEmail(**{**given, "targets": [target], "asset": ASSET})
    domain = server.from_addr[1].rpartition("@")[2] or "sanwei.invalid"
    mail = next(
        NotifyEmail.prepare_emails(
            subject=letter.title,
            body="\n".join(letter.lines),
            notify_format="text",
            from_addr=server.from_addr,
            to=[(False, target)],
            smtp_host=server.smtp_host,
        )
    )
    same = f"Message-ID: <{letter.key}@{domain}>"
    source = re.sub(r"(?m)^Message-ID:.*$", same, mail.body, count=1)
    try:
        with AppriseSMTPController(
            host=server.smtp_host,
            port=server.port,
            secure_mode=server.secure_mode,
            user=server.user,
            password=server.password,
            verify_certificate=server.verify_certificate,
        ) as connection:
            taken = connection.sendmail(server.from_addr[1], [target], source)
    except (OSError, smtplib.SMTPException):
        raise SendFailed(N_("邮件服务器无法连接或拒绝登录")) from None
    if not taken:
        raise SendFailed(N_("邮件服务器没有接收这封邮件"))


def _wecom(target: str, _secret: str, letter: Letter, outside: Outside) -> None:
    robot = NotifyWeComBot(key=target, asset=ASSET)
    text = letter.text.encode()[:MOST_WECOM].decode(errors="ignore")
    _robot(robot.api_url, {"msgtype": "text", "text": {"content": text}}, outside)


def _dingtalk(target: str, secret: str, letter: Letter, outside: Outside) -> None:
    robot = NotifyDingTalk(token=target, secret=secret or None, asset=ASSET)
    url = robot.notify_url.format(token=robot.token)
    if robot.secret:
        timestamp, signature = robot.get_signature()
        url += f"&timestamp={timestamp}&sign={signature}"
    _robot(url, {"msgtype": "text", "text": {"content": letter.text}}, outside)


def _feishu(target: str, secret: str, letter: Letter, outside: Outside) -> None:
    robot = NotifyFeishu(token=target, asset=ASSET)
    payload: dict[str, Any] = {"msg_type": "text", "content": {"text": letter.text}}
    if secret:
        stamp = str(int(time.time()))
        signed = hmac.new(f"{stamp}\n{secret}".encode(), digestmod=hashlib.sha256).digest()
        payload |= {"timestamp": stamp, "sign": base64.b64encode(signed).decode()}
    _robot(robot.notify_url.format(token=robot.token).rstrip("/"), payload, outside)


def _robot(url: str, payload: dict[str, Any], outside: Outside) -> None:
    """Post to a robot and read its verdict: `errcode` or `code`, 0 when it took the message."""
    answer = post(url, body=_json(payload), headers={}, allowed=outside.allowed)
    _must_be_fine(answer.status)
    try:
        said = json.loads(answer.body)
        verdict = said.get("errcode", said.get("code", said.get("StatusCode", 0)))
        words = str(said.get("errmsg") or said.get("msg") or "")[:MOST_QUOTED]
    except (ValueError, AttributeError):
        raise SendFailed(N_("对方的答复无法识别")) from None
    if verdict != 0:
        raise SendFailed(N_("对方拒绝（{code}）：{words}"), code=verdict, words=words)


def _webhook(target: str, secret: str, letter: Letter, outside: Outside) -> None:
    facts = {"id": letter.key, "title": letter.title, "text": "\n".join(letter.lines)}
    body = _json(facts | letter.facts)
    headers = {"Idempotency-Key": letter.key}
    if secret:
        seal = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers["X-Sanwei-Signature"] = f"sha256={seal}"
    _must_be_fine(post(target, body=body, headers=headers, allowed=outside.allowed).status)


def _must_be_fine(status: int) -> None:
    if not 200 <= status < 300:
        raise SendFailed(N_("对方服务器答复 {status}"), status=status)


def _json(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


_SENDERS = {
    "email": _email,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "feishu": _feishu,
    "webhook": _webhook,
}
