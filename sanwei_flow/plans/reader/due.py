"""When a row is due: what it states, else what the body says, else the plan's last milestone.

A bare year means its 31 December. A date taken from the plan as a whole is marked inferred, and so
is the absence of one (长期坚持) and the first turn of a recurring one (每年12月).
"""

from dataclasses import dataclass
from datetime import date

from .dates import deadline, find_dates
from .model import Phase, Target

_SINCE = ("以来", "来")


@dataclass(frozen=True)
class Due:
    """`origin`: stated, elided, recurring, open, unclear, text, body or default."""

    day: date | None
    inferred: bool
    origin: str


@dataclass(frozen=True)
class Horizon:
    """What a plan offers for rows without a date of their own."""

    doc_date: date | None
    last: date | None  # the last milestone of the plan

    @property
    def year(self) -> int | None:
        """The year of a date that is written without one."""
        known = self.doc_date or self.last
        return known.year if known else None


def horizon(
    doc_date: date | None, phases: tuple[Phase, ...], targets: list[Target], title: str
) -> Horizon:
    """The last day that targets, phases or, failing these, the title speak of."""
    days = [date(t.year, 12, 31) for t in targets if t.year]
    days += [phase.end for phase in phases if phase.end]
    days = days or [when.last for when in find_dates(title)]
    return Horizon(doc_date, max(days, default=None))


def due(due_text: str, task: str, body: date | None, plan: Horizon) -> Due:
    """The deadline of one row from its own words, its task's, the body's or the plan's."""
    stated = deadline(due_text, plan.year)
    if stated.kind in ("none", "unclear"):
        return _from_text(task, body) or Due(
            plan.last, inferred=True, origin="unclear" if due_text else "default"
        )
    day = stated.day
    if stated.kind in ("elided", "recurring"):
        day = _not_before(day, plan.doc_date) if day else plan.last
    return Due(day, inferred=stated.kind != "stated", origin=stated.kind)


def _from_text(task: str, body: date | None) -> Due | None:
    """A date in the task itself, else where the body gives the same thing a date."""
    own = [
        when.last
        for when in find_dates(task)
        if not when.elided and not task.startswith(_SINCE, when.end)
    ]
    if own:
        return Due(max(own), inferred=False, origin="text")
    return Due(body, inferred=False, origin="body") if body else None


def _not_before(day: date, start: date | None) -> date:
    """The same day of the next year, when this year's was already past at the plan's date."""
    if start is None or day >= start:
        return day
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)
