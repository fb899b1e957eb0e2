"""Proofs of identity: log-ins with a password, and tokens for programs.

Checking a password costs a tenth of a second on purpose, so it happens before the
transaction (`password_proven`); `log_in` then only writes down what follows from it.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ApiToken, LoginSession, Role, User
from sanwei_flow.accounts.operations import actor_of, checked_password, require
from sanwei_flow.accounts.passwords import hash_password, new_token, password_matches, token_hash
from sanwei_flow.accounts.queries import user_by_name
from sanwei_flow.audit.operations import record
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid, NotFound

#: After this many failures in a row an account rests; customary in level-3 protection.
MAX_FAILURES = 5
REST = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class LogIn:
    """What a log-in led to: a token, or the moment until which the account rests, or neither."""

    token: str | None = None
    locked_until: dt.datetime | None = None


def password_proven(username: str, password: str) -> bool:
    """True if the password is this active person's; takes as long when nobody has the name."""
    user = user_by_name(username)
    known = user is not None and user.active
    return password_matches(user.password_hash if user and known else None, password)


def log_in(username: str, *, proven: bool, at: dt.datetime) -> LogIn:
    """Open a session if the password was proven, else count the failure.

    Five failures in a row lock the account for 30 minutes; only who knows the password is
    told of it, so that the answer does not say which accounts exist.
    """
    user = db.session.scalar(
        db.select(User).where(User.username == username, User.active).with_for_update()
    )
    if user is None:
        return LogIn()
    if user.locked_until is not None and user.locked_until > at:
        return LogIn(locked_until=user.locked_until) if proven else LogIn()
    if not proven:
        _count_failure(user, at)
        return LogIn()
    user.failed_logins, user.locked_until = 0, None
    token = open_session(user, at=at)
    record("logged_in", f"user:{user.id}", by=actor_of(user), at=at)
    return LogIn(token)


def _count_failure(user: User, at: dt.datetime) -> None:
    user.failed_logins += 1
    if user.failed_logins >= MAX_FAILURES:
        user.failed_logins, user.locked_until = 0, at + REST
    data = {"locked": user.locked_until is not None and user.locked_until > at}
    record("log_in_failed", f"user:{user.id}", by=actor_of(user), at=at, data=data)


def open_session(user: User, *, at: dt.datetime) -> str:
    """Start a session and return its token; only the hash stays here."""
    token, hashed = new_token()
    db.session.add(LoginSession(user_id=user.id, token_hash=hashed, created_at=at))
    db.session.flush()
    return token


def log_out(token: str, *, by: Actor, at: dt.datetime) -> None:
    """End this one session."""
    _revoke_sessions(LoginSession.token_hash == token_hash(token), at)
    record("logged_out", f"user:{by.user_id}", by=by, at=at)


def log_out_everywhere(*, by: Actor, at: dt.datetime) -> None:
    """End every session of the person."""
    _revoke_sessions(LoginSession.user_id == by.user_id, at)
    record("logged_out_everywhere", f"user:{by.user_id}", by=by, at=at)


def _revoke_sessions(which: ColumnElement[bool], at: dt.datetime) -> None:
    open_ones = LoginSession.revoked_at.is_(None)
    db.session.execute(db.update(LoginSession).where(which, open_ones).values(revoked_at=at))


def change_password(new: str, *, proven: bool, by: Actor, at: dt.datetime) -> None:
    """Replace the person's own password; ends all their sessions, so open a new one after.

    Raises Invalid with `fields` if the present password was wrong or the new one is too short.
    """
    if not proven:
        raise Invalid(N_("当前密码不正确"))
    user = db.session.get_one(User, by.user_id)
    user.password_hash = hash_password(checked_password(new))
    _revoke_sessions(LoginSession.user_id == user.id, at)
    record("password_changed", f"user:{user.id}", by=by, at=at)


def reset_password(username: str, new: str, *, by: Actor, at: dt.datetime) -> None:
    """Give a person a new password, unlock the account and end its sessions.

    Raises Forbidden for anybody but the account administrator, NotFound, Invalid.
    """
    require(by, Role.sys_admin)
    user = _active(username)
    user.password_hash = hash_password(checked_password(new))
    user.failed_logins, user.locked_until = 0, None
    _revoke_sessions(LoginSession.user_id == user.id, at)
    record("password_reset", f"user:{user.id}", by=by, at=at)


def _active(username: str) -> User:
    user = user_by_name(username)
    if user is None or not user.active:
        raise NotFound(N_("没有用户“{username}”"), username=username)
    return user


def create_token(username: str, *, label: str = "", by: Actor, at: dt.datetime) -> str:
    """Make an API token for a person and return it, the only time it is seen.

    Raises NotFound if there is no such active person.
    """
    user = _active(username)
    token, hashed = new_token()
    key = ApiToken(user_id=user.id, token_hash=hashed, label=label, created_at=at)
    db.session.add(key)
    db.session.flush()
    record("token_created", f"user:{user.id}", by=by, at=at, data={"token": key.id})
    return token


def tokens_of(username: str) -> list[ApiToken]:
    """The person's API tokens that are not revoked, oldest first. Raises NotFound."""
    query = db.select(ApiToken).where(ApiToken.user_id == _active(username).id)
    return list(
        db.session.scalars(query.where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id))
    )


def revoke_token(token_id: int, *, by: Actor, at: dt.datetime) -> None:
    """End an API token; it is refused from its next use. Raises NotFound, also for others'."""
    key = db.session.get(ApiToken, token_id)
    if key is None or not (by.is_system or key.user_id == by.user_id):
        raise NotFound(N_("没有这个令牌"))
    key.revoked_at = key.revoked_at or at
    record("token_revoked", f"user:{key.user_id}", by=by, at=at, data={"token": key.id})
