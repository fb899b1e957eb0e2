"""Who is it? Asked by every request, so each answer is one plain SQL statement."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select, Table, bindparam, select

from sanwei_flow.accounts.actor import Actor, Principal
from sanwei_flow.accounts.models import ApiToken, Deputy, LoginSession, Unit, User, UserRole
from sanwei_flow.accounts.passwords import token_hash
from sanwei_flow.db import db
from sanwei_flow.prepared import Prepared
from sanwei_flow.web import SHANGHAI

# Tables instead of classes: a request wants a few values and no objects to keep track of.
users: Table = User.__table__
roles: Table = UserRole.__table__
units: Table = Unit.__table__
sessions: Table = LoginSession.__table__
tokens: Table = ApiToken.__table__
deputies: Table = Deputy.__table__

#: A session ends this long after its log-in.
SESSION_LIFE = dt.timedelta(days=7)


@dataclass(frozen=True)
class Person:
    """Who makes the request, as one statement found them."""

    actor: Actor
    username: str
    locale: str | None
    unit_name: str | None


def person_of_session(token: str, at: dt.datetime) -> Person | None:
    """The person whose open session this is, or None."""
    found = {"hash": token_hash(token), "since": at - SESSION_LIFE, "day": _day(at)}
    return _person(_by_session.ask(db.session.connection(), found), at)


def person_of_token(token: str, at: dt.datetime) -> Person | None:
    """The person for whom a program shows this API token, or None."""
    found = {"hash": token_hash(token), "day": _day(at)}
    return _person(_by_token.ask(db.session.connection(), found), at)


@Prepared
def _by_session() -> Select[Any]:
    query = _people().join(sessions, sessions.c.user_id == users.c.id)
    return query.where(
        sessions.c.token_hash == bindparam("hash"),
        sessions.c.revoked_at.is_(None),
        sessions.c.created_at > bindparam("since"),
    )


@Prepared
def _by_token() -> Select[Any]:
    query = _people().join(tokens, tokens.c.user_id == users.c.id)
    return query.where(tokens.c.token_hash == bindparam("hash"), tokens.c.revoked_at.is_(None))


def _people() -> Select[Any]:
    return (
        select(
            users.c.id,
            users.c.username,
            users.c.name,
            users.c.locale,
            roles.c.unit_id,
            roles.c.role,
            units.c.name.label("unit_name"),
            _stands_in().label("stands_in"),
        )
        .select_from(users.outerjoin(roles, roles.c.user_id == users.c.id))
        .outerjoin(units, units.c.id == roles.c.unit_id)
        .where(users.c.active)
        .order_by(roles.c.id)
    )


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(SHANGHAI).date()


def _valid() -> tuple[Any, ...]:
    day: BindParameter[dt.date] = bindparam("day")
    return deputies.c.revoked_at.is_(None), deputies.c.from_day <= day, deputies.c.until_day >= day


def _stands_in() -> Any:
    """Whether the person is anybody's deputy: most are not, and cost no further statement."""
    mine = select(deputies.c.id).where(deputies.c.deputy_id == users.c.id, *_valid())
    return mine.correlate(users).exists()


def principals(user_id: int, at: dt.datetime) -> tuple[Principal, ...]:
    """The active people whose deputy this person is on the Shanghai day of `at`."""
    query = (
        db.select(
            Deputy.id, Deputy.user_id, Deputy.designs, User.name, UserRole.unit_id, UserRole.role
        )
        .join(User, User.id == Deputy.user_id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(Deputy.deputy_id == user_id, User.active, *_valid())
        .order_by(Deputy.id)
    )
    found: dict[int, Principal] = {}
    for row in db.session.execute(query, {"day": _day(at)}):
        posts = found[row.id].grants if row.id in found else frozenset()
        designs = None if row.designs is None else frozenset(row.designs)
        posts |= {(row.unit_id, str(row.role))}
        found[row.id] = Principal(row.user_id, row.name, posts, designs)
    return tuple(found.values())


def _person(rows: Sequence[Any], at: dt.datetime) -> Person | None:
    if not rows:
        return None
    first = rows[0]
    grants = frozenset((row.unit_id, str(row.role)) for row in rows if row.unit_id is not None)
    stands_for = principals(first.id, at) if first.stands_in else ()
    actor = Actor(first.id, first.name, grants, stands_for)
    return Person(actor, first.username, first.locale, first.unit_name)
