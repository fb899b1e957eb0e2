import datetime as dt
from decimal import Decimal

import pytest

from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.db import db, transaction
from sanwei_flow.plans.figures import Figure, figures
from sanwei_flow.plans.lights import USUAL, Rules
from sanwei_flow.plans.models import Plan, Target
from sanwei_flow.supervision.settings import change_lights
from tests.factories import NOW


def test_what_a_row_reports_counts_for_the_same_promise_in_the_body(desk):
    plan = desk.imports()
    found = [one for one in figures(plan, NOW.date()) if one.target.indicator == "农合联"]
    (shared,) = [one for one in found if one.target.value == 13]
    assert shared.row == 1
    assert shared.year == 2029
    assert shared.also
    assert len(figures(plan, NOW.date())) < len(plan.targets)


def test_promises_of_two_years_are_not_thrown_together(desk):
    plan = desk.imports()
    twin = next(one for one in plan.targets if one.row_id is None and one.value == 13)
    plan.targets.append(
        Target(
            key="t99",
            indicator=twin.indicator,
            value=twin.value,
            unit=twin.unit,
            year=2030,
            source_line=1,
        )
    )
    db.session.flush()
    assert next(one for one in figures(plan, NOW.date()) if one.row == 1).also == ()


@pytest.mark.parametrize(
    ("reported", "elapsed", "state"),
    [
        (None, 50, "none"),
        (10, 50, "done"),
        (6, 50, "ahead"),
        (5, 59, "on"),
        (5, 60, "behind"),
        (5, None, "on"),
    ],
)
def test_progress_is_measured_against_time(reported, elapsed, state):
    target = Target(value=Decimal(10))
    value = None if reported is None else Decimal(reported)
    assert Figure(target, 1, 2029, value, elapsed).state == state


def test_how_far_behind_is_grave_and_in_which_colour_follows_the_lights(desk):
    plan_id = desk.imports().id
    with transaction():
        plan = db.session.get_one(Plan, plan_id)
        plan.doc_date = dt.date(2027, 1, 1)
        target = next(one for one in plan.targets if one.row_id and one.value == 13)
        target.reported = Decimal(3)
        number = target.id

    def seen(day):
        found = figures(db.session.get_one(Plan, plan_id), day)
        one = next(each for each in found if each.target.id == number)
        return one.reached, one.elapsed, one.state, one.far_behind, one.colour

    assert seen(dt.date(2028, 2, 15)) == (23, 37, "behind", False, "yellow")
    assert seen(dt.date(2028, 7, 1)) == (23, 50, "behind", False, "yellow")
    assert seen(dt.date(2028, 9, 1)) == (23, 56, "behind", True, "red")
    wanted = Rules(near=3, behind=20, far_behind=26, colours={**USUAL, "far_behind": "yellow"})
    with transaction():
        change_lights(wanted, by=SYSTEM, at=NOW)
    assert seen(dt.date(2028, 2, 15)) == (23, 37, "on", False, "green")
    assert seen(dt.date(2028, 7, 1)) == (23, 50, "behind", True, "yellow")


def test_time_runs_from_the_issue_to_the_end_of_the_year(desk):
    plan = desk.imports()
    plan.doc_date = dt.date(2027, 1, 1)

    def elapsed(day):
        return next(one.elapsed for one in figures(plan, day) if one.year == 2029)

    assert elapsed(dt.date(2026, 5, 1)) == 0
    assert elapsed(dt.date(2028, 7, 1)) == 50
    assert elapsed(dt.date(2035, 1, 1)) == 100
