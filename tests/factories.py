"""Plain functions that make what a test talks about. They flush; the test commits."""

import datetime as dt
import itertools
from collections.abc import Iterable

from flask.testing import FlaskClient

from sanwei_flow.accounts import operations
from sanwei_flow.accounts.actor import SYSTEM, Actor
from sanwei_flow.accounts.models import CollectiveUnit, Role, Unit, UnitKind, User
from sanwei_flow.accounts.passwords import hash_password
from sanwei_flow.accounts.sessions import open_session
from sanwei_flow.db import UTC, db, transaction
from sanwei_flow.web import now

#: A working Monday, 09:00 in Shanghai.
NOW = dt.datetime(2024, 8, 5, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse"
PASSWORD_HASH = hash_password(PASSWORD)

_numbers = itertools.count(1)


def make_unit(
    name: str | None = None,
    kind: UnitKind = UnitKind.department,
    *,
    aliases: Iterable[str] = (),
    code: str | None = None,
) -> Unit:
    number = next(_numbers)
    return operations.create_unit(
        code or f"U{number:04d}",
        name or f"县第{number}局",
        kind,
        aliases=aliases,
        by=SYSTEM,
        at=NOW,
    )


def make_collective(
    name: str = "各乡镇", kinds: Iterable[UnitKind] = (UnitKind.town, UnitKind.township)
) -> CollectiveUnit:
    return operations.create_collective(name, kinds, by=SYSTEM, at=NOW)


def make_user(
    unit: Unit | None = None,
    roles: Iterable[str] = (Role.staff,),
    *,
    username: str | None = None,
    name: str | None = None,
) -> User:
    """A person with these roles in the unit; their password is PASSWORD."""
    number = next(_numbers)
    user = operations.create_user(
        username or f"user{number}",
        name or f"张{number}",
        PASSWORD_HASH,
        by=SYSTEM,
        at=NOW,
        hashed=True,
    )
    if unit is not None:
        for role in roles:
            operations.grant(user, unit, Role(role), by=SYSTEM, at=NOW)
    db.session.flush()
    return user


def actor(unit: Unit, *roles: str) -> Actor:
    """The actor of a new person with these roles in the unit (staff if none are given)."""
    return operations.actor_of(make_user(unit, roles or (Role.staff,)))


def log_in(client: FlaskClient, user: User) -> FlaskClient:
    """Give the browser an open session of this person, without the costly password."""
    with transaction():
        token = open_session(user, at=now())
    with client.session_transaction() as session:
        session.clear()
        session["_user_id"] = token
    return client
