"""Late decisions of meetings climb the ladder of every other late work: nothing goes unseen."""

import datetime as dt

import pytest

from sanwei_flow.db import db, transaction
from sanwei_flow.oversight import inspecting, meetings
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.processes.models import Job
from sanwei_flow.processes.queries import open_tasks
from sanwei_flow.supervision import operations
from sanwei_flow.supervision.jobs import sweep
from sanwei_flow.supervision.models import Card, Slip
from sanwei_flow.supervision.outlook import look_ahead
from sanwei_flow.supervision.records import CardFilters, cards
from sanwei_flow.supervision.settings import ladders
from tests.counting import counted
from tests.plans.test_requests import LEAD, NO, OTHER
from tests.supervision.test_escalation import issued, live, morning, told

DUE = dt.date(2024, 9, 30)  # the National Day holiday follows
MET = dt.datetime(2024, 9, 10, 2, tzinfo=dt.UTC)


@pytest.fixture
def quiet(story):
    """Nothing of the plan itself is late: only what meetings and inspections give out."""
    with transaction():
        for row in db.session.scalars(db.select(PlanRow)):
            row.due, row.major = None, False
        tasks = db.metadata.tables["task"]
        db.session.execute(tasks.update().values(due=dt.date(9999, 12, 31), remind_on=None))
        db.session.execute(db.delete(Job))
    story.at = MET
    return story


def met(story, *decisions: Wording) -> list[int]:
    """The processes of the decisions of a meeting, signed for."""
    office = story.people["office"]
    words = meetings.Words("联席会商", MET.date(), decisions=decisions)
    with transaction():
        meeting = meetings.draft(story.plan.id, words, by=office, at=MET)
        meetings.issue(meeting.id, revision=1, by=office, at=MET)
    return [one.process_id for one in meeting.decisions]


def numbers(said: list[str]) -> list[str]:
    return [one.partition("：")[0] for one in said]


def test_yellow_red_and_a_slip_for_a_row_its_unit_leads(quiet):
    (process,) = met(quiet, Wording("落实选址", LEAD, due=DUE, row_nos=str(NO)))
    quiet.do(process, "accept", "clerk")
    live(quiet, "2024-09-16", "2024-10-20")

    # 8, 9 and 10 October are the first working days; Saturday the 12th is worked.
    assert issued() == [("黄牌〔2024〕1号", "2024-10-10"), ("红牌〔2024〕1号", "2024-10-14")]
    assert issued(Slip) == [("督办〔2024〕1号", "2024-10-18")]
    assert numbers(told(quiet, "clerk", "escalation")) == ["黄牌〔2024〕1号", "督办〔2024〕1号"]
    assert numbers(told(quiet, "head", "escalation"))[:2] == ["黄牌〔2024〕1号", "红牌〔2024〕1号"]
    assert numbers(told(quiet, "office", "escalation")) == ["红牌〔2024〕1号", "督办〔2024〕1号"]
    assert numbers(told(quiet, "leader", "escalation")) == ["督办〔2024〕1号"]
    slip = db.session.scalars(db.select(Slip)).one()
    assert (slip.row.no, slip.unit.name) == (NO, LEAD)
    assert "落实选址" in slip.reason.format(**slip.params)
    # The office finds the cards under its plan, beside those of rows.
    found = cards(quiet.people["office"], CardFilters(plan=quiet.plan.id))
    assert [one.task_id for one in found] == [open_tasks(process)[0].id] * 2


def test_without_a_row_of_its_own_the_leader_hears_by_a_red_card(quiet):
    """A slip is about a row; a decision about none its unit leads has a card in its place."""
    met(quiet, Wording("先行拨付", OTHER, due=DUE, row_nos=str(NO)))
    live(quiet, "2024-09-14", "2024-10-22")
    assert [day for number, day in issued() if number.startswith("红牌")] == [
        "2024-10-14",
        "2024-10-18",
    ]
    assert issued(Slip) == []
    assert len(told(quiet, "leader", "escalation")) == 1
    assert len(told(quiet, "office", "escalation")) == 2


def test_a_decision_about_a_major_row_climbs_faster(quiet):
    with transaction():
        quiet.row.major = True
    (process,) = met(quiet, Wording("落实选址", LEAD, due=DUE, row_nos=str(NO)))
    quiet.do(process, "accept", "clerk")
    live(quiet, "2024-09-30", "2024-10-12")
    assert issued() == [("黄牌〔2024〕1号", "2024-10-08"), ("红牌〔2024〕1号", "2024-10-10")]
    assert issued(Slip) == [("督办〔2024〕1号", "2024-10-12")]


def test_a_report_ends_the_ladder_and_what_was_returned_goes_on_where_it_stood(quiet):
    (process,) = met(quiet, Wording("落实选址", LEAD, due=DUE, row_nos=str(NO)))
    quiet.do(process, "accept", "clerk")
    live(quiet, "2024-10-01", "2024-10-10")
    quiet.do(process, "submit", "clerk", summary="已落实")
    quiet.do(process, "return", "head", comment="还差一处")
    live(quiet, "2024-10-11", "2024-10-11")
    assert len(issued()) == 1  # the yellow card of this deadline is not issued again
    live(quiet, "2024-10-12", "2024-10-14")
    assert [number for number, _ in issued()] == ["黄牌〔2024〕1号", "红牌〔2024〕1号"]


def test_a_late_rectification_climbs_as_well(quiet):
    office = quiet.people["office"]
    found = inspecting.Found(
        quiet.plan.id, NO, None, MET.date(), "检查组", "rectify", "台账不全", due=DUE
    )
    with transaction():
        inspecting.inspect(found, by=office, at=MET)
    live(quiet, "2024-09-16", "2024-10-18")
    assert [day for _, day in issued()] == ["2024-10-10", "2024-10-14"]
    assert [day for _, day in issued(Slip)] == ["2024-10-18"]
    assert len(told(quiet, "leader", "escalation")) == 1


def test_looking_ahead_says_it_and_nothing_is_tried_twice(quiet, caplog):
    (process,) = met(quiet, Wording("落实选址", LEAD, due=DUE, row_nos=str(NO)))
    quiet.do(process, "accept", "clerk")
    live(quiet, "2024-09-30", "2024-10-09")
    ahead = look_ahead(ladders(), at=morning(dt.date(2024, 10, 9)))
    assert [one.level for one in ahead.late] == ["yellow_card"]
    db.session.rollback()
    caplog.clear()
    live(quiet, "2024-10-10", "2024-10-11")
    assert len(issued()) == 1
    assert "another runner" not in caplog.text


def test_reckoning_costs_the_same_however_many_decisions_are_late(quiet):
    def sent(day: str) -> int:
        with counted() as statements:
            _, late = operations.remind_of_tasks(at=morning(dt.date.fromisoformat(day)), limit=200)
        assert late
        db.session.rollback()
        return len(statements)

    sweep(morning(dt.date(2024, 9, 13)))
    for process in met(quiet, Wording("甲", LEAD, due=DUE, row_nos=str(NO))):
        quiet.do(process, "accept", "clerk")
    few = sent("2024-10-14")
    more = [Wording(f"事项{n}", LEAD, due=DUE, row_nos=str(NO)) for n in range(6)]
    for process in met(quiet, *more):
        quiet.do(process, "accept", "clerk")
    assert sent("2024-10-14") == few
    assert db.session.scalars(db.select(Card)).all() == []
