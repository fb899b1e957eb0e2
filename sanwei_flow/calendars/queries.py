"""The calendar as a value, read once per process."""

import time
from functools import cache

from sanwei_flow.calendars.known import known_days
from sanwei_flow.calendars.models import CalendarDay
from sanwei_flow.calendars.workdays import Calendar
from sanwei_flow.db import db

#: Other processes notice a new notice after this many seconds.
KEEP = 60.0

_kept: tuple[float, Calendar] | None = None


def load_calendar() -> Calendar:
    """The county's calendar; the notices we ship stand in while the table is empty."""
    global _kept  # noqa: PLW0603 - one value per process, replaced as a whole
    present = time.monotonic()
    if _kept is None or present - _kept[0] > KEEP:
        _kept = present, _read()
    return _kept[1]


def forget_calendar() -> None:
    """Read the table again at the next use."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read() -> Calendar:
    query = db.select(CalendarDay.day, CalendarDay.working, CalendarDay.label)
    rows = db.session.execute(query).all()
    if not rows:
        return _shipped()
    return Calendar({row.day: row.working for row in rows}, {row.day: row.label for row in rows})


@cache
def _shipped() -> Calendar:
    days = list(known_days())
    return Calendar(
        {day: working for day, working, _ in days}, {day: text for day, _, text in days}
    )
