"""Who is it? Asked by every request, so each answer is one plain SQL statement."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ApiToken, LoginSession, Unit, User, UserRole
from sanwei_flow.accounts.passwords import token_hash
from sanwei_flow.db import db

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
    found = {"hash": token_hash(token), "since": at - SESSION_LIFE}
    return _person(db.session.execute(_by_session(), found).all())


def person_of_token(token: str) -> Person | None:
    """The person for whom a program shows this API token, or None."""
    return _person(db.session.execute(_by_token(), {"hash": token_hash(token)}).all())


def actor_for_token(token: str) -> Actor | None:
    """The actor for whom a program shows this API token, or None."""
    person = person_of_token(token)
    return person.actor if person else None


# Built once: every request asks one of these, and building it costs more than asking.


@cache
def _by_session() -> Select[Any]:
    query = _people().join(LoginSession, LoginSession.user_id == User.id)
    return query.where(
        LoginSession.token_hash == bindparam("hash"),
        LoginSession.revoked_at.is_(None),
        LoginSession.created_at > bindparam("since"),
    )


@cache
def _by_token() -> Select[Any]:
    query = _people().join(ApiToken, ApiToken.user_id == User.id)
    return query.where(ApiToken.token_hash == bindparam("hash"), ApiToken.revoked_at.is_(None))


def _people() -> Select[Any]:
    return (
        db.select(
            User.id,
            User.username,
            User.name,
            User.locale,
            UserRole.unit_id,
            UserRole.role,
            Unit.name.label("unit_name"),
        )
        .select_from(User)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .outerjoin(Unit, Unit.id == UserRole.unit_id)
        .where(User.active)
        .order_by(UserRole.id)
    )


def _person(rows: Sequence[Row[Any]]) -> Person | None:
    if not rows:
        return None
    first = rows[0]
    grants = frozenset((row.unit_id, str(row.role)) for row in rows if row.unit_id is not None)
    return Person(
        Actor(first.id, first.name, grants), first.username, first.locale, first.unit_name
    )
