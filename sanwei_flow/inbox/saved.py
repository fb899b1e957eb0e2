"""Filters with a name: a person's own, and those their unit shares."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.orm import joinedload

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role, User
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Forbidden, Invalid, NotFound
from sanwei_flow.inbox.models import DefaultFilter, SavedFilter

LONGEST_NAME = 30
#: The list whose filters are views of the ledger.
LEDGER = "ledger"
#: Filters one person may keep.
MOST = 30


@dataclass(frozen=True)
class Saved:
    """A filter as one person sees it: `first` if their lists open with it."""

    record: SavedFilter
    first: bool

    @property
    def arguments(self) -> dict[str, Any]:
        """The address of the list, without its path."""
        return {"box": self.record.box, **self.record.wanted}


def filters_of(actor: Actor, *, box: str = "") -> list[Saved]:
    """The filters of lists a person may use, their own first: one statement.

    With `box` those of this list only; those of the ledger are asked for by its name.
    """
    here = SavedFilter.box == box if box else SavedFilter.box != LEDGER
    query = (
        db.select(SavedFilter, DefaultFilter.user_id)
        .outerjoin(
            DefaultFilter,
            and_(DefaultFilter.filter_id == SavedFilter.id, DefaultFilter.user_id == actor.user_id),
        )
        .where(_usable(actor), here)
        .options(joinedload(SavedFilter.owner).lazyload(User.roles))
        .order_by(SavedFilter.owner_id != actor.user_id, SavedFilter.id)
    )
    return [Saved(record, chosen is not None) for record, chosen in db.session.execute(query)]


def save(
    name: str,
    box: str,
    wanted: Mapping[str, Any],
    *,
    unit_id: int | None = None,
    by: Actor,
    at: dt.datetime,
) -> SavedFilter:
    """Keep a filter; with `unit_id` for everybody of that unit.

    Raises Invalid for a name that is none or one too many, Conflict for a name of one's own
    used twice, Forbidden for a unit of other people.
    """
    if by.user_id is None:
        raise Forbidden(N_("只有本人可以保存筛选。"))
    _one_at_a_time(by)
    own = SavedFilter.owner_id == by.user_id
    if db.session.scalar(db.select(db.func.count()).where(own)) >= MOST:
        raise Invalid(N_("最多保存 {most} 个筛选，请先删除不用的。"), most=MOST)
    record = SavedFilter(
        owner_id=by.user_id, box=box, wanted=dict(wanted), created_at=at, name="", unit_id=None
    )
    _name(record, name)
    _share(record, unit_id, by)
    db.session.add(record)
    db.session.flush()
    return record


def change(
    filter_id: int, name: str, *, unit_id: int | EllipsisType | None = ..., by: Actor
) -> SavedFilter:
    """Give it another name; share it with a unit or with nobody (`...` leaves that as it is).

    Raises what `save` does, and NotFound.
    """
    _one_at_a_time(by)
    record = _held(filter_id, by)
    _name(record, name)
    if not isinstance(unit_id, EllipsisType) and unit_id != record.unit_id:
        _share(record, unit_id, by)
    db.session.flush()
    return record


def delete(filter_id: int, *, by: Actor) -> None:
    """Forget it, for everybody who had it. Raises NotFound, Forbidden."""
    record = _held(filter_id, by)
    db.session.execute(db.delete(DefaultFilter).where(DefaultFilter.filter_id == record.id))
    db.session.delete(record)


def open_with(filter_id: int, *, yes: bool = True, by: Actor) -> None:
    """Let the person's lists open with this filter, or with none any more. Raises NotFound."""
    _usable_one(filter_id, by)
    _one_at_a_time(by)
    db.session.execute(db.delete(DefaultFilter).where(DefaultFilter.user_id == by.user_id))
    if yes:
        db.session.add(DefaultFilter(user_id=by.user_id, filter_id=filter_id))


def _one_at_a_time(by: Actor) -> None:
    """The person's row is held, so that the same wish sent twice is met once."""
    db.session.execute(db.select(User.id).where(User.id == by.user_id).with_for_update())


def may_change(record: SavedFilter, actor: Actor) -> bool:
    """Whose it is; and of a shared one the head of the unit."""
    shared = record.unit_id is not None and actor.has(record.unit_id, Role.reviewer)
    return record.owner_id == actor.user_id or shared


def _usable(actor: Actor) -> Any:
    return or_(
        SavedFilter.owner_id == actor.user_id, SavedFilter.unit_id.in_(sorted(actor.units()))
    )


def _usable_one(filter_id: int, actor: Actor) -> SavedFilter:
    query = db.select(SavedFilter).where(SavedFilter.id == filter_id, _usable(actor))
    record = db.session.scalar(query)
    if record is None:
        raise NotFound(N_("没有这个筛选。"))
    return record


def _held(filter_id: int, by: Actor) -> SavedFilter:
    record = _usable_one(filter_id, by)
    if not may_change(record, by):
        raise Forbidden(N_("这个筛选由同事保存，只有本人或单位审核人可以修改。"))
    return record


def _name(record: SavedFilter, name: str) -> None:
    given = " ".join(name.split())
    if not 1 <= len(given) <= LONGEST_NAME:
        raise Invalid(N_("请给筛选起个名称，最多 {most} 个字。"), most=LONGEST_NAME)
    same = SavedFilter.owner_id == record.owner_id, SavedFilter.name == given
    query = db.select(SavedFilter.id).where(*same)
    with db.session.no_autoflush:
        taken = db.session.scalar(query)
    if taken is not None and taken != record.id:
        raise Conflict(N_("已有名为“{name}”的筛选，请换个名称。"), name=given)
    record.name = given


def _share(record: SavedFilter, unit_id: int | None, by: Actor) -> None:
    if unit_id is not None and unit_id not in by.units():
        raise Forbidden(N_("只能与本单位共用筛选。"))
    record.unit_id = unit_id
