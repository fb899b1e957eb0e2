"""Writing notices into the calendar."""

import datetime as dt
from collections.abc import Iterable

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars.known import SOURCE, known_days
from sanwei_flow.calendars.models import CalendarDay
from sanwei_flow.calendars.queries import forget_calendar
from sanwei_flow.db import after_commit, db
from sanwei_flow.errors import N_, Forbidden, Invalid


def seed_calendar() -> int:
    """Write the notices we ship for years the table knows nothing of; return the days added."""
    settled = {day.year for day in db.session.scalars(db.select(CalendarDay.day))}
    new = [
        CalendarDay(day=day, working=working, label=label, source=SOURCE)
        for day, working, label in known_days()
        if day.year not in settled
    ]
    db.session.add_all(new)
    db.session.flush()
    after_commit(forget_calendar)
    return len(new)


def import_notice(
    year: int,
    days: Iterable[tuple[dt.date, bool, str]],
    *,
    source: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Settle a year: `days` are (day, working, label) of its holidays and make-up days.

    Replaces what the table held for the year. Raises Invalid for no days or days of another
    year, Forbidden for anybody but an office or an administrator.
    """
    if not (by.is_system or by.has_role(Role.office) or by.has_role(Role.sys_admin)):
        raise Forbidden(N_("您没有权限维护工作日历"))
    new = [CalendarDay(day=d, working=w, label=label, source=source) for d, w, label in days]
    if not new or any(entry.day.year != year for entry in new):
        raise Invalid(N_("通知中的日期应全部在 {year} 年"), year=year)
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    db.session.execute(db.delete(CalendarDay).where(CalendarDay.day.between(first, last)))
    db.session.add_all(new)
    data = {"source": source, "days": len(new)}
    record("notice_imported", f"calendar:{year}", by=by, at=at, data=data)
    after_commit(forget_calendar)
