"""Reads of bulletins and closing reports."""

from dataclasses import dataclass

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.db import db
from sanwei_flow.plans.access import managed_by, visible_to
from sanwei_flow.plans.models import Plan
from sanwei_flow.reports.models import Bulletin


@dataclass(frozen=True)
class BulletinFilters:
    """Which bulletins to list; empty means all. `state` is `draft`, `issued` or empty."""

    state: str = ""
    kind: str = ""
    plan: int | None = None


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
    if filters.plan is not None:
        query = query.where(Bulletin.plan_id == filters.plan)
    if after is not None:
        query = query.where(Bulletin.id < after)
    return list(db.session.scalars(query))
