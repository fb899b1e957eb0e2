"""Writes a transition of an instance: the one hot path that bypasses the unit of work.

The same Core constructs go out one by one on SQLite, where a statement costs no round trip,
and as a single statement of CTEs on PostgreSQL, where round trips are most of the price.
All parts of that statement see the rows as they were before it, so no part may depend on
another's rows; they do not: what is cancelled or cleared was there before, what is opened
is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Table, delete, insert, update
from sqlalchemy.engine import Connection

from sanwei_flow.errors import N_, Conflict
from sanwei_flow.processes.statements import (
    EVENT_COLUMNS,
    TASK_COLUMNS,
    TOLD_COLUMNS,
    Shape,
    cancel_tasks,
    close_task,
    delete_jobs,
    events,
    instances,
    jobs,
    prune,
    tasks,
    update_instance,
    whole_starts,
    whole_step,
)

Row = dict[str, Any]

MOVED = N_("这个流程刚刚被别人推进了，请刷新后重试。")


@dataclass
class Changes:
    """Everything one transition writes.

    `instance` are new values of its columns, `done` those of the completed task (with its
    `id`), `cancelled` and `cleared` the refs of tasks and jobs nobody waits for any more,
    `job_id` the job this transition carried out. Rows of `jobs` without `instance_id` are
    the instance's own.
    """

    instance: Row
    event: Row
    done: Row | None = None
    opened: list[Row] = field(default_factory=list)
    jobs: list[Row] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    job_id: int | None = None
    ended: bool = False


def write_starts(connection: Connection, begun: Sequence[Changes]) -> list[int]:
    """Insert new instances with their tasks, jobs and first events; returns their ids in order.

    One statement on PostgreSQL, elsewhere one for each table, however many instances there are.
    """
    if connection.dialect.name == "postgresql":
        return [row.id for row in whole_starts.ask(connection, _numbered(begun))]
    born = insert(instances).returning(instances.c.id, sort_by_parameter_order=True)
    ids = list(connection.execute(born, [changes.instance for changes in begun]).scalars())
    tasks_of, jobs_of, events_of = [], [], []
    for instance_id, changes in zip(ids, begun, strict=True):
        own = {"instance_id": instance_id}
        tasks_of += [own | _task_row(row) for row in changes.opened]
        jobs_of += [own | row for row in changes.jobs]
        events_of.append(own | {name: changes.event.get(name) for name in EVENT_COLUMNS})
    for table, rows in ((tasks, tasks_of), (jobs, jobs_of), (events, events_of)):
        if rows:
            connection.execute(insert(table), rows)
    done = _jobs_done(begun)
    if done:
        connection.execute(delete(jobs).where(jobs.c.id.in_(done)))
    return ids


def _numbered(begun: Sequence[Changes]) -> Row:
    """Every parameter of the one PostgreSQL statement; what belongs together has one number."""
    born, opened, queued, told = [], [], [], []
    for n, changes in enumerate(begun):
        born.append(changes.instance | {"n": n, "state": changes.instance["state"].hex()})
        opened += [_task_row(row) | {"n": n} for row in changes.opened]
        queued += [row | {"n": n} for row in changes.jobs]
        told.append({name: changes.event.get(name) for name in TOLD_COLUMNS} | {"n": n})
    named: Row = {"i_records": orjson.dumps(born).decode(), "done": _jobs_done(begun)}
    for name, rows in (("t_records", opened), ("j_records", queued), ("e_records", told)):
        placed = [row | {"place": place} for place, row in enumerate(rows)]
        named[name] = orjson.dumps(placed).decode()
    return named


def _jobs_done(begun: Sequence[Changes]) -> list[int]:
    return [changes.job_id for changes in begun if changes.job_id is not None]


def write_step(connection: Connection, changes: Changes) -> Sequence[int]:
    """Write a transition of the instance `changes.instance["i_id"]` at `["i_version"]`.

    Returns the ids of the opened tasks; on PostgreSQL it goes out with the next statement, or
    with COMMIT, unless somebody looks at them before. Raises Conflict if the version has moved
    on, which on PostgreSQL the instance's lock rules out.
    """
    changes.opened = [_task_row(row) for row in changes.opened]
    if connection.dialect.name == "postgresql":
        step = whole_step(_shape(changes))
        return step.ask_later(connection, _named(changes), lambda row: row.opened or [])
    if not connection.execute(update_instance(), changes.instance).rowcount:
        raise Conflict(MOVED)
    return _write_rest(connection, changes, changes.instance["i_id"])


def write_record(
    connection: Connection, instance_id: int, version: int, event: Row, values: Row
) -> None:
    """Append an event that the engine has no part in; `values` are new columns of the instance.

    Raises Conflict if the version has moved on.
    """
    own = instances.c.id == instance_id, instances.c.version == version
    new = {"version": version + 1, "chain_head": event["hash"], **values}
    if not connection.execute(update(instances).where(*own).values(**new)).rowcount:
        raise Conflict(MOVED)
    row = {name: event.get(name) for name in EVENT_COLUMNS}
    connection.execute(insert(events), row | {"instance_id": instance_id})


def _task_row(row: Row) -> Row:
    return {name: row.get(name) for name in TASK_COLUMNS}


def _named(changes: Changes) -> Row:
    """Every parameter of the one PostgreSQL statement."""
    named = changes.instance | {f"d_{name}": value for name, value in (changes.done or {}).items()}
    # As one value: binding each of the event's columns by itself costs more than the JSON.
    told = {name: changes.event.get(name) for name in TOLD_COLUMNS}
    named |= {"e_records": orjson.dumps([told]).decode(), "e_state": changes.event["state_before"]}
    named["t_records"] = orjson.dumps(changes.opened).decode() if changes.opened else None
    named["j_records"] = orjson.dumps(changes.jobs).decode() if changes.jobs else None
    named |= _gone(changes)
    return named


def _gone(changes: Changes) -> Row:
    at, version = changes.event["at"], changes.event["seq"]
    refs: Row = {"cancelled": changes.cancelled, "cleared": changes.cleared}
    return refs | {"job_id": changes.job_id, "c_at": at, "c_version": version}


def _write_rest(connection: Connection, changes: Changes, instance_id: int) -> list[int]:
    shape = _shape(changes)
    own = {"i_id": instance_id}
    if changes.done:
        connection.execute(close_task(), {f"d_{k}": v for k, v in changes.done.items()})
    if changes.cancelled:
        connection.execute(cancel_tasks(), own | _gone(changes))
    if shape.cleared or shape.job or shape.ended:
        connection.execute(delete_jobs(shape), own | _gone(changes))
    opened: list[int] = []
    for row in changes.opened:
        row["instance_id"] = instance_id
        opened.append(_insert(connection, tasks, row))
    if changes.jobs:
        rows = [{"instance_id": instance_id, **row} for row in changes.jobs]
        connection.execute(insert(jobs), rows)
    if changes.ended:
        connection.execute(prune(), own)
    event = {name: changes.event.get(name) for name in EVENT_COLUMNS}
    connection.execute(insert(events), event | {"instance_id": instance_id})
    return opened


def _insert(connection: Connection, table: Table, row: Row) -> int:
    key = connection.execute(insert(table), row).inserted_primary_key
    return int(key[0]) if key else 0


def _shape(changes: Changes) -> Shape:
    return Shape(
        changes.done is not None,
        bool(changes.opened),
        bool(changes.jobs),
        bool(changes.cancelled),
        bool(changes.cleared),
        changes.job_id is not None,
        changes.ended,
    )
