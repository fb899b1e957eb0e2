"""Consultations: minutes whose decisions become work, and who may know of them."""

import datetime as dt

import pytest

from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.inbox import queries as inbox
from sanwei_flow.notifications.models import Notification
from sanwei_flow.oversight import meeting_queries, meetings
from sanwei_flow.oversight.meetings import Words
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.oversight.models import Decision, Meeting
from sanwei_flow.plans.keys import business_key
from sanwei_flow.plans.services import write_off_row
from sanwei_flow.processes.inbox import Wanted
from sanwei_flow.processes.queries import get_instance, open_tasks
from sanwei_flow.supervision.jobs import sweep
from sanwei_flow.supervision.models import Card
from sanwei_flow.supervision.records import Filters
from tests.counting import counted
from tests.factories import NOW, actor
from tests.journeys.documents import DIVIDED
from tests.plans.test_requests import HELPER, LEAD, NO, OTHER

HELD = dt.date(2024, 8, 5)
DUE = dt.date(2024, 8, 20)
SITE = Wording("完成冷链选址", LEAD, f"{OTHER}、各乡镇", DUE, f"第{NO}项")
MONEY = Wording("落实贴息资金", OTHER)


def words(*decisions: Wording, title="冷链建设会商") -> Words:
    attending = f"{HELPER}、市供销社"
    return Words(title, HELD, "县政府", "王县长", attending, "冷链", "会议议定……", decisions)


def drafted(story, *decisions) -> Meeting:
    with transaction():
        given = words(*(decisions or (SITE, MONEY)))
        return meetings.draft(story.plan.id, given, by=story.people["office"], at=story.at)


def issued(story, *decisions, who="office") -> Meeting:
    meeting = drafted(story, *decisions)
    with transaction():
        by = story.people[who]
        return meetings.issue(meeting.id, revision=meeting.revision, by=by, at=story.at)


def told(story, who) -> list[str]:
    query = db.select(Notification).where(
        Notification.user_id == story.people[who].user_id, Notification.kind == "decision"
    )
    found = db.session.scalars(query.order_by(Notification.id)).all()
    return [one.title.format(**one.params) for one in found]


def heard(story, who) -> list[str]:
    query = db.select(Notification).where(Notification.user_id == story.people[who].user_id)
    return [str(one.title).format(**one.params) for one in db.session.scalars(query)]


def stand(story, who="office", day=HELD) -> list[tuple[str, str]]:
    db.session.rollback()
    db.session.expire_all()
    meeting = db.session.scalars(db.select(Meeting)).one()
    assert meeting_queries.get_meeting(meeting.id, by=story.people[who])
    found = meeting_queries.decisions_of(meeting, day)
    return [(one.decision.stage, one.light.colour) for one in found]


def test_each_decision_is_the_work_of_its_unit_until_the_office_concludes_it(story):
    meeting = issued(story)
    assert meeting.number == "会商〔2024〕1号"
    site, money = meeting.decisions
    assert (site.unit.name, site.due, site.stage) == (LEAD, DUE, "dispatched")
    # Without a day of its own: 20 days, as is usual for minutes.
    assert (money.unit.name, money.due) == (OTHER, dt.date(2024, 8, 25))
    assert told(story, "clerk") == [
        f"会商〔2024〕1号议定由{LEAD}牵头，请在2024-08-20前办结：完成冷链选址"
    ]
    assert "本单位配合" in told(story, "other")[0]
    assert "请在2024-08-25前办结：落实贴息资金" in told(story, "other")[1]
    assert "本单位配合" in told(story, "stranger")[0]  # a town, by 各乡镇

    story.do(site.process_id, "accept", "clerk")
    story.do(site.process_id, "submit", "clerk", summary="定在东河镇")
    story.do(site.process_id, "agree", "head")
    story.do(site.process_id, "return", "office", comment="附选址意见")
    story.do(site.process_id, "submit", "clerk", summary="定在东河镇，意见已附")
    story.do(site.process_id, "agree", "head")
    assert stand(story)[0] == ("office_review", "green")
    story.do(site.process_id, "conclude", "office")
    assert stand(story) == [("done", "none"), ("dispatched", "green")]
    assert stand(story, day=dt.date(2024, 8, 26))[1] == ("dispatched", "red")


def test_decisions_are_found_at_the_row_and_at_the_task(story):
    meeting = issued(story)
    (found,) = meeting_queries.decisions_of_row(story.row.id, HELD, by=story.people["clerk"])
    assert (found.decision.meeting.number, found.decision.no) == (meeting.number, 1)
    kept = [one for one in entries(business_key(story.plan.id)) if one.kind == "decide"]
    assert [(one.data["row"], one.data["after"]) for one in kept] == [
        (NO, "会商〔2024〕1号：完成冷链选址")
    ]

    task = open_tasks(found.decision.process_id)[0]
    assert task.title == "会商〔2024〕1号：完成冷链选址"
    decision = meeting_queries.decision_of_process(task.instance_id, by=story.people["clerk"])
    assert decision.id == found.decision.id
    line = next(
        one
        for one in inbox.box(
            story.people["clerk"], "to_accept", HELD, wanted=Wanted("", f"plan:{story.plan.id}")
        ).lines
        if one.task.id == task.id
    )
    assert (line.plan, line.row_no) == (story.plan.title, None)


def test_a_decision_outlives_the_row_it_is_about(story):
    (site,) = issued(story, SITE).decisions
    with transaction():
        write_off_row({}, instance=get_instance(story.view.process_id), at=story.at)
    assert stand(story) == [("dispatched", "green")]
    assert open_tasks(site.process_id)


def test_overdue_decisions_are_reminded_of_carded_and_counted(story):
    (site,) = issued(story, SITE).decisions
    story.do(site.process_id, "accept", "clerk")
    for day in range(13, 28):
        late = dt.datetime(2024, 8, day, 0, 30, tzinfo=dt.UTC)
        sweep(late)
    said = [one for one in heard(story, "clerk") if "完成冷链选址" in one]
    assert any("还有" in one for one in said), said
    assert any("逾期" in one for one in said), said
    carded = db.session.scalars(db.select(Card.task_id)).all()
    assert open_tasks(site.process_id)[0].id in carded
    assert meeting_queries.overdue(story.people["office"], late.date()) == 1
    assert meeting_queries.overdue(story.people["office"], late.date(), story.plan.id + 1) == 0
    assert meeting_queries.overdue(story.people["office"], DUE) == 0
    listed = meeting_queries.meetings(story.people["office"], Filters(state="late"), late.date())
    assert [(one.open, one.late) for one in listed] == [(1, 1)]


def test_issuing_twice_gives_each_decision_out_once(story):
    meeting = issued(story)
    with transaction():
        again = meetings.issue(meeting.id, revision=1, by=story.people["office"], at=story.at)
    assert again.number == meeting.number
    assert db.session.scalar(db.select(db.func.count(Decision.process_id))) == 2
    with pytest.raises(Conflict, match="已经印发"), transaction():
        meetings.discard(meeting.id, by=story.people["office"])
    with pytest.raises(Conflict, match="已经印发"), transaction():
        meetings.save(meeting.id, words(), revision=1, by=story.people["office"], at=story.at)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (Wording("选址", ""), "lead", "请写明牵头单位"),
        (Wording("选址", "县农业农村局"), "lead", "是不是“县农业农村委”"),
        (Wording("选址", "火星局"), "lead", "没有“火星局”"),
        (Wording("选址", "各乡镇"), "lead", "只能是一个单位"),
        (Wording("选址", f"{LEAD}、{OTHER}"), "lead", "只能是一个单位"),
        (Wording("选址", LEAD, "县财政所"), "helpers", "没有“县财政所”"),
        (Wording("选址", LEAD, due=dt.date(2024, 8, 4)), "due", "办结时限已过"),
        (Wording("选址", LEAD, row_nos="3、99"), "row_nos", "没有第99项"),
        (Wording(" ", LEAD), "text", "请写明议定事项"),
    ],
)
def test_what_cannot_be_given_out_is_said_decision_by_decision(story, wrong, field, sentence):
    meeting = drafted(story, MONEY, wrong)
    fine, bad = meetings.outlook(meeting, HELD)
    assert not fine.problems
    assert [(name, sentence in str(told)) for name, told in bad.problems.items()] == [(field, True)]
    with pytest.raises(Invalid, match="第2条") as refused, transaction():
        meetings.issue(meeting.id, revision=1, by=story.people["office"], at=story.at)
    assert list(refused.value.fields) == ["2"]
    assert db.session.scalar(db.select(db.func.count(Decision.process_id))) == 0


def test_who_saves_second_is_told_who_was_first(story):
    meeting = drafted(story)
    colleague = actor(story.desk.county.units["县供销合作社"], "office")
    db.session.commit()
    with transaction():
        meetings.save(meeting.id, words(SITE), revision=1, by=colleague, at=story.at)
    with pytest.raises(Conflict) as refused, transaction():
        office = story.people["office"]
        meetings.save(meeting.id, words(MONEY), revision=1, by=office, at=story.at)
    assert colleague.name in str(refused.value)
    assert "2024-08-05 09:00" in str(refused.value)
    with pytest.raises(Conflict), transaction():
        meetings.issue(meeting.id, revision=1, by=story.people["office"], at=story.at)
    with transaction():
        kept = meetings.save(
            meeting.id, words(MONEY), revision=2, by=story.people["office"], at=story.at
        )
    assert [one.text for one in kept.decisions] == ["落实贴息资金"]


def test_only_the_office_writes_and_only_those_concerned_read(story):
    stranger = story.people["stranger"]
    for who in ("clerk", "head", "leader", "stranger"):
        with pytest.raises(Forbidden), transaction():
            meetings.draft(story.plan.id, words(), by=story.people[who], at=story.at)
    meeting = drafted(story, Wording("选址", LEAD, due=DUE))
    for who in ("clerk", "leader", "helper"):
        with pytest.raises(NotFound):
            meeting_queries.get_meeting(meeting.id, by=story.people[who])
        with pytest.raises(Forbidden), transaction():
            meetings.issue(meeting.id, revision=1, by=story.people[who], at=story.at)
    with transaction():
        meetings.issue(meeting.id, revision=1, by=story.people["office"], at=story.at)
    for who in ("clerk", "head", "leader", "helper"):  # leads, leads, oversees, attended
        assert meeting_queries.get_meeting(meeting.id, by=story.people[who])
    for by in (stranger, story.people["other"]):
        with pytest.raises(NotFound):
            meeting_queries.get_meeting(meeting.id, by=by)
        assert meeting_queries.meetings(by, Filters(), HELD) == []


def test_a_meeting_needs_a_name_a_day_and_a_running_plan(story):
    office = story.people["office"]
    for wrong in (words(title=" "), Words("会", HELD + dt.timedelta(days=1))):
        with pytest.raises(Invalid), transaction():
            meetings.draft(story.plan.id, wrong, by=office, at=NOW)
    plan = story.desk.imports(DIVIDED + "\n", name="草稿.txt")
    with pytest.raises(Conflict, match="启动后"), transaction():
        meetings.draft(plan.id, words(), by=office, at=NOW)
    meeting = drafted(story)
    with transaction():
        meetings.discard(meeting.id, by=office)
    assert db.session.scalars(db.select(Decision)).all() == []


def test_the_list_costs_the_same_however_long(story):
    issued(story)
    office = story.people["office"]
    with counted() as few:
        meeting_queries.meetings(office, Filters(), HELD)
    for _ in range(3):
        issued(story)
    db.session.commit()
    db.session.expire_all()
    with counted() as many:
        assert len(meeting_queries.meetings(office, Filters(state="open"), HELD)) == 4
    assert len(many) <= len(few) + 1
    assert db.session.scalars(db.select(Card)).all() == []
