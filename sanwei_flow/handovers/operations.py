"""Handing over: begun once, then one thing after another, then told once.

Each thing goes in a transaction of its own, so that one which cannot go keeps none of the
others; what was interrupted goes on where it stopped.
"""

import datetime as dt
from collections import Counter

from flask_babel import gettext

from sanwei_flow.accounts import deputies
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Deputy, User
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.errors import N_, AppError, Conflict, Invalid
from sanwei_flow.handovers import appointing
from sanwei_flow.handovers.models import HandOver, HandOverItem, Kind
from sanwei_flow.handovers.queries import (
    KEPT,
    Item,
    items_of,
    open_items,
    reach,
    receivers,
)
from sanwei_flow.notifications.operations import Notice, deliver
from sanwei_flow.processes import handing

MOST_COMMENT = 500


def begin(
    person_id: int, receiver_id: int | None, *, comment: str, key: str, by: Actor, at: dt.datetime
) -> HandOver:
    """Begin a hand-over, or return the one begun with the same `key`.

    Raises Forbidden, and Invalid where the receiver is no colleague, or nothing can go to them.
    """
    within = reach(person_id, by)
    # The person's row is held, so that the same wish sent twice is met once.
    db.session.execute(db.select(User.id).where(User.id == person_id).with_for_update())
    known = db.session.scalar(db.select(HandOver).where(HandOver.key == key))
    if known is not None and (known.person_id, known.by_id) == (person_id, by.user_id):
        return known
    if receiver_id not in {one.id for one in receivers(person_id, within)}:
        complaint = gettext("请选择同一单位的在职人员。")
        raise Invalid(N_("有 {count} 处需要改正。"), fields={"to": [complaint]}, count=1)
    found = open_items(person_id, within, at, receiver_id)
    if not found.items:
        raise Invalid(N_("没有需要移交的事项。"))
    if not found.going:
        raise Invalid(N_("没有可以移交给所选接收人的事项，请换一位接收人。"))
    begun = HandOver(person_id=person_id, receiver_id=receiver_id, by_id=by.user_id, key=key, at=at)
    begun.comment = comment.strip()[:MOST_COMMENT]
    db.session.add(begun)
    db.session.flush()
    return begun


def waiting(hand_over: HandOver, *, by: Actor, at: dt.datetime) -> list[Item]:
    """What of it has not been tried yet. Raises Forbidden."""
    within = reach(hand_over.person_id, by)
    found = open_items(hand_over.person_id, within, at, hand_over.receiver_id)
    tried = {(one.kind, one.subject_id) for one in items_of(hand_over.id)}
    return [item for item in found.items if (item.kind, item.id) not in tried]


def move(hand_over: HandOver, item: Item, *, by: Actor, at: dt.datetime) -> None:
    """Hand over one thing and note it. Raises what says that it stays."""
    reach(hand_over.person_id, by)
    if _tried(hand_over, item):
        return
    person, receiver = hand_over.person_id, hand_over.receiver_id
    if item.stays is not None:
        raise item.stays
    actor, comment = on_behalf(hand_over, by), hand_over.comment
    if item.kind in (Kind.task, Kind.asked):
        handing.hand_task(item.id, person, receiver, comment=comment, by=actor, at=at)
    elif item.kind == Kind.draft:
        handing.hand_draft(item.id, person, receiver)
    elif item.kind == Kind.started:
        handing.hand_started(item.id, person, receiver, comment=comment, by=actor, at=at)
    else:
        _move_deputy(hand_over, item, by=by, at=at)
    _note(hand_over, item)


def on_behalf(hand_over: HandOver, by: Actor) -> Actor:
    """Who does it, as the trail names them: a head acts for the person."""
    if by.user_id == hand_over.person_id:
        return by
    return Actor(by.user_id, by.name, by.grants, (), hand_over.person_id)


def _move_deputy(hand_over: HandOver, item: Item, *, by: Actor, at: dt.datetime) -> None:
    row = db.session.get_one(Deputy, item.id, with_for_update=True)
    if row.revoked_at is not None:
        return
    if item.kind == Kind.deputy:
        if any(one.stays for one in items_of(hand_over.id)):
            raise Conflict(KEPT)
        deputies.end(row, by=by, at=at)
        appointing.tell_of_end(row, by=by, at=at)
        return
    begun = deputies.pass_on(row, hand_over.receiver_id, by=by, at=at)
    if begun is not None:
        appointing.tell_of_change(begun, row.deputy.name, by=by, at=at)


def stay(hand_over: HandOver, item: Item, why: AppError) -> None:
    """Note that one thing stays where it is, and why."""
    params = {name: str(value) for name, value in why.params.items()}
    if _tried(hand_over, item):
        return
    _note(hand_over, item, why.message, params)


def _tried(hand_over: HandOver, item: Item) -> bool:
    """Whether this has been noted; who goes on with the same hand-over meanwhile waits."""
    db.session.refresh(hand_over, with_for_update=True)
    noted = HandOverItem.kind == item.kind, HandOverItem.subject_id == item.id
    query = db.select(HandOverItem.id).where(HandOverItem.hand_over_id == hand_over.id, *noted)
    return db.session.scalar(query) is not None


def _note(
    hand_over: HandOver, item: Item, stays: str = "", params: dict[str, str] | None = None
) -> None:
    row = HandOverItem(hand_over_id=hand_over.id, kind=item.kind, subject_id=item.id)
    row.title, row.stays, row.params = item.title, stays, params or {}
    db.session.add(row)
    db.session.flush()


def finish(hand_over: HandOver, *, by: Actor, at: dt.datetime) -> None:
    """Record it and tell the receiver, and the person if a head did it: once."""
    db.session.refresh(hand_over, with_for_update=True)
    if hand_over.finished_at is not None:
        return
    hand_over.finished_at = at
    done = items_of(hand_over.id)
    moved = Counter(one.kind for one in done if not one.stays)
    staying = [f"{one.kind}:{one.subject_id}" for one in done if one.stays]
    data = {"hand_over": hand_over.id, "to": hand_over.receiver_id, "moved": dict(moved)}
    data |= {"stays": staying, "on_behalf_of": on_behalf(hand_over, by).on_behalf_of_id}
    record("handed_over", f"user:{hand_over.person_id}", by=by, at=at, data=data)
    _tell(hand_over, moved.total(), by=by, at=at)


def _tell(hand_over: HandOver, count: int, *, by: Actor, at: dt.datetime) -> None:
    if not count:
        return
    given = {"who": hand_over.person.name, "to": hand_over.receiver.name, "count": count}
    more = {"link": f"/handovers/{hand_over.id}", "dedupe_key": f"handover:{hand_over.id}"}
    given["by"] = by.name
    if by.user_id == hand_over.person_id:
        told = N_("{who}把 {count} 项工作移交给您")
    else:
        told = N_("{by}把{who}的 {count} 项工作移交给您")
    mine = N_("{by}把您的 {count} 项工作移交给{to}")
    letters = [
        (hand_over.receiver_id, Notice("handover", told, given, **more)),
        (hand_over.person_id, Notice("handover", mine, given, **more)),
    ]
    deliver([letter for letter in letters if letter[0] != by.user_id], at=at)
