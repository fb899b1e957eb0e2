"""Every path of what may be asked for a row, and of its progress report."""

from datetime import date
from functools import partial

import pytest

from tests.workflows.desk import LEAD, OFFICE, OTHER, PLAN, ROW, UNITS, Desk, flow_ids

KEYS = ("extension", "reassignment", "suspension", "resumption", "termination")
STORIES: dict[str, list] = {key: [] for key in (*KEYS, "progress_report")}
GIVEN = {
    "extension": {"new_due": "2028-06-30", "reason": "用地未批", "progress": "已选址"},
    "reassignment": {"reason": "职能划转", "suggested": OTHER},
    "suspension": {"reason": "资金未下达"},
    "resumption": {"reason": "资金已到位"},
    "termination": {"reason": "任务取消", "basis": "山府发〔2026〕3号", "basis_files": [7]},
}

OPERATIONS = {
    "suspension": "suspend_row",
    "resumption": "resume_row",
    "termination": "terminate_row",
}


def story(*keys):
    def note(function):
        for key in keys:
            STORIES[key].append(partial(function, key))
        return function

    return note


def begin(key, unit=LEAD, role="staff", **row):
    asker = {"unit": unit, "role": role, "name": UNITS[unit]}
    given = {"plan": PLAN, "row": ROW | row, "asker": asker, "late": False}
    return Desk(key, **given, present_due=(ROW | row)["due"])


def asked(key, **row):
    desk = begin(key, **row)
    assert desk.asked("apply") == (LEAD, "staff", "applying", 3)
    desk.submit("apply", "submit", **GIVEN[key])
    return desk


def granted(desk, operation, **result):
    assert list(desk.services) == [operation]
    desk.service_done("carry_out", applied=True, **result)
    assert (desk.status, desk.step.passed[-1]) == ("finished", "granted")


def refused(desk):
    assert list(desk.services) == ["plans.refuse_request"]
    desk.service_done("tell")
    assert (desk.status, desk.step.passed[-1]) == ("finished", "refused")


def approved(desk, **office_says):
    assert desk.asked("unit_review") == (LEAD, "reviewer", "unit_review", 3)
    desk.submit("unit_review", "agree")
    assert desk.asked("office_review") == (OFFICE, "office", "office_review", 3)
    desk.submit("office_review", "agree", **office_says)


@story("extension")
def an_extension_granted_with_another_date(key):
    desk = asked(key)
    assert desk.background("unit_review")["late"]["text"] == "否"
    approved(desk, granted_due="2028-03-31")
    assert desk.services["plans.apply_extension"] == {
        "due": "2028-03-31",
        "reason": "用地未批",
        "late": False,
    }
    granted(desk, "plans.apply_extension")
    return desk


@story("extension")
def a_late_extension_of_a_major_item(key):
    desk = asked(key, major=True, due="2020-12-31")
    assert desk.background("unit_review")["late"]["text"] == "是"
    approved(desk)
    assert desk.asked("leader_review") == (OFFICE, "leader", "leader_review", 3)
    assert desk.background("leader_review")["granted_due"]["text"] == "2028-06-30"
    desk.submit("leader_review", "agree")
    granted(desk, "plans.apply_extension")
    return desk


@story("extension", "suspension", "resumption", "termination")
def returned_by_each_and_refused_by_the_leader(key):
    desk = asked(key, major=True)
    desk.submit("unit_review", "return", comment="写清理由")
    desk.submit("apply", "submit")
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "return", comment="写清理由")
    desk.submit("apply", "submit")
    approved(desk)
    desk.submit("leader_review", "return", comment="再议")
    desk.submit("apply", "submit")
    approved(desk)
    desk.submit("leader_review", "reject", comment="不同意")
    refused(desk)
    return desk


@story("extension", "suspension", "resumption", "termination")
def refused_by_the_office(key):
    desk = asked(key)
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "reject", comment="不符合条件")
    refused(desk)
    return desk


@story("suspension", "resumption", "termination")
def asked_by_the_lead_and_granted(key):
    desk = asked(key)
    approved(desk)
    desk.submit("leader_review", "agree")
    granted(desk, f"plans.{OPERATIONS[key]}")
    return desk


@story("suspension", "resumption", "termination")
def asked_by_the_office_and_granted(key):
    desk = begin(key, OFFICE, "office")
    assert desk.asked("apply")[:2] == (OFFICE, "office")
    desk.submit("apply", "submit", **GIVEN[key])
    assert desk.background("leader_review")["asker_name"]["text"] == "专班"
    desk.submit("leader_review", "agree")
    granted(desk, f"plans.{OPERATIONS[key]}")
    return desk


@story("reassignment")
def another_lead(key):
    desk = asked(key)
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "reassign")
    assert desk.services["plans.apply_lead_change"] == {"unit": OTHER, "reason": "职能划转"}
    granted(desk, "plans.apply_lead_change")
    return desk


@story("reassignment")
def the_lead_stays(key):
    desk = asked(key)
    desk.submit("unit_review", "return", comment="写清理由")
    desk.submit("apply", "submit")
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "return", comment="附依据")
    desk.submit("apply", "submit")
    desk.submit("unit_review", "agree")
    desk.submit("office_review", "reject", comment="仍由你单位牵头")
    refused(desk)
    return desk


@story("progress_report")
def a_report_returned_and_read(key):
    figures = [
        {"key": "W36", "indicator": "中心", "goal": 11, "last": 4, "change": None, "unit": "个"}
    ]
    desk = Desk(
        key,
        plan=PLAN,
        row={"no": 2, "task": "建好建强服务载体", "lead_unit": LEAD},
        period="2027Q1",
        report_due="2027-03-25",
        figures=figures,
        progress="上次的内容",
        problems=None,
        next_steps=None,
    )
    assert desk.asked("report") == (LEAD, "staff", "to_report", date(2027, 3, 25))
    desk.submit("report", "submit", figures=[{"key": "W36", "change": "2"}])
    assert desk.background("office_review")["progress"]["text"] == "上次的内容"
    desk.submit("office_review", "return", comment="写具体")
    desk.submit("report", "submit", progress="新建2个")
    desk.submit("office_review", "acknowledge")
    assert desk.services["plans.record_progress"]["figures"][0]["change"] == 2
    desk.service_done("carry_out")
    assert desk.status == "finished"
    return desk


@pytest.mark.parametrize("key", STORIES)
def test_the_stories_take_every_flow(key):
    taken = set().union(*(tell().taken for tell in STORIES[key]))
    assert flow_ids(key) - taken == set()
