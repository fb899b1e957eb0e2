"""A year on a wall: twelve months of weeks. Pure."""

import calendar as weeks
import datetime as dt
from dataclasses import dataclass

from sanwei_flow.calendars.workdays import Calendar
from sanwei_flow.errors import N_

#: Names that other languages know; a notice may have others.
FESTIVALS = (
    N_("元旦"),
    N_("春节"),
    N_("清明"),
    N_("清明节"),
    N_("劳动节"),
    N_("端午"),
    N_("端午节"),
    N_("中秋"),
    N_("中秋节"),
    N_("国庆节"),
)


@dataclass(frozen=True)
class Day:
    """A day of the page: `look` is work, rest (week-end), holiday or makeup.

    `label` is the name of the holiday it belongs to.
    """

    date: dt.date
    look: str
    label: str = ""


@dataclass(frozen=True)
class Month:
    """Weeks from Monday; a day of another month is None. `workdays` counts the month's."""

    number: int
    weeks: list[list[Day | None]]
    workdays: int


def months(year: int, known: Calendar) -> list[Month]:
    """The twelve months of a year as the calendar has them."""
    return [_month(year, number, known) for number in range(1, 13)]


def _month(year: int, number: int, known: Calendar) -> Month:
    shown = [
        [_day(date, known) if date.month == number else None for date in week]
        for week in weeks.Calendar().monthdatescalendar(year, number)
    ]
    working = sum(known.is_workday(day.date) for week in shown for day in week if day)
    return Month(number, shown, working)


def _day(date: dt.date, known: Calendar) -> Day:
    if date not in known.special:
        return Day(date, "work" if known.is_workday(date) else "rest")
    look = "makeup" if known.is_workday(date) else "holiday"
    return Day(date, look, known.label(date).removesuffix("调休"))
