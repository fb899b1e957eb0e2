"""Statements that are prepared once: what they answer, what goes wrong, who waits for whom."""

import threading
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import Integer, Select, bindparam, func, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

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
def _renamed() -> Select[tuple[str]]:
    own = Unit.id == bindparam("id")
    changed = update(Unit).where(own).values(name=bindparam("name")).returning(Unit.name)
    return select(changed.cte("changed").c.name)


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


def _rename_later(unit: Unit, name: str) -> Sequence[str]:
    given = {"id": unit.id, "name": name}
    return _renamed.ask_later(db.session.connection(), given, lambda row: [row.name])


def test_what_is_asked_later_is_kept_by_the_commit(app: Flask, database: None) -> None:
    if not on_postgresql():
        return
    with transaction():
        unit = make_unit("县广电局")
    with transaction():
        answer = _rename_later(unit, "县融媒体中心")
    assert list(answer) == ["县融媒体中心"]
    with transaction():
        first, second = _rename_later(unit, "一"), _rename_later(unit, "二")
    assert (list(first), list(second)) == (["一"], ["二"])
    assert _unit.ask(db.session.connection(), {"id": unit.id})[0].name == "二"


def test_what_is_asked_later_goes_out_before_anything_that_could_see_it(
    app: Flask, database: None
) -> None:
    if not on_postgresql():
        return
    with transaction():
        unit = make_unit("县体育局")
    names = select(Unit.name).where(Unit.id == unit.id)
    with transaction():
        _rename_later(unit, "一")
        assert db.session.scalar(names) == "一"
        _rename_later(unit, "二")
        assert _unit.ask(db.session.connection(), {"id": unit.id})[0].name == "二"
        assert list(_rename_later(unit, "三")) == ["三"]
        with pytest.raises(ValueError, match="inner"), db.session.begin_nested():
            _rename_later(unit, "四")
            raise ValueError("inner")
    assert db.session.scalar(names) == "三"


def test_a_commit_keeps_nothing_once_what_goes_along_with_it_fails(
    app: Flask, database: None
) -> None:
    if not on_postgresql():
        return
    with transaction():
        unit, other = make_unit("县民政局"), make_unit("县档案馆")
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Unit).where(Unit.id == other.id).values(name="别的"))
        _rename_later(unit, "县史志办")
        _rename_later(other, "县史志办")
    names = select(Unit.name).where(Unit.id.in_([unit.id, other.id])).order_by(Unit.id)
    assert db.session.scalars(names).all() == ["县民政局", "县档案馆"]


def test_what_was_given_up_is_never_asked(app: Flask, database: None) -> None:
    if not on_postgresql():
        return
    with transaction():
        unit = make_unit("县气象局")
    answers: list[Sequence[str]] = []
    with pytest.raises(ValueError, match="given up"), transaction():
        answers.append(_rename_later(unit, "别的"))
        raise ValueError("given up")
    assert _unit.ask(db.session.connection(), {"id": unit.id})[0].name == "县气象局"
    with pytest.raises(RuntimeError):
        list(answers[0])


def test_taking_back_to_a_savepoint_forgets_nothing_for_good(app: Flask, database: None) -> None:
    """The driver then drops every prepared statement, also those it knows nothing of."""
    if not on_postgresql():
        return
    db.engine.dispose()
    with transaction():
        unit = make_unit("县科协")
        _rename_later(unit, "科协")
        for _ in range(8):  # what the driver has prepared by itself is why it drops everything
            db.session.execute(text("SELECT 1 AS one")).all()
        with pytest.raises(ValueError, match="inner"), db.session.begin_nested():
            db.session.execute(update(Unit).values(name="别的"))
            raise ValueError("inner")
        _rename_later(unit, "县科学技术协会")
    assert _unit.ask(db.session.connection(), {"id": unit.id})[0].name == "县科学技术协会"


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
