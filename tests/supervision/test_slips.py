"""Slips: who may issue them, who answers, and who is next when nobody does."""

import datetime as dt

import pytest
from flask_babel import force_locale

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.notifications.models import Notification
from sanwei_flow.plans.services import write_off_row
from sanwei_flow.plans.trail import row_trail
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.queries import get_instance, open_tasks
from sanwei_flow.supervision import cards, levels, records, slips
from sanwei_flow.supervision.models import Slip
from sanwei_flow.supervision.records import Filters
from sanwei_flow.supervision.slip_process import addressees
from tests.factories import NOW, make_user
from tests.plans.test_requests import LEAD, NO

DUE = dt.date(2024, 8, 8)


def issue(story, who="office", reason="进度滞后", due=DUE, row=None) -> Slip:
    with transaction():
        (slip,) = slips.issue([row or story.row.id], reason, due, by=story.people[who], at=story.at)
    return slip


def told(story, who) -> list[str]:
    query = db.select(Notification).where(
        Notification.user_id == story.people[who].user_id, Notification.kind.in_(("slip", "card"))
    )
    found = db.session.scalars(query.order_by(Notification.id)).all()
    db.session.rollback()
    return [one.title.format(**one.params) for one in found]


def in_english(story, who) -> list[str]:
    """The same notices as a reader sees them who has chosen English."""
    query = db.select(Notification).where(
        Notification.user_id == story.people[who].user_id, Notification.kind == "slip"
    )
    found = db.session.scalars(query.order_by(Notification.id)).all()
    db.session.rollback()
    with force_locale("en"):
        return [web.sentence(one.title, one.params) for one in found]


def reload(slip) -> Slip:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Slip, slip.id)


def test_a_unit_answers_and_the_office_checks_and_closes(story):
    slip = issue(story)
    assert slip.number == "督办〔2024〕1号"
    task = story.row.task[:60]
    assert told(story, "clerk") == [f"收到督办〔2024〕1号，请在2024-08-08前回复：{task}"]
    story.do(slip.process_id, "reply", "clerk", measures="本周补齐")
    assert reload(slip).stage == "checking"
    story.do(slip.process_id, "return", "office", comment="措施不具体", renewed_due="2024-08-12")
    assert reload(slip).due == dt.date(2024, 8, 12)
    story.do(slip.process_id, "reply", "clerk", measures="8月10日前建成两个")
    story.do(slip.process_id, "agree", "office")
    slip = reload(slip)
    assert (slip.stage, slip.closed_at, len(slip.steps)) == ("closed", NOW, 2)
    assert told(story, "clerk")[-1] == f"督办〔2024〕1号已核查办结：{task}"

    said = [one.opinion for one in row_trail(story.plan, NO, story.view.process_id) if one.opinion]
    assert {"督办〔2024〕1号：进度滞后", "措施不具体", "督办〔2024〕1号"} == set(said)


def test_a_slip_nobody_answers_climbs_level_by_level_to_the_group_leader(story):
    slip = issue(story)
    climbed = []
    for day in ("2024-08-09", "2024-08-15", "2024-08-21"):
        story.at = dt.datetime.fromisoformat(f"{day}T00:10+08:00")
        run_due_jobs(story.at)
        slip = reload(slip)
        (task,) = open_tasks(slip.process_id)
        climbed.append((slip.level, slip.steps[-1].name, task.role, slip.due.isoformat()))
    # Nobody leads 县农业农村委 beyond its head: that level is passed over.
    assert climbed == [
        (1, "单位负责人", "reviewer", "2024-08-14"),
        (2, "组长", "leader", "2024-08-20"),
        (2, "组长", "leader", "2024-08-26"),
    ]
    assert [step.expired_at is not None for step in slip.steps] == [True, True, True, False]
    assert "已升到单位负责人" in told(story, "head")[0]
    assert "has climbed to Head of the unit" in in_english(story, "head")[0]
    assert "已升到组长" in told(story, "leader")[0]
    assert records.expired_slips([slip.row_id]) == {slip.row_id: 3}


def test_a_good_reason_buys_time_and_a_bad_one_a_working_day(story):
    slip = issue(story)
    given = {"excuse": "土地未批", "wanted_due": "2024-08-20"}
    story.do(slip.process_id, "explain", "clerk", **given)
    story.at += dt.timedelta(days=7)  # the office takes its time: nothing climbs meanwhile
    run_due_jobs(story.at)
    assert reload(slip).level == 0
    story.do(slip.process_id, "agree", "office", renewed_due="2024-08-19")
    assert reload(slip).due == dt.date(2024, 8, 19)
    story.do(slip.process_id, "explain", "clerk", excuse="还要一年", wanted_due="2025-08-20")
    story.at += dt.timedelta(days=7)
    story.do(slip.process_id, "reject", "office", comment="理由不成立")
    assert reload(slip).due == dt.date(2024, 8, 20)


def test_only_the_plans_office_and_leader_issue_and_only_to_running_rows(story):
    row = story.row.id
    for who in ("clerk", "head", "stranger"):
        with pytest.raises(Forbidden):
            issue(story, who)
    with pytest.raises(Invalid):
        issue(story, reason="  ")
    with pytest.raises(Invalid):
        issue(story, due=NOW.date())
    with pytest.raises(NotFound):
        issue(story, row=10**6)
    issue(story, "leader")
    with pytest.raises(Conflict, match="已有一张"):
        issue(story)
    (refused,) = slips.preview([row], by=story.people["office"], at=NOW)
    assert "已有一张" in str(refused.refusal)


def test_many_rows_get_a_slip_each_numbered_through_the_year_or_none_gets_any(story):
    db.session.expire_all()
    *rows, last = [row.id for row in story.plan.rows][:3]
    office = story.people["office"]
    prospects = slips.preview(rows, by=office, at=NOW)
    assert [one.refusal for one in prospects] == [None] * 2
    assert all(one.people for one in prospects)
    with transaction():
        issued = slips.issue(rows, "月底前销号", DUE, by=office, at=NOW)
    assert [slip.serial for slip in issued] == [1, 2]
    assert len({slip.process_id for slip in issued}) == 2
    with pytest.raises(Conflict), transaction():
        slips.issue([rows[0], last], "再发", DUE, by=office, at=NOW)
    assert db.session.scalar(db.select(db.func.count()).select_from(Slip)) == 2

    following = NOW.replace(year=2025)
    with transaction():
        due = dt.date(2025, 8, 8)
        (slip,) = slips.issue([last], "新年", due, by=office, at=following)
    assert slip.number == "督办〔2025〕1号"


def test_a_row_struck_off_takes_its_slip_along(story):
    slip = issue(story)
    with transaction():
        write_off_row({}, instance=get_instance(story.view.process_id), at=story.at)
    slip = reload(slip)
    assert slip.stage == "withdrawn"
    run_due_jobs(story.at + dt.timedelta(days=30))
    assert reload(slip).level == 0
    assert records.rows_with_open_slips([slip.row_id]) == frozenset()


def test_a_suspended_rows_slip_waits(story):
    slip = issue(story)
    story.grant(story.ask("suspension", data={"reason": "资金未到"}))
    story.at = dt.datetime.fromisoformat("2024-08-09T00:10+08:00")
    run_due_jobs(story.at)
    slip = reload(slip)
    assert (slip.level, slip.due) == (0, dt.date(2024, 8, 14))
    assert all(step.expired_at is None for step in slip.steps)


def test_the_levels_are_a_setting(story):
    office = story.people["office"]
    with transaction():
        make_user(story.desk.county.units[LEAD], ["leader"])
        levels.change_levels(
            [
                levels.Level("主要领导", "unit", "leader", 2),
                levels.Level("组长", "office", "leader", 5),
            ],
            by=office,
        )
    slip = issue(story)
    assert open_tasks(slip.process_id)[0].role == "leader"
    assert [post.name for post in addressees(slip)] == ["主要领导", "组长"]
    for wrong in (
        [],
        [levels.Level("", "unit", "staff", 3)],
        [levels.Level("a", "unit", "staff", 0)],
    ):
        with pytest.raises(Invalid), transaction():
            levels.change_levels(wrong, by=office)
    with pytest.raises(Forbidden), transaction():
        levels.change_levels(levels.USUAL, by=story.people["clerk"])


def test_a_card_is_a_record_with_number_reason_and_operator(story):
    with transaction():
        card = cards.issue_card(
            story.plan.id, NO, "yellow", "材料两次退回", by=story.people["office"], at=NOW
        )
    assert (card.number, card.by_name) == ("黄牌〔2024〕1号", story.people["office"].name)
    assert told(story, "clerk") == told(story, "head")
    assert told(story, "clerk")[0].startswith("收到黄牌〔2024〕1号：")
    assert [one.id for one in records.cards_of_row(story.row.id)] == [card.id]
    assert "黄牌〔2024〕1号：材料两次退回" in [
        one.opinion for one in row_trail(story.plan, NO, story.view.process_id)
    ]
    for colour, reason, who, error in (
        ("blue", "理由", "office", Invalid),
        ("red", " ", "office", Invalid),
        ("red", "理由", "clerk", Forbidden),
    ):
        with pytest.raises(error), transaction():
            cards.issue_card(story.plan.id, NO, colour, reason, by=story.people[who], at=NOW)


def test_everybody_lists_what_is_theirs_to_see(story):
    slip = issue(story)
    day = dt.date(2024, 8, 9)

    def seen(who, **wanted):
        by = story.people.get(who, SYSTEM)
        return [one.id for one in records.slips(by, Filters(**wanted), day)]

    assert seen("office") == seen("leader") == seen("clerk") == seen("head") == [slip.id]
    assert seen("stranger") == []
    assert seen("office", state="late") == seen("office", state="open") == [slip.id]
    assert seen("office", state="closed") == seen("office", unit=1, plan=999) == []
    assert records.slips(story.people["office"], Filters(), day, after=slip.id) == []
    with pytest.raises(NotFound):
        slips.get_slip(slip.id, by=story.people["stranger"])
