"""Counting working days. Pure: a calendar is a value built from the days that differ.

A working day is Monday to Friday, except holidays, plus the make-up days on week-ends that
the State Council's yearly notice names. For a year without a notice the calendar counts
plain weekdays and says so (`estimated`).
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from zoneinfo import ZoneInfo

from sanwei_flow.errors import N_, Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: More than any plan needs; bounds what an expression may ask for.
MOST_DAYS = 10_000


def today(at: dt.datetime) -> dt.date:
    """The day it is in Shanghai at the aware moment `at`."""
    return at.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Phrase:
    """A sentence to translate (`message` is a msgid) and what fills its places."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True)
class Calendar:
    """The days that a notice settles: `special[day]` is True for working, False for free.

    A year counts as settled if any of its days is in `special`.
    """

    special: Mapping[dt.date, bool]
    labels: Mapping[dt.date, str] = field(default_factory=dict)
    _years: frozenset[int] = field(init=False, repr=False, compare=False)
    _turns: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _sums: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Days that differ from plain weekdays, as ordinals, with the running correction.
        turns = sorted(
            (day.toordinal(), 1 if working else -1)
            for day, working in self.special.items()
            if working != _is_weekday(day)
        )
        object.__setattr__(self, "_years", frozenset(day.year for day in self.special))
        object.__setattr__(self, "_turns", tuple(day for day, _ in turns))
        sums = accumulate((change for _, change in turns), initial=0)
        object.__setattr__(self, "_sums", tuple(sums))

    def is_workday(self, day: dt.date) -> bool:
        """True if people work on this day."""
        return self.special.get(day, _is_weekday(day))

    def estimated(self, day: dt.date) -> bool:
        """True if no notice settles the day's year, so that only weekdays were counted."""
        return day.year not in self._years

    def label(self, day: dt.date) -> str:
        """The name of the holiday or make-up day, "" for an ordinary day."""
        return self.labels.get(day, "")

    def workdays_after(self, day: dt.date, n: int) -> dt.date:
        """The `n`-th working day after `day`; before it where `n` is negative; `day` for 0.

        Raises Invalid for more than 10,000 working days.
        """
        if abs(n) > MOST_DAYS:
            raise Invalid(N_("工作日数 {count} 超出范围"), count=n)
        if n == 0:
            return day
        if n > 0:
            return self._forward(day, self._count(day) + n)
        return self._back(day, self._count(day) - self.is_workday(day) + n + 1)

    def workdays_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`; negative if `end` is earlier."""
        return self._count(end) - self._count(start)

    def remaining(self, due: dt.date, day: dt.date) -> Phrase:
        """Say how far off `due` is on `day`, in working days."""
        if due == day:
            return Phrase(N_("今天到期"))
        if due > day:
            left = self.workdays_between(day, due)
            if not left:
                return Phrase(N_("还有不到 1 个工作日"))
            return Phrase(N_("还有 {count} 个工作日"), {"count": left})
        over = self.workdays_between(due, day)
        if not over:
            return Phrase(N_("已到期，逾期不足 1 个工作日"))
        return Phrase(N_("已逾期 {count} 个工作日"), {"count": over})

    def _count(self, day: dt.date) -> int:
        """Working days from the beginning of time up to and including `day`."""
        ordinal = day.toordinal()  # 1 is a Monday
        weeks, rest = divmod(ordinal, 7)
        return 5 * weeks + min(rest, 5) + self._sums[bisect_right(self._turns, ordinal)]

    def _forward(self, day: dt.date, rank: int) -> dt.date:
        # `missing` days hold at most `missing` working days, so this never steps too far.
        while missing := rank - self._count(day):
            day += dt.timedelta(days=missing)
        return day

    def _back(self, day: dt.date, rank: int) -> dt.date:
        while (excess := self._count(day) - rank) > 0:
            day -= dt.timedelta(days=excess)
        while not self.is_workday(day):
            day -= dt.timedelta(days=1)
        return day


def _is_weekday(day: dt.date) -> bool:
    return day.weekday() < 5
