"""Reads of the register of units and people."""

from collections.abc import Iterable

from sqlalchemy.orm import selectinload

from sanwei_flow.accounts.models import CollectiveUnit, Unit, UnitAlias, User, UserRole
from sanwei_flow.db import db


def people(unit_id: int, role: str) -> list[User]:
    """The active people who hold `role` in the unit, by username."""
    query = (
        db.select(User)
        .join(UserRole)
        .where(UserRole.unit_id == unit_id, UserRole.role == role, User.active)
        .order_by(User.username)
    )
    return list(db.session.scalars(query))


def user_by_name(username: str) -> User | None:
    """The person with this username, active or not."""
    return db.session.scalar(db.select(User).where(User.username == username))


def all_users() -> list[User]:
    """Everybody, by username, with their grants and units loaded."""
    query = db.select(User).options(selectinload(User.roles)).order_by(User.username)
    return list(db.session.scalars(query))


def all_units(*, kinds: Iterable[str] | None = None, active: bool | None = True) -> list[Unit]:
    """The units in the register's order; `active` None includes the retired ones."""
    query = db.select(Unit).order_by(Unit.code)
    if active is not None:
        query = query.where(Unit.active == active)
    if kinds is not None:
        query = query.where(Unit.kind.in_(list(kinds)))
    return list(db.session.scalars(query))


def all_unit_ids() -> frozenset[int]:
    """The ids of all active units."""
    return frozenset(db.session.scalars(db.select(Unit.id).where(Unit.active)))


def units_by_name() -> dict[str, Unit]:
    """Every name and confirmed alias of every active unit."""
    found = {unit.name: unit for unit in all_units()}
    query = db.select(UnitAlias.alias, Unit).join(Unit).where(Unit.active)
    for alias, unit in db.session.execute(query):
        found.setdefault(alias, unit)
    return found


def unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    """The names of these units by id, retired ones included."""
    query = db.select(Unit.id, Unit.name).where(Unit.id.in_(list(unit_ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def user_names(user_ids: Iterable[int]) -> dict[int, str]:
    """The names of these people by id, those who have left included."""
    query = db.select(User.id, User.name).where(User.id.in_(list(user_ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def collectives_by_name() -> dict[str, CollectiveUnit]:
    """The collective units by name."""
    return {unit.name: unit for unit in db.session.scalars(db.select(CollectiveUnit))}


def collective_members(collective: CollectiveUnit) -> list[Unit]:
    """The active units a collective means today, in the register's order."""
    return all_units(kinds=collective.kinds)
