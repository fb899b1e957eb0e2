"""What is open in a person's name, and who may hand it over to whom."""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select, tuple_

from sanwei_flow.accounts import deputies
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Deputy, Role, User, UserRole
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError, Conflict, Forbidden, NotFound
from sanwei_flow.handovers.models import HandOver, HandOverItem, Kind
from sanwei_flow.processes import handing
from sanwei_flow.processes.models import NO_DUE, Task, TaskStatus, is_pending

#: Why the person's own deputy stays.
KEPT = N_("还有事项没有移交，代理暂时保留。")


@dataclass(frozen=True)
class Item:
    """One thing open in somebody's name; `stays` says why it cannot go to the receiver.

    `until` is when a deputy's days end; `unit_id` that of a task.
    """

    kind: Kind
    id: int
    title: str
    step: str = ""
    unit_id: int | None = None
    due: dt.date | None = None
    until: dt.date | None = None
    held: bool = False
    draft: bool = False
    stays: AppError | None = None


@dataclass(frozen=True)
class Open:
    """Everything open in somebody's name that the reader may hand over.

    `elsewhere` counts tasks of units whose people the reader does not head.
    """

    items: list[Item] = field(default_factory=list)
    elsewhere: int = 0

    @property
    def going(self) -> list[Item]:
        return [item for item in self.items if item.stays is None]


@dataclass(frozen=True)
class Reach:
    """In which units somebody may hand over for a person; `whole`: also what has no unit."""

    units: frozenset[int]
    whole: bool


def reach(person_id: int, by: Actor) -> Reach:
    """How far the actor may hand over for a person: all of it for themselves, else as a head.

    Where the person has left a unit, whoever holds the same post there may as well: not every
    unit has a head. Raises Forbidden for everybody else.
    """
    query = select(Task.unit_id, Task.role).where(is_pending, Task.owner_id == person_id)
    owned = {(row.unit_id, row.role) for row in db.session.execute(query.distinct())}
    posted = select(UserRole.unit_id).join(User).where(User.id == person_id)
    own = {row.unit_id: row.active for row in db.session.execute(posted.add_columns(User.active))}
    units = frozenset(own) | {unit for unit, _role in owned}
    if by.user_id == person_id:
        return Reach(units, whole=True)
    left = {unit for unit, role in owned if not own.get(unit) and by.has(unit, role)}
    headed = (units & by.units(Role.reviewer)) | left
    if by.user_id is None or not headed:
        raise Forbidden(N_("只有本人或其所在单位的审核人可以移交。"))
    return Reach(headed, whole=headed == units)


def subjects(by: Actor) -> list[User]:
    """For whom the actor may hand over: themselves, then everybody of the units they head.

    Those who have left, but still have tasks of these units, or of the actor's posts, in their
    name, are among them.
    """
    heads = by.units(Role.reviewer)
    within = select(UserRole.user_id).where(UserRole.unit_id.in_(heads))
    owning = select(Task.owner_id).where(is_pending, Task.unit_id.in_(heads))
    led = or_(User.id.in_(within), User.id.in_(owning), User.id.in_(_left_behind(by)))
    query = select(User).where(or_(User.id == by.user_id, led))
    return list(db.session.scalars(query.order_by(User.id != by.user_id, User.username)))


def _left_behind(by: Actor) -> Any:
    """Who has tasks of the actor's posts in their name, but left the unit."""
    mine = tuple_(Task.unit_id, Task.role).in_(sorted(by.grants))
    here = select(UserRole.id).join(User).where(User.id == Task.owner_id, User.active)
    here = here.where(UserRole.unit_id == Task.unit_id)
    return select(Task.owner_id).where(is_pending, mine, ~here.correlate(Task).exists())


def receivers(person_id: int, within: Reach) -> list[User]:
    """Who may take over: the active colleagues in these units."""
    colleagues = select(UserRole.user_id).where(UserRole.unit_id.in_(within.units))
    query = select(User).where(User.active, User.id != person_id, User.id.in_(colleagues))
    return list(db.session.scalars(query.order_by(User.username)))


def open_items(person_id: int, within: Reach, at: dt.datetime, receiver_id: int | None) -> Open:
    """What is open in the person's name; with a receiver, what of it cannot go to them.

    Ten statements, however many tasks there are.
    """
    owned, drafted = handing.in_name_of(person_id), handing.drafted_by(person_id)
    tasks = [_task(Kind.asked if row.side else Kind.task, row) for row in owned]
    tasks += [_task(Kind.draft, row) for row in drafted]
    items = [item for item in tasks if item.unit_id in within.units]
    elsewhere = sum(row.unit_id not in within.units for row in owned)
    if receiver_id is not None:
        taker, rows = handing.receiver_of(receiver_id), {row.id: row for row in owned + drafted}
        items = [replace(one, stays=handing.obstacle(rows[one.id], taker)) for one in items]
    items += _personal(person_id, within, at, receiver_id)
    own = deputies.deputies_of([person_id], today(at))
    staying = elsewhere or not within.whole or any(item.stays for item in items)
    left = Conflict(KEPT) if staying else None
    items += [_deputy(Kind.deputy, one, one.deputy.name, left) for one in own]
    return Open(items, elsewhere)


def _personal(
    person_id: int, within: Reach, at: dt.datetime, receiver_id: int | None
) -> list[Item]:
    """What belongs to no unit: started processes, and for whom the person stands in."""
    own = None
    if not within.whole:
        own = Conflict(N_("移交人还在别的单位任职，这一项须由其本人移交。"))
    found = [
        Item(Kind.started, row.id, row.title, stays=own) for row in handing.started_by(person_id)
    ]
    for one in deputies.stood_for(person_id, today(at)):
        stays: AppError | None = own
        able = {each.id for each in deputies.candidates(one.user_id)} | {one.user_id}
        if stays is None and receiver_id is not None and receiver_id not in able:
            stays = Conflict(N_("接收人与{who}不在同一单位，不能代理。"), who=one.user.name)
        found.append(_deputy(Kind.stands_for, one, one.user.name, stays))
    return found


def _task(kind: Kind, row: Any) -> Item:
    due = None if row.due == NO_DUE else row.due
    held, draft = row.status == TaskStatus.held, row.draft_at is not None
    return Item(kind, row.id, row.title, row.name, row.unit_id, due=due, held=held, draft=draft)


def _deputy(kind: Kind, row: Deputy, who: str, stays: AppError | None) -> Item:
    return Item(kind, row.id, who, until=row.until_day, stays=stays)


def visible(hand_over_id: int, by: Actor) -> HandOver:
    """A hand-over its two people, and whoever may hand over for the person, can read.

    Raises NotFound for everybody else.
    """
    found = db.session.get(HandOver, hand_over_id)
    if found is not None and by.user_id in (found.person_id, found.receiver_id, found.by_id):
        return found
    try:
        if found is not None and reach(found.person_id, by):
            return found
    except Forbidden:
        pass
    raise NotFound(N_("没有这次移交。"))


def items_of(hand_over_id: int) -> list[HandOverItem]:
    """What became of each thing, in the order of the work."""
    query = select(HandOverItem).where(HandOverItem.hand_over_id == hand_over_id)
    return list(db.session.scalars(query.order_by(HandOverItem.id)))
