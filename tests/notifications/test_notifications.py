"""What people are told, and the page behind the bell."""

import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.notifications import queries
from sanwei_flow.notifications.models import Notification
from sanwei_flow.notifications.operations import Notice, notify_people, notify_users
from tests.factories import NOW, log_in, make_unit, make_user

DUE = Notice(
    "due_soon",
    "第{no}项还有{days}个工作日到期",
    {"no": 7, "days": 3},
    link="/notifications?show=unread",
    dedupe_key="task:7/T-3",
)


@pytest.fixture
def unit(database):
    with transaction():
        return make_unit("县商务委")


def test_everybody_in_the_role_is_told_once(unit):
    with transaction():
        first, second = make_user(unit, ["staff"]), make_user(unit, ["staff"])
        head = make_user(unit, ["reviewer"])
    for _ in range(2):
        with transaction():
            notify_people(unit.id, "staff", DUE, at=NOW)

    assert [queries.unread_count(who.id) for who in (first, second, head)] == [1, 1, 0]


def test_without_a_key_each_telling_counts_and_whoever_acted_is_left_out(unit):
    with transaction():
        me, other = make_user(unit), make_user(unit)
        for _ in range(2):
            notify_people(unit.id, "staff", Notice("x", "有新情况"), at=NOW, but=[me.id])
    assert (queries.unread_count(me.id), queries.unread_count(other.id)) == (0, 2)


def test_reading_a_notice_leads_where_it_points(client, unit):
    with transaction():
        clerk = make_user(unit)
        notify_users([clerk.id], DUE, at=NOW)
    log_in(client, clerk)

    assert "第7项还有3个工作日到期" in client.get("/notifications").text
    answer = client.get(f"/notifications/{db.session.scalar(db.select(Notification.id))}")

    assert answer.location == "/notifications?show=unread"
    assert queries.unread_label(clerk.id) == ""
    assert "没有未读通知" in client.get("/notifications?show=unread").text


def test_marking_all_as_read_spares_what_came_later(client, unit):
    with transaction():
        clerk, other = make_user(unit), make_user(unit)
        notify_users([clerk.id, clerk.id, other.id], Notice("x", "有新情况"), at=NOW)
    seen = queries.newest(clerk.id)[0].id
    with transaction():
        notify_users([clerk.id], Notice("x", "又有新情况"), at=NOW)

    log_in(client, clerk).post("/notifications/read-all", data={"up_to": seen})

    assert [n.title for n in queries.newest(clerk.id, unread=True)] == ["又有新情况"]
    assert queries.unread_count(other.id) == 1


def test_nobody_reads_what_others_were_told(client, unit):
    with transaction():
        clerk, other = make_user(unit), make_user(unit)
        notify_users([other.id], Notice("x", "给别人的话"), at=NOW)
    log_in(client, clerk)
    theirs = queries.newest(other.id)[0]

    assert client.get(f"/notifications/{theirs.id}").status_code == 404
    assert "给别人的话" not in client.get("/notifications").text
    assert queries.unread_count(other.id) == 1


def test_many_notices_come_page_by_page_and_the_bell_stops_counting(client, unit):
    with transaction():
        clerk = make_user(unit)
        for number in range(120):
            notice = Notice("x", "第{no}条", {"no": number})
            notify_users([clerk.id], notice, at=NOW)
    log_in(client, clerk)

    assert queries.unread_label(clerk.id) == "99+"
    first = client.get("/notifications").text
    assert "第119条" in first
    assert "第89条" not in first
    before = queries.newest(clerk.id)[29].id
    assert f"before={before}" in first
    assert "第89条" in client.get(f"/notifications?before={before}").text
