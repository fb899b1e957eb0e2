"""ISO 8601 durations, moments and repetitions, counted from a given moment.

A date or time without an offset is one in China (UTC+8, no summer time since 1991).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
MIN_INTERVAL = timedelta(seconds=60)
MAX_CYCLES = 1000
MAX_YEARS = 50

_DURATION = re.compile(
    r"P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?!$)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?"
)


@dataclass(frozen=True)
class Duration:
    """Months are calendar months: one month after 31 January is the end of February."""

    months: int
    rest: timedelta

    def after(self, moment: datetime) -> datetime:
        return add_months(moment, self.months) + self.rest


@dataclass(frozen=True)
class Cycle:
    """`count` firings (None: without end), the first at `first` or one interval from now."""

    count: int | None
    interval: Duration
    first: datetime | None


def add_months(moment: datetime, months: int) -> datetime:
    """Return the same day `months` later, or the last day of that month."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def parse_duration(text: str) -> Duration:
    """Parse `P3D`, `PT1H`, `P1Y2M`. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    years, months, weeks, days, hours, minutes, seconds = (int(g or 0) for g in match.groups())
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if years * 12 + months > MAX_YEARS * 12 or rest > timedelta(days=366 * MAX_YEARS):
        raise ValueError(text)
    return Duration(years * 12 + months, rest)


def parse_moment(text: str) -> datetime:
    """Parse a date (its first minute) or a date and time, as aware UTC. Raises ValueError."""
    text = text.strip()
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    return moment.astimezone(UTC)


def parse_cycle(text: str) -> Cycle:
    """Parse `R3/PT10H`, `R/P7D`, `R/2026-01-01T09:00/P7D`. Raises ValueError."""
    head, *rest = text.strip().split("/")
    if not re.fullmatch(r"R\d{0,4}", head) or len(rest) not in (1, 2):
        raise ValueError(text)
    count = int(head[1:]) if head[1:] else None
    first = parse_moment(rest[0]) if len(rest) == 2 else None
    interval = parse_duration(rest[-1])
    shortest = timedelta(days=28) * interval.months + interval.rest
    if shortest < MIN_INTERVAL or (count is not None and not 0 < count <= MAX_CYCLES):
        raise ValueError(text)
    return Cycle(count, interval, first)


def china_day(moment: datetime) -> date:
    """Return the day it is in China at that moment."""
    return moment.astimezone(CHINA).date()
