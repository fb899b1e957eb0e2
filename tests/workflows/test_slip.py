"""Every path of a slip: answered, sent back, excused, risen."""

from datetime import date

from tests.workflows.desk import LEAD, OFFICE, PLAN, ROW, Desk, flow_ids


def facts(due="2026-03-05", role="staff", unit=LEAD, level=0, name="承办人"):
    slip = {"number": "督办〔2026〕1号", "unit": unit, "role": role, "level": level, "due": due}
    return {"slip": slip, "slip_level": name, "slip_due": due}


def issued() -> Desk:
    return Desk(
        "supervision_slip",
        plan=PLAN,
        row=ROW,
        slip_number="督办〔2026〕1号",
        slip_reason="进度滞后",
        renewed_due=None,
        **facts(),
    )


def answered_and_closed() -> Desk:
    desk = issued()
    assert desk.asked("reply") == (LEAD, "staff", "to_reply", date(2026, 3, 5))
    assert desk.background("reply")["slip_reason"]["text"] == "进度滞后"
    desk.submit("reply", "reply", measures="本月补建两个")
    assert desk.asked("check") == (OFFICE, "office", "checking", 3)
    assert desk.background("check")["measures"]["text"] == "本月补建两个"
    desk.submit("check", "agree")
    desk.service_done("strike", closed=True)
    assert (desk.status, desk.step.stage) == ("finished", "closed")
    return desk


def sent_back_then_excused() -> Desk:
    desk = issued()
    desk.submit("reply", "reply", measures="正在研究")
    desk.submit("check", "return", comment="没有措施", renewed_due="2026-03-10")
    assert desk.services == {"supervision.renew_slip": {"due": "2026-03-10"}}
    desk.service_done("renew", **facts("2026-03-10"))
    assert desk.asked("reply")[3] == date(2026, 3, 10)
    desk.submit("reply", "explain", excuse="土地未批", wanted_due="2026-04-10")
    assert desk.asked("consider") == (OFFICE, "office", "considering", 2)
    assert desk.background("consider")["excuse"]["text"] == "土地未批"
    desk.submit("consider", "reject", comment="早已批复")
    assert desk.services == {"supervision.renew_slip": {"due": None}}
    desk.service_done("renew", **facts("2026-03-10"))
    return desk


def nobody_answers() -> Desk:
    desk = issued()
    timer = desk.one("expired")
    assert timer.due_at.isoformat() == "2026-03-05T16:00:00+00:00"  # the end of the day in China
    desk.fire("expired")
    assert list(desk.services) == ["supervision.raise_slip"]
    desk.service_done("raise", **facts("2026-03-09", "reviewer", level=1, name="单位负责人"))
    assert desk.asked("reply")[:2] == (LEAD, "reviewer")
    return desk


def test_the_stories_take_every_flow():
    stories = (answered_and_closed, sent_back_then_excused, nobody_answers)
    taken = set().union(*(tell().taken for tell in stories))
    assert flow_ids("supervision_slip") - taken == set()
