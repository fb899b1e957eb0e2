"""How long things stay somewhere, in words: hours up to a working day, then working days."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Float, Integer, cast, func

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import Phrase, today
from sanwei_flow.db import db
from sanwei_flow.errors import N_

HOUR, DAY = 3600.0, 86400.0
#: Shanghai is eight hours ahead, and has no summer time.
AHEAD = 8 * HOUR
FIRST, JULIAN = dt.date(1970, 1, 1), 2440587.5


@dataclass(frozen=True)
class Span:
    """A stay: its working days, and its seconds by the clock."""

    workdays: float
    seconds: float

    @property
    def phrase(self) -> Phrase:
        """The stay in words."""
        if self.workdays >= 1:
            return Phrase(
                N_("{count} 个工作日"), {"count": f"{self.workdays:.1f}".removesuffix(".0")}
            )
        if self.seconds >= HOUR:
            return Phrase(N_("{count} 小时"), {"count": round(self.seconds / HOUR)})
        return Phrase(N_("不到 1 小时"))


def age(start: dt.datetime | None, at: dt.datetime) -> Phrase | None:
    """How long something has been there, in words; None for nothing."""
    if start is None:
        return None
    days = load_calendar().workdays_between(today(start), today(at))
    return Span(days, (at - start).total_seconds()).phrase


def day_of(moment: ColumnElement[dt.datetime]) -> ColumnElement[int]:
    """The number of the day in Shanghai of a stored moment; `day` reads it."""
    days = (_epoch(moment) + AHEAD) / DAY
    # A cast rounds in one database and cuts in the other, which may have no floor().
    return cast(func.floor(days) if _is_postgresql() else days, Integer)


def day(number: int) -> dt.date:
    """The day of a number from `day_of`."""
    return FIRST + dt.timedelta(days=number)


def seconds_between(
    start: ColumnElement[dt.datetime], end: ColumnElement[dt.datetime]
) -> ColumnElement[float]:
    """The seconds from one stored moment to another."""
    return _epoch(end) - _epoch(start)


def _epoch(moment: ColumnElement[dt.datetime]) -> ColumnElement[float]:
    """Seconds since 1970; numbers are grouped much faster than dates written out."""
    if _is_postgresql():
        return cast(func.extract("epoch", moment), Float)
    return (func.julianday(moment) - JULIAN) * DAY


def _is_postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"
