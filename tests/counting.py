"""Counts the statements a piece of a test sends to the database."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from sanwei_flow import postgres
from sanwei_flow.calendars import queries as calendar
from sanwei_flow.db import db


@contextmanager
def counted(beginning: str = "") -> Iterator[list[str]]:
    """Collect every statement sent while the block runs, or those that begin like this.

    Prepared ones go past SQLAlchemy on PostgreSQL; BEGIN and COMMIT are the driver's there.
    The calendar, which is read anew once a minute, is not read anew meanwhile.
    """
    sent: list[str] = []
    call = postgres.Connection.call

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(beginning):
            sent.append(statement)

    def note_question(driver: Any, question: postgres.Question, values: Any) -> Any:
        note(None, None, question.text.decode())
        return call(driver, question, values)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with (
            patch.object(postgres.Connection, "call", note_question),
            patch.object(calendar, "KEEP", math.inf),
        ):
            yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
