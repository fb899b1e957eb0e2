"""The page of the ladder: what counts, what would happen tomorrow, what is refused."""

import datetime as dt

import pytest

from sanwei_flow import web
from sanwei_flow.calendars import today
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.queries import current_decision
from sanwei_flow.engine import read_table
from sanwei_flow.plans import lights
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.supervision import levels
from sanwei_flow.supervision.ladder import Step
from sanwei_flow.supervision.settings import ladders, table_source
from tests.factories import log_in
from tests.plans.test_requests import LEAD, NO

PAGE = "/supervision/ladder"


@pytest.fixture
def office(client, story):
    return log_in(client, story.desk.county.office)


def text(answer) -> str:
    return " ".join(answer.text.split())


def steps(scope, *rungs, act="save") -> dict:
    sent = {"scope": scope, "steps": len(rungs) + 1, "act": act}
    for number, (kind, days, to) in enumerate(rungs):
        sent |= {f"kind-{number}": kind, f"days-{number}": days, f"to-{number}": to}
    return sent


def test_what_counts_is_shown_and_saved_by_scope(story, office):
    shown = text(office.get(PAGE))
    for words in (
        "到期前（办理期一年以上）",
        "逾期后每个工作日",
        "单位主要领导",
        "逾期10个工作日以上",
    ):
        assert words in shown
    scope = f"plan:{story.plan.id}"
    assert "沿用通用设置" in text(office.get(f"{PAGE}?scope={scope}"))
    answer = office.post(PAGE, data=steps(scope, ("before", "5", ["head", "leader"])))
    assert answer.status_code == 302
    assert "单独设置" in text(office.get(f"{PAGE}?scope={scope}"))
    assert ladders().of_row(story.plan.id).rungs == (Step("before", 5, ("head", "leader")),)
    assert len(ladders().of_row(0).rungs) == 5
    db.session.rollback()
    office.post(PAGE, data=steps(scope, act="drop"))
    assert not ladders().own(scope)


def test_the_preview_names_tomorrows_people_and_changes_nothing(story, office):
    tomorrow, calendar = today(web.now()) + dt.timedelta(days=1), load_calendar()
    due = calendar.workdays_after(tomorrow, 20)
    with transaction():
        story.plan.launched_at = web.now() - dt.timedelta(days=30)
        for row in db.session.scalars(db.select(PlanRow)):
            row.due = due if row.no == NO else None
    # Twenty working days before the due day is tomorrow, or the last working day before it.
    speaks = calendar.workdays_after(due, -20) == tomorrow
    sent = steps("row", ("before", "20", ["lead"]), act="preview")
    shown = text(office.post(PAGE, data=sent))
    assert ("将向 2 人发出 2 条提醒" in shown) == speaks
    assert (story.desk.county.clerks[LEAD].name in shown) == speaks
    assert ("明天没有要提醒的事项" in shown) == (not speaks)
    assert not ladders().own("row")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (steps("row", ("before", "0", ["head"])), "提醒应提前1至60个工作日"),
        (steps("row", ("before", "3", [])), "每一步提醒都要选择告知谁"),
        (steps("elsewhere", ("before", "3", ["head"])), "没有这个适用范围"),
    ],
)
def test_odd_steps_are_refused_in_a_sentence(office, data, said):
    answer = office.post(PAGE, data=data)
    assert answer.status_code == 422
    assert said in answer.text


def test_lights_levels_and_table_are_data(story, office):
    colours = {f"colour-{state}": "yellow" for state in lights.STATES}
    sent = {"near": "5", "behind": "15", "far_behind": "40", **colours}
    assert office.post(f"{PAGE}/lights", data=sent).status_code == 302
    kept = lights.rules()
    assert (kept.near, kept.behind, kept.far_behind, kept.colours["overdue"]) == (
        5,
        15,
        40,
        "yellow",
    )
    db.session.rollback()
    assert office.post(f"{PAGE}/lights", data=sent | {"behind": "50"}).status_code == 422
    assert office.post(f"{PAGE}/lights", data=sent | {"colour-near": "blue"}).status_code == 422

    two = {"name": ["承办人", "组长", ""], "side": ["unit", "office", "unit"]}
    two |= {"role": ["staff", "leader", "staff"], "days": ["2", "4", "3"]}
    assert office.post(f"{PAGE}/levels", data=two).status_code == 302
    assert [one.days for one in levels.levels()] == [2, 4]
    db.session.rollback()
    assert office.post(f"{PAGE}/levels", data=two | {"days": ["0", "4", "3"]}).status_code == 422

    rule = [">= 2", "-", "-", "-", '"red_card"', '"red"', '["head"]', '"card"']
    sent = {"rules": "2", "rule-0": rule, "note-0": "两\0天\x01", "rule-1": [""] * 8}
    assert office.post(f"{PAGE}/table", data=sent).status_code == 302
    assert current_decision("escalation").number == 2
    db.session.rollback()
    shown = text(office.get(PAGE))
    assert 'value="两天"' in shown
    wrong = office.post(f"{PAGE}/table", data=sent | {"rule-0": ["[2..", *rule[1:]]})
    assert wrong.status_code == 422
    assert "表「逾期升级」第1条规则「逾期工作日数」" in wrong.text


def test_who_is_told_of_late_work_is_picked_from_a_list(story, office):
    rule = [">= 2", "-", "-", "-", '"red_card"', '"red"', "", '"card"']
    sent = {"rules": "2", "rule-0": rule, "note-0": "两天", "told-0": ["leader", "head", "nobody"]}
    assert office.post(f"{PAGE}/table", data=sent).status_code == 302
    (kept,) = read_table(table_source()).rules
    assert kept.outputs[2].text == '["head", "leader"]'
    shown = text(office.get(PAGE))
    for name, ticked in (("head", True), ("leader", True), ("handler", False)):
        assert (f'value="{name}" id="told-0-{name}" checked' in shown) == ticked
    db.session.rollback()

    # What somebody computes stays a text of theirs.
    rule[6] = 'major ? ["head"] : ["office"]'
    assert office.post(f"{PAGE}/table", data=sent | {"rule-0": rule}).status_code == 302
    assert "major ? [" in text(office.get(PAGE))


def test_others_do_not_get_in(client, story):
    clerk = log_in(client, story.desk.county.clerks[LEAD])
    assert clerk.get(PAGE).status_code == 403
    assert clerk.post(f"{PAGE}/table").status_code == 403
