"""How the product talks to PostgreSQL: light cursors, few round trips, living connections."""

import select
import time
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InFailedSqlTransaction, error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.json import set_json_loads
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

#: Seconds of idling after which a pooled connection is asked whether it still lives.
ASK_AFTER = 5.0


@dataclass(frozen=True)
class Question:
    """A statement to prepare under a name of its own; `row` makes a row of its columns."""

    name: bytes
    text: bytes
    reads: bool
    formats: list[PyFormat]
    row: Any


class Connection(psycopg.Connection[Any]):
    """Begins a transaction with its first statement, or none where one only reads.

    At READ COMMITTED every statement sees the rows as they are when it begins, inside a
    transaction or not; so a page that reads saves the round trips of BEGIN and COMMIT. These
    two go out without the driver's ceremony.
    """

    reading = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        set_json_loads(orjson.loads, self)
        self._poll = select.poll()
        #: What was prepared here, by name, with what turns its values there and back.
        self._known: dict[bytes, Any] = {}

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

    def rollback(self) -> None:
        """Forget what was written, if anything.

        The driver, when it sees a ROLLBACK, forgets every statement it has prepared: each
        refused form would slow down whoever gets the connection next.
        """
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self._tell(b"ROLLBACK")

    def ask(self, question: Question, values: list[Any]) -> list[Any]:
        """The rows that answer a question; it is prepared when it is first asked here."""
        adapter = self._known.get(question.name) or self._prepare(question)
        given: Any = adapter.dump_sequence(values, question.formats)
        alone = self.reading and question.reads
        if alone or self.pgconn.transaction_status != TransactionStatus.IDLE:
            result = self.pgconn.exec_prepared(question.name, given, adapter.formats)
        else:
            result = self._begin_with(question.name, given, adapter.formats)
        self._expect(ExecStatus.TUPLES_OK, result)
        adapter.set_pgresult(result)
        return adapter.load_rows(0, result.ntuples, question.row._make)

    def _prepare(self, question: Question) -> Any:
        self._expect(ExecStatus.COMMAND_OK, self.pgconn.prepare(question.name, question.text))
        adapter = self._known[question.name] = Transformer(self)
        return adapter

    def _begin_with(self, name: bytes, given: Any, formats: Any) -> PGresult:
        """BEGIN and the first statement in one round trip."""
        server = self.pgconn
        try:
            server.enter_pipeline_mode()
            server.send_query_params(b"BEGIN", None)
            server.send_query_prepared(name, given, formats)
            server.pipeline_sync()
            # An answer and an end for each statement, then the mark that they are through.
            _begun, _, result, _, _ = self._answers(5)
            if result is None:
                raise psycopg.OperationalError("the server did not answer")
            server.exit_pipeline_mode()
        except psycopg.Error:
            self.close()
            raise
        return result

    def _answers(self, count: int) -> list[PGresult | None]:
        """Wait for what was sent off to be answered; other threads run meanwhile."""
        server, poll = self.pgconn, self._poll
        poll.register(server.socket, select.POLLIN | select.POLLOUT)
        while server.flush():
            poll.poll()
            server.consume_input()
        poll.register(server.socket, select.POLLIN)
        answers = []
        for _ in range(count):
            while server.is_busy():
                poll.poll()
                server.consume_input()
            answers.append(server.get_result())
        return answers

    def _tell(self, command: bytes) -> bytes | None:
        result = self.pgconn.exec_(command)
        self._expect(ExecStatus.COMMAND_OK, result)
        return result.command_status

    def _expect(self, status: ExecStatus, result: PGresult) -> None:
        if result.status == status:
            return
        error = error_from_result(result)
        if self.closed:
            raise psycopg.OperationalError(str(error)) from error
        raise error


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
