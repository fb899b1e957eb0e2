"""Every path of a meeting's decision and of a rectification after an inspection."""

from datetime import date

from tests.workflows.desk import LEAD, OFFICE, PLAN, Desk, flow_ids

DUE = "2026-03-20"


def decided() -> Desk:
    return Desk(
        "consultation",
        plan=PLAN,
        meeting={"id": 1, "number": "会商〔2026〕1号", "title": "冷链建设"},
        decision={"no": 1, "text": "完成选址", "unit": LEAD, "due": DUE},
        meeting_number="会商〔2026〕1号　冷链建设",
        decision_text="完成选址",
        decision_helpers="县财政局",
        decision_due=DUE,
    )


def done_and_concluded() -> Desk:
    desk = decided()
    assert desk.asked("sign_for") == (LEAD, "staff", "dispatched", 3)
    assert desk.background("sign_for")["decision_text"]["text"] == "完成选址"
    desk.submit("sign_for", "accept")
    assert desk.asked("report") == (LEAD, "staff", "in_progress", date(2026, 3, 20))
    desk.submit("report", "submit", summary="已选址")
    assert desk.asked("unit_review") == (LEAD, "reviewer", "unit_review", 3)
    desk.submit("unit_review", "agree")
    assert desk.asked("office_check") == (OFFICE, "office", "office_review", 3)
    assert desk.background("office_check")["summary"]["text"] == "已选址"
    desk.submit("office_check", "conclude")
    assert (desk.status, desk.step.stage) == ("finished", "done")
    return desk


def silent_and_sent_back_twice() -> Desk:
    desk = decided()
    desk.fire("silent")
    desk.submit("report", "submit", summary="正在研究")
    desk.submit("unit_review", "return", comment="写具体")
    desk.submit("report", "submit", summary="初选两处")
    desk.submit("unit_review", "agree")
    desk.submit("office_check", "return", comment="请定一处")
    assert desk.asked("report")[3] == date(2026, 3, 20)
    desk.submit("report", "submit", summary="定在东河镇")
    return desk


def test_the_stories_of_decisions_take_every_flow():
    taken = set().union(
        *(tell().taken for tell in (done_and_concluded, silent_and_sent_back_twice))
    )
    assert flow_ids("consultation") - taken == set()


def found(due=DUE):
    return {
        "inspection": {"id": 1, "unit": LEAD, "finding": "台账不全", "due": due},
        "finding": "台账不全",
        "inspected_on": "2026-03-02",
        "rectify_due": due,
    }


def to_mend() -> Desk:
    first = {"recheck_on": None, "rechecked_by": "", "next_due": None}
    return Desk("rectification", plan=PLAN, **found(), **first)


def test_the_stories_of_rectifications_take_every_flow():
    desk = to_mend()
    assert desk.asked("rectify") == (LEAD, "staff", "rectifying", date(2026, 3, 20))
    desk.submit("rectify", "submit", measures="已补")
    desk.submit("unit_review", "return", comment="差三月的")
    desk.submit("rectify", "submit", measures="全部补齐")
    desk.submit("unit_review", "agree")
    assert desk.asked("recheck") == (OFFICE, "office", "to_recheck", 5)
    seen = {"recheck_on": "2026-03-23", "rechecked_by": "李主任"}
    desk.submit("recheck", "return", comment="仍缺", next_due="2026-04-10", **seen)
    assert desk.services["oversight.keep_recheck"] == {
        "result": "return",
        "held_on": "2026-03-23",
        "inspectors": "李主任",
        "next_due": "2026-04-10",
    }
    desk.service_done("keep", **found("2026-04-10"))
    assert desk.asked("rectify")[3] == date(2026, 4, 10)
    assert desk.background("rectify")["rectify_due"]["text"] == "2026-04-10"
    desk.submit("rectify", "submit", measures="已补齐")
    desk.submit("unit_review", "agree")
    desk.submit("recheck", "agree", **seen)
    desk.service_done("keep", **found("2026-04-10"))
    assert (desk.status, desk.step.stage) == ("finished", "done")
    assert flow_ids("rectification") - desk.taken == set()
