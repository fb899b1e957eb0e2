"""The figures a plan promises, against what was reported and against time."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from sanwei_flow.db import db
from sanwei_flow.plans.lights import Rules, rules
from sanwei_flow.plans.models import Plan, PlanRow, Target

WHOLE = 100


@dataclass(frozen=True)
class Figure:
    """One promise: the target with the row that reports on it, if any.

    `reached` and `elapsed` are percent: `reached` is None where nothing was reported or zero
    was asked for, `elapsed` where there is no date. `also` are the lines of the body that
    promise exactly the same. Time runs from `start` to `end`. `by` says how far behind time
    counts as behind, and in which colour: a setting, the same as for the lights of rows.
    """

    target: Target
    row: int | None
    year: int | None
    reported: Decimal | None
    elapsed: int | None
    also: tuple[int, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    by: Rules = field(default_factory=Rules)

    @property
    def ceiling(self) -> bool:
        """Whether the figure is to stay below its value: nothing is reached by coming near it."""
        return (self.target.op or "=").lstrip("~").startswith("<")

    @property
    def reached(self) -> int | None:
        if self.reported is None or not self.target.value or self.ceiling:
            return None
        return round(WHOLE * self.reported / self.target.value)

    @property
    def state(self) -> str:
        """`none` (nothing reported), `done`, `ahead`, `on` or `behind` (so many points).

        A figure that is to stay below its value is `on` until it is over it.
        """
        if self.ceiling and self.reported is not None:
            over = self.reported > self.target.value
            at_it = self.reported == self.target.value and not self.target.op.endswith("=")
            return "behind" if over or at_it else "on"
        if self.reached is None:
            return "none"
        if self.reached >= WHOLE:
            return "done"
        if self.elapsed is None:
            return "on"
        lead = self.reached - self.elapsed
        return "ahead" if lead >= 0 else "on" if lead > -self.by.behind else "behind"

    @property
    def far_behind(self) -> bool:
        """Whether it is so many points behind that it is grave, or over what it must not pass."""
        if self.ceiling:
            return self.state == "behind"
        if self.state != "behind" or self.reached is None or self.elapsed is None:
            return False
        return self.elapsed - self.reached > self.by.far_behind

    @property
    def colour(self) -> str:
        """The light it would have: one of `lights.COLOURS`; `none` where nothing was reported."""
        if self.state == "none":
            return "none"
        if self.state != "behind":
            return self.by.colours["on_track"]
        return self.by.colours["far_behind" if self.far_behind else "behind"]


def figures(plan: Plan, day: dt.date) -> list[Figure]:
    """Every figure of the plan in the document's order.

    A figure of the body that exactly one row repeats (same indicator, value and unit) is
    shown with that row, so that what the row reports is filled in once and counts for both.
    """
    query = (
        db.select(Target, PlanRow.no, PlanRow.due)
        .outerjoin(PlanRow, PlanRow.id == Target.row_id)
        .where(Target.plan_id == plan.id)
        .order_by(Target.id)
    )
    found = [(target, no, due) for target, no, due in db.session.execute(query)]
    start = plan.doc_date or plan.imported_at.date()
    body = _repeated([target for target, *_ in found])
    shown, lit = [], rules()
    for target, no, due in found:
        if any(target in same for same in body.values()):
            continue
        same = body.get(target, [])
        year = target.year or next((one.year for one in same if one.year), None)
        end = dt.date(year, 12, 31) if year else due
        also = tuple(one.source_line for one in same if one.source_line)
        spent = elapsed(start, end, day) if end and not target.annual else None
        shown.append(Figure(target, no, year, target.reported, spent, also, start, end, lit))
    return shown


def _repeated(targets: list[Target]) -> dict[Target, list[Target]]:
    """Figures of rows with those of the body that promise the same; only where it is plain."""
    alike: dict[tuple[str, Decimal, str], list[Target]] = defaultdict(list)
    for target in targets:
        alike[target.indicator, target.value, target.unit].append(target)
    pairs = {}
    for group in alike.values():
        of_rows = [one for one in group if one.row_id is not None]
        of_body = [one for one in group if one.row_id is None]
        years = {one.year for one in of_body if one.year}
        if len(of_rows) == 1 and of_body and len(years) <= 1:
            pairs[of_rows[0]] = of_body
    return pairs


def elapsed(start: dt.date, end: dt.date, day: dt.date) -> int:
    """Percent of the time from `start` to `end` that has passed on `day`."""
    whole = (end - start).days
    if whole <= 0:
        return WHOLE
    return max(0, min(WHOLE, round(WHOLE * (day - start).days / whole)))
