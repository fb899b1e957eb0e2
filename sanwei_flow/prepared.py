"""Statements that every act or every request asks: prepared once, then asked directly.

SQLAlchemy's and the driver's care for a statement (its cache key, its parameters' names, a
cursor and its description) takes several times as long as PostgreSQL takes to answer. These
few are written with SQLAlchemy like all others and go to any other database like all others;
on PostgreSQL their text, their parameters' order and the shape of their rows are worked out
once in the life of the program.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import PyFormat
from sqlalchemy import LargeBinary, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from .postgres import Connection as Driver
from .postgres import Question

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")

_numbers = count(1)


class Prepared:
    """A statement that returns rows, made by the decorated function when it is first asked.

    A list can only be given as an array (`any_`): `IN` is another statement for every length.
    Times come back as the driver has them: aware, in whatever zone.
    """

    def __init__(self, build: Callable[[], Select[Any]]) -> None:
        self._build = build

    @cached_property
    def statement(self) -> Select[Any]:
        """The statement as SQLAlchemy knows it."""
        return self._build()

    def ask(self, connection: Connection, values: dict[str, Any]) -> Sequence[Any]:
        """The rows, with their columns as attributes. Raises what SQLAlchemy would."""
        driver = connection.connection.dbapi_connection
        if not isinstance(driver, Driver):
            return connection.execute(self.statement, values).all()
        given = [
            process(values.get(name, constant)) if process else values.get(name, constant)
            for name, constant, process in self._parameters
        ]
        try:
            return driver.ask(self._question, given)
        except psycopg.Error as error:
            if driver.closed:
                connection.invalidate(error)
            text = self._question.text.decode()
            raise DBAPIError.instance(text, None, error, psycopg.Error) from error

    @cached_property
    def _compiled(self) -> Any:
        return self.statement.compile(dialect=DIALECT)

    @cached_property
    def _binds(self) -> list[Any]:
        return [self._compiled.binds[name] for name in self._compiled.positiontup]

    @cached_property
    def _parameters(self) -> list[tuple[str, Any, Callable[[Any], Any] | None]]:
        return [
            (bind.key, bind.value, bind.type.dialect_impl(DIALECT).bind_processor(DIALECT))
            for bind in self._binds
        ]

    @cached_property
    def _question(self) -> Question:
        text = str(self._compiled)
        return Question(
            name=b"sanwei_%d" % next(_numbers),
            text=text.encode(),
            # What locks rows begins a transaction, else the locks end with the statement.
            reads=text.startswith("SELECT") and " FOR " not in text,
            formats=[
                PyFormat.BINARY if isinstance(bind.type, LargeBinary) else PyFormat.TEXT
                for bind in self._binds
            ],
            row=namedtuple("Row", [column.name for column in self.statement.selected_columns]),
        )
