"""How the product uses psycopg: light cursors, reads without transactions, living connections."""

import time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

#: Seconds of idling after which a pooled connection is asked whether it still lives.
ASK_AFTER = 5.0


class Cursor(psycopg.Cursor[Any]):
    """Describes results in plain tuples, and leaves autocommit for whatever is no SELECT.

    SQLAlchemy asks for the description after every statement and reads names and type numbers
    once; looking each column's type up in the driver's register cost more than the query.
    """

    def execute(self, query: Any, *args: Any, **options: Any) -> Any:
        """Begin a transaction for whoever writes without an entry point's, to be rolled back."""
        if self.connection.autocommit and not query.startswith("SELECT"):
            self.connection.autocommit = False
        return super().execute(query, *args, **options)

    def executemany(self, *args: Any, **options: Any) -> None:
        """Several rows are never a reading."""
        if self.connection.autocommit:
            self.connection.autocommit = False
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


def engine_options(url: str) -> dict[str, Any]:
    """What the engine for this address is made with; nothing for another database."""
    return {"connect_args": {"cursor_factory": Cursor}} if url.startswith("postgresql") else {}


def read(connection: Connection) -> None:
    """Let what follows read without BEGIN and COMMIT: two round trips less for each page.

    At READ COMMITTED every statement sees the rows as they are when it begins, inside a
    transaction or not.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.autocommit = True


@event.listens_for(Pool, "checkin")
def _return(connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()
    if isinstance(connection, psycopg.Connection) and connection.autocommit:
        connection.autocommit = False


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
