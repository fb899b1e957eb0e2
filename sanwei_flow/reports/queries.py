"""Reads of bulletins and closing reports."""

from collections.abc import Collection
from dataclasses import dataclass

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.plans.access import managed_by, visible_to
from sanwei_flow.plans.models import Plan
from sanwei_flow.reports.models import Bulletin


@dataclass(frozen=True)
class BulletinFilters:
    """Which bulletins to list; empty means all. `state` is `draft`, `issued` or empty.

    `month` is one such as `2026-10`.
    """

    state: str = ""
    kind: str = ""
    plan: int | None = None
    month: str = ""


def bulletins(
    by: Actor, filters: BulletinFilters, *, after: int | None = None, limit: int = 50
) -> list[Bulletin]:
    """What was issued for plans this person sees, and drafts of plans they manage.

    Newest first, those before the id `after`.
    """
    issued = Bulletin.issued_at.is_not(None)
    query = (
        db.select(Bulletin)
        .join(Plan, Plan.id == Bulletin.plan_id)
        .where(visible_to(by), db.or_(issued, managed_by(by)))
        .order_by(Bulletin.id.desc())
        .limit(limit)
    )
    if filters.state:
        query = query.where(issued if filters.state == "issued" else ~issued)
    if filters.kind:
        query = query.where(Bulletin.kind == filters.kind)
    if filters.month:
        query = query.where(Bulletin.month == filters.month)
    if filters.plan is not None:
        query = query.where(Bulletin.plan_id == filters.plan)
    if after is not None:
        query = query.where(Bulletin.id < after)
    return list(db.session.scalars(query))


def issued_months(plan_ids: Collection[int]) -> frozenset[str]:
    """The months whose bulletin is out for every one of these plans."""
    query = (
        db.select(Bulletin.month)
        .where(
            Bulletin.plan_id.in_(plan_ids),
            Bulletin.month.is_not(None),
            Bulletin.issued_at.is_not(None),
        )
        .group_by(Bulletin.month)
        .having(db.func.count(Bulletin.plan_id.distinct()) >= len(plan_ids))
    )
    return frozenset(month for month in db.session.scalars(query) if month)
