import datetime as dt
from decimal import Decimal

import pytest

from sanwei_flow.calendars import Calendar
from sanwei_flow.plans import lights
from sanwei_flow.plans.lights import light
from sanwei_flow.plans.models import Target

#: The National Day holiday of 2024; 29 September is a Sunday people work on.
CALENDAR = Calendar(
    {dt.date(2024, 10, day): False for day in range(1, 8)} | {dt.date(2024, 9, 29): True}
)


def on(today, due, **more):
    given = {"closed": False, "calendar": CALENDAR} | more
    return light(due, today, **given)


@pytest.mark.parametrize(
    ("today", "colour", "words"),
    [
        (dt.date(2024, 9, 24), "green", "还有 5 个工作日"),
        (dt.date(2024, 9, 26), "yellow", "还有 3 个工作日"),
        (dt.date(2024, 9, 30), "yellow", "今天到期"),
        (dt.date(2024, 10, 1), "red", "已逾期"),
        (dt.date(2024, 10, 8), "red", "已逾期 1 个工作日"),
    ],
)
def test_a_light_counts_working_days_and_says_why(today, colour, words):
    seen = on(today, dt.date(2024, 9, 30))
    assert (seen.colour, str(seen)) == (colour, words)


def test_closed_undated_and_past_rows_have_no_light_but_a_reason():
    due = dt.date(2024, 9, 30)
    late = dt.date(2024, 12, 2)
    assert str(on(late, due, closed=True)) == "已销号"
    assert str(on(late, None)) == "未定时限"
    assert str(on(late, due, past_at_import=True)) == "导入时已过期，不预警"
    for seen in (on(late, due, closed=True), on(late, None), on(late, due, past_at_import=True)):
        assert seen.colour == "none"


def test_days_in_a_year_without_a_notice_are_an_estimate():
    assert "约" in str(on(dt.date(2024, 9, 30), dt.date(2027, 12, 31)))


def target(value, reported, **given) -> Target:
    fields = {"indicator": "农合联", "op": "=", "year": 2024, "annual": False, **given}
    return Target(value=Decimal(value), reported=reported and Decimal(reported), **fields)


START, END = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
HALF = dt.date(2024, 7, 1)  # half the time has passed


def paced(*targets, due=END, **rules):
    lag = lights.pace(targets, START, due, HALF)
    return light(due, HALF, closed=False, calendar=CALENDAR, pace=lag, by=lights.Rules(**rules))


@pytest.mark.parametrize(
    ("reported", "colour", "state"),
    [
        ("5", "green", "on_track"),
        ("4.1", "green", "on_track"),
        ("4", "yellow", "behind"),
        ("2", "yellow", "behind"),
        ("1.9", "red", "far_behind"),
        (None, "green", "on_track"),
    ],
)
def test_work_behind_the_time_elapsed_is_yellow_and_then_red(reported, colour, state):
    shown = paced(target("10", reported))
    assert (shown.colour, shown.state) == (colour, state)


def test_the_figure_that_lags_most_is_named():
    shown = paced(target("10", "5"), target("100", "10", indicator="会员"))
    assert str(shown) == "“会员”完成10%，时间过去50%，落后40个百分点"


def test_figures_that_tell_nothing_of_pace_are_passed_over():
    silent = (target("5", "1", op="<="), target("5", "1", annual=True), target("0", "0"))
    assert paced(*silent).state == "on_track"
    assert lights.pace(silent, START, END, HALF) is None
    # Without a date of its own the row's figures still speak, by their year.
    assert paced(target("10", "1"), due=None).state == "far_behind"


def test_what_a_state_is_coloured_is_data():
    colours = {**lights.USUAL, "behind": "green", "far_behind": "yellow"}
    assert paced(target("10", "3"), colours=colours).colour == "green"
    assert paced(target("10", "1"), colours=colours).colour == "yellow"
    assert paced(target("10", "3"), behind=25).state == "on_track"
