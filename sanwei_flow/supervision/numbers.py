"""Numbers of issued documents: from 1 in every year, without gaps between commits."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from sanwei_flow.db import db
from sanwei_flow.supervision.models import SerialNumber

_INSERT: dict[str, Callable[..., Any]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def next_serial(kind: str, year: int) -> int:
    """Take the next number of this kind and year; others wait until our transaction ends."""
    insert = _INSERT[db.session.get_bind().dialect.name]
    statement = insert(SerialNumber).values(kind=kind, year=year, value=1)
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "year"], set_={"value": SerialNumber.value + 1}
    ).returning(SerialNumber.value)
    number: int = db.session.execute(statement).scalar_one()
    return number
