"""The light of a row: derived from its date, its figures and its state every time, never stored.

Which colour a state of the work has is a setting (`Rules`): places differ.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sanwei_flow.calendars import Calendar
from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.models import Target
from sanwei_flow.plans.records import LightSetting

#: Gravest first.
COLOURS = ("red", "yellow", "green", "none")
COLOUR_NAMES = {
    "red": N_("红"),
    "yellow": N_("黄"),
    "green": N_("绿"),
    "none": N_("不亮灯"),
}
#: What a row under way may be, gravest first.
STATES = {
    "overdue": N_("已逾期"),
    "far_behind": N_("严重滞后序时进度"),
    "near": N_("临近到期"),
    "behind": N_("滞后序时进度"),
    "on_track": N_("正常"),
}
USUAL = {
    "overdue": "red",
    "far_behind": "red",
    "near": "yellow",
    "behind": "yellow",
    "on_track": "green",
}


@dataclass(frozen=True)
class Rules:
    """When a row is near (working days), behind and far behind (percentage points), and the
    colour of each state.

    Practice: yellow from 10 points behind the share of time elapsed, red over 30.
    """

    near: int = 3
    behind: int = 10
    far_behind: int = 30
    colours: Mapping[str, str] = field(default_factory=lambda: USUAL)


@dataclass(frozen=True)
class Pace:
    """How far a figure has come against the time that has passed, both in whole per cent."""

    indicator: str
    reached: int
    elapsed: int

    @property
    def points(self) -> int:
        """Percentage points behind; negative when ahead."""
        return self.elapsed - self.reached


@dataclass(frozen=True)
class Light:
    """A colour of COLOURS with the reason in words.

    `reason` is a Chinese msgid, `params` fill its places: a colour is never shown alone.
    `state` is the one of STATES it stands for, empty where there is no light.
    """

    colour: str
    reason: str
    params: Mapping[str, object] = field(default_factory=dict)
    state: str = ""

    def __str__(self) -> str:
        return self.reason.format(**self.params)


def rules() -> Rules:
    """The settings in force."""
    row = db.session.scalar(db.select(LightSetting).limit(1))
    if row is None:
        return Rules()
    return Rules(row.near, row.behind, row.far_behind, {**USUAL, **row.colours})


def pace(
    targets: Iterable[Target], start: dt.date, due: dt.date | None, today: dt.date
) -> Pace | None:
    """The figure that lags most; None where nothing has been reported yet.

    Time runs from `start` (the launch) to the end of the figure's year, or the row's `due`.
    Figures to stay below, and those of every single year, tell nothing of pace.
    """
    paces = []
    for one in targets:
        end = dt.date(one.year, 12, 31) if one.year else due
        counts = not one.annual and not one.op.lstrip("~").startswith("<") and one.value > 0
        if one.reported is None or end is None or end <= start or not counts:
            continue
        elapsed = min(max((today - start).days / (end - start).days, 0), 1)
        reached = min(float(one.reported / one.value), 1)
        paces.append(Pace(one.indicator, round(reached * 100), round(elapsed * 100)))
    return max(paces, key=lambda one: one.points, default=None)


def light(
    due: dt.date | None,
    today: dt.date,
    *,
    closed: bool,
    calendar: Calendar,
    past_at_import: bool = False,
    by: Rules | None = None,
    pace: Pace | None = None,
) -> Light:
    """Return the light on the Shanghai day `today`.

    The gravest colour wins: past its date, far behind or behind the time elapsed, near its
    date, on track. A closed row has no light, and a date that had passed when the plan was
    imported raises no alarm. Days in a year without a notice of holidays are said to be an
    estimate.
    """
    if closed:
        return Light("none", N_("已销号"))
    if past_at_import:
        return Light("none", N_("导入时已过期，不预警"))
    asked = by or Rules()
    found = []
    if due is not None:
        found.append(_by_date(due, today, calendar, asked))
    if pace is not None and pace.points >= asked.behind and not (due and due < today):
        found.append(_by_pace(pace, asked))
    if not found:
        return Light("none", N_("未定时限"))
    order = list(STATES)
    return min(found, key=lambda one: (COLOURS.index(one.colour), order.index(one.state)))


def _by_pace(pace: Pace, asked: Rules) -> Light:
    state = "far_behind" if pace.points > asked.far_behind else "behind"
    facts = {
        "indicator": pace.indicator,
        "reached": pace.reached,
        "elapsed": pace.elapsed,
        "points": pace.points,
    }
    reason = N_("“{indicator}”完成{reached}%，时间过去{elapsed}%，落后{points}个百分点")
    return Light(asked.colours[state], reason, facts, state)


def _by_date(due: dt.date, today: dt.date, calendar: Calendar, asked: Rules) -> Light:
    phrase = calendar.remaining(due, today)
    if due < today:
        colour = asked.colours["overdue"]
        # A holiday right after the date: late already, by no working day yet.
        if not calendar.workdays_between(due, today):
            return Light(colour, N_("已逾期"), {}, "overdue")
        return Light(colour, phrase.message, phrase.params, "overdue")
    near = calendar.workdays_between(today, due) <= asked.near
    state = "near" if near else "on_track"
    colour = asked.colours[state]
    if due > today and calendar.estimated(due):
        return Light(colour, N_("还有约 {count} 个工作日"), phrase.params, state)
    return Light(colour, phrase.message, phrase.params, state)
