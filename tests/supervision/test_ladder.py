"""On which days a deadline speaks up."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from sanwei_flow.calendars import Calendar
from sanwei_flow.calendars.known import known_days
from sanwei_flow.supervision.ladder import OVERDUE, Ladder

CALENDAR = Calendar({day: working for day, working, _ in known_days()})
LADDER = Ladder()


def days(start: str, due: str) -> list[tuple[str, str]]:
    dates = dt.date.fromisoformat(start), dt.date.fromisoformat(due)
    return [(day.isoformat(), step.level) for day, step in LADDER.steps(*dates, CALENDAR)]


def test_a_month_of_work_is_reminded_of_three_times_and_when_overdue():
    assert days("2024-08-05", "2024-09-30") == [
        ("2024-09-20", "T-7"),
        ("2024-09-26", "T-3"),  # the Sunday before the holiday is worked
        ("2024-09-29", "T-1"),
        ("2024-10-08", OVERDUE),  # nobody is told on a holiday
    ]


def test_three_days_of_work_are_not_reminded_of_on_arrival():
    assert days("2024-08-05", "2024-08-08") == [("2024-08-07", "T-1"), ("2024-08-09", OVERDUE)]


def test_work_of_years_is_reminded_of_early():
    assert days("2024-08-05", "2025-12-31")[0] == ("2025-11-19", "T-30")
    assert days("2025-08-05", "2025-12-31")[0] == ("2025-12-22", "T-7")


def test_a_date_past_on_arrival_raises_no_alarm():
    assert days("2024-08-05", "2024-08-04") == []
    due, day = dt.date(2024, 8, 4), dt.date(2024, 8, 6)
    assert LADDER.step(dt.date(2024, 8, 5), due, day, CALENDAR) is None
    assert LADDER.next_look(dt.date(2024, 8, 5), due, day, CALENDAR) is None


starts = st.dates(dt.date(2023, 1, 1), dt.date(2026, 6, 30))


@given(starts, st.integers(0, 900), st.integers(0, 1200))
def test_looking_only_when_told_to_misses_nothing(start, length, watched):
    due = start + dt.timedelta(length)
    end = start + dt.timedelta(watched)
    seen, look = [], start + dt.timedelta(1)
    while look <= end:
        step = LADDER.step(start, due, look, CALENDAR)
        if step and step not in seen:
            seen.append(step)
        following = LADDER.next_look(start, due, look, CALENDAR)
        assert following is not None
        assert following > look
        look = following
    assert seen == [step for day, step in LADDER.steps(start, due, CALENDAR) if day <= end]


def test_steps_set_later_do_not_speak_for_the_past():
    start, due, day = dt.date(2024, 8, 5), dt.date(2024, 9, 30), dt.date(2024, 9, 23)
    assert LADDER.step(start, due, day, CALENDAR).level == "T-7"
    assert LADDER.step(start, due, day, CALENDAR, since=day) is None
    later = dt.date(2024, 9, 26)
    assert LADDER.step(start, due, later, CALENDAR, since=day).level == "T-3"
