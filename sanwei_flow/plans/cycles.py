"""When progress is due. Pure: a cycle, a day and a calendar in, a period out."""

import calendar as months
import datetime as dt
from dataclasses import dataclass

from sanwei_flow.calendars import Calendar
from sanwei_flow.errors import N_

CYCLES: dict[str, str] = {
    "none": N_("不上报"),
    "monthly": N_("每月"),
    "quarterly": N_("每季度"),
}

#: Working days before the date on which people are asked.
AHEAD = 5
#: Working days after the date on which a sweep that stood still makes up for it.
LATE = 5


@dataclass(frozen=True)
class Period:
    """`name` is `2026-11` or `2026Q4`; the report of it is due on `due`."""

    name: str
    due: dt.date


def period_of(cycle: str, day: int, today: dt.date, calendar: Calendar) -> Period | None:
    """The period that rows are asked about on `today`, None between two of them.

    A month's report is due on its `day`-th, a quarter's on that day of its last month, or on
    the month's last day if it is shorter.
    """
    for period in _near(cycle, day, today):
        opens = calendar.workdays_after(period.due, -AHEAD)
        if opens <= today <= calendar.workdays_after(period.due, LATE):
            return period
    return None


def _near(cycle: str, day: int, today: dt.date) -> list[Period]:
    """The periods around the day, the newest first."""
    found = []
    for step in (1, 0, -1):
        year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
        due = dt.date(year, month + 1, min(day, months.monthrange(year, month + 1)[1]))
        if cycle == "monthly":
            found.append(Period(f"{due:%Y-%m}", due))
        elif cycle == "quarterly" and due.month % 3 == 0:
            found.append(Period(f"{due.year}Q{due.month // 3}", due))
    return found
