"""Writes to the register: units, people and what they may do."""

import datetime as dt
from collections.abc import Iterable

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import (
    SEPARATE_POWERS,
    CollectiveUnit,
    Role,
    Unit,
    UnitAlias,
    UnitKind,
    User,
    UserRole,
)
from sanwei_flow.accounts.passwords import hash_password
from sanwei_flow.accounts.queries import units_by_name, user_by_name
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid

MIN_PASSWORD = 8


def actor_of(user: User) -> Actor:
    """The actor a person is, with every role they hold."""
    return Actor(user.id, user.name, frozenset((g.unit_id, str(g.role)) for g in user.roles))


def create_unit(
    code: str,
    name: str,
    kind: UnitKind,
    *,
    aliases: Iterable[str] = (),
    by: Actor,
    at: dt.datetime,
) -> Unit:
    """Enter a unit into the register. Raises Conflict if a name already means another unit."""
    require(by, Role.sys_admin)
    if name in units_by_name():
        raise Conflict(N_("单位名称“{name}”已被使用"), name=name)
    unit = Unit(code=code, name=name, kind=UnitKind(kind), active=True)
    db.session.add(unit)
    db.session.flush()
    record("unit_created", f"unit:{unit.id}", by=by, at=at, data={"code": code, "name": name})
    for alias in aliases:
        add_alias(unit, alias, by=by, at=at)
    return unit


def add_alias(unit: Unit, alias: str, *, by: Actor, at: dt.datetime) -> None:
    """Remember that `alias` means exactly this unit. Raises Conflict if it means another."""
    require(by, Role.sys_admin, Role.office)
    known = units_by_name().get(alias)
    if known is not None and known.id != unit.id:
        raise Conflict(N_("“{alias}”已是{unit}的名称"), alias=alias, unit=known.name)
    if known is None:
        db.session.add(UnitAlias(alias=alias, unit_id=unit.id))
        record("alias_added", f"unit:{unit.id}", by=by, at=at, data={"alias": alias})


def create_collective(
    name: str, kinds: Iterable[UnitKind], *, by: Actor, at: dt.datetime
) -> CollectiveUnit:
    """Name a group of units by their kinds, such as all towns and townships."""
    require(by, Role.sys_admin)
    collective = CollectiveUnit(name=name, kinds=[str(UnitKind(kind)) for kind in kinds])
    db.session.add(collective)
    db.session.flush()
    data = {"name": name, "kinds": collective.kinds}
    record("collective_created", f"collective_unit:{collective.id}", by=by, at=at, data=data)
    return collective


def create_user(
    username: str, name: str, password: str, *, by: Actor, at: dt.datetime, hashed: bool = False
) -> User:
    """Open an account without roles; `hashed` says that `password` is a stored hash already.

    Raises Invalid for a short password or a blank name, Conflict if the username is taken.
    """
    require(by, Role.sys_admin)
    username, name = username.strip(), name.strip()
    if not username or not name:
        raise Invalid(N_("用户名和姓名不能为空"))
    if user_by_name(username) is not None:
        raise Conflict(N_("用户名“{username}”已被使用"), username=username)
    if not hashed:
        password = hash_password(checked_password(password))
    user = User(username=username, name=name, password_hash=password, roles=[])
    user.failed_logins = 0
    db.session.add(user)
    db.session.flush()
    record("user_created", f"user:{user.id}", by=by, at=at, data={"username": username})
    return user


def checked_password(password: str) -> str:
    """Return the password if it is long enough (8 characters), else raise Invalid."""
    if len(password) < MIN_PASSWORD:
        raise Invalid(N_("密码至少需要{count}个字符"), count=MIN_PASSWORD)
    return password


def grant(user: User, unit: Unit, role: Role, *, by: Actor, at: dt.datetime) -> None:
    """Give a person a role in a unit; giving it twice changes nothing.

    Raises Invalid if the person would hold two of the three separate powers (accounts,
    grants, logs), and Forbidden if somebody grants to themselves.
    """
    require(by, Role.sec_admin)
    if by.user_id == user.id:
        raise Forbidden(N_("不能给自己授权"))
    held = {g.role for g in user.roles}
    if role in SEPARATE_POWERS and (held & SEPARATE_POWERS) - {role}:
        raise Invalid(N_("系统管理员、安全管理员、审计管理员不能由一人兼任"))
    if any(g.unit_id == unit.id and g.role == role for g in user.roles):
        return
    user.roles.append(UserRole(unit=unit, role=Role(role)))
    record("granted", f"user:{user.id}", by=by, at=at, data={"unit": unit.id, "role": role})


def revoke(user: User, unit: Unit, role: Role, *, by: Actor, at: dt.datetime) -> None:
    """Take a role back; it counts from the person's next request."""
    require(by, Role.sec_admin)
    for held in [g for g in user.roles if g.unit_id == unit.id and g.role == role]:
        user.roles.remove(held)
        db.session.delete(held)
        record("revoked", f"user:{user.id}", by=by, at=at, data={"unit": unit.id, "role": role})


def require(by: Actor, *roles: Role) -> None:
    """Raise Forbidden unless it is the system or somebody who holds one of the roles."""
    if not by.is_system and not any(by.has_role(role) for role in roles):
        raise Forbidden(N_("您没有权限维护单位和人员"))
