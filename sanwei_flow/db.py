"""The database: one declarative base, UTC times, and the one way to write."""

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, event, text
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from . import postgres

UTC = dt.UTC

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_waiting: ContextVar[list[Callable[[], None]] | None] = ContextVar("waiting", default=None)
_regrets: ContextVar[list[Callable[[], None]] | None] = ContextVar("regrets", default=None)


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC time; naive values are refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of `db.Model`; the naming convention keeps migrations stable on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


Base.registry.update_type_annotation_map({dt.datetime: UTCDateTime()})

#: Models derive from `db.Model`.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def only(condition: str) -> dict[str, Any]:
    """What makes an index a partial one, on both databases; `condition` is plain SQL."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


@contextmanager
def transaction() -> Iterator[None]:
    """Commit on leaving, roll back on any error, then run what `after_commit` collected.

    Only entry points (a view, a job, a command) open one. On SQLite it takes the write
    lock at once (BEGIN IMMEDIATE): a read transaction that later wants to write would be
    refused without waiting. Whatever was read before is therefore read again inside.
    """
    if _writing.get():
        raise RuntimeError("transactions do not nest; the entry point owns the one there is")
    session = db.session()
    if session.in_transaction() and not _goes_on(session):
        session.commit()
    writing = _writing.set(True)
    waiting = _waiting.set([])
    regrets = _regrets.set([])
    calls: list[Callable[[], None]] = []
    try:
        yield
        session.commit()
        calls = _waiting.get() or []
    except BaseException:
        session.rollback()
        calls = _regrets.get() or []
        raise
    finally:
        _writing.reset(writing)
        _waiting.reset(waiting)
        _regrets.reset(regrets)
        for call in calls:
            call()


def _goes_on(session: Session) -> bool:
    """Whether what has only been read so far can turn into writing as it is.

    PostgreSQL shows each statement the rows as they are by then, so there is nothing to end.
    """
    driver = session.connection().connection.dbapi_connection
    changed = session.new or session.dirty or session.deleted
    if changed or not isinstance(driver, postgres.Connection):
        return False
    driver.reading = False
    return True


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the surrounding transaction has committed, never if it rolls back."""
    calls = _waiting.get()
    if calls is None:
        raise RuntimeError("after_commit outside a transaction")
    calls.append(call)


def after_rollback(call: Callable[[], None]) -> None:
    """Run `call` once the surrounding transaction has failed: to record the failure itself.

    It opens a transaction of its own; the error goes on to whoever waits for it.
    """
    calls = _regrets.get()
    if calls is None:
        raise RuntimeError("after_rollback outside a transaction")
    calls.append(call)


def lock_for_update(dialect: str) -> bool:
    """True where rows can be locked one by one; SQLite locks the file instead."""
    return dialect == "postgresql"


@event.listens_for(Engine, "connect")
def _sqlite_settings(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver must not open transactions by itself; the listener below decides how.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def init_app(app: Flask) -> None:
    """Bind the database to the application."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "begin", _sqlite_begin)
        else:
            postgres.listen(db.engine)


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@event.listens_for(Session, "after_begin")
def _say_what_for(_session: object, _transaction: object, connection: Connection) -> None:
    driver = connection.connection.dbapi_connection
    if isinstance(driver, postgres.Connection):
        driver.reading = not _writing.get()
