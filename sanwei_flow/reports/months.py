"""The months bulletins are about, as `2026-10`, and the day their numbers stand for."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator

from sanwei_flow.errors import N_, Invalid


def of_day(day: dt.date) -> str:
    """The month a day lies in."""
    return f"{day:%Y-%m}"


def last_day(month: str) -> dt.date:
    """The last day of a month. Raises Invalid for anything that is no month."""
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Invalid(N_("请选择月份")) from None
    return first.replace(day=monthrange(first.year, first.month)[1])


def chinese(month: str) -> str:
    """2026年3月, as the document writes it."""
    day = last_day(month)
    return f"{day.year}年{day.month}月"


def since(first: dt.date, last: dt.date) -> Iterator[str]:
    """The months from the day `first` to the day `last`, the newest first."""
    for number in range(last.year * 12 + last.month - 1, first.year * 12 + first.month - 2, -1):
        yield f"{number // 12}-{number % 12 + 1:02d}"


def as_of(month: str | None, day: dt.date) -> dt.date:
    """The day the numbers of a bulletin stand for on `day`: its month's end once that is over."""
    return min(last_day(month), day) if month else day
