"""When to remind of a deadline. Pure: days in, days and levels out.

Practice: 7, 3 and 1 working days before, 30 for work of more than a year, and every working
day once it is overdue. What falls on the day the work arrived, or before, is left out.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sanwei_flow.calendars import Calendar

LONG = dt.timedelta(days=365)
ONE_DAY = dt.timedelta(days=1)

OVERDUE = "overdue"


@dataclass(frozen=True)
class Ladder:
    """Working days before the due day; `long_before` only counts for work of over a year."""

    before: tuple[int, ...] = (7, 3, 1)
    long_before: tuple[int, ...] = (30,)
    overdue: bool = True

    def steps(
        self, start: dt.date, due: dt.date, calendar: Calendar
    ) -> Iterator[tuple[dt.date, str]]:
        """Yield (day, level) of every reminder before and at the first day overdue, in order.

        Nothing for a date that had passed when the work arrived on `start`.
        """
        if due < start:
            return
        counts = {*self.before, *(self.long_before if due - start > LONG else ())}
        for count in sorted(counts, reverse=True):
            day = calendar.workdays_after(due, -count)
            if day > start:
                yield day, f"T-{count}"
        if self.overdue:
            yield due + ONE_DAY, OVERDUE

    def level(self, start: dt.date, due: dt.date, day: dt.date, calendar: Calendar) -> str | None:
        """The newest reminder that is due on `day`; a late sweep skips those it overtook."""
        passed = [level for when, level in self.steps(start, due, calendar) if when <= day]
        return passed[-1] if passed else None

    def next_look(
        self, start: dt.date, due: dt.date, day: dt.date, calendar: Calendar
    ) -> dt.date | None:
        """The next day after `day` with something to say, None for never."""
        ahead = [when for when, _ in self.steps(start, due, calendar) if when > day]
        if ahead:
            return ahead[0]
        return calendar.workdays_after(day, 1) if self.overdue and due >= start else None
