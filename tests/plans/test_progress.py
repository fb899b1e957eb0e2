"""Progress by the plan's cycle: asked for once, filled in as changes, known ever after."""

import datetime as dt
from decimal import Decimal

import pytest

from sanwei_flow import engine
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.db import UTC, db, transaction
from sanwei_flow.designs.queries import compiled
from sanwei_flow.errors import Forbidden, Invalid
from sanwei_flow.plans import progress
from sanwei_flow.plans.cycles import Period, period_of
from sanwei_flow.plans.jobs import ask_for_reports
from sanwei_flow.plans.models import Target
from sanwei_flow.plans.records import RowReport, TargetValue
from sanwei_flow.processes.actions import available_actions
from sanwei_flow.processes.queries import get_instance, open_tasks
from tests.plans.test_requests import Story

#: Five working days before 25 September 2024, a quarter's last report day.
ASKED = dt.datetime(2024, 9, 19, 1, 0, tzinfo=UTC)


@pytest.fixture
def story(desk):
    story = Story(desk, desk.launch(desk.ready()))
    story.sign_and_divide()
    story.at = ASKED
    return story


def reports() -> list[RowReport]:
    return list(db.session.scalars(db.select(RowReport).order_by(RowReport.id)))


def figure() -> Target:
    db.session.expire_all()
    return db.session.scalar(
        db.select(Target).where(Target.value == 100, Target.row_id.is_not(None))
    )


@pytest.mark.parametrize(
    ("cycle", "day", "today", "found"),
    [
        ("quarterly", 25, "2024-09-19", Period("2024Q3", dt.date(2024, 9, 25))),
        ("quarterly", 25, "2024-09-25", Period("2024Q3", dt.date(2024, 9, 25))),
        ("quarterly", 25, "2024-08-25", None),
        ("quarterly", 31, "2024-09-30", Period("2024Q3", dt.date(2024, 9, 30))),
        ("monthly", 5, "2024-08-05", Period("2024-08", dt.date(2024, 8, 5))),
        ("monthly", 3, "2024-12-30", Period("2025-01", dt.date(2025, 1, 3))),
        ("monthly", 28, "2024-08-10", None),
        ("none", 25, "2024-09-25", None),
    ],
)
def test_when_a_report_is_asked_for(database, cycle, day, today, found):
    assert period_of(cycle, day, dt.date.fromisoformat(today), load_calendar()) == found


def test_every_row_at_work_is_asked_once_a_period(story):
    assert ask_for_reports(ASKED) == 1  # the other rows are not signed for yet
    assert ask_for_reports(ASKED) == 0
    (report,) = reports()
    assert (report.period, report.due) == ("2024Q3", dt.date(2024, 9, 25))
    (task,) = open_tasks(report.process_id)
    assert (task.unit_id, task.role, task.due) == (
        story.desk.unit("县农业农村委"),
        "staff",
        dt.date(2024, 9, 25),
    )
    assert ask_for_reports(ASKED + dt.timedelta(days=91)) == 1


def test_figures_are_given_as_changes_and_add_up(story):
    ask_for_reports(ASKED)
    key = figure().key
    process = reports()[0].process_id
    story.do(process, "submit", "clerk", progress="已建40家", figures=[{"key": key, "change": 40}])
    assert figure().reported is None  # not before the office has read it
    story.do(process, "return", "office", "请写明分布")
    story.do(process, "submit", "clerk", progress="已建40家，分布12个乡镇")
    story.do(process, "acknowledge", "office")
    assert figure().reported == 40
    (first,) = reports()
    assert (first.progress, first.by_name) == (
        "已建40家，分布12个乡镇",
        story.people["clerk"].name,
    )
    # Three months later the last report is there to be changed.
    story.at = ASKED + dt.timedelta(days=91)
    ask_for_reports(story.at)
    process = reports()[1].process_id
    offered = available_actions(open_tasks(process)[0], story.people["clerk"])[0].fields
    values = {field["key"]: field["value"] for field in offered}
    assert values["progress"] == "已建40家，分布12个乡镇"
    assert (values["figures"][0]["last"], values["figures"][0]["change"]) == (40, None)
    story.do(process, "submit", "clerk", figures=[{"key": key, "change": "25"}])
    story.do(process, "acknowledge", "office")
    assert figure().reported == 65
    kept = db.session.scalars(db.select(TargetValue).order_by(TargetValue.id)).all()
    assert [(one.value, one.period) for one in kept] == [
        (Decimal(40), "2024Q3"),
        (Decimal(65), "2024Q4"),
    ]


def test_what_was_reported_is_filled_in_when_completion_is_reported(story):
    ask_for_reports(ASKED)
    key = figure().key
    process = reports()[0].process_id
    story.do(process, "submit", "clerk", progress="已建40家", figures=[{"key": key, "change": 40}])
    story.do(process, "acknowledge", "office")
    db.session.expire_all()
    row = get_instance(story.view.process_id)
    known = engine.variables(compiled(row.design_version), row.state)["row"]["targets"]
    assert known[0]["reported"] == 40


def test_a_row_that_stands_still_or_is_not_signed_for_is_not_asked(story):
    stop = story.ask("suspension", data={"reason": "资金未下达"})
    story.grant(stop)
    assert ask_for_reports(ASKED) == 0


def test_a_report_still_open_when_the_row_changes_hands_is_withdrawn(story):
    ask_for_reports(ASKED)
    asked = story.ask("reassignment", data={"reason": "职能已划转"})
    story.do(asked, "agree", "head")
    story.do(asked, "reassign", "office", new_lead=story.desk.unit("县财政局"))
    assert get_instance(reports()[0].process_id).status == "cancelled"


def test_the_office_sets_the_cycle(story):
    with transaction():
        plan = progress.set_cycle(
            story.plan.id, "monthly", 28, by=story.people["office"], at=story.at
        )
    assert (plan.report_cycle, plan.report_day) == ("monthly", 28)
    assert ask_for_reports(dt.datetime(2024, 8, 26, 1, 0, tzinfo=UTC)) == 1
    assert reports()[0].period == "2024-08"
    with transaction(), pytest.raises(Forbidden):
        progress.set_cycle(plan.id, "none", 1, by=story.people["clerk"], at=story.at)
    for wrong in (("weekly", 1), ("monthly", 0), ("monthly", 32)):
        with transaction(), pytest.raises(Invalid):
            progress.set_cycle(plan.id, *wrong, by=story.people["office"], at=story.at)


def test_a_row_is_not_asked_about_a_time_before_it_began(desk):
    story = Story(desk, desk.launch(desk.ready()))
    story.sign_and_divide()
    with transaction():
        progress.set_cycle(story.plan.id, "monthly", 2, by=desk.office, at=story.at)
    assert ask_for_reports(story.at) == 0
