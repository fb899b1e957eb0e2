"""How a due date is said: the colour of its edge and the words that carry the meaning."""

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.processes.models import NO_DUE

#: Working days before the due date from which the words turn orange. Tasks are given three to
#: five, so that an earlier warning would colour everything.
SOON = 1


@dataclass(frozen=True)
class Deadline:
    """A due date on a given day: `look` is none, ok, soon, today or overdue.

    `estimated`: the year has no official calendar yet, so plain weekdays were counted.
    """

    due: dt.date | None
    look: str
    words: str
    estimated: bool = False


def deadline(due: dt.date, day: dt.date, *, suspended: bool = False) -> Deadline:
    """Say how `due` stands on the Shanghai day `day`, in working days.

    `suspended`: the clock stands still, so that nothing can be late.
    """
    if suspended:
        return Deadline(None, "none", gettext("已中止，不计时限"))
    if due == NO_DUE:
        return Deadline(None, "none", gettext("无时限"))
    calendar = load_calendar()
    phrase = calendar.remaining(due, day)
    words = gettext(phrase.message).format(**phrase.params)
    return Deadline(due, _look(due, day), words, calendar.estimated(due))


def _look(due: dt.date, day: dt.date) -> str:
    if due < day:
        return "overdue"
    if due == day:
        return "today"
    return "soon" if load_calendar().workdays_between(day, due) <= SOON else "ok"
