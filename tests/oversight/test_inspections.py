"""Inspections: a finding is mended by its unit and closed only by whoever looked again."""

import datetime as dt
from dataclasses import replace

import pytest

from sanwei_flow.audit.queries import entries
from sanwei_flow.db import db, transaction
from sanwei_flow.errors import Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.notifications.models import Notification
from sanwei_flow.oversight import inspecting, inspection_queries, rechecking
from sanwei_flow.oversight.inspecting import Found
from sanwei_flow.oversight.models import Inspection
from sanwei_flow.oversight.rechecking import Looked
from sanwei_flow.plans.keys import business_key
from sanwei_flow.processes.jobs import run_due_jobs
from sanwei_flow.processes.models import ProcessInstance
from sanwei_flow.processes.queries import get_instance, open_tasks
from sanwei_flow.supervision.records import Filters
from tests.counting import counted
from tests.factories import NOW, actor
from tests.plans.test_requests import LEAD, NO, OTHER

DAY = dt.date(2024, 8, 5)
DUE = dt.date(2024, 8, 16)
LATER = dt.date(2024, 8, 30)
SEEN = Looked(True, DAY, "李主任、周科长")
NOT_YET = Looked(False, DAY, "李主任", "台账仍缺三月", LATER)


def finding(story, **changes) -> Found:
    usual = Found(story.plan.id, NO, None, DAY, "李主任", "rectify", "台账不全", DUE)
    return replace(usual, **changes)


def inspect(story, who="office", key=None, **changes) -> Inspection:
    with transaction():
        given = finding(story, **changes)
        return inspecting.inspect(given, by=story.people[who], at=story.at, key=key)


def look(story, found, looked=SEEN, who="office", seen=0):
    with transaction():
        by = story.people[who]
        return rechecking.recheck(found.id, looked, seen=seen, by=by, at=story.at)


def reload(found) -> Inspection:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Inspection, found.id)


def listed(story, who="office", day=DAY, **wanted) -> list[str]:
    db.session.rollback()
    by = story.people[who]
    found = inspection_queries.inspections(by, Filters(**wanted), day)
    return [one.finding for one in found]


def told(story, who) -> list[str]:
    query = db.select(Notification).where(
        Notification.user_id == story.people[who].user_id, Notification.kind == "inspection"
    )
    found = db.session.scalars(query.order_by(Notification.id))
    return [one.title.format(**one.params) for one in found]


def test_a_problem_is_mended_and_closed_by_the_re_check_alone(story):
    found = inspect(story)
    assert (found.unit.name, found.state, found.due) == (LEAD, "rectifying", DUE)
    assert told(story, "clerk") == ["督导检查发现问题，请在2024-08-16前整改：台账不全"]
    story.do(found.process_id, "submit", "clerk", measures="已补齐")
    assert listed(story, state="recheck") == []
    story.do(found.process_id, "agree", "head")
    assert reload(found).state == "to_recheck"
    assert listed(story, state="recheck") == ["台账不全"]
    seen = {"recheck_on": "2024-08-05", "rechecked_by": "李主任"}
    story.do(
        found.process_id, "return", "office", comment="缺三月", next_due=LATER.isoformat(), **seen
    )
    run_due_jobs(story.at)
    found = reload(found)
    assert (found.state, found.due) == ("rectifying", LATER)
    assert open_tasks(found.process_id)[0].due == LATER
    story.do(found.process_id, "submit", "clerk", measures="三月已补")
    story.do(found.process_id, "agree", "head")
    story.do(found.process_id, "agree", "office", comment="核实无误", **seen)
    run_due_jobs(story.at)
    found = reload(found)
    assert (found.state, found.closed_at) == ("closed", story.at)
    assert get_instance(found.process_id).status == "finished"
    history = [(one.mended, one.note, one.next_due, one.by_name) for one in found.rechecks]
    office = story.people["office"].name
    assert history == [(False, "缺三月", LATER, office), (True, "核实无误", None, office)]
    assert told(story, "clerk")[1:] == [
        "回头看未整改：台账不全",
        "督导检查的问题已整改销号：台账不全",
    ]
    acts = [one for one in entries(business_key(story.plan.id)) if one.data.get("row") == NO]
    assert [(one.kind, one.data["after"]) for one in acts] == [
        ("inspect", "需要整改：台账不全"),
        ("recheck", "未整改：缺三月"),
        ("recheck", "已整改：核实无误"),
    ]


def test_the_office_may_look_again_before_the_unit_reports(story):
    found = inspect(story)
    first = found.process_id
    look(story, found, NOT_YET)
    found = reload(found)
    assert get_instance(first).status == "cancelled"
    assert (found.state, found.due, found.process_id != first) == ("rectifying", LATER, True)
    second = found.process_id
    look(story, found, seen=1)
    found = reload(found)
    assert (found.state, get_instance(second).status) == ("closed", "cancelled")
    assert [one.inspectors for one in found.rechecks] == ["李主任", "李主任、周科长"]


def test_what_is_not_mended_may_bring_a_slip(story):
    found = inspect(story, kind="problem", follow="none", due=None)
    assert (found.state, found.due, found.process_id) == ("open", None, None)
    kept = look(story, found, replace(NOT_YET, slip=True))
    found = reload(found)
    assert (found.slip.number, found.slip.due, kept.slip_id) == (
        "督办〔2024〕1号",
        LATER,
        found.slip_id,
    )
    assert "督导检查（2024-08-05）发现：台账不全" in found.slip.reason.format(**found.slip.params)
    with pytest.raises(Conflict, match="已有一张"):
        look(story, found, replace(NOT_YET, slip=True), seen=1)
    assert listed(story, state="recheck") == []
    story.do(found.slip.process_id, "reply", "clerk", measures="已补")
    story.do(found.slip.process_id, "agree", "office")
    assert listed(story, state="recheck") == ["台账不全"]  # a closed slip closes no finding
    look(story, found, seen=1)
    assert reload(found).state == "closed"


def test_a_slip_can_follow_at_once(story):
    found = inspect(story, follow="slip")
    assert (found.slip.due, found.slip.unit.name) == (DUE, LEAD)
    with pytest.raises(Invalid, match="第几项"):
        inspect(story, no=None, unit_id=found.unit_id, follow="slip")
    with pytest.raises(Conflict, match="已有一张"):
        inspect(story, follow="slip")
    assert len(db.session.scalars(db.select(Inspection)).all()) == 1


def test_what_was_good_needs_nothing_more(story):
    found = inspect(story, kind="good", finding="冷链建得早")
    assert (found.state, found.due, found.process_id) == ("good", None, None)
    with pytest.raises(Conflict, match="不用回头看"):
        look(story, found)
    assert listed(story, state="open") == []
    assert listed(story, state="good") == ["冷链建得早"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"inspectors": " "}, "检查人员"),
        ({"held_on": dt.date(2024, 8, 6)}, "不能晚于今天"),
        ({"kind": "bad"}, "检查结论"),
        ({"finding": ""}, "检查发现"),
        ({"finding": "长" * 1001}, "检查发现"),
        ({"due": None}, "整改时限"),
        ({"due": DAY}, "今天之后"),
        ({"follow": "fine"}, "如何处理"),
        ({"no": None}, "第几项"),
        ({"no": None, "unit_id": 10**6}, "被检查单位"),
    ],
)
def test_what_a_record_lacks_is_said(story, changes, sentence):
    with pytest.raises(Invalid, match=sentence):
        inspect(story, **changes)
    assert (
        db.session.scalars(
            db.select(ProcessInstance.id).where(
                ProcessInstance.business_key.contains("/inspection:")
            )
        ).all()
        == []
    )


@pytest.mark.parametrize(
    ("looked", "sentence"),
    [
        (replace(NOT_YET, note=""), "核实情况"),
        (replace(NOT_YET, next_due=None), "新的整改时限"),
        (replace(NOT_YET, next_due=DAY), "今天之后"),
        (replace(SEEN, inspectors=""), "检查人员"),
        (replace(SEEN, held_on=LATER), "不能晚于今天"),
    ],
)
def test_what_a_re_check_lacks_is_said(story, looked, sentence):
    found = inspect(story)
    with pytest.raises(Invalid, match=sentence):
        look(story, found, looked)
    assert reload(found).state == "rectifying"


def test_who_looks_second_is_told_who_was_first(story):
    found = inspect(story)
    colleague = actor(story.desk.county.units["县供销合作社"], "office")
    db.session.commit()
    with transaction():
        rechecking.recheck(found.id, NOT_YET, seen=0, by=colleague, at=story.at)
    with pytest.raises(Conflict) as refused:
        look(story, found, seen=0)
    assert colleague.name in str(refused.value)
    look(story, found, seen=1)
    with pytest.raises(Conflict, match=story.people["office"].name):
        look(story, found, seen=2)


def test_the_same_form_sent_twice_is_one_record(story):
    first = inspect(story, key="abc")
    assert inspect(story, key="abc").id == first.id
    assert inspect(story, key="abd").id != first.id


def test_only_the_office_writes_and_only_those_concerned_read(story):
    for who in ("clerk", "head", "leader", "stranger"):
        with pytest.raises(Forbidden):
            inspect(story, who)
    found = inspect(story)
    for who in ("clerk", "head", "leader"):
        with pytest.raises(Forbidden):
            look(story, found, who=who)
        assert listed(story, who) == ["台账不全"]
        assert inspection_queries.get_inspection(found.id, by=story.people[who])
    for who in ("stranger", "other"):
        assert listed(story, who) == []
        assert inspection_queries.of_row(found.row_id, by=story.people[who]) == []
        with pytest.raises(NotFound):
            inspection_queries.get_inspection(found.id, by=story.people[who])
    with pytest.raises(NotFound):
        look(story, type("Nothing", (), {"id": 10**6}))


def test_filters_and_a_list_that_costs_the_same_however_long(story):
    other = story.desk.unit(OTHER)
    inspect(story)
    office = story.people["office"]
    with counted() as few:
        inspection_queries.inspections(office, Filters(), DAY)
    inspect(story, no=None, unit_id=other, finding="档案散乱", follow="none", kind="problem")
    inspect(story, finding="冷链", kind="good")
    assert listed(story) == ["冷链", "档案散乱", "台账不全"]
    assert listed(story, unit=other) == ["档案散乱"]
    assert listed(story, plan=story.plan.id + 1) == []
    assert listed(story, state="late", day=LATER) == ["档案散乱", "台账不全"]
    assert listed(story, state="recheck", day=LATER) == ["档案散乱", "台账不全"]
    by = story.people["other"]
    assert [one.finding for one in inspection_queries.of_unit(other, by=by)] == ["档案散乱"]
    db.session.rollback()
    with counted() as many:
        inspection_queries.inspections(office, Filters(state="open"), NOW.date())
    assert len(many) <= len(few)
