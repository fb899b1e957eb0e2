"""Answers begun and not sent: each person's own, with the time they were kept."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from sanwei_flow.db import db
from sanwei_flow.processes.models import TaskDraft

_INSERT: dict[str, Callable[..., Any]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def keep(task_id: int, user_id: int, data: dict[str, Any], *, at: dt.datetime) -> None:
    """Put these answers in the place of what the person had written."""
    statement = _INSERT[db.session.get_bind().dialect.name](TaskDraft)
    row = {"task_id": task_id, "user_id": user_id, "data": data, "at": at}
    newer = {"data": statement.excluded.data, "at": statement.excluded.at}
    newest = statement.values(row).on_conflict_do_update(
        index_elements=["task_id", "user_id"], set_=newer
    )
    db.session.execute(newest)


def draft_of(task_id: int, user_id: int | None) -> TaskDraft | None:
    """What a person has begun to write for a task."""
    query = db.select(TaskDraft).where(TaskDraft.task_id == task_id, TaskDraft.user_id == user_id)
    return db.session.scalar(query.execution_options(populate_existing=True))
