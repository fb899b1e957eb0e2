"""What a yearly notice does to the county's dates: shown before, then done."""

import datetime as dt
from dataclasses import dataclass

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars.notice import Days, Notice
from sanwei_flow.calendars.operations import import_notice, require_keeper
from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.calendars.workdays import Calendar
from sanwei_flow.db import db
from sanwei_flow.plans.models import Plan, PlanRow, is_under_way
from sanwei_flow.processes import recounting
from sanwei_flow.processes.recounting import Move

#: Rows of one list on the page; more are counted.
SHOWN = 100


@dataclass(frozen=True)
class Changed:
    """A day that becomes free, or a working day; `label` is why."""

    day: dt.date
    working: bool
    label: str


@dataclass(frozen=True)
class Preview:
    """What importing would change. `resting` are rows due on a day nobody works; they stay."""

    notice: Notice
    calendar: Calendar
    changed: list[Changed]
    later: list[Move]
    earlier: list[Move]
    resting: list[tuple[PlanRow, Plan]]
    units: dict[int, str]

    @property
    def timers(self) -> int:
        """How many timers follow the dates."""
        return sum(len(move.timers) for move in self.later)


def preview(notice: Notice, *, by: Actor) -> Preview:
    """What the notice would change, changing nothing. Raises Forbidden."""
    require_keeper(by)
    old = load_calendar()
    new = with_notice(old, notice.year, notice.days)
    found = recounting.moves(old, new)
    changed = [
        Changed(day, new.is_workday(day), new.label(day) or old.label(day))
        for day in recounting.differing(old, new)
    ]
    later = [move for move in found if move.later]
    earlier = [move for move in found if not move.later]
    units = unit_names({move.unit_id for move in found})
    resting = _resting(notice.year, new)
    return Preview(notice, new, changed, later, earlier, resting, units)


def apply_notice(notice: Notice, *, source: str, by: Actor, at: dt.datetime) -> int:
    """Settle the year and move what is later by it; returns the tasks moved.

    Raises Forbidden, Invalid for days of another year, Conflict if a process moves meanwhile.
    """
    require_keeper(by)
    old = load_calendar()
    found = recounting.moves(old, with_notice(old, notice.year, notice.days))
    import_notice(notice.year, notice.days, source=source, by=by, at=at)
    moved = recounting.move_dates(found, reason=source, by=by, at=at)
    data = {
        "source": source,
        "tasks": moved,
        "timers": sum(len(move.timers) for move in found if move.later),
    }
    record("dates_recounted", f"calendar:{notice.year}", by=by, at=at, data=data)
    return moved


def with_notice(known: Calendar, year: int, days: Days) -> Calendar:
    """The calendar as it is once the notice has replaced its year."""
    new = {day: (working, label) for day, working, label in days}
    kept = {day: working for day, working in known.special.items() if day.year != year}
    labels = {day: label for day, label in known.labels.items() if day.year != year}
    return Calendar(
        kept | {day: working for day, (working, _) in new.items()},
        labels | {day: label for day, (_, label) in new.items()},
    )


def _resting(year: int, calendar: Calendar) -> list[tuple[PlanRow, Plan]]:
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    query = (
        db.select(PlanRow, Plan)
        .join(Plan, Plan.id == PlanRow.plan_id)
        .where(
            is_under_way,
            PlanRow.due.between(first, last),
        )
        .order_by(PlanRow.due, PlanRow.plan_id, PlanRow.no)
    )
    rows = [(row, plan) for row, plan in db.session.execute(query)]
    return [(row, plan) for row, plan in rows if row.due and not calendar.is_workday(row.due)]
