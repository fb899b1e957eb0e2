"""Telling people outside the product: chosen, sent by jobs, tried again, seen when it fails."""

import base64
import datetime as dt
import email
import hashlib
import hmac
import json
import logging
from email.header import decode_header, make_header
from urllib.parse import parse_qs, urlsplit

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.audit.queries import entries
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.config import load_config
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Invalid, NotFound
from sanwei_flow.notifications import channels, forwarding, groups, queries, sealing
from sanwei_flow.notifications.channels import Wanted
from sanwei_flow.notifications.jobs import ATTEMPTS, send_due, sweep, tidy
from sanwei_flow.notifications.models import Channel, Forwarding, Message
from sanwei_flow.notifications.operations import Notice, notify_users, read_all
from sanwei_flow.notifications.outbound import Allowed, SendFailed, check
from tests.counting import counted
from tests.factories import log_in, make_unit, make_user
from tests.notifications.sinks import mail_sink, web_sink

#: A working Monday, 10:00 in Shanghai.
MONDAY = dt.datetime(2024, 8, 5, 10, 0, tzinfo=SHANGHAI)
TUESDAY = dt.datetime(2024, 8, 6, 8, 30, tzinfo=SHANGHAI)
URGE = Notice("urge", "{who}催办“{title}”，请尽快办理", {"who": "李四", "title": "组建农合联"})
LATE = Notice(
    "overdue", "“{title}”已于{due}到期，尚未办结", {"title": "建设冷链", "due": "2024-08-02"}
)
KEY = "abcdef0123456789"


@pytest.fixture
def web():
    with web_sink() as sink:
        yield sink


@pytest.fixture
def mail():
    with mail_sink() as sink:
        yield sink


@pytest.fixture
def settle(app, monkeypatch):
    """Settings of the operator for one test."""

    def settle(**given):
        old = app.config["SANWEI"]
        given = {"database_url": old.database_url, "secret_key": "test", **given}
        config = load_config(instance_path=old.instance_path, **given)
        monkeypatch.setitem(app.config, "SANWEI", config)

    return settle


@pytest.fixture
def clerk(database):
    with transaction():
        return make_user(make_unit("县商务委"))


@pytest.fixture
def hook(clerk, web, settle):
    """A clerk whose notices leave to a server of the intranet that the operator allows."""
    settle(webhook_allow="127.0.0.0/8", site="https://flow.example")
    return add(clerk, "webhook", f"{web.url}/in", "s3cret")


def add(person, kind, target, secret="", **choices):
    with transaction():
        channel = channels.add(Wanted(kind, target, secret), by=actor_of(person), at=MONDAY)
        chosen = {**channel.choices, **choices}
        channels.choose(channel.id, chosen, by=actor_of(person), at=MONDAY)
    return channel


def tell(person, *notices, at=MONDAY):
    with transaction():
        for notice in notices:
            notify_users([person.id], notice, at=at)


def again(channel):
    return db.session.get_one(Channel, channel.id, populate_existing=True)


def statuses():
    db.session.rollback()
    return list(db.session.scalars(db.select(Message.status).order_by(Message.id)))


def test_an_urge_leaves_at_once_and_the_rest_with_the_next_digest(clerk, hook, web):
    tell(clerk, URGE, LATE)
    assert web.received == []  # nothing leaves before the commit, or within it

    assert send_due(MONDAY) == 1
    [now] = web.received
    assert now.json["title"] == "三维流程：1 条新通知"
    assert now.json["notices"][0]["title"] == "李四催办“组建农合联”，请尽快办理"
    assert now.json["notices"][0]["link"].startswith("https://flow.example/notifications/")

    assert send_due(MONDAY + dt.timedelta(hours=5)) == 0
    tell(clerk, Notice("due_soon", "“冷链”今天到期"), at=MONDAY + dt.timedelta(hours=6))
    assert send_due(TUESDAY) == 1
    assert web.received[1].json["title"] == "三维流程：今日 2 条未读通知"
    assert "建设冷链" in web.received[1].json["text"]
    assert send_due(TUESDAY + dt.timedelta(hours=1)) == 0
    assert statuses() == ["sent", "sent"]


def test_there_is_one_digest_a_day_and_what_comes_late_waits_for_the_next(clerk, hook, web):
    tell(clerk, LATE)
    send_due(TUESDAY)
    with transaction():  # as a runner would find it that was long away
        db.session.add(
            Forwarding(
                notification_id=queries.newest(clerk.id)[0].id,
                channel_id=hook.id,
                due_at=TUESDAY,
                daily=True,
            )
        )
    assert send_due(TUESDAY + dt.timedelta(minutes=1)) == 0
    assert len(web.received) == 1
    assert send_due(TUESDAY + dt.timedelta(days=1)) == 1


def test_no_digest_at_the_weekend_even_if_the_runner_was_away(clerk, hook, web):
    tell(clerk, LATE)
    assert send_due(dt.datetime(2024, 8, 10, 9, 0, tzinfo=SHANGHAI)) == 0
    assert send_due(dt.datetime(2024, 8, 12, 8, 30, tzinfo=SHANGHAI)) == 1


def test_nothing_leaves_at_night(clerk, hook, web):
    evening = dt.datetime(2024, 8, 5, 20, 0, tzinfo=SHANGHAI)
    tell(clerk, URGE, at=evening)
    assert send_due(evening) == 0
    assert send_due(dt.datetime(2024, 8, 6, 7, 59, tzinfo=SHANGHAI)) == 0
    assert send_due(dt.datetime(2024, 8, 6, 8, 0, tzinfo=SHANGHAI)) == 1


def test_what_was_read_meanwhile_is_not_said_again(clerk, hook, web):
    tell(clerk, URGE, LATE)
    with transaction():
        read_all(queries.newest(clerk.id)[0].id, by=actor_of(clerk), at=MONDAY)
    assert send_due(TUESDAY) == 0
    assert web.received == []
    assert statuses() == ["dropped", "dropped"]


def test_what_is_not_wanted_does_not_leave(clerk, web, settle):
    settle(webhook_allow="127.0.0.1")
    add(clerk, "webhook", web.url, overdue="off")
    tell(clerk, LATE)
    assert send_due(TUESDAY) == 0
    assert db.session.scalar(db.select(Forwarding.id)) is None


def test_a_retry_is_the_same_message_and_an_act_rolled_back_says_nothing(clerk, hook, web):
    with pytest.raises(ZeroDivisionError), transaction():
        notify_users([clerk.id], URGE, at=MONDAY)
        raise ZeroDivisionError
    assert send_due(MONDAY) == 0

    tell(clerk, URGE)
    web.answers = [(503, "", {}), (200, "", {})]
    assert send_due(MONDAY) == 0
    assert send_due(MONDAY + dt.timedelta(seconds=59)) == 0
    assert send_due(MONDAY + dt.timedelta(seconds=61)) == 1

    first, second = web.received
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.json["id"] == second.json["id"] == first.headers["Idempotency-Key"]
    seal = hmac.new(b"s3cret", second.body, hashlib.sha256).hexdigest()
    assert second.headers["X-Sanwei-Signature"] == f"sha256={seal}"
    assert again(hook).failing_since is None


def test_a_broken_channel_is_tried_later_and_later_then_given_up_and_seen(client, clerk, hook, web):
    web.answer(500, "secret words of theirs")
    tell(clerk, URGE)
    at = MONDAY
    for _ in range(ATTEMPTS + 3):
        send_due(at)
        waiting = db.session.scalar(db.select(Message.due_at).where(Message.status == "waiting"))
        db.session.rollback()
        at = waiting or at
    assert len(web.received) == ATTEMPTS
    assert statuses() == ["failed"]
    assert queries.newest(clerk.id)[0].title == "通知渠道多次发送失败，请检查设置"
    send_due(at + dt.timedelta(days=1))
    assert len(web.received) == ATTEMPTS  # the complaint about a channel does not leave by it

    page = log_in(client, clerk).get("/me/channels").text
    assert "发送失败" in page
    assert "对方服务器答复 500" in page
    with transaction():
        chief = make_user(make_unit("县大数据局"), ["sys_admin"])
    assert log_in(client, clerk).get("/channels/failing").status_code == 403
    failing = log_in(client, chief).get("/channels/failing").text
    assert clerk.name in failing
    assert "对方服务器答复 500" in failing
    assert web.url not in failing


def test_a_runner_that_died_while_sending_leaves_it_to_another(clerk, hook, web):
    tell(clerk, URGE)
    with transaction():
        forwarding.pack(at=MONDAY)
        db.session.scalars(db.select(Message)).one().locked_until = MONDAY + dt.timedelta(minutes=5)
    assert send_due(MONDAY + dt.timedelta(minutes=1)) == 0
    assert send_due(MONDAY + dt.timedelta(minutes=5)) == 1


def test_a_channel_removed_while_its_message_leaves_stops_nobody(clerk, hook, web, monkeypatch):
    from sanwei_flow.notifications import senders

    def meanwhile(*_: object) -> None:
        with transaction():
            channels.remove(hook.id, by=actor_of(clerk), at=MONDAY)

    tell(clerk, URGE)
    monkeypatch.setattr(senders, "send", meanwhile)
    assert send_due(MONDAY) == 1
    assert channels.of(clerk.id) == []


def test_redirects_are_refused(clerk, hook, web):
    web.answer(302, "", Location=f"{web.url}/elsewhere")
    tell(clerk, URGE)
    assert send_due(MONDAY) == 0
    assert [post.path for post in web.received] == ["/in"]
    assert again(hook).problem == "“{host}”要求转到别的地址，已拒绝"


def test_addresses_inside_are_refused_when_entered_and_when_sent(clerk, web, settle):
    for address in ("127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]"):
        with pytest.raises(Invalid) as refused:
            channels.checked("webhook", f"https://{address}/x", "", Allowed())
        assert "内部网络" in refused.value.message
    with pytest.raises(Invalid, match="https"):
        channels.checked("webhook", "http://example.com/x", "", Allowed())
    # Named as allowed when it was entered, no longer when it leaves.
    channel = add(clerk, "webhook", web.url)
    settle(webhook_allow="10.0.0.0/8")
    tell(clerk, URGE)
    assert send_due(MONDAY) == 0
    assert web.received == []
    assert "内部网络" in again(channel).problem


def test_a_name_that_comes_to_mean_an_inner_address_leads_nowhere(clerk, web, settle, monkeypatch):
    import socket

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(web.url[-5:])))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(SendFailed, match="内部网络"):
        check("https://rebound.example/x", Allowed())
    channel = add(clerk, "webhook", "http://rebound.example/x")
    tell(clerk, URGE)
    assert send_due(MONDAY) == 0
    assert web.received == []
    assert again(channel).params == {"host": "rebound.example"}
    settle(webhook_allow="rebound.example")
    assert send_due(MONDAY + dt.timedelta(minutes=2)) == 1


def test_the_intranet_opens_by_setting_only():
    allowed = Allowed.read("10.1.0.0/16, oa.example.gov.cn")
    assert allowed.address("x", "10.1.2.3")
    assert not allowed.address("x", "10.2.0.1")
    assert allowed.address("oa.example.gov.cn", "192.168.1.1")
    assert allowed.vouches("10.1.2.3")
    assert not allowed.vouches("example.com")
    with pytest.raises(ValueError):
        Allowed.read("10.1.0.0/99")


def robot(monkeypatch, plugin, web, path):
    monkeypatch.setattr(plugin, "notify_url", f"{web.url}{path}")


def test_wecom_gets_text_within_its_bounds_and_its_refusal_is_read(clerk, web, settle, monkeypatch):
    settle(webhook_allow="127.0.0.1")
    robot(monkeypatch, NotifyWeComBot, web, "/send?key={key}")
    channel = add(clerk, "wecom", KEY)
    web.answer(200, '{"errcode": 93000, "errmsg": "invalid webhook url"}')
    tell(clerk, *[Notice("urge", "催" * 150) for _ in range(30)])
    assert send_due(MONDAY) == 0
    assert again(channel).params == {"code": 93000, "words": "invalid webhook url"}

    web.answer(200, '{"errcode": 0}')
    assert send_due(MONDAY + dt.timedelta(minutes=2)) == 1
    sent = web.received[-1]
    assert sent.path == f"/send?key={KEY}"
    text = sent.json["text"]["content"]
    assert text.startswith("三维流程：30 条新通知\n1. 催")
    assert len(text.encode()) <= 2048


def test_dingtalk_and_feishu_are_signed(clerk, web, settle, monkeypatch):
    settle(webhook_allow="127.0.0.1")
    robot(monkeypatch, NotifyDingTalk, web, "/ding?access_token={token}")
    robot(monkeypatch, NotifyFeishu, web, "/hook/{token}/")
    add(clerk, "dingtalk", KEY, "SEC123")
    add(clerk, "feishu", KEY, "SEC456")
    tell(clerk, URGE)
    web.answer(200, '{"errcode": 0, "code": 0}')
    assert send_due(MONDAY) == 2

    ding, feishu = sorted(web.received, key=lambda post: post.path)
    asked = parse_qs(urlsplit(ding.path).query)
    message = f"{asked['timestamp'][0]}\nSEC123".encode()
    expected = base64.b64encode(hmac.new(b"SEC123", message, hashlib.sha256).digest())
    assert asked["sign"] == [expected.decode()]
    assert "组建农合联" in ding.json["text"]["content"]
    assert feishu.path == f"/hook/{KEY}"
    message = f"{feishu.json['timestamp']}\nSEC456".encode()
    expected = base64.b64encode(hmac.new(message, digestmod=hashlib.sha256).digest())
    assert feishu.json["sign"] == expected.decode()


def test_an_e_mail_keeps_its_id_when_it_is_tried_again(clerk, mail, settle):
    settle(mail=f"mailto://127.0.0.1:{mail.port}/?from=flow@county.example&mode=insecure")
    channel = add(clerk, "email", "zhang@county.example")
    tell(clerk, URGE)
    mail.refuses = True
    assert send_due(MONDAY) == 0
    assert again(channel).problem == "邮件服务器没有接收这封邮件"
    mail.refuses = False
    assert send_due(MONDAY + dt.timedelta(minutes=2)) == 1

    letter = email.message_from_string(mail.received[0])
    key = db.session.scalars(db.select(Message.key)).one()
    assert letter.get_all("Message-ID") == [f"<{key}@county.example>"]
    assert str(make_header(decode_header(letter["Subject"]))) == "三维流程：1 条新通知"
    assert letter["To"] == "zhang@county.example"
    text = letter.get_payload(decode=True).decode()
    assert "李四催办“组建农合联”，请尽快办理" in text


def test_without_a_mail_server_or_with_a_dead_one_it_says_so(clerk, settle):
    settle(mail="")
    channel = add(clerk, "email", "zhang@county.example")
    tell(clerk, URGE)
    send_due(MONDAY)
    assert again(channel).problem == "没有设置邮件服务器"
    settle(mail="mailto://127.0.0.1:1/?from=flow@county.example&mode=insecure")
    send_due(MONDAY + dt.timedelta(minutes=2))
    assert again(channel).problem == "邮件服务器无法连接或拒绝登录"


def test_secrets_are_neither_shown_nor_logged_nor_recorded(
    client, clerk, web, settle, caplog, monkeypatch
):
    robot(monkeypatch, NotifyWeComBot, web, "/send?key={key}")
    robot(monkeypatch, NotifyDingTalk, web, "/ding?access_token={token}")
    settle(webhook_allow="127.0.0.1", mail="mailtos://flow:hunter2@mail.example")
    caplog.set_level(logging.DEBUG)
    robots = [("wecom", "wecomkey99"), ("dingtalk", "dingtoken99"), ("webhook", f"{web.url}/tok99")]
    for kind, target in robots:
        add(clerk, kind, target, "SECRETSECRET")
    web.answer(500)
    tell(clerk, URGE)
    hidden = ["wecomkey99", "dingtoken99", "tok99", "SECRETSECRET", "hunter2"]
    send_due(MONDAY)
    assert len(web.received) == 3

    page = log_in(client, clerk).get("/me/channels").text
    assert "…ey99" in page
    recorded = json.dumps([entry.data for entry in entries(f"user:{clerk.id}")])
    # As a copy of the database has them, past the type that opens them.
    kept = str(db.session.execute(db.text("SELECT target, secret FROM channel")).all())
    for secret in hidden:
        assert secret not in kept
        assert secret not in page
        assert secret not in caplog.text
        assert secret not in recorded
    assert "hunter2" not in repr(load_config(mail="mailtos://flow:hunter2@mail.example"))


def test_what_was_sealed_under_another_key_reads_as_nothing(app, database, monkeypatch):
    kept = sealing.seal("wecomkey99")
    assert sealing.unseal(kept) == "wecomkey99"
    assert sealing.unseal("from before there were seals") == "from before there were seals"
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    assert sealing.unseal(kept) == ""


def test_the_page_takes_addresses_as_they_are_pasted(client, clerk, settle):
    settle(mail="mailto://127.0.0.1/?from=a@b.example")
    log_in(client, clerk)
    pasted = f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"
    given = {"kind": "dingtalk", "target": pasted, "secret": "SECabc"}
    assert client.post("/me/channels", data=given).status_code == 302
    channel = channels.of(clerk.id)[0]
    assert (channel.target, channel.secret) == (KEY, "SECabc")

    wrong = client.post("/me/channels", data={"kind": "email", "target": "zhang"})
    assert wrong.status_code == 422
    assert "请填写一个邮箱地址" in wrong.text
    assert 'value="zhang"' in wrong.text
    twice = client.post("/me/channels", data=given)
    assert "这个渠道已经设置过了" in twice.text

    chosen = dict.fromkeys(groups.GROUPS, "off") | {"urge": "now"}
    client.post(f"/me/channels/{channel.id}", data=chosen)
    assert again(channel).choices == chosen
    odd = client.post(f"/me/channels/{channel.id}", data={"urge": "always"})
    assert odd.status_code == 422


def test_a_test_message_shows_whether_it_works(client, clerk, hook, web):
    log_in(client, clerk)
    for _ in range(2):  # asked for twice, sent once
        answer = client.post(f"/me/channels/{hook.id}/test", follow_redirects=True)
    assert "测试消息将在" in answer.text
    due = db.session.scalars(db.select(Message.due_at)).one()
    assert send_due(due) == 1
    assert web.received[0].json["title"] == "三维流程：测试消息"
    assert "最近一次发送" in client.get("/me/channels").text


def test_nobody_touches_others_channels_and_removing_takes_all_with_it(client, clerk, hook, web):
    tell(clerk, URGE)
    with transaction():
        other = make_user(make_unit("县林业局"))
    with pytest.raises(NotFound), transaction():
        channels.remove(hook.id, by=actor_of(other), at=MONDAY)
    log_in(client, clerk).post(f"/me/channels/{hook.id}/remove")
    assert send_due(MONDAY) == 0
    assert db.session.scalar(db.select(Forwarding.id)) is None
    kinds = [entry.kind for entry in entries(f"user:{clerk.id}")]
    assert "channel_removed" in kinds


def test_five_channels_are_enough(clerk):
    for number in range(5):
        add(clerk, "wecom", f"{KEY}{number}")
    with pytest.raises(Conflict):
        add(clerk, "wecom", KEY)


def test_who_has_left_is_told_nothing_and_old_messages_are_forgotten(clerk, hook, web):
    tell(clerk, URGE)
    with transaction():
        db.session.get_one(type(clerk), clerk.id).active = False
    assert send_due(MONDAY) == 0
    assert statuses() == ["dropped"]
    assert tidy(MONDAY + dt.timedelta(days=89)) == 0
    assert tidy(MONDAY + dt.timedelta(days=91)) == 1
    assert len(queries.newest(clerk.id)) == 1


def test_a_time_that_is_only_played_reaches_nobody_outside(clerk, hook, web, monkeypatch):
    tell(clerk, URGE)
    assert sweep(MONDAY) == 0
    monkeypatch.setattr("sanwei_flow.web.now", lambda: MONDAY + dt.timedelta(minutes=30))
    assert sweep(MONDAY) == 1
    assert len(web.received) == 1


def test_people_without_channels_cost_one_statement(database):
    with transaction():
        unit = make_unit("县商务委")
        people = [make_user(unit) for _ in range(20)]
    with transaction(), counted() as sent:
        notify_users([one.id for one in people], URGE, at=MONDAY)
    written = [each for each in sent if not each.startswith(("BEGIN", "PRAGMA"))]
    assert len(written) == 2
