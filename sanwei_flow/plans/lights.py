"""The light of a row: derived from its date and its state every time, never stored."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from sanwei_flow.errors import N_

#: Working days before the due date from which a row is yellow.
YELLOW_DAYS = 3


@dataclass(frozen=True)
class Light:
    """A colour (`none`, `green`, `yellow`, `red`) with the reason in words.

    `reason` is a Chinese msgid, `params` fill its places: a colour is never shown alone.
    """

    colour: str
    reason: str
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.reason.format(**self.params)


def light(
    due: dt.date | None,
    today: dt.date,
    *,
    closed: bool,
    past_at_import: bool,
    workdays_between: Callable[[dt.date, dt.date], int],
) -> Light:
    """Return the light on the Shanghai day `today`.

    `workdays_between(a, b)` counts the working days after `a` up to and including `b`.
    Red: the date has passed. Yellow: three working days or fewer are left. A date that had
    already passed when the plan was imported raises no alarm.
    """
    if closed:
        return Light("none", N_("已销号"))
    if due is None:
        return Light("none", N_("未定时限"))
    if past_at_import:
        return Light("none", N_("导入时已过期，不预警"))
    if due < today:
        late = workdays_between(due, today)
        if late:
            return Light("red", N_("超期{days}个工作日"), {"days": late})
        return Light("red", N_("已超期"))
    if due == today:
        return Light("yellow", N_("今日到期"))
    left = workdays_between(today, due)
    colour = "yellow" if left <= YELLOW_DAYS else "green"
    return Light(colour, N_("剩{days}个工作日"), {"days": left})
