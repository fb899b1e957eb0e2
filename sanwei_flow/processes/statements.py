"""The statements of a transition, built once each; `writing` says when which goes out.

Parameters: `i_…` are the instance's, `d_…` the completed task's, `e_…` the event's, `c_…`
those of what closes along with it.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Delete,
    Insert,
    Integer,
    Select,
    Table,
    Text,
    Update,
    and_,
    any_,
    bindparam,
    cast,
    column,
    delete,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from sanwei_flow.prepared import Prepared
from sanwei_flow.processes.models import Job, JobKind, ProcessInstance, Task, TaskEvent

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
TOLD_COLUMNS += ("idempotency_key", "fingerprint", "prev_hash", "hash")
EVENT_COLUMNS: Names = (*TOLD_COLUMNS, "state_before")

#: Tasks that are not over; a side task is withdrawn with the one it serves, by their ref.
PENDING = ("open", "held")
#: Jobs that are waited for by a ref, and those that mean nothing once their instance has ended.
WAITED_KINDS: Names = (JobKind.timer, JobKind.child_start, JobKind.service)
OWN_KINDS: Names = (*WAITED_KINDS, JobKind.child_end)

#: What an instance begins with.
BORN_COLUMNS: Names = ("version_id", "version", "status", "stage", "title", "business_key")
BORN_COLUMNS += ("root_id", "parent_id", "parent_ref", "parent_node", "depth", "started_at")
BORN_COLUMNS += ("started_by_id", "finished_at", "result", "incident", "chain_head")


class Shape(NamedTuple):
    """Which parts a transition has; statements are built once per shape."""

    done: bool
    opened: bool
    jobs: bool
    cancelled: bool
    cleared: bool
    job: bool
    ended: bool


@cache
def update_instance() -> Update:
    new = ("state", "status", "stage", "finished_at", "result", "incident", "chain_head")
    own = instances.c.id == bindparam("i_id"), instances.c.version == bindparam("i_version")
    values: dict[str, Any] = {name: bindparam(f"i_{name}") for name in new}
    return update(instances).where(*own).values(version=instances.c.version + 1, **values)


@cache
def close_task() -> Update:
    new = ("status", "closed_at", "closed_by_id", "closed_version", "outcome")
    values: dict[str, Any] = {name: bindparam(f"d_{name}") for name in new}
    return (
        update(tasks)
        .where(tasks.c.id == bindparam("d_id"))
        .values(version=tasks.c.version + 1, **values)
    )


def _among(
    column: Any, name: str, values: Names | None = None, *, whole: bool
) -> ColumnElement[bool]:
    """Whether a column is one of a list; in the whole step the list is one array."""
    if whole:
        listed = None if values is None else list(values)
        return column == any_(bindparam(name, listed, type_=ARRAY(Text)))
    return column.in_(bindparam(name, values, expanding=True))


@cache
def cancel_tasks(*, whole: bool = False) -> Update:
    pending = _among(tasks.c.status, "pending", PENDING, whole=whole)
    named = _among(tasks.c.ref, "cancelled", whole=whole)
    own = tasks.c.instance_id == bindparam("i_id")
    closing: dict[str, Any] = {
        "closed_at": bindparam("c_at"),
        "closed_version": bindparam("c_version"),
    }
    return (
        update(tasks)
        .where(own, pending, named)
        .values(status="cancelled", version=tasks.c.version + 1, **closing)
    )


@cache
def delete_jobs(shape: Shape, *, whole: bool = False) -> Delete:
    conditions: list[ColumnElement[bool]] = []
    if shape.job:
        conditions.append(jobs.c.id == bindparam("job_id"))
    own = jobs.c.instance_id == bindparam("i_id")
    if shape.ended:
        conditions.append(and_(own, _among(jobs.c.kind, "kinds", OWN_KINDS, whole=whole)))
    elif shape.cleared:
        waited_for = _among(jobs.c.kind, "kinds", WAITED_KINDS, whole=whole)
        refs = _among(jobs.c.ref, "cleared", whole=whole)
        conditions.append(and_(own, waited_for, refs))
    return delete(jobs).where(or_(false(), *conditions))


@cache
def prune() -> Update:
    kept = events.c.instance_id == bindparam("i_id"), events.c.state_before.is_not(None)
    return update(events).where(*kept).values(state_before=None)


# PostgreSQL: all parts as CTEs of one statement.


def _records(name: str, table: Table, names: Names, *more: Any) -> Any:
    """Rows sent as one JSON parameter, so that the statement is the same for any number."""
    typed = [column(each, table.c[each].type) for each in names]
    source = func.json_to_recordset(cast(bindparam(name, type_=Text), JSON))
    valued = source.table_valued(*typed, *more)
    return valued.render_derived(name=f"{name}_rows", with_types=True)


def _insert_records(name: str, table: Table, names: Names) -> Insert:
    rows = _records(name, table, names)
    picked = [rows.c[each] for each in names]
    source = select(bindparam("i_id", type_=table.c.instance_id.type), *picked)
    return insert(table).from_select(["instance_id", *names], source, include_defaults=False)


def _insert_event() -> Insert:
    rows = _records("e_records", events, TOLD_COLUMNS)
    values = [rows.c[name] for name in TOLD_COLUMNS]
    values.append(bindparam("e_state", type_=events.c.state_before.type))
    source = select(bindparam("i_id", type_=events.c.instance_id.type), *values)
    names = ["instance_id", *EVENT_COLUMNS]
    return insert(events).from_select(names, source, include_defaults=False)


def _insert_jobs() -> Insert:
    names = (*JOB_COLUMNS, "instance_id")
    rows = _records("j_records", jobs, names)
    picked = [rows.c[each] for each in JOB_COLUMNS]
    default = bindparam("i_id", type_=jobs.c.instance_id.type)
    source = select(*picked, func.coalesce(rows.c.instance_id, default))
    return insert(jobs).from_select(list(names), source, include_defaults=False)


@cache
def whole_step(shape: Shape) -> Prepared:
    """Everything a transition of this shape writes; `writing` says what it answers."""
    return Prepared(lambda: _whole_step(shape))


def _whole_step(shape: Shape) -> Select[Any]:
    moved = update_instance().returning(instances.c.id).cte("moved")
    # It fails where nothing moved: a COMMIT sent along with it must not keep the other parts.
    # Under the lock of whoever acts this cannot be.
    once: Any = literal_column("1") // select(func.count()).select_from(moved).scalar_subquery()
    whole = select(once.label("moved"))
    if shape.opened:
        put = _insert_records("t_records", tasks, TASK_COLUMNS)
        opened = put.returning(tasks.c.id).cte("opened")
        ids = select(func.array_agg(opened.c.id)).scalar_subquery()
        whole = whole.add_columns(ids.label("opened"))
    else:
        whole = whole.add_columns(bindparam("nothing", None, type_=Text).label("opened"))
    if shape.jobs:
        whole = whole.add_cte(_insert_jobs().cte("queued"))
    if shape.done:
        whole = whole.add_cte(close_task().cte("done"))
    if shape.cancelled:
        whole = whole.add_cte(cancel_tasks(whole=True).cte("cancelled"))
    if shape.cleared or shape.job or shape.ended:
        whole = whole.add_cte(delete_jobs(shape, whole=True).cte("cleared"))
    if shape.ended:
        whole = whole.add_cte(prune().cte("pruned"))
    return whole.add_cte(_insert_event().cte("recorded"))


@Prepared
def whole_starts() -> Select[Any]:
    """New instances with all they begin with; answers their ids in the order they were given.

    `i_records` are the instances, `state` in hex; whatever belongs to one carries its number
    `n` among them, and its own `place` among its like. Ids are drawn first: an INSERT does not
    promise to return in order.
    """
    number, place = column("n", Integer), column("place", Integer)
    rows = _records("i_records", instances, BORN_COLUMNS, number, column("state", Text))
    drawn = cast(func.nextval(literal_column("'process_instance_id_seq'")), Integer)
    made = select(drawn.label("id"), *rows.c).cte("made")
    state = func.decode(made.c.state, literal_column("'hex'"))
    values = select(made.c.id, state, *(made.c[name] for name in BORN_COLUMNS))
    born = insert(instances).from_select(
        ["id", "state", *BORN_COLUMNS], values, include_defaults=False
    )
    whole = select(made.c.id).order_by(made.c.n).add_cte(born.cte("born"))
    belongings = ("t_records", tasks, TASK_COLUMNS), ("j_records", jobs, JOB_COLUMNS)
    for name, table, names in (*belongings, ("e_records", events, TOLD_COLUMNS)):
        own = _records(name, table, names, number, place)
        picked = select(made.c.id, *(own.c[each] for each in names))
        picked = picked.join(made, made.c.n == own.c.n).order_by(own.c.place)
        put = insert(table).from_select(["instance_id", *names], picked, include_defaults=False)
        whole = whole.add_cte(put.cte(name.replace("records", "put")))
    done = bindparam("done", type_=ARRAY(Integer))
    return whole.add_cte(delete(jobs).where(jobs.c.id == any_(done)).cte("done"))
