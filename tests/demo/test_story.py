"""The demo county has lived: whoever looks in for the first time finds work of every kind."""

import datetime as dt

import pytest

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.queries import units_by_name, user_by_name
from sanwei_flow.audit.models import AuditEntry
from sanwei_flow.audit.queries import broken
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.demo import scenes, story
from sanwei_flow.demo.county import load_county
from sanwei_flow.demo.plan import load_plan
from sanwei_flow.designs import operations as designs
from sanwei_flow.notifications.models import Notification
from sanwei_flow.oversight import meeting_queries
from sanwei_flow.oversight.models import Inspection, Meeting
from sanwei_flow.plans.keys import place_of
from sanwei_flow.plans.models import Plan, PlanRow
from sanwei_flow.plans.records import RowRequest
from sanwei_flow.plans.rows import row_views
from sanwei_flow.processes.inbox import inbox
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent
from sanwei_flow.processes.operations import act_on_task
from sanwei_flow.reports.models import Bulletin
from sanwei_flow.simulation.clock import moment

#: A Friday, half a year after the launch: the whole story is played, only the years are fewer.
NOW = dt.datetime(2025, 1, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(web, "now", lambda: NOW)


def names(username: str, box: str) -> set[tuple[str, int]]:
    """What waits in somebody's box, each with the number of its row."""
    page = inbox(actor_of(user_by_name(username)), box)
    keys = db.session.execute(
        db.select(Task.name, ProcessInstance.business_key)
        .join(ProcessInstance, ProcessInstance.id == Task.instance_id)
        .where(Task.id.in_([one.id for one in page.items]))
    )
    return {(name, place_of(key)[1] or 0) for name, key in keys}


def footprint() -> list[tuple[object, ...]]:
    """Every act with its person and time, as the trails show them."""
    order = TaskEvent.instance_id, TaskEvent.id
    query = db.select(TaskEvent.kind, TaskEvent.by_name, TaskEvent.at, TaskEvent.comment)
    return [tuple(row) for row in db.session.execute(query.order_by(*order))]


#: Meetings with the stages of their decisions; findings with their states and looks.
OFFICE_RECORDS = (
    [
        ("会商〔2024〕1号", ["done", "done", "done"]),
        ("会商〔2024〕2号", ["done", "in_progress", "office_review", "in_progress"]),
        ("", ["draft", "draft"]),
    ],
    [
        ("庙宇镇", "good", []),
        ("大昌镇", "closed", [True]),
        ("县农业农村委", "closed", [False, True]),
        ("县供销合作社", "rectifying", []),
        ("巫峡镇", "to_recheck", []),
        ("龙门街道", "open", []),
    ],
)


def office_records() -> tuple[list, list]:
    """What the office met about and found, as it stands."""
    meetings = db.session.scalars(db.select(Meeting).order_by(Meeting.id)).all()
    checks = db.session.scalars(db.select(Inspection).order_by(Inspection.id)).all()
    return (
        [(one.number, [decision.stage for decision in one.decisions]) for one in meetings],
        [(one.unit.name, one.state, [look.mended for look in one.rechecks]) for one in checks],
    )


def test_a_county_loaded_before_there_were_meetings_gets_them_once(app, database):
    with transaction():
        load_county(moment(story.LAUNCHED))
    with transaction():
        designs.install_shipped(by=SYSTEM, at=NOW)
        plan = story.begin(NOW)
    run_due_jobs(moment(story.LAUNCHED))
    calendar, last = load_calendar(), story.last_day(NOW)

    assert scenes.catch_up(plan, calendar, last, story.LAUNCHED) > 30
    assert office_records() == OFFICE_RECORDS
    acts, told = footprint(), db.session.scalar(db.select(db.func.count(Notification.id)))
    assert max(at for *_, at, _comment in acts) < NOW
    # Once; and a scene that is played again, after an interruption, changes nothing.
    assert scenes.catch_up(plan, calendar, last, story.LAUNCHED) == 0
    with transaction():
        for _day, play in scenes.scenes(plan.id, calendar, last):
            play(NOW)
    assert footprint() == acts
    assert db.session.scalar(db.select(db.func.count(Notification.id))) == told
    assert office_records() == OFFICE_RECORDS
    assert list(broken()) == []


def test_a_plan_with_another_past_is_left_alone(app, database):
    with transaction():
        load_county(NOW)
    with transaction():
        plan = load_plan(NOW)
    assert scenes.catch_up(plan, load_calendar(), story.last_day(NOW), story.LAUNCHED) == 0
    assert office_records() == ([], [])


def test_a_newcomer_finds_work_of_every_kind(app, database, now, monkeypatch):
    runner = app.test_cli_runner()

    loaded = runner.invoke(args=["demo", "load"])

    assert loaded.exit_code == 0, loaded.output
    assert "wuxia.staff" in loaded.output
    plan = db.session.scalars(db.select(Plan)).one()
    views = {view.no: view for view in row_views(plan, today(NOW))}
    states = {view.status for view in views.values()}
    assert {"cooperating", "unit_review", "office_review", "leader_review", "dispatched"} <= states
    assert "written_off" in states
    assert str(views[26].light.colour) == str(views[23].light.colour) == "red"
    assert views[13].light.colour == "yellow"

    assert ("签收", 32) in names("gongxiao.staff", "to_accept")
    assert ("签收", 10) in names("wuxia.staff", "to_accept")
    assert ("单位审核", 11) in names("gongxiao.head", "todo")
    assert {("专班审核", 27), ("审批延期申请", 18)} <= names("zhuanban.office", "todo")
    assert ("组长审批", 3) in names("zhuanban.leader", "todo")

    asked = db.session.scalars(db.select(RowRequest).where(RowRequest.kind == "extension"))
    assert {(one.row.no, one.process.stage) for one in asked} >= {
        (31, "granted"),
        (18, "office_review"),
    }
    told = db.session.scalars(db.select(Notification.kind)).all()
    assert {"due_soon", "overdue"} <= set(told)
    outcomes = db.session.scalars(db.select(Task.outcome).distinct()).all()
    assert "return" in outcomes
    assert any(target.reported for target in plan.targets)
    issued = db.session.scalars(db.select(Bulletin).order_by(Bulletin.issued_at)).all()
    assert len(issued) == 3
    assert len({bulletin.number for bulletin in issued}) == 3

    # The office has met with others and looked at places; some of it waits for a newcomer.
    told_of = office_records()
    assert told_of == OFFICE_RECORDS
    assert {("核查办结", 0), ("回头看", 0)} <= names("zhuanban.office", "todo")
    assert ("整改并上报", 0) in names("gongxiao.staff", "todo")
    assert meeting_queries.overdue(actor_of(user_by_name("zhuanban.office")), today(NOW)) == 1

    assert list(broken()) == []
    last = db.session.scalar(db.select(db.func.max(AuditEntry.at)))
    assert last <= NOW
    free = [at for *_, at, _comment in footprint() if not load_calendar().is_workday(today(at))]
    assert free == []

    before = footprint(), len(told)
    db.session.rollback()
    assert runner.invoke(args=["demo", "load"]).exit_code == 0
    after = db.session.scalar(db.select(db.func.count()).select_from(Notification))
    assert (footprint(), after) == before
    assert story.unfinished() is None
    assert office_records() == told_of

    # Weeks later what was to be signed for has faded, the review is done: it is given anew, once.
    later = NOW + dt.timedelta(days=30)
    monkeypatch.setattr(web, "now", lambda: later)
    run_due_jobs(later)
    assert names("wuxia.staff", "to_accept") == set()
    with transaction():
        head = actor_of(user_by_name("gongxiao.head"))
        for one in inbox(head, "todo").items:
            if one.name == "单位审核":
                act_on_task(one.id, "agree", by=head, at=later)
    assert runner.invoke(args=["demo", "load"]).exit_code == 0
    (fresh,) = names("wuxia.staff", "to_accept")
    assert fresh[0] == "签收"
    assert "单位审核" in {name for name, _row in names("gongxiao.head", "todo")}
    before = footprint()
    db.session.rollback()
    assert runner.invoke(args=["demo", "load"]).exit_code == 0
    assert footprint() == before
    assert list(broken()) == []
    assert units_by_name()["巫峡镇"] is not None
    assert db.session.scalar(db.select(db.func.count()).select_from(PlanRow)) == 34
