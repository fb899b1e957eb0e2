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
from typing import Any, cast

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


class Answer(Sequence[Any]):
    """What comes back for a question that waits to be asked; looking at it has it asked."""

    def __init__(self, settle: Callable[[], None]) -> None:
        self._settle = settle
        self._found: Sequence[Any] | None = None

    def come(self, found: Sequence[Any]) -> None:
        """Keep what has come back."""
        self._found = found

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Sequence[Any]:
        if self._found is None:
            self._settle()
        if self._found is None:
            raise RuntimeError("the transaction was given up before this was asked")
        return self._found


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
        try:
            return driver.ask(self._question, self._given(values))
        except psycopg.Error as error:
            raise self._told(error, connection, driver) from error

    def ask_later(
        self, connection: Connection, values: dict[str, Any], take: Callable[[Any], Sequence[Any]]
    ) -> Sequence[Any]:
        """What `take` makes of the one row; PostgreSQL only.

        It is asked when somebody looks at the result, else along with the next statement or
        with COMMIT, which then raise what goes wrong.
        """
        driver = cast(Driver, connection.connection.dbapi_connection)

        def settle() -> None:
            try:
                driver.settle()
            except psycopg.Error as error:
                raise self._told(error, connection, driver) from error

        answer = Answer(settle)
        try:
            driver.ask_later(
                self._question, self._given(values), lambda rows: answer.come(take(rows[0]))
            )
        except psycopg.Error as error:
            raise self._told(error, connection, driver) from error
        return answer

    def _given(self, values: dict[str, Any]) -> list[Any]:
        return [
            process(values.get(name, constant)) if process else values.get(name, constant)
            for name, constant, process in self._parameters
        ]

    def _told(self, error: psycopg.Error, connection: Connection, driver: Driver) -> Exception:
        if driver.closed:
            connection.invalidate(error)
        text = self._question.text.decode()
        return DBAPIError.instance(text, None, error, psycopg.Error)

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
