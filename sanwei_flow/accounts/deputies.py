"""Deputies: who may act in whose place, from one day to another."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Deputy, Role, User, UserRole
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.web import SHANGHAI

#: A deputy is for an absence, not for good.
LONGEST = dt.timedelta(days=366)


def set_deputy(
    user_id: int,
    deputy_id: int,
    *,
    from_day: dt.date,
    until_day: dt.date,
    designs: Iterable[str] | None = None,
    by: Actor,
    at: dt.datetime,
) -> Deputy:
    """Let `deputy_id` act for `user_id` on these days (Shanghai, both included).

    `designs` are process keys; None means all. Raises Forbidden unless `by` is the person or
    heads every unit they work in, Invalid for days or people that cannot be, Conflict if the
    same deputy is set for some of these days already.
    """
    _require(user_id, by)
    if deputy_id not in {one.id for one in candidates(user_id)}:
        raise Invalid(N_("代理人须是同一单位的在职人员。"))
    _check_days(from_day, until_day, _day(at))
    chosen = None if designs is None else sorted(set(designs))
    if chosen == []:
        raise Invalid(N_("请至少选一个流程。"))
    # The person's row is held, so that the same wish sent twice is met once.
    db.session.execute(db.select(User.id).where(User.id == user_id).with_for_update())
    if _known(user_id, deputy_id, from_day, until_day):
        raise Conflict(N_("这段时间内已设有同一代理人，请先撤销原来的代理。"))
    return _appoint(user_id, deputy_id, (from_day, until_day), designs=chosen, by=by, at=at)


def _known(user_id: int, deputy_id: int, from_day: dt.date, until_day: dt.date) -> bool:
    """Whether this deputy is set already on one of these days."""
    same = Deputy.user_id == user_id, Deputy.deputy_id == deputy_id, Deputy.revoked_at.is_(None)
    days = Deputy.from_day <= until_day, Deputy.until_day >= from_day
    return db.session.scalar(db.select(Deputy.id).where(*same, *days).limit(1)) is not None


def _appoint(
    user_id: int,
    deputy_id: int,
    days: tuple[dt.date, dt.date],
    *,
    designs: list[str] | None,
    by: Actor,
    at: dt.datetime,
) -> Deputy:
    deputy = Deputy(user_id=user_id, deputy_id=deputy_id, from_day=days[0], until_day=days[1])
    deputy.designs, deputy.set_by_id, deputy.created_at = designs, by.user_id or 0, at
    db.session.add(deputy)
    db.session.flush()
    data = {"deputy": deputy_id, "from": days[0], "until": days[1], "designs": designs}
    record("deputy_set", f"user:{user_id}", by=by, at=at, data=data)
    return deputy


def revoke_deputy(deputy_row_id: int, *, by: Actor, at: dt.datetime) -> Deputy:
    """End it now; doing so twice changes nothing. Raises NotFound, Forbidden."""
    deputy = db.session.get(Deputy, deputy_row_id, with_for_update=True)
    if deputy is None:
        raise NotFound(N_("没有这项代理。"))
    _require(deputy.user_id, by)
    if deputy.revoked_at is None:
        end(deputy, by=by, at=at)
    return deputy


def end(deputy: Deputy, *, by: Actor, at: dt.datetime) -> None:
    """End it for whoever has been asked already whether they may."""
    deputy.revoked_at = at
    data = {"id": deputy.id, "deputy": deputy.deputy_id}
    record("deputy_revoked", f"user:{deputy.user_id}", by=by, at=at, data=data)


def pass_on(deputy: Deputy, receiver_id: int, *, by: Actor, at: dt.datetime) -> Deputy | None:
    """End it and let `receiver_id` stand in on the days that are left; permission as for `end`.

    Returns the new one; None where the receiver is the person, or their deputy already. Raises
    Invalid if the receiver works in no unit of the person.
    """
    who, day = deputy.user_id, max(_day(at), deputy.from_day)
    if receiver_id != who and receiver_id not in {one.id for one in candidates(who)}:
        raise Invalid(N_("代理人须是同一单位的在职人员。"))
    end(deputy, by=by, at=at)
    if receiver_id == who or _known(who, receiver_id, day, deputy.until_day):
        return None
    days = day, deputy.until_day
    return _appoint(who, receiver_id, days, designs=deputy.designs, by=by, at=at)


def may_set(user_id: int, by: Actor) -> bool:
    """Whether the actor may set this person's deputies: that person, or who heads their units."""
    if by.user_id is None:
        return False
    if by.user_id == user_id:
        return True
    query = db.select(UserRole.unit_id).where(UserRole.user_id == user_id)
    units = set(db.session.scalars(query))
    return bool(units) and units <= by.units(Role.reviewer)


def subjects(by: Actor) -> list[User]:
    """The people whose deputies the actor may set, themselves first."""
    heads = by.units(Role.reviewer)
    elsewhere = db.select(UserRole.user_id).where(UserRole.unit_id.not_in(heads))
    within = db.select(UserRole.user_id).where(UserRole.unit_id.in_(heads))
    led = User.id.in_(within) & User.id.not_in(elsewhere)
    query = db.select(User).where(User.active, or_(User.id == by.user_id, led))
    return list(db.session.scalars(query.order_by(User.id != by.user_id, User.username)))


def candidates(user_id: int) -> list[User]:
    """Who may be a person's deputy: the active people of the units they work in."""
    units = db.select(UserRole.unit_id).where(UserRole.user_id == user_id)
    other = aliased(UserRole)
    colleagues = db.select(other.user_id).where(other.unit_id.in_(units))
    query = db.select(User).where(User.active, User.id != user_id, User.id.in_(colleagues))
    return list(db.session.scalars(query.order_by(User.username)))


def deputies_of(user_ids: Iterable[int], day: dt.date) -> list[Deputy]:
    """The deputies of these people from `day` on, revoked ones left out, soonest first."""
    return _from(day, Deputy.user_id.in_(list(user_ids)))


def stood_for(user_id: int, day: dt.date) -> list[Deputy]:
    """For whom this person is a deputy from `day` on, soonest first."""
    return _from(day, Deputy.deputy_id == user_id)


def _from(day: dt.date, whose: ColumnElement[bool]) -> list[Deputy]:
    query = db.select(Deputy).where(whose, Deputy.revoked_at.is_(None), Deputy.until_day >= day)
    return list(db.session.scalars(query.order_by(Deputy.from_day, Deputy.id)))


def _require(user_id: int, by: Actor) -> None:
    if not may_set(user_id, by):
        raise Forbidden(N_("只有本人或其所在单位的审核人可以设置代理。"))


def _check_days(from_day: dt.date, until_day: dt.date, today: dt.date) -> None:
    message = None
    if until_day < from_day:
        message = N_("结束日期不能早于开始日期。")
    elif until_day < today:
        message = N_("结束日期已过。")
    elif until_day - from_day > LONGEST:
        message = N_("一次代理最长一年。")
    if message is not None:
        raise Invalid(message)


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(SHANGHAI).date()
