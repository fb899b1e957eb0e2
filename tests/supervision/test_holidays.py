"""The yearly notice: previewed, then the year is settled and what becomes later is moved."""

import datetime as dt
import io

import pytest

from sanwei_flow.accounts.models import Role, User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.audit.queries import broken, entries
from sanwei_flow.calendars.models import CalendarDay
from sanwei_flow.calendars.notice import read_notice
from sanwei_flow.calendars.queries import forget_calendar, load_calendar
from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Forbidden, Invalid
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import Job, JobKind, Task
from sanwei_flow.processes.queries import trail
from sanwei_flow.supervision import holidays
from tests.counting import counted
from tests.factories import log_in, make_user
from tests.inbox.stories import make_county

#: Tuesday 28 September 2027, 10:00: three plain working days end on Friday 1 October.
OPENED = dt.datetime(2027, 9, 28, 2, 0, tzinfo=dt.UTC)
NOTICE = """关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。10月9日（周六）上班。
"""


@pytest.fixture(autouse=True)
def read_afresh():
    forget_calendar()
    yield
    forget_calendar()


@pytest.fixture
def county(database):
    county = make_county(started=OPENED)
    run_due_jobs(OPENED)
    return county


@pytest.fixture
def office(county):
    return county.people["赵敏"]


def the_task():
    return db.session.scalars(db.select(Task).where(Task.node == "sign_for")).one()


def the_timer():
    return db.session.scalars(
        db.select(Job)
        .where(Job.kind == JobKind.timer, Job.instance_id == the_task().instance_id)
        .order_by(Job.due_at)
        .limit(1)
    ).one()


def test_what_was_counted_in_working_days_moves_with_its_timer_and_reminders(county, office):
    task, timer = the_task(), the_timer()
    assert task.due == dt.date(2027, 10, 1)
    assert timer.due_at.astimezone(SHANGHAI).date() == dt.date(2027, 10, 2)
    seen = holidays.preview(read_notice(NOTICE), by=office)
    [move] = seen.later
    assert (move.old, move.new) == (dt.date(2027, 10, 1), dt.date(2027, 10, 8))
    assert seen.timers == 1
    db.session.rollback()

    with transaction():
        moved = holidays.apply_notice(read_notice(NOTICE), source="国办", by=office, at=OPENED)

    db.session.expire_all()
    assert moved == 1
    assert the_task().due == dt.date(2027, 10, 8)
    assert the_task().remind_on >= dt.date(2027, 9, 29)
    assert the_timer().due_at.astimezone(SHANGHAI).date() == dt.date(2027, 10, 9)
    assert load_calendar().is_workday(dt.date(2027, 10, 9))
    event = [event for event, _ in trail(the_task().instance_id) if event.kind == "recount"]
    assert [e.comment for e in event] == ["国办"]
    assert "2027-10-01 → 2027-10-08" in event[0].data["names"][0]
    [noted] = [e for e in entries("calendar:2027") if e.kind == "dates_recounted"]
    assert noted.data == {"source": "国办", "tasks": 1, "timers": 1}
    assert list(broken()) == []
    # Until the new day nobody has signed by silence, and then somebody has.
    run_due_jobs(dt.datetime(2027, 10, 8, 15, 0, tzinfo=dt.UTC))
    assert the_task().status == "open"
    run_due_jobs(dt.datetime(2027, 10, 8, 17, 0, tzinfo=dt.UTC))
    db.session.expire_all()
    assert the_task().status != "open"


def test_a_second_import_changes_nothing_and_a_granted_date_stays(county, office):
    with transaction():
        the_task().due = dt.date(2027, 10, 4)  # as somebody granted it
    for _ in range(2):
        with transaction():
            assert not holidays.apply_notice(read_notice(NOTICE), source="x", by=office, at=OPENED)
    assert the_task().due == dt.date(2027, 10, 4)
    assert holidays.preview(read_notice(NOTICE), by=office).changed == []


def test_nobody_is_given_less_time_than_they_were_told(county, office):
    with transaction():
        holidays.apply_notice(read_notice(NOTICE), source="x", by=office, at=OPENED)
    shorter = read_notice(
        NOTICE.replace("至7日（周四）放假调休，共7天", "放假").replace("10月9日", "10月2日")
    )
    seen = holidays.preview(shorter, by=office)
    assert [(str(m.old), str(m.new)) for m in seen.earlier] == [("2027-10-08", "2027-10-02")]
    with transaction():
        assert holidays.apply_notice(shorter, source="x", by=office, at=OPENED) == 0
    assert the_task().due == dt.date(2027, 10, 8)


def test_only_who_keeps_the_calendar_may(county, client):
    clerk = county.people["熊梅"]
    with pytest.raises(Forbidden), transaction():
        holidays.apply_notice(read_notice(NOTICE), source="x", by=clerk, at=OPENED)
    with transaction():
        chief = make_user(county.units["县供销合作社"], [Role.sys_admin])
    assert log_in(client, chief).get("/calendar/notice").status_code == 200
    with transaction():
        holidays.apply_notice(read_notice(NOTICE), source="x", by=actor_of(chief), at=OPENED)


def test_the_december_before_belongs_to_the_notice_if_its_year_is_settled(county, office):
    early = "关于2028年部分节假日安排的通知。元旦：2027年12月31日至2028年1月2日放假调休。"
    with pytest.raises(Invalid, match="12"), transaction():
        holidays.apply_notice(read_notice(early), source="x", by=office, at=OPENED)
    with transaction():
        holidays.apply_notice(read_notice(NOTICE), source="x", by=office, at=OPENED)
    with transaction():
        holidays.apply_notice(read_notice(early), source="x", by=office, at=OPENED)
    assert not load_calendar().is_workday(dt.date(2027, 12, 31))
    assert not load_calendar().is_workday(dt.date(2027, 10, 4))


def test_the_pages_from_the_pasted_notice_to_the_settled_year(county, client, office):
    log_in(client, db.session.get_one(User, county.people["赵敏"].user_id))
    before = client.get("/calendar?year=2027").text
    assert "2027年放假安排尚未公布" in before

    odd = client.post("/calendar/notice", data={"text": NOTICE.replace("周六", "周日")})
    assert odd.status_code == 422
    assert "2027-10-09是星期六，通知写的是星期日" in odd.text
    assert "10月9日（周日）上班" in odd.text
    assert client.post("/calendar/notice", data={}).status_code == 422

    seen = client.post("/calendar/notice", data={"text": NOTICE}).text
    assert "时限顺延的事项（1 件，1 个定时器随之顺延）" in seen
    assert "通知里没有提到春节、清明、劳动、端午、中秋" in seen
    assert "2027-10-08" in seen
    assert "国办发明电〔2026〕9号" in seen
    assert db.session.get(CalendarDay, dt.date(2027, 10, 1)) is None

    given = {"text": NOTICE, "year": 2027, "source": "国办发明电〔2026〕9号"}
    unnamed = client.post("/calendar/notice/apply", data={**given, "source": ""})
    assert "请填写通知的文号" in unnamed.text
    after = client.post("/calendar/notice/apply", data=given, follow_redirects=True).text
    assert "2027年工作日历已更新，1 件事项的时限已顺延" in after
    assert "尚未公布" not in after
    assert "国庆节" in after
    task = client.get(f"/tasks/{the_task().id}").text
    assert "工作日历调整，时限顺延" in task


def test_a_file_is_read_as_well(county, client):
    log_in(client, db.session.get_one(User, county.people["赵敏"].user_id))
    file = (
        io.BytesIO("2027-10-01,休,国庆节\n2027-10-09,班,国庆节调休".encode("gb18030")),
        "放假.csv",
    )
    seen = client.post("/calendar/notice", data={"file": file}).text
    assert "2027-10-09" in seen
    empty = client.post("/calendar/notice", data={"file": (io.BytesIO(b""), "x.txt")})
    assert "文件是空的" in empty.text


def test_the_preview_costs_the_same_for_many_tasks(county, office):
    notice = read_notice(NOTICE)
    with counted() as few:
        holidays.preview(notice, by=office)
    for no in range(4, 9):
        county.start_row(OPENED, no)
    db.session.rollback()
    with counted() as many:
        assert len(holidays.preview(notice, by=office).later) == 6
    assert len(many) == len(few)
