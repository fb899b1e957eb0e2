"""How the product talks to PostgreSQL: light cursors, few round trips, living connections."""

import time
from typing import Any

import psycopg
from psycopg.errors import InFailedSqlTransaction, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

#: Seconds of idling after which a pooled connection is asked whether it still lives.
ASK_AFTER = 5.0


class Connection(psycopg.Connection[Any]):
    """Begins a transaction with its first statement, or none where one only reads.

    At READ COMMITTED every statement sees the rows as they are when it begins, inside a
    transaction or not; so a page that reads saves the round trips of BEGIN and COMMIT. These
    two go out without the driver's ceremony.
    """

    reading = False

    def cursor(self, name: str = "", **options: Any) -> Any:
        """A cursor; one that lives in the server (it has a name) needs a transaction."""
        if name:
            self.begin()
        return super().cursor(name, **options)

    def begin(self) -> None:
        """Start a transaction if there is none."""
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            self._tell(b"BEGIN")

    def commit(self) -> None:
        """Keep what was written. Raises if the server has rolled it back instead.

        It answers COMMIT with ROLLBACK, and no error, once a statement of the transaction has
        failed: whoever went on after such a failure must not believe that it was kept.
        """
        if self.pgconn.transaction_status == TransactionStatus.IDLE:
            return
        if self._tell(b"COMMIT") != b"COMMIT":
            raise InFailedSqlTransaction("a statement failed before: nothing was committed")

    def _tell(self, command: bytes) -> bytes | None:
        result = self.pgconn.exec_(command)
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)
        return result.command_status


class Cursor(psycopg.Cursor[Any]):
    """Describes results in plain tuples.

    SQLAlchemy asks for the description after every statement but reads it only once; looking
    the type of each column up in the driver's register cost more than the query.
    """

    connection: Connection

    def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        """Whoever writes while reading begins a transaction after all, to be rolled back."""
        if not (self.connection.reading and query.startswith("SELECT")):
            self.connection.begin()
        return super().execute(query, *args, **options)

    def executemany(self, *args: Any, **options: Any) -> None:
        """Several rows are never a reading."""
        self.connection.begin()
        super().executemany(*args, **options)

    @property
    def description(self) -> Any:
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        return [
            ((result.fname(i) or b"").decode(), result.ftype(i), None, None, None, None, None)
            for i in range(result.nfields)
        ]


def listen(engine: Engine) -> None:
    """Have this engine connect our way."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, places: Any, names: Any) -> Connection:
        return Connection.connect(*places, **names, autocommit=True, cursor_factory=Cursor)


@event.listens_for(Pool, "checkin")
def _note_idle(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()
    if isinstance(connection, Connection):
        connection.reading = False


@event.listens_for(Pool, "checkout")
def _ask_after_idling(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Replace a connection that died while it lay idle.

    Asking before every transaction (`pool_pre_ping`) would cost each of them a round trip.
    """
    idle_since = record.info.get("idle_since")
    if idle_since is None or time.monotonic() - idle_since < ASK_AFTER:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error
