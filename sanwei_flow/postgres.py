"""How the product talks to PostgreSQL: light cursors, few round trips, living connections."""

import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

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


class Call(NamedTuple):
    """A question with its values as the server takes them; `take` gets the rows, if later."""

    question: Question
    adapter: Any
    values: Any
    formats: Any
    take: Callable[[list[Any]], None] | None = None

    def rows(self, result: PGresult) -> list[Any]:
        """Turn what the server answered into rows."""
        self.adapter.set_pgresult(result)
        return self.adapter.load_rows(0, result.ntuples, self.question.row._make)


class Connection(psycopg.Connection[Any]):
    """Begins a transaction with its first statement, or none where one only reads.

    At READ COMMITTED every statement sees the rows as they are when it begins, inside a
    transaction or not; so a page that reads saves the round trips of BEGIN and COMMIT. These
    two go out without the driver's ceremony, together with what stands beside them.
    """

    reading = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._poll = select.poll()
        #: What was prepared here, by name, with what turns its values there and back.
        self._known: dict[bytes, Any] = {}
        #: What goes out before anything else does.
        self._waiting: list[Call] = []

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
        failed: whoever went on after such a failure must not believe that it was kept. What
        still waits to be sent goes along; if it fails, the server does not look at the COMMIT.
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
        self._waiting.clear()
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self._tell(b"ROLLBACK")

    def _deallocate(self, name: bytes | None) -> Any:
        """The driver has a statement forgotten; without a name all of them, ours included.

        It does so when it sees a ROLLBACK TO a savepoint, or DDL, go past.
        """
        if name is None:
            self._known.clear()
        yield from super()._deallocate(name)

    def ask(self, question: Question, values: list[Any]) -> list[Any]:
        """The rows that answer a question; it is prepared when it is first asked here."""
        call = self.call(question, values)
        idle = self.pgconn.transaction_status == TransactionStatus.IDLE
        if idle and not (self.reading and question.reads):
            return call.rows(self._together(b"BEGIN", call))
        if self._waiting:
            return call.rows(self._together(call))
        result = self.pgconn.exec_prepared(question.name, call.values, call.formats)
        self._expect(ExecStatus.TUPLES_OK, result)
        return call.rows(result)

    def ask_later(
        self, question: Question, values: list[Any], take: Callable[[list[Any]], None]
    ) -> None:
        """Ask along with whatever goes out next, at last COMMIT; `take` gets the rows then."""
        self.begin()
        self._waiting.append(self.call(question, values)._replace(take=take))

    def settle(self) -> None:
        """Send what waits, if anything does."""
        if self._waiting:
            self._together()

    def call(self, question: Question, values: list[Any]) -> Call:
        """What will ask a question; it is prepared when it is first asked here."""
        adapter = self._known.get(question.name) or self._prepare(question)
        given = adapter.dump_sequence(values, question.formats)
        return Call(question, adapter, given, adapter.formats)

    def _prepare(self, question: Question) -> Any:
        self._expect(ExecStatus.COMMAND_OK, self.pgconn.prepare(question.name, question.text))
        adapter = self._known[question.name] = Transformer(self)
        return adapter

    def _together(self, *commands: bytes | Call) -> PGresult:
        """What waits and these commands in one round trip; the answer to the last of them.

        The first that fails is raised; the server passes over those after it.
        """
        waiting, self._waiting = self._waiting, []
        results = self._exchange([*waiting, *commands])
        for result in results:
            if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
                self._fail(result)
        for call, result in zip(waiting, results, strict=False):
            if call.take is not None:
                call.take(call.rows(result))
        return results[-1]

    def _exchange(self, commands: list[bytes | Call]) -> list[PGresult]:
        server = self.pgconn
        try:
            server.enter_pipeline_mode()
            for command in commands:
                if isinstance(command, bytes):
                    server.send_query_params(command, None)
                else:
                    name = command.question.name
                    server.send_query_prepared(name, command.values, command.formats)
            server.pipeline_sync()
            # An answer and an end for each, then the mark that they are through.
            answers = self._answers(2 * len(commands) + 1)[:-1:2]
            results = [answer for answer in answers if answer is not None]
            if len(results) < len(commands):
                raise psycopg.OperationalError("the server did not answer")
            server.exit_pipeline_mode()
        except psycopg.Error:
            self.close()
            raise
        return results

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
        result = self._together(command) if self._waiting else self.pgconn.exec_(command)
        self._expect(ExecStatus.COMMAND_OK, result)
        return result.command_status

    def _expect(self, status: ExecStatus, result: PGresult) -> None:
        if result.status != status:
            self._fail(result)

    def _fail(self, result: PGresult) -> NoReturn:
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
        self.connection.settle()
        return super().execute(query, *args, **options)

    def executemany(self, *args: Any, **options: Any) -> None:
        """Several rows are never a reading."""
        self.connection.begin()
        self.connection.settle()
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
        made = Connection.connect(*places, **names, autocommit=True, cursor_factory=Cursor)
        set_json_loads(orjson.loads, made)
        return made


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
