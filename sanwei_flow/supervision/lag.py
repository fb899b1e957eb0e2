"""Which rows lag behind the time elapsed: what SQL cannot say as `plans.lights.pace` does."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.plans.lights import Rules, pace
from sanwei_flow.plans.models import Plan, PlanRow, Target


@dataclass(frozen=True)
class Lag:
    """The rows (ids) whose figures lag behind the time elapsed."""

    behind: frozenset[int]
    far_behind: frozenset[int]

    @classmethod
    def of(cls, roots: Sequence[int], day: dt.date, lit: Rules) -> "Lag":
        """Reckoned from the figures that have been reported, whatever the number of rows."""
        # Columns, not objects: there may be thousands. A figure that was reached lags no more.
        figure = Target.indicator, Target.op, Target.value, Target.year, Target.annual
        query = (
            select(*figure, Target.reported, PlanRow.id, PlanRow.due, Plan.launched_at)
            .join(PlanRow, PlanRow.id == Target.row_id)
            .join(Plan, Plan.id == PlanRow.plan_id)
            .where(Plan.process_id.in_(roots), Target.reported < Target.value)
        )
        found: dict[str, set[int]] = {"behind": set(), "far_behind": set()}
        for one in db.session.execute(query):
            figures: Any = [one]
            lag = pace(figures, today(one.launched_at), one.due, day) if one.launched_at else None
            if lag is not None and lag.points >= lit.behind:
                far = lag.points > lit.far_behind
                found["far_behind" if far else "behind"].add(one.id)
        far_ids = frozenset(found["far_behind"])
        return cls(frozenset(found["behind"]) - far_ids, far_ids)
