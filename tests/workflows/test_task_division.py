"""Every path of a division row, each as the story it is for."""

from datetime import UTC, date, datetime

import pytest

from tests.workflows.desk import (
    FINANCE,
    HELPERS,
    LEAD,
    OFFICE,
    OTHER,
    PLAN,
    ROW,
    TOWN,
    Desk,
    flow_ids,
)

STORIES = []


def story(function):
    STORIES.append(function)
    return function


def begin(cooperating=HELPERS, **row):
    return Desk("task_division", plan=PLAN, row=ROW | row, cooperating=cooperating)


def until_reporting(desk):
    desk.submit("sign_for", "accept")
    desk.submit("divide", "submit")
    desk.submit("division_review", "agree")
    for unit in list(desk.parts):
        desk.part_done(unit, f"{unit}已完成")


def report(desk):
    desk.submit("completion_report", "submit", summary="建成11个", figures=[{"reported": "11"}])


def strike_off(desk):
    desk.service_done("write_off", written_off_at="2027-06-01T00:00:00+00:00")
    assert desk.status == "finished"


@story
def a_row_from_sign_for_to_struck_off():
    desk = begin()
    assert desk.asked("sign_for") == (LEAD, "staff", "dispatched", 3)
    assert desk.one("sign_for").settings["sign_for"] == "true"
    desk.submit("sign_for", "accept")
    assert desk.asked("divide")[:3] == (LEAD, "staff", "in_progress")
    desk.submit("divide", "submit")
    assert desk.asked("division_review")[:3] == (LEAD, "reviewer", "division_review")
    assert len(desk.background("division_review")["division"]["rows"]) == 2
    desk.submit("division_review", "agree")
    assert desk.step.stage == "cooperating"
    part = desk.parts[FINANCE].variables["part"]
    assert part == {
        "unit": FINANCE,
        "name": "县财政局",
        "duty": "建好建强服务载体",
        "due": "2027-12-31",
    }
    assert desk.parts[TOWN].variables["earlier"] == []
    assert desk.parts[TOWN].settings["business_key"] == "plan:7/row:2"
    desk.part_done(TOWN, "已建1个")
    assert desk.tasks == []
    desk.part_done(FINANCE, "已拨付")
    assert desk.asked("completion_report") == (LEAD, "staff", "reporting", date(2027, 12, 31))
    shown = desk.background("completion_report")["reports"]["rows"]
    assert shown == [["县财政局", "已拨付"], ["高唐街道", "已建1个"]]
    report(desk)
    assert desk.asked("unit_review") == (LEAD, "reviewer", "unit_review", 3)
    assert desk.background("unit_review")["figures"]["rows"] == [["为农服务中心", "11", "11", "个"]]
    desk.submit("unit_review", "agree")
    assert desk.asked("office_review") == (OFFICE, "office", "office_review", 3)
    desk.submit("office_review", "agree", comment="同意销号")
    assert desk.services["plans.write_off_row"] == {
        "plan": 7,
        "row": 2,
        "summary": "建成11个",
        "figures": [{"key": "W36", "value": 11}],
        "evidence": [],
    }
    strike_off(desk)
    return desk


@story
def an_objection_that_is_not_upheld_goes_back_to_sign():
    desk = begin()
    desk.submit("sign_for", "object", reason="不属本单位职责")
    assert desk.asked("objection_review") == (LEAD, "reviewer", "objected", 3)
    assert desk.background("objection_review")["reason"]["text"] == "不属本单位职责"
    desk.submit("objection_review", "agree")
    assert desk.asked("office_decision") == (OFFICE, "office", "objected", 3)
    assert desk.background("office_decision")["reason"]["text"] == "不属本单位职责"
    desk.submit("office_decision", "uphold", comment="请按分工办理")
    assert desk.asked("sign_for")[0] == LEAD
    return desk


@story
def an_objection_that_changes_the_lead():
    desk = begin([*HELPERS, {"unit": OTHER, "name": "县商务委"}])
    desk.submit("sign_for", "object", reason="应由县商务委牵头", suggested=OTHER)
    assert desk.background("objection_review")["suggested"]["text"] == "县商务委"
    desk.submit("objection_review", "agree")
    desk.submit("office_decision", "reassign")
    assert desk.services["plans.reassign_row"]["unit"] == OTHER
    desk.service_done("change_lead", lead_unit=OTHER, lead_name="县商务委", cooperating=HELPERS)
    assert desk.asked("sign_for") == (OTHER, "staff", "dispatched", 3)
    until_reporting(desk)
    assert desk.asked("completion_report")[0] == OTHER
    assert [part["unit"] for part in desk.variables["division"]] == [FINANCE, TOWN]
    return desk


@story
def an_objection_the_head_does_not_share_goes_no_further():
    desk = begin()
    desk.submit("sign_for", "object", reason="人手不足")
    desk.submit("objection_review", "return", comment="属本单位职责，请签收")
    assert desk.asked("sign_for") == (LEAD, "staff", "dispatched", 3)
    return desk


@story
def silence_for_three_working_days_counts_as_signed_for():
    desk = begin()
    assert desk.timers == ["silent"]
    assert desk.one("silent").due_at == datetime(2026, 3, 5, 16, 0, tzinfo=UTC)  # after Thursday
    desk.fire("silent")
    assert (desk.asked("divide")[2], desk.timers) == ("in_progress", [])
    return desk


@story
def a_division_is_returned_and_changed():
    desk = begin()
    desk.submit("sign_for", "accept")
    desk.submit("divide", "submit")
    desk.submit("division_review", "return", comment="增加县商务委，不需高唐街道")
    rows = [{"unit": FINANCE, "duty": "出资", "due": "2027-06-30"}, {"unit": OTHER}]
    desk.submit("divide", "submit", division=rows)
    desk.submit("division_review", "agree")
    assert {unit: call.variables["part"]["duty"] for unit, call in desk.parts.items()} == {
        FINANCE: "出资",
        OTHER: "建好建强服务载体",
    }
    return desk


@story
def a_row_without_cooperating_units_passes_straight_on():
    desk = begin([], targets=[])
    until_reporting(desk)
    desk.submit("completion_report", "submit", summary="完成")
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "agree")
    assert desk.services["plans.write_off_row"]["figures"] == []
    strike_off(desk)
    return desk


@story
def a_report_is_returned_by_the_head_and_by_the_office():
    desk = begin()
    until_reporting(desk)
    report(desk)
    desk.submit("unit_review", "return", comment="数字再核")
    assert desk.one("completion_report").data["summary"] == "建成11个"
    desk.submit("completion_report", "submit", figures=[{"reported": 10}])
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "return", comment="差1个")
    desk.submit("completion_report", "submit", figures=[{"reported": 11}])
    assert desk.variables["figures"][0]["reported"] == 11
    return desk


@story
def the_office_sends_back_named_units_only():
    desk = begin()
    until_reporting(desk)
    report(desk)
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "return_units", comment="请补充验收意见", units=[TOWN])
    assert list(desk.parts) == [TOWN]
    again = desk.parts[TOWN].variables
    assert again["opinion"] == "请补充验收意见"
    assert [r["summary"] for r in again["earlier"]] == [f"{TOWN}已完成"]
    desk.part_done(TOWN, "已补充")
    reports = {r["unit"]: r["summary"] for r in desk.variables["reports"]}
    assert reports == {FINANCE: f"{FINANCE}已完成", TOWN: "已补充"}
    report(desk)
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "return_units", comment="再补", units=[FINANCE, TOWN])
    assert sorted(desk.parts) == [FINANCE, TOWN]
    return desk


@story
def a_major_row_goes_to_the_leader():
    desk = begin(major=True)
    until_reporting(desk)
    report(desk)
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "agree")
    assert desk.asked("leader_review") == (OFFICE, "leader", "leader_review", 3)
    desk.submit("leader_review", "return", comment="请说明资金")
    report(desk)
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "agree")
    desk.submit("leader_review", "agree")
    strike_off(desk)
    return desk


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: tell.__name__)
def test_story(tell):
    tell()


def test_the_stories_take_every_flow():
    taken = set().union(*(tell().taken for tell in STORIES))
    assert flow_ids("task_division") - taken == set()


def test_many_rounds_of_return_do_not_freeze_a_row():
    desk = begin()
    until_reporting(desk)
    for _ in range(100):
        report(desk)
        desk.submit("unit_review", "return", comment="重报")
    first = len(desk.state)
    for _ in range(50):
        report(desk)
        desk.submit("unit_review", "return", comment="重报")
    assert len(desk.state) < first * 1.1
