"""Writes a transition of an instance: the one hot path that bypasses the unit of work.

The same Core constructs go out one by one on SQLite, where a statement costs no round trip,
and as a single statement of CTEs on PostgreSQL, where round trips are most of the price.
All parts of that statement see the rows as they were before it, so no part may depend on
another's rows; they do not: what is cancelled or cleared was there before, what is opened
is new.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    JSON,
    ColumnElement,
    Delete,
    FromClause,
    Insert,
    Select,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.engine import Connection

from sanwei_flow.errors import N_, Conflict
from sanwei_flow.processes.models import Job, JobKind, ProcessInstance, Task, TaskEvent

Row = dict[str, Any]

instances: Table = ProcessInstance.__table__
tasks: Table = Task.__table__
jobs: Table = Job.__table__
events: Table = TaskEvent.__table__

Names = tuple[str, ...]
TASK_COLUMNS: Names = (
    "ref",
    "node",
    "name",
    "title",
    "unit_id",
    "role",
    "owner_id",
    "box",
    "status",
)
TASK_COLUMNS += ("opened_at", "opened_version", "due", "remind_on", "data", "form", "outcomes")
TASK_COLUMNS += ("version", "joint_ref")
JOB_COLUMNS = ("kind", "ref", "payload", "due_at", "attempts", "status")
TOLD_COLUMNS: Names = ("task_id", "seq", "kind", "action", "by_id", "by_name", "for_unit_id")
TOLD_COLUMNS += ("on_behalf_of_id", "at", "comment", "data", "passed")
TOLD_COLUMNS += ("idempotency_key", "prev_hash", "hash")
EVENT_COLUMNS: Names = (*TOLD_COLUMNS, "state_before")

#: Tasks that are not over; a side task is withdrawn with the one it serves, by their ref.
PENDING = ("open", "held")
MOVED = N_("这个流程刚刚被别人推进了，请刷新后重试。")
#: Jobs that mean nothing once their instance has ended.
OWN_KINDS = (JobKind.timer, JobKind.child_start, JobKind.child_end, JobKind.service)


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


class Shape(NamedTuple):
    """Which parts a transition has; statements are built once per shape."""

    done: bool
    opened: bool
    jobs: bool
    cancelled: bool
    cleared: bool
    job: bool
    ended: bool

    @classmethod
    def of(cls, changes: Changes) -> "Shape":
        return cls(
            changes.done is not None,
            bool(changes.opened),
            bool(changes.jobs),
            bool(changes.cancelled),
            bool(changes.cleared),
            changes.job_id is not None,
            changes.ended,
        )


def write_start(connection: Connection, changes: Changes) -> tuple[int, list[int]]:
    """Insert a new instance with its tasks, jobs and first event.

    Returns its id and the ids of the tasks.
    """
    changes.opened = [_task_row(row) for row in changes.opened]
    if connection.dialect.name == "postgresql":
        begun = {c.name: changes.instance.get(c.name) for c in instances.c if c.name != "id"}
        parameters = _named(changes) | {f"s_{name}": value for name, value in begun.items()}
        found = connection.execute(_whole_start(Shape.of(changes)), parameters).one()
        return found.id, found.opened or []
    instance_id = _insert(connection, instances, changes.instance)
    return instance_id, _write_rest(connection, changes, instance_id)


def write_step(connection: Connection, changes: Changes) -> list[int]:
    """Write a transition of the instance `changes.instance["i_id"]` at `["i_version"]`.

    Returns the ids of the opened tasks. Raises Conflict if the version has moved on.
    """
    changes.opened = [_task_row(row) for row in changes.opened]
    shape = Shape.of(changes)
    if connection.dialect.name == "postgresql":
        found = connection.execute(_whole_step(shape), _named(changes)).one()
        moved, opened = found.updated, found.opened or []
    else:
        moved = connection.execute(_update_instance(), changes.instance).rowcount
        opened = _write_rest(connection, changes, changes.instance["i_id"]) if moved else []
    if not moved:
        raise Conflict(MOVED)
    return opened


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
    shape = Shape.of(changes)
    own = {"i_id": instance_id}
    if changes.done:
        connection.execute(_close_task(), {f"d_{k}": v for k, v in changes.done.items()})
    if changes.cancelled:
        connection.execute(_cancel_tasks(), own | _gone(changes))
    if shape.cleared or shape.job or shape.ended:
        connection.execute(_delete_jobs(shape), own | _gone(changes))
    opened: list[int] = []
    for row in changes.opened:
        row["instance_id"] = instance_id
        opened.append(_insert(connection, tasks, row))
    if changes.jobs:
        rows = [{"instance_id": instance_id, **row} for row in changes.jobs]
        connection.execute(insert(jobs), rows)
    if changes.ended:
        connection.execute(_prune(), own)
    event = {name: changes.event.get(name) for name in EVENT_COLUMNS}
    connection.execute(insert(events), event | {"instance_id": instance_id})
    return opened


def _insert(connection: Connection, table: Table, row: Row) -> int:
    key = connection.execute(insert(table), row).inserted_primary_key
    return int(key[0]) if key else 0


# The parts. Parameters: `i_…` instance, `d_…` completed task, `e_…` event, `c_…` closing.


@cache
def _update_instance() -> Update:
    new = ("state", "status", "stage", "finished_at", "result", "incident", "chain_head")
    own = instances.c.id == bindparam("i_id"), instances.c.version == bindparam("i_version")
    values: Row = {name: bindparam(f"i_{name}") for name in new}
    return update(instances).where(*own).values(version=instances.c.version + 1, **values)


@cache
def _close_task() -> Update:
    new = ("status", "closed_at", "closed_by_id", "closed_version", "outcome")
    values: Row = {name: bindparam(f"d_{name}") for name in new}
    return (
        update(tasks)
        .where(tasks.c.id == bindparam("d_id"))
        .values(version=tasks.c.version + 1, **values)
    )


@cache
def _cancel_tasks() -> Update:
    refs: Any = bindparam("cancelled", expanding=True)
    open_ones = tasks.c.instance_id == bindparam("i_id"), tasks.c.status.in_(PENDING)
    closing: Row = {"closed_at": bindparam("c_at"), "closed_version": bindparam("c_version")}
    return (
        update(tasks)
        .where(*open_ones, tasks.c.ref.in_(refs))
        .values(status="cancelled", version=tasks.c.version + 1, **closing)
    )


@cache
def _delete_jobs(shape: Shape) -> Delete:
    conditions: list[ColumnElement[bool]] = []
    if shape.job:
        conditions.append(jobs.c.id == bindparam("job_id"))
    own = jobs.c.instance_id == bindparam("i_id")
    if shape.ended:
        conditions.append(and_(own, jobs.c.kind.in_(OWN_KINDS)))
    elif shape.cleared:
        waited_for = jobs.c.kind.in_((JobKind.timer, JobKind.child_start, JobKind.service))
        refs = jobs.c.ref.in_(bindparam("cleared", expanding=True))
        conditions.append(and_(own, waited_for, refs))
    return delete(jobs).where(or_(false(), *conditions))


@cache
def _prune() -> Update:
    kept = events.c.instance_id == bindparam("i_id"), events.c.state_before.is_not(None)
    return update(events).where(*kept).values(state_before=None)


# PostgreSQL: all parts as CTEs of one statement.


def _records(name: str, table: Table, names: Names) -> Any:
    """Rows sent as one JSON parameter, so that the statement is the same for any number."""
    typed = [column(each, table.c[each].type) for each in names]
    source = func.json_to_recordset(cast(bindparam(name, type_=Text), JSON))
    return source.table_valued(*typed).render_derived(name=f"{name}_rows", with_types=True)


def _insert_records(name: str, table: Table, names: Names, owner: FromClause | None) -> Insert:
    rows = _records(name, table, names)
    picked = [rows.c[each] for each in names]
    if owner is None:
        source = select(bindparam("i_id", type_=table.c.instance_id.type), *picked)
    else:
        source = select(owner.c.id, *picked).select_from(owner.join(rows, true()))
    return insert(table).from_select(["instance_id", *names], source, include_defaults=False)


def _insert_event(owner: FromClause | None) -> Insert:
    rows = _records("e_records", events, TOLD_COLUMNS)
    values = [rows.c[name] for name in TOLD_COLUMNS]
    values.append(bindparam("e_state", type_=events.c.state_before.type))
    if owner is None:
        source = select(bindparam("i_id", type_=events.c.instance_id.type), *values)
    else:
        source = select(owner.c.id, *values).select_from(owner.join(rows, true()))
    names = ["instance_id", *EVENT_COLUMNS]
    return insert(events).from_select(names, source, include_defaults=False)


def _insert_jobs(owner: FromClause | None) -> Insert:
    names = (*JOB_COLUMNS, "instance_id")
    rows = _records("j_records", jobs, names)
    picked = [rows.c[each] for each in JOB_COLUMNS]
    if owner is None:
        default = bindparam("i_id", type_=jobs.c.instance_id.type)
        source = select(*picked, func.coalesce(rows.c.instance_id, default))
    else:
        source = select(*picked, func.coalesce(rows.c.instance_id, owner.c.id))
        source = source.select_from(owner.join(rows, true()))
    return insert(jobs).from_select(list(names), source, include_defaults=False)


def _with_rest(whole: Select[Any], shape: Shape, owner: FromClause | None) -> Select[Any]:
    if shape.opened:
        put = _insert_records("t_records", tasks, TASK_COLUMNS, owner)
        opened = put.returning(tasks.c.id).cte("opened")
        ids = select(func.array_agg(opened.c.id)).scalar_subquery()
        whole = whole.add_columns(ids.label("opened"))
    else:
        whole = whole.add_columns(bindparam("nothing", None, type_=Text).label("opened"))
    if shape.jobs:
        whole = whole.add_cte(_insert_jobs(owner).cte("queued"))
    if shape.done:
        whole = whole.add_cte(_close_task().cte("done"))
    if shape.cancelled:
        whole = whole.add_cte(_cancel_tasks().cte("cancelled"))
    if shape.cleared or shape.job or shape.ended:
        whole = whole.add_cte(_delete_jobs(shape).cte("cleared"))
    if shape.ended and owner is None:
        whole = whole.add_cte(_prune().cte("pruned"))
    return whole.add_cte(_insert_event(owner).cte("recorded"))


@cache
def _whole_step(shape: Shape) -> Select[Any]:
    moved = _update_instance().returning(instances.c.id).cte("moved")
    whole = select(select(func.count()).select_from(moved).scalar_subquery().label("updated"))
    return _with_rest(whole, shape, None)


@cache
def _whole_start(shape: Shape) -> Select[Any]:
    names = [c.name for c in instances.c if c.name != "id"]
    values: Row = {name: bindparam(f"s_{name}") for name in names}
    begun = insert(instances).values(**values).returning(instances.c.id).cte("begun")
    return _with_rest(select(begun.c.id), shape, begun)
