"""Working days, counted as the State Council's notices say."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanwei_flow.calendars import Calendar, today
from sanwei_flow.calendars.known import known_days
from sanwei_flow.errors import Invalid

CALENDAR = Calendar({day: working for day, working, _ in known_days()})
WEEKDAYS = Calendar({})

dates = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
counts = st.integers(-600, 600)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2024-09-29", True),  # a Sunday made up for the National Day
        ("2025-09-28", True),
        ("2026-02-14", True),
        ("2024-12-31", True),
        ("2025-12-31", True),
        ("2024-10-01", False),
        ("2024-08-03", False),
        ("2027-12-31", True),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(day, working):
    assert CALENDAR.is_workday(dt.date.fromisoformat(day)) is working


def test_a_year_without_a_notice_is_estimated():
    assert not CALENDAR.estimated(dt.date(2026, 12, 31))
    assert CALENDAR.estimated(dt.date(2027, 1, 1))
    assert CALENDAR.is_workday(dt.date(2027, 1, 1))  # a Friday, and surely a holiday


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2024-09-27", 1, "2024-09-29"),  # Friday to the made-up Sunday
        ("2024-09-30", 1, "2024-10-08"),  # over the holiday
        ("2024-10-08", -1, "2024-09-30"),
        ("2024-10-05", -1, "2024-09-30"),
        ("2024-08-03", 0, "2024-08-03"),
        ("2024-08-05", 3, "2024-08-08"),
    ],
)
def test_deadlines_skip_what_is_free(day, n, expected):
    found = CALENDAR.workdays_after(dt.date.fromisoformat(day), n)
    assert found == dt.date.fromisoformat(expected)


@given(dates, counts)
def test_the_nth_working_day_is_one_and_lies_n_away(day, n):
    found = CALENDAR.workdays_after(day, n)
    if n == 0:
        assert found == day
        return
    assert CALENDAR.is_workday(found)
    span = sorted((day, found))
    days = [span[0] + dt.timedelta(i) for i in range((span[1] - span[0]).days + 1)]
    counted = sum(CALENDAR.is_workday(other) for other in days if other != day)
    assert counted == abs(n)


@given(dates, dates)
def test_counting_between_agrees_with_walking(start, end):
    first, last = sorted((start, end))
    walked = sum(
        CALENDAR.is_workday(first + dt.timedelta(i + 1)) for i in range((last - first).days)
    )
    assert CALENDAR.workdays_between(first, last) == walked
    assert CALENDAR.workdays_between(last, first) == -walked


@given(dates, st.integers(1, 300), st.integers(1, 300))
def test_steps_add_up(day, n, m):
    assert CALENDAR.workdays_after(CALENDAR.workdays_after(day, n), m) == (
        CALENDAR.workdays_after(day, n + m)
    )


@given(dates)
def test_without_notices_the_weekdays_count(day):
    assert WEEKDAYS.is_workday(day) is (day.weekday() < 5)
    assert WEEKDAYS.estimated(day)


def test_an_absurd_number_of_days_is_refused():
    with pytest.raises(Invalid, match="超出范围"):
        CALENDAR.workdays_after(dt.date(2024, 8, 1), 10**9)


def test_how_far_off_a_deadline_is():
    due = dt.date(2024, 9, 30)
    assert str(CALENDAR.remaining(due, dt.date(2024, 9, 27))) == "还有 2 个工作日"
    assert str(CALENDAR.remaining(due, due)) == "今天到期"
    assert str(CALENDAR.remaining(due, dt.date(2024, 10, 9))) == "已逾期 2 个工作日"
    friday, saturday, sunday = (dt.date(2024, 8, day) for day in (2, 3, 4))
    assert str(CALENDAR.remaining(friday, saturday)) == "已到期，逾期不足 1 个工作日"
    assert str(CALENDAR.remaining(sunday, saturday)) == "还有不到 1 个工作日"


def test_the_day_turns_at_midnight_in_shanghai():
    assert today(dt.datetime(2024, 8, 1, 15, 59, tzinfo=dt.UTC)) == dt.date(2024, 8, 1)
    assert today(dt.datetime(2024, 8, 1, 16, 0, tzinfo=dt.UTC)) == dt.date(2024, 8, 2)
