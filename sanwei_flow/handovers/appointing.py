"""Setting and ending deputies, and telling those it concerns."""

import datetime as dt
from collections.abc import Iterable

from sanwei_flow.accounts import deputies
from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Deputy
from sanwei_flow.errors import N_
from sanwei_flow.notifications.operations import Notice, deliver

#: Where the notices lead.
PAGE = "/me/deputies"


def appoint(
    user_id: int,
    deputy_id: int,
    *,
    from_day: dt.date,
    until_day: dt.date,
    designs: Iterable[str] | None = None,
    by: Actor,
    at: dt.datetime,
) -> Deputy:
    """`deputies.set_deputy`, told to the deputy and, if a head did it, to the person."""
    days = {"from_day": from_day, "until_day": until_day}
    set_ = deputies.set_deputy(user_id, deputy_id, designs=designs, by=by, at=at, **days)
    told = N_("您被设为{who}的代理人，{first} 至 {last}")
    mine = N_("{by}把{to}设为您的代理人，{first} 至 {last}")
    _tell(set_, {deputy_id: told, user_id: mine}, by=by, at=at)
    return set_


def revoke(deputy_row_id: int, *, by: Actor, at: dt.datetime) -> Deputy:
    """`deputies.revoke_deputy`, told to the deputy and, if a head did it, to the person."""
    ended = deputies.revoke_deputy(deputy_row_id, by=by, at=at)
    if ended.revoked_at == at:
        tell_of_end(ended, by=by, at=at)
    return ended


def tell_of_end(ended: Deputy, *, by: Actor, at: dt.datetime) -> None:
    """Tell both that it is over."""
    told, mine = N_("您不再代理{who}（由{by}撤销）"), N_("{to}不再是您的代理人（由{by}撤销）")
    _tell(ended, {ended.deputy_id: told, ended.user_id: mine}, by=by, at=at)


def tell_of_change(begun: Deputy, before: str, *, by: Actor, at: dt.datetime) -> None:
    """Tell both that the deputy follows the one called `before`."""
    told = N_("您接替{before}代理{who}，{first} 至 {last}")
    mine = N_("{to}接替{before}担任您的代理人，{first} 至 {last}")
    _tell(begun, {begun.deputy_id: told, begun.user_id: mine}, before=before, by=by, at=at)


def _tell(
    row: Deputy, told: dict[int, str], *, by: Actor, at: dt.datetime, before: str = ""
) -> None:
    """Tell each of them their msgid; whoever did it knows."""
    given = {"who": row.user.name, "to": row.deputy.name, "by": by.name, "before": before}
    given |= {"first": row.from_day.isoformat(), "last": row.until_day.isoformat()}
    letters = [
        (person, Notice("deputy", message, given, link=PAGE))
        for person, message in told.items()
        if person != by.user_id
    ]
    deliver(letters, at=at)
