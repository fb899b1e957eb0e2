"""Every path of one cooperating unit's part."""

from datetime import date

import pytest

from tests.workflows.desk import FINANCE, LEAD, PLAN, ROW, Desk, flow_ids

PART = {"unit": FINANCE, "name": "县财政局", "duty": "安排资金", "due": "2027-06-30"}
STORIES = []


def story(function):
    STORIES.append(function)
    return function


def begin(earlier=(), opinion=None):
    given = {"plan": PLAN, "row": ROW, "lead_unit": LEAD, "part": PART}
    return Desk("cooperation", **given, earlier=list(earlier), opinion=opinion)


@story
def silence_for_three_working_days_counts_as_signed_for():
    desk = begin()
    desk.fire("silent")
    assert (desk.asked("part_report")[2], desk.timers) == ("in_progress", [])
    return desk


@story
def a_part_from_sign_for_to_confirmed():
    desk = begin()
    assert desk.asked("sign_for") == (FINANCE, "staff", "dispatched", 3)
    desk.submit("sign_for", "accept")
    assert desk.asked("part_report") == (FINANCE, "staff", "in_progress", date(2027, 6, 30))
    figures = [{"indicator": "拨付资金", "reported": "600", "unit": "万元"}]
    desk.submit("part_report", "submit", summary="已拨付", figures=figures, evidence=[31])
    assert desk.asked("unit_review") == (FINANCE, "reviewer", "unit_review", 3)
    assert desk.background("unit_review")["evidence"]["files"] == [31]
    desk.submit("unit_review", "agree")
    assert desk.asked("lead_confirm") == (LEAD, "staff", "lead_review", 3)
    desk.submit("lead_confirm", "confirm")
    assert desk.status == "finished"
    assert desk.step.result == {
        "unit": FINANCE,
        "name": "县财政局",
        "summary": "已拨付",
        "figures": [{"indicator": "拨付资金", "reported": 600, "unit": "万元"}],
        "evidence": [31],
    }
    return desk


@story
def a_part_is_returned_by_the_head_and_by_the_lead():
    desk = begin()
    desk.submit("sign_for", "accept")
    desk.submit("part_report", "submit", summary="在办")
    desk.submit("unit_review", "return", comment="写具体")
    desk.submit("part_report", "submit", summary="已拨付600万元")
    desk.submit("unit_review", "agree")
    desk.submit("lead_confirm", "return", comment="附凭证")
    desk.submit("part_report", "submit", evidence=[32])
    desk.submit("unit_review", "agree")
    desk.submit("lead_confirm", "confirm")
    assert desk.step.result["summary"] == "已拨付600万元"
    assert desk.step.result["evidence"] == [32]
    return desk


@story
def a_unit_that_is_sent_back_finds_what_it_wrote_and_why():
    earlier = {"unit": FINANCE, "summary": "已拨付", "figures": [], "evidence": [31]}
    desk = begin([earlier], "请补充验收意见")
    assert desk.tasks == ["part_report"]
    assert desk.background("part_report")["opinion"]["text"] == "请补充验收意见"
    desk.submit("part_report", "submit")
    assert desk.variables["summary"] == "已拨付"
    assert desk.variables["evidence"] == [31]
    return desk


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
def test_story(tell):
    tell()


def test_the_stories_take_every_flow():
    taken = set().union(*(tell().taken for tell in STORIES))
    assert flow_ids("cooperation") - taken == set()
