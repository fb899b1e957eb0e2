"""A person's boxes, flat in the number of open tasks.

One indexed read per (unit, role) the person holds and one for what they took on, each cut
to the page and then merged: the planner must never be tempted to walk everybody's tasks in
order of `due`. Pages go on by key, never by offset; counts stop at the cap.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from sanwei_flow.accounts.actor import Actor, Principal
from sanwei_flow.db import db
from sanwei_flow.designs.models import DesignVersion, ProcessDesign
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.processes.models import (
    Box,
    ProcessInstance,
    Task,
    TaskDraft,
    TaskEvent,
    is_open,
    is_returned,
)
from sanwei_flow.processes.paging import due_place, moment_place

#: Whose own tasks are looked for: the person, their posts, the designs (None: all).
Holder = tuple[int | None, frozenset[tuple[int, str]], frozenset[str] | None]
#: A badge shows "99+" from here on.
CAP = 100

#: What a list of tasks shows of each.
COLUMNS = (
    Task.id,
    Task.instance_id,
    Task.name,
    Task.title,
    Task.unit_id,
    Task.role,
    Task.owner_id,
    Task.box,
    Task.status,
    Task.due,
    Task.opened_at,
    Task.closed_at,
    Task.outcome,
)
_is_done = Task.status == literal_column("'done'")


@dataclass(frozen=True)
class Page:
    """Rows with the columns of `Task` above plus `stage` and `business_key` of the instance.

    `draft_at` is when this person last kept a draft; `design` is the process key, filled for
    a deputy only.

    `next` is what to pass as `after` for the page that follows; None on the last one.
    """

    items: list[Row[Any]]
    next: str | None


@dataclass(frozen=True)
class Wanted:
    """What to narrow a box to: words of the title, a business key with all below it, dates.

    `due_from` counts itself, `due_before` does not; `returned`: what was sent back to me.
    """

    words: str = ""
    key: str = ""
    due_before: dt.date | None = None
    due_from: dt.date | None = None
    returned: bool = False

    def narrow(self, query: Any) -> Any:
        """Add the conditions to a select of tasks."""
        if self.words:
            query = query.where(Task.title.icontains(self.words, autoescape=True))
        if self.key:
            key = ProcessInstance.business_key
            below = or_(key == self.key, key.startswith(f"{self.key}/", autoescape=True))
            query = query.where(Task.instance_id.in_(select(ProcessInstance.id).where(below)))
        if self.due_before:
            query = query.where(Task.due < self.due_before)
        if self.due_from:
            query = query.where(Task.due >= self.due_from)
        if self.returned:
            query = query.where(sent_back(Task))
        return query


def inbox(
    actor: Actor,
    box: str,
    *,
    after: str | None = None,
    limit: int = 20,
    wanted: Wanted | None = None,
) -> Page:
    """A page of one box: open tasks by due date, or in `done` what one completed, newest first.

    Raises Invalid for an unknown box or a place that is none.
    """
    if box not in Box.__members__:
        raise Invalid(N_("没有名为“{box}”的收件箱。"), box=box)
    if box == Box.done:
        return _done(actor, after, limit, wanted or Wanted())
    found = _parts(actor, box, due_place(after))
    parts = [(wanted or Wanted()).narrow(part).limit(limit + 1) for part in found]
    if not parts:
        return Page([], None)
    merged = union_all(*(part.subquery().select() for part in parts)).subquery()
    query = with_instance(merged, actor).order_by(merged.c.due, merged.c.id).limit(limit + 1)
    rows = list(db.session.execute(query))
    more = f"{rows[limit - 1].due}~{rows[limit - 1].id}" if len(rows) > limit else None
    return Page(rows[:limit], more)


def counts(actor: Actor) -> dict[str, int]:
    """How many open tasks wait in `to_accept` and `todo`, counted up to `CAP`."""
    numbers = []
    for box in (Box.to_accept, Box.todo):
        parts = [part.limit(CAP) for part in _parts(actor, box, None, columns=(Task.id,))]
        if not parts:
            return {Box.to_accept.value: 0, Box.todo.value: 0}
        merged = union_all(*(part.subquery().select() for part in parts)).subquery()
        few = select(merged.c.id).limit(CAP).subquery()
        numbers.append(select(func.count()).select_from(few).scalar_subquery().label(box.value))
    return dict(db.session.execute(select(*numbers)).one()._mapping)


def urgency(actor: Actor, day: dt.date, soon: dt.date) -> dict[str, int]:
    """How many of the open tasks are `overdue`, due `soon` (by that day), or were `returned`.

    Both boxes together; looks at the first `CAP` by due date of each post.
    """
    columns = (Task.id, Task.due, Task.opened_at, Task.instance_id)
    parts = [
        part.limit(CAP)
        for box in (Box.to_accept, Box.todo)
        for part in _parts(actor, box, None, columns=columns)
    ]
    if not parts:
        return {"overdue": 0, "soon": 0, "returned": 0}
    mine = union_all(*(part.subquery().select() for part in parts)).subquery()
    wanted = {
        "overdue": mine.c.due < day,
        "soon": mine.c.due.between(day, soon),
        "returned": sent_back(mine.c),
    }
    numbers = [
        func.coalesce(func.sum(case((one, 1), else_=0)), 0).label(name)
        for name, one in wanted.items()
    ]
    found = db.session.execute(select(*numbers).select_from(mine)).one()
    return {name: int(number) for name, number in found._mapping.items()}


def sent_back(task: Any) -> ColumnElement[bool]:
    """Whether a task was opened by a return: what an act opens carries the act's own moment."""
    by_return = select(TaskEvent.id).where(
        TaskEvent.instance_id == task.instance_id, is_returned, TaskEvent.at == task.opened_at
    )
    return by_return.exists()


def _parts(
    actor: Actor,
    box: str,
    place: tuple[dt.date, int] | None,
    *,
    columns: tuple[Any, ...] = COLUMNS,
) -> list[Select[Any]]:
    """One select per grant for tasks nobody took on, and one for the person's own.

    A deputy has the same of everybody they stand for.
    """
    if not actor.grants and not actor.stands_for:
        return []
    base = select(*columns).where(is_open, Task.box == box)
    if place is not None:
        base = base.where(tuple_(Task.due, Task.id) > tuple_(*place))
    base = base.order_by(Task.due, Task.id)
    free = base.where(Task.owner_id.is_(None))
    parts = [
        _of_designs(free.where(Task.unit_id == unit, Task.role == role), designs)
        for (unit, role), designs in _posts(actor).items()
    ]
    holders: list[Holder] = [(actor.user_id, actor.grants, None)]
    holders += [(each.user_id, each.grants, each.designs) for each in _principals(actor)]
    for holder, grants, designs in holders:
        if holder is not None and grants:
            own = tuple_(Task.unit_id, Task.role).in_(sorted(grants))
            parts.append(_of_designs(base.where(Task.owner_id == holder, own), designs))
    return parts


def _posts(actor: Actor) -> dict[tuple[int, str], frozenset[str] | None]:
    """The posts whose free tasks are the actor's to do, each once, and for which designs."""
    found: dict[tuple[int, str], frozenset[str] | None] = dict.fromkeys(sorted(actor.grants))
    for principal in actor.stands_for:
        for post in sorted(principal.grants - actor.grants):
            known = found.get(post, frozenset())
            whole = known is None or principal.designs is None
            found[post] = None if whole else (known or frozenset()) | (principal.designs or set())
    return found


def _principals(actor: Actor) -> list[Principal]:
    """Those the actor stands for, each once: two spells of one day count together."""
    found: dict[int, Principal] = {}
    for one in actor.stands_for:
        known = found.get(one.user_id)
        if known is None or known.designs is None or one.designs is None:
            found[one.user_id] = known if known and known.designs is None else one
        else:
            found[one.user_id] = replace(one, designs=known.designs | one.designs)
    return list(found.values())


def _of_designs(query: Select[Any], designs: frozenset[str] | None) -> Select[Any]:
    """Only what runs by these designs, asked of each task found: the index still leads."""
    if designs is None:
        return query
    run = (
        select(ProcessInstance.id)
        .join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        .join(ProcessDesign, ProcessDesign.id == DesignVersion.design_id)
        .where(ProcessInstance.id == Task.instance_id, ProcessDesign.key.in_(sorted(designs)))
    )
    return query.where(run.correlate(Task).exists())


def _done(actor: Actor, after: str | None, limit: int, wanted: Wanted) -> Page:
    mine: Any = select(*COLUMNS).where(_is_done, Task.closed_by_id == actor.user_id)
    query = wanted.narrow(mine)
    place = moment_place(after)
    if place is not None:
        query = query.where(tuple_(Task.closed_at, Task.id) < tuple_(*place))
    newest = query.order_by(Task.closed_at.desc(), Task.id.desc()).limit(limit + 1).subquery()
    joined = with_instance(newest, actor).order_by(newest.c.closed_at.desc(), newest.c.id.desc())
    rows = list(db.session.execute(joined))
    more = None
    if len(rows) > limit:
        more = f"{rows[limit - 1].closed_at.isoformat()}~{rows[limit - 1].id}"
    return Page(rows[:limit], more)


def with_instance(merged: Any, actor: Actor) -> Select[Any]:
    """Tasks of a subquery with what a `Page` carries beside their columns."""
    state = ProcessInstance.status.label("process_status"), TaskDraft.at.label("draft_at")
    columns = ProcessInstance.stage, ProcessInstance.business_key, *state
    mine = and_(TaskDraft.task_id == merged.c.id, TaskDraft.user_id == actor.user_id)
    design = ProcessDesign.key if actor.stands_for else null()
    query = select(*merged.c, *columns, design.label("design"))
    query = query.join(ProcessInstance, ProcessInstance.id == merged.c.instance_id)
    if actor.stands_for:
        query = query.join(DesignVersion, DesignVersion.id == ProcessInstance.version_id)
        query = query.join(ProcessDesign, ProcessDesign.id == DesignVersion.design_id)
    return query.outerjoin(TaskDraft, mine)
