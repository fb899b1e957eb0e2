"""What a task belongs to: a row of a plan, or the plan itself and the rows it is about."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import selectinload

from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.plans.keys import place_of
from sanwei_flow.plans.models import Plan, PlanRow, RowUnit
from sanwei_flow.supervision.queries import RowFacts, facts_of, rows_by_key

#: Asks a feature which rows (ids) the work with these business keys is about.
RowsOf = Callable[[Collection[str]], Mapping[str, Iterable[int]]]
_ABOUT: list[RowsOf] = []


@dataclass(frozen=True)
class PlanFacts:
    """A plan, for work of its own such as a meeting's decision, and the rows that is about."""

    plan: Plan
    about: tuple[RowFacts, ...] = ()

    @property
    def major(self) -> bool:
        """Whether it is about a major row."""
        return any(one.row.major for one in self.about)

    @property
    def lead(self) -> None:
        """No unit answers for the plan as one does for a row."""


Matter = RowFacts | PlanFacts


def also_about(rows_of: RowsOf) -> None:
    """Let a feature say which rows its work is about; the ladder then knows them."""
    if rows_of not in _ABOUT:
        _ABOUT.append(rows_of)


def arrived(task: Row[Any], matter: Matter | None) -> dt.date:
    """The day work arrived: what had its date behind it then is asked after by nobody.

    Work of the plan arrived with its process, however often it was sent back since; a row's
    has the row that speaks for it.
    """
    return today(task.started_at if isinstance(matter, PlanFacts) else task.opened_at)


def matters(keys: Iterable[str]) -> dict[str, Matter]:
    """The rows and plans behind business keys; keys of neither are left out."""
    wanted = set(keys)
    found: dict[str, Matter] = dict(rows_by_key(wanted))
    plans = {key: place_of(key)[0] for key in wanted if place_of(key)[1] is None}
    plans = {key: plan_id for key, plan_id in plans.items() if plan_id is not None}
    if plans:
        query = db.select(Plan).where(Plan.id.in_(set(plans.values())))
        by_id = {plan.id: plan for plan in db.session.scalars(query)}
        about = _about(plans)
        for key, plan_id in plans.items():
            if plan_id in by_id:
                found[key] = PlanFacts(by_id[plan_id], tuple(about[key]))
    return found


def _about(keys: Collection[str]) -> dict[str, list[RowFacts]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for rows_of in _ABOUT:
        for key, rows in rows_of(keys).items():
            ids[key] += rows
    found: dict[str, list[RowFacts]] = defaultdict(list)
    if not ids:
        return found
    query = (
        db.select(PlanRow, Plan)
        .join(Plan, Plan.id == PlanRow.plan_id)
        .where(PlanRow.id.in_({one for some in ids.values() for one in some}))
        .options(selectinload(PlanRow.units).joinedload(RowUnit.mention))
    )
    rows = {row.id: facts_of(row, plan) for row, plan in db.session.execute(query)}
    for key, some in ids.items():
        found[key] = [rows[one] for one in some if one in rows]
    return found
