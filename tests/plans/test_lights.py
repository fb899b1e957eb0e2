import datetime as dt

import pytest

from sanwei_flow.calendars import Calendar
from sanwei_flow.plans.lights import light

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
