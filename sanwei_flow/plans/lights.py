"""The light of a row: derived from its date and its state every time, never stored."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sanwei_flow.calendars import Calendar
from sanwei_flow.errors import N_

#: Working days before the due date from which a row is yellow.
YELLOW_DAYS = 3

COLOURS = ("red", "yellow", "green", "none")


@dataclass(frozen=True)
class Light:
    """A colour (`none`, `green`, `yellow`, `red`) with the reason in words.

    `reason` is a Chinese msgid, `params` fill its places: a colour is never shown alone.
    """

    colour: str
    reason: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reason.format(**self.params)


def light(
    due: dt.date | None,
    today: dt.date,
    *,
    closed: bool,
    calendar: Calendar,
    past_at_import: bool = False,
) -> Light:
    """Return the light on the Shanghai day `today`.

    Red: the date has passed. Yellow: three working days or fewer are left. A closed row has
    no light, and a date that had passed when the plan was imported raises no alarm. Days in
    a year without a notice of holidays are said to be an estimate.
    """
    if closed:
        return Light("none", N_("已销号"))
    if due is None:
        return Light("none", N_("未定时限"))
    if past_at_import:
        return Light("none", N_("导入时已过期，不预警"))
    phrase = calendar.remaining(due, today)
    if due < today:
        # A holiday right after the date: late already, by no working day yet.
        if not calendar.workdays_between(due, today):
            return Light("red", N_("已逾期"))
        colour = "red"
    elif calendar.workdays_between(today, due) <= YELLOW_DAYS:
        colour = "yellow"
    else:
        colour = "green"
    if due > today and calendar.estimated(due):
        return Light(colour, N_("还有约 {count} 个工作日"), phrase.params)
    return Light(colour, phrase.message, phrase.params)
