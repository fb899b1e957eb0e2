"""Reads, and on PostgreSQL locks, what a transition is about: one statement.

The lock is FOR NO KEY UPDATE: rows that merely refer to the instance (children, jobs) are
not kept waiting. A statement that waited for a lock sees the locked rows as they are now
but everything else as it was before; so all that decides is in the locked rows.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.engine import Connection

from sanwei_flow.designs.models import DesignVersion
from sanwei_flow.prepared import Prepared
from sanwei_flow.processes.advance import Running
from sanwei_flow.processes.models import ProcessInstance, Task, TaskEvent

_RUNNING = (
    ProcessInstance.id,
    ProcessInstance.version_id,
    DesignVersion.hash,
    ProcessInstance.state,
    ProcessInstance.version,
    ProcessInstance.status,
    ProcessInstance.stage,
    ProcessInstance.title.label("instance_title"),
    ProcessInstance.parent_id,
    ProcessInstance.parent_ref,
    ProcessInstance.incident,
    ProcessInstance.chain_head,
)
_TASK = (
    Task.id.label("task_id"),
    Task.ref,
    Task.node,
    Task.name,
    Task.unit_id,
    Task.role,
    Task.owner_id,
    Task.status.label("task_status"),
    Task.data,
    Task.form,
    Task.outcomes,
    Task.side,
    Task.side_of_id,
    Task.sides,
    Task.memo,
    Task.closed_by_id,
)


def lock_task(
    connection: Connection, task_id: int, key: str | None
) -> tuple[Running, Row[Any]] | None:
    """The task with its instance, or None if there is none.

    The row's `used_by` is the event that already carries the idempotency key `key`.
    """
    rows = _locked_task.ask(connection, {"task_id": task_id, "key": key})
    return (Running(connection, *rows[0][: len(_RUNNING)]), rows[0]) if rows else None


def lock_instance(connection: Connection, instance_id: int) -> Running | None:
    """The instance, or None if there is none."""
    rows = _locked_instance.ask(connection, {"id": instance_id})
    return Running(connection, *rows[0]) if rows else None


def look_at(connection: Connection, instance_ids: Sequence[int]) -> list[Running]:
    """Instances without holding them: for trying what is not written."""
    query = _looking().where(ProcessInstance.id.in_(instance_ids)).order_by(ProcessInstance.id)
    return [Running(connection, *row) for row in connection.execute(query)]


@Prepared
def _locked_task() -> Select[Any]:
    used = select(TaskEvent.id).where(TaskEvent.idempotency_key == bindparam("key"))
    return (
        select(*_RUNNING, *_TASK, used.scalar_subquery().label("used_by"))
        .join(Task, Task.instance_id == ProcessInstance.id)
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .where(Task.id == bindparam("task_id"))
        .with_for_update(key_share=True, of=[ProcessInstance, Task])
    )


@Prepared
def _locked_instance() -> Select[Any]:
    query = _looking().where(ProcessInstance.id == bindparam("id"))
    return query.with_for_update(key_share=True, of=[ProcessInstance])


def _looking() -> Select[Any]:
    return select(*_RUNNING).join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
