"""Writing notices into the calendar."""

import datetime as dt
from collections.abc import Iterable

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars.known import SOURCE, known_days
from sanwei_flow.calendars.models import CalendarDay
from sanwei_flow.calendars.queries import forget_calendar, load_calendar
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


def require_keeper(by: Actor) -> None:
    """Raise Forbidden for anybody but an office or an administrator."""
    if not (by.is_system or by.has_role(Role.office) or by.has_role(Role.sys_admin)):
        raise Forbidden(N_("您没有权限维护工作日历"))


def import_notice(
    year: int,
    days: Iterable[tuple[dt.date, bool, str]],
    *,
    source: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """Settle a year: `days` are (day, working, label) of its holidays and make-up days.

    Replaces what the table held for the year. A New Year's holiday may begin in the December
    before, if that year is settled. Raises Invalid for no days or days of another year,
    Forbidden for anybody but an office or an administrator.
    """
    require_keeper(by)
    new = [CalendarDay(day=d, working=w, label=label, source=source) for d, w, label in days]
    earlier = [entry.day for entry in new if entry.day.year == year - 1 and entry.day.month == 12]
    if len(new) == len(earlier) or any(
        entry.day.year != year and entry.day not in earlier for entry in new
    ):
        raise Invalid(N_("通知中的日期应全部在 {year} 年"), year=year)
    if earlier and load_calendar().estimated(earlier[0]):
        raise Invalid(N_("通知涉及{year}年12月，请先导入{year}年的通知"), year=year - 1)
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    replaced = CalendarDay.day.between(first, last) | CalendarDay.day.in_(earlier)
    db.session.execute(db.delete(CalendarDay).where(replaced))
    db.session.add_all(new)
    data = {"source": source, "days": len(new)}
    record("notice_imported", f"calendar:{year}", by=by, at=at, data=data)
    after_commit(forget_calendar)
