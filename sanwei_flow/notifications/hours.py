"""When something may leave: not at night, and the digest on working days. Pure.

Nothing is sent between 20:00 and 8:00 in Shanghai; the daily digest leaves at 8:30, after
the reminders of the morning have been written.
"""

import datetime as dt

from sanwei_flow.calendars.workdays import SHANGHAI, Calendar

MORNING, EVENING = dt.time(8, 0), dt.time(20, 0)
DIGEST = dt.time(8, 30)


def quiet(at: dt.datetime) -> bool:
    """True if nothing may be sent at this aware moment."""
    return not MORNING <= at.astimezone(SHANGHAI).time() < EVENING


def next_moment(at: dt.datetime) -> dt.datetime:
    """The first moment (UTC) from `at` on when something may be sent."""
    if not quiet(at):
        return at.astimezone(dt.UTC)
    local = at.astimezone(SHANGHAI)
    late = local.time() >= EVENING
    return _at(local.date() + dt.timedelta(days=1 if late else 0), MORNING)


def next_digest(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """The first digest (UTC) after `at`: at 8:30 on a working day."""
    local = at.astimezone(SHANGHAI)
    day = local.date()
    if not calendar.is_workday(day) or local.time() >= DIGEST:
        day = calendar.workdays_after(day, 1)
    return _at(day, DIGEST)


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, SHANGHAI).astimezone(dt.UTC)
