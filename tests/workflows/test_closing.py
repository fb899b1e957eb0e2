"""Every path of self-assessment and acceptance, played by the engine alone."""

from datetime import date

import pytest

from sanwei_flow.engine import ChildStart, Deliver
from sanwei_flow.errors import Invalid
from tests.workflows.desk import FINANCE, LEAD, OFFICE, PLAN, UNITS, Desk, flow_ids

DUE = "2027-11-15"
PARTIES = [{"unit": LEAD, "name": UNITS[LEAD]}, {"unit": FINANCE, "name": UNITS[FINANCE]}]
KNOWN = {
    "counts": "牵头2项：按时销号1项、逾期销号1项。",
    "rows": [
        {"no": "2", "task": "建好载体", "side": "牵头", "due": "2027-12-31", "result": "按时销号"}
    ],
    "figures": [
        {"indicator": "为农服务中心", "wanted": "11 个", "reported": "12 个", "met": "达到"}
    ],
}


def assessing(earlier=(), opinion=None) -> Desk:
    desk = Desk(
        "self_assessment",
        plan=PLAN,
        unit=PARTIES[0],
        assess_due=DUE,
        earlier=list(earlier),
        opinion=opinion,
    )
    assert desk.services == {"closing.prefill": {"unit": LEAD}}
    desk.service_done("prefill", **KNOWN)
    return desk


def a_unit_assesses_itself() -> Desk:
    desk = assessing()
    assert desk.asked("assess") == (LEAD, "staff", "assessing", date(2027, 11, 15))
    shown = desk.background("assess")
    assert shown["counts"]["text"] == KNOWN["counts"]
    assert shown["rows"]["rows"][0][-1] == "按时销号"
    desk.submit("assess", "submit", grade="good", work="建成为农服务中心12个")
    assert desk.asked("unit_review") == (LEAD, "reviewer", "unit_review", 3)
    assert desk.background("unit_review")["grade"]["text"] == "良好"
    desk.submit("unit_review", "return", comment="等次偏低")
    desk.submit("assess", "submit", grade="excellent")
    assert desk.background("unit_review")["work"]["text"] == "建成为农服务中心12个"
    desk.submit("unit_review", "agree")
    assert (desk.status, desk.step.stage) == ("finished", "done")
    given = desk.step.result
    assert (given["unit"], given["grade"]) == (LEAD, "excellent")
    assert given["counts"] == KNOWN["counts"]
    return desk


def it_is_filled_once_and_reused() -> Desk:
    before = {"unit": LEAD, "grade": "good", "work": "原来写的", "problems": "人手少"}
    desk = assessing([before], "请补充数据")
    assert desk.background("assess")["opinion"]["text"] == "请补充数据"
    desk.submit("assess", "submit")
    shown = desk.background("unit_review")
    assert (shown["work"]["text"], shown["problems"]["text"]) == ("原来写的", "人手少")
    return desk


def test_the_stories_of_a_unit_take_every_flow():
    taken = a_unit_assesses_itself().taken | it_is_filled_once_and_reused().taken
    assert flow_ids("self_assessment") - taken == set()


def test_words_and_a_grade_are_all_a_unit_is_asked_for():
    desk = assessing()
    with pytest.raises(Invalid) as refused:
        desk.submit("assess", "submit")
    assert set(refused.value.fields) == {"grade", "work"}


def collected(**more):
    told = {
        "reports": [{"unit": LEAD, "name": UNITS[LEAD], "grade": "good", "work": "已建成"}],
        "missing": "县财政局",
        "progress": "分工共2项：按时销号1项、未销号1项。",
        "targets": [
            {"key": "W36", "indicator": "为农服务中心", "wanted": "11 个", "reported": "12 个"}
            | {"met": "达到", "note": None}
        ],
        "unfinished": [{"no": "3", "task": "冷链", "lead": "县商务委", "reason": None}],
        "summary": "《工作方案》分工共2项。",
    }
    return told | more


def started() -> Desk:
    return Desk(
        "acceptance",
        plan=PLAN,
        parties=PARTIES,
        working=PARTIES,
        assess_due=DUE,
        opinion=None,
        reports=[],
        targets=None,
        unfinished=None,
        summary=None,
    )


def all_answer_and_the_leader_accepts() -> Desk:
    desk = started()
    assert desk.step.stage == "assessing"
    calls = desk.of(ChildStart)
    assert [call.variables["unit"]["unit"] for call in calls] == [LEAD, FINANCE]
    assert calls[0].variables["assess_due"] == DUE
    assert calls[0].settings["business_key"] == f"plan:7/unit:{LEAD}"
    desk.child_done("assess", unit=LEAD)
    desk.child_done("assess", unit=FINANCE)
    assert desk.services["closing.collect"]["summary"] is None
    desk.service_done("collect", **collected())
    assert desk.asked("summarise") == (OFFICE, "office", "summing_up", 5)
    with pytest.raises(Invalid) as refused:
        desk.submit("summarise", "submit")
    assert list(refused.value.fields) == ["unfinished-0-reason"]
    mine = [{"no": "3", "reason": "用地未批"}]
    desk.submit("summarise", "submit", unfinished=mine, targets=[{"key": "W36", "note": "超额"}])
    assert desk.asked("accept") == (OFFICE, "leader", "leader_review", 3)
    assert desk.background("accept")["targets"]["rows"][0][-2:] == ["达到", "超额"]
    desk.submit("accept", "return", comment="补充经费使用情况")
    kept = desk.services["closing.collect"]
    assert kept["unfinished"][0]["reason"] == "用地未批"
    desk.service_done("collect", **collected(**kept))
    desk.submit("summarise", "submit", summary="已补充经费", unfinished=mine)
    desk.submit("accept", "agree")
    (row,) = desk.services["closing.conclude"]["unfinished"]
    assert (row["no"], row["reason"]) == ("3", "用地未批")
    desk.service_done("conclude", accepted=True)
    assert (desk.status, desk.step.stage) == ("finished", "accepted")
    return desk


def one_is_not_waited_for_and_one_writes_again() -> Desk:
    desk = started()
    desk.child_done("assess", unit=LEAD)
    desk.act(Deliver("closing.wait_no_longer", {}))
    assert desk.cancelled == ["assess"]
    desk.service_done("collect", **collected(unfinished=[]))
    desk.submit("summarise", "return_units", comment="请补充数据", units=[LEAD])
    (again,) = desk.of(ChildStart)
    assert again.variables["unit"]["unit"] == LEAD
    assert again.variables["opinion"] == "请补充数据"
    assert again.variables["earlier"][0]["work"] == "已建成"
    assert again.variables["assess_due"] == "2026-03-09"  # five working days
    return desk


def test_the_stories_of_the_plan_take_every_flow():
    stories = (all_answer_and_the_leader_accepts, one_is_not_waited_for_and_one_writes_again)
    taken = set().union(*(tell().taken for tell in stories))
    assert flow_ids("acceptance") - taken == set()
