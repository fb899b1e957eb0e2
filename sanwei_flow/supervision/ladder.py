"""When to remind of a deadline, and whom. Pure: days in, days and steps out.

Practice: 7, 3 and 1 working days before, 30 for work of more than a year, and every working
day once it is overdue, from the first one after the due day. What falls on the day the work
arrived, or before, is left out.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sanwei_flow.calendars import Calendar
from sanwei_flow.errors import N_

LONG = dt.timedelta(days=365)
ONE_DAY = dt.timedelta(days=1)

OVERDUE = "overdue"
#: Kinds of steps: before the due day, before it for work of over a year, overdue.
BEFORE, LONG_BEFORE = "before", "long"
KINDS = (BEFORE, LONG_BEFORE, OVERDUE)

#: Whom a step may tell. For a task the handler is who holds it, for a row the lead's staff.
RECIPIENTS = {
    "handler": N_("承办人"),
    "head": N_("单位负责人"),
    "lead": N_("牵头单位"),
    "office": N_("专班办公室"),
    "leader": N_("组长"),
}


@dataclass(frozen=True)
class Step:
    """A rung: `days` working days before the due day (0 once overdue), told to `to`."""

    kind: str
    days: int
    to: tuple[str, ...]

    @property
    def level(self) -> str:
        """Its short name: `T-7`, or `overdue`."""
        return OVERDUE if self.kind == OVERDUE else f"T-{self.days}"


def usual(*to: str, overdue: tuple[str, ...]) -> tuple[Step, ...]:
    """The steps of practice, told to these people."""
    before = (Step(LONG_BEFORE, 30, to), *(Step(BEFORE, days, to) for days in (7, 3, 1)))
    return (*before, Step(OVERDUE, 0, overdue))


#: What counts where nobody has set anything: for tasks, and for the rows of plans.
TASK_STEPS = usual("handler", overdue=("handler",))
ROW_STEPS = usual("handler", "head", overdue=("handler", "head", "office"))


@dataclass(frozen=True)
class Ladder:
    """The steps of one scope."""

    rungs: tuple[Step, ...] = TASK_STEPS

    @property
    def overdue(self) -> Step | None:
        """What is done once it is overdue."""
        return next((one for one in self.rungs if one.kind == OVERDUE), None)

    def steps(
        self, start: dt.date, due: dt.date, calendar: Calendar
    ) -> Iterator[tuple[dt.date, Step]]:
        """Yield (day, step) of every reminder, the first working day overdue included, in order.

        Nothing for a date that had passed when the work arrived on `start`.
        """
        if due < start:
            return
        kinds = {BEFORE, LONG_BEFORE} if due - start > LONG else {BEFORE}
        counted = {one.days: one for one in self.rungs if one.kind in kinds}
        for count in sorted(counted, reverse=True):
            day = calendar.workdays_after(due, -count)
            if day > start:
                yield day, counted[count]
        if self.overdue:
            yield calendar.workdays_after(due, 1), self.overdue

    def step(
        self,
        start: dt.date,
        due: dt.date,
        day: dt.date,
        calendar: Calendar,
        since: dt.date | None = None,
    ) -> Step | None:
        """The newest step that has come by `day`; a late sweep skips those it overtook.

        `since` is the first day nobody has looked at yet: what came before it is over, so that
        steps set later do not speak up for the past.
        """
        passed = [
            one
            for when, one in self.steps(start, due, calendar)
            if when <= day and (since is None or when >= since)
        ]
        return passed[-1] if passed else None

    def next_look(
        self, start: dt.date, due: dt.date, day: dt.date, calendar: Calendar
    ) -> dt.date | None:
        """The next day after `day` with something to say, None for never."""
        ahead = [when for when, _ in self.steps(start, due, calendar) if when > day]
        if ahead:
            return ahead[0]
        return calendar.workdays_after(day, 1) if due >= start else None
