"""Statements that are prepared once: what they answer, what goes wrong, who waits for whom."""

import threading

import pytest
from flask import Flask
from sqlalchemy import Integer, Select, bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db, transaction
from sanwei_flow.prepared import Prepared
from tests.factories import make_unit


@Prepared
def _unit() -> Select[tuple[int, str, str]]:
    own = Unit.id == bindparam("id")
    return select(Unit.id, Unit.name, literal("甲").label("constant")).where(own)


@Prepared
def _locked_unit() -> Select[tuple[int]]:
    return select(Unit.id).where(Unit.id == bindparam("id")).with_for_update()


@Prepared
def _quotient() -> Select[tuple[int]]:
    return select((literal(12) / bindparam("by", type_=Integer)).label("quotient"))


def on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def test_rows_have_their_columns_as_attributes(app: Flask, database: None) -> None:
    with transaction():
        unit = make_unit("县林业局")
    for _ in range(2):
        (row,) = _unit.ask(db.session.connection(), {"id": unit.id})
        assert (row.id, row.name, row.constant) == (unit.id, "县林业局", "甲")
    assert not _unit.ask(db.session.connection(), {"id": -1})


def test_it_sees_what_the_transaction_has_written(app: Flask, database: None) -> None:
    with transaction():
        unit = make_unit("县水利局")
        db.session.flush()
        assert _unit.ask(db.session.connection(), {"id": unit.id})[0].name == "县水利局"


def test_what_the_database_refuses_is_told_like_any_other_refusal(
    app: Flask, database: None
) -> None:
    if not on_postgresql():
        return
    with pytest.raises(DBAPIError, match="division by zero"):
        _quotient.ask(db.session.connection(), {"by": 0})
    with pytest.raises(DBAPIError, match="division by zero"), transaction():
        _quotient.ask(db.session.connection(), {"by": 0})
    assert _quotient.ask(db.session.connection(), {"by": 4})[0].quotient == 3


def test_a_refused_act_forgets_nothing_that_is_prepared(app: Flask, database: None) -> None:
    """The driver, left to itself, drops every prepared statement at a ROLLBACK."""
    if not on_postgresql():
        return
    # Other tests leave several connections behind; this one is about a single one.
    db.engine.dispose()
    with transaction():
        unit = make_unit("县文旅委")
    for _ in range(8):  # what the driver has prepared by itself is why it would drop everything
        db.session.execute(text("SELECT 1 AS one")).all()
    count = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM unit %'")
    with pytest.raises(ValueError, match="refused"), transaction():
        _locked_unit.ask(db.session.connection(), {"id": unit.id})
        raise ValueError("refused")
    assert db.session.scalar(count) == 1


@pytest.mark.parametrize("writing", [False, True])
def test_a_connection_that_died_is_replaced(app: Flask, database: None, writing: bool) -> None:
    if not on_postgresql():
        return
    with transaction():
        unit = make_unit("县财政局")
    _unit.ask(db.session.connection(), {"id": unit.id})
    own = db.session.scalar(select(func.pg_backend_pid()))
    with db.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({own})")
        other.rollback()
    with pytest.raises(OperationalError):
        if writing:
            with transaction():
                _locked_unit.ask(db.session.connection(), {"id": unit.id})
        else:
            _unit.ask(db.session.connection(), {"id": unit.id})
    db.session.rollback()
    assert _unit.ask(db.session.connection(), {"id": unit.id})[0].name == "县财政局"


def test_whoever_waits_for_a_lock_lets_the_others_of_the_process_work(
    app: Flask, database: None
) -> None:
    """The one who holds the lock must be able to let go of it: they share an interpreter."""
    if not on_postgresql():
        return
    with transaction():
        unit = make_unit("县卫健委")
    got: list[int] = []

    def second() -> None:
        with app.app_context(), transaction():
            got.extend(row.id for row in _locked_unit.ask(db.session.connection(), {"id": unit.id}))

    waiting = threading.Thread(target=second, daemon=True)
    with transaction():
        _locked_unit.ask(db.session.connection(), {"id": unit.id})
        waiting.start()
        waiting.join(0.3)
        assert not got
    waiting.join(10)
    assert got == [unit.id]
