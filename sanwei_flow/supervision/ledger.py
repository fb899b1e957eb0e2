"""The ledger 督办台账: one line per row of the plans under way, with everything counties keep.

Rows are chosen, sorted and cut into pages by the database; what belongs to them is then read
for all of them at once, so that a page costs the same number of statements whatever it shows.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, or_, select, tuple_

from sanwei_flow.accounts.models import Unit
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.processes.models import NO_DUE
from sanwei_flow.supervision.entries import Entry, entries
from sanwei_flow.supervision.standing import Scope, Wanted

#: Rows read at once for an export.
CHUNK = 500
#: A longer ledger is to be narrowed before it is printed or exported.
MOST = 20_000

#: How a ledger may be sorted; the label is a msgid. A minus puts the latest first.
SORTS: dict[str, str] = {
    "": N_("原文顺序"),
    "due": N_("时限先到在前"),
    "-due": N_("时限后到在前"),
    "light": N_("亮灯急者在前"),
    "lead": N_("牵头单位"),
}


@dataclass(frozen=True)
class Page:
    """Lines in order; `next` is where the following page starts, None on the last."""

    entries: list[Entry]
    next: str | None


def page(
    wanted: Wanted, sort: str, at: dt.datetime, *, after: str | None = None, limit: int = 50
) -> Page:
    """One page of the ledger. Raises Invalid for an `after` that no page gave out."""
    scope = Scope.of(wanted, at)
    rows = scope.rows
    query, key, descending = _sorted(scope.narrow(select(rows)), rows, sort)
    query = query.add_columns(key.label("place"))
    if after:
        query = query.where(_beyond(rows, key, descending, after))
    found = list(db.session.execute(query.limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    place = f"{last.place}|{last.plan_id}|{last.no}" if last else None
    return Page(_entries(scope, found[:limit]), place)


def count(wanted: Wanted, at: dt.datetime) -> int:
    """How many rows are wanted."""
    scope = Scope.of(wanted, at)
    query = scope.narrow(select(func.count()).select_from(scope.rows))
    return db.session.scalar(query) or 0


def everything(wanted: Wanted, sort: str, at: dt.datetime, most: int = MOST) -> Iterator[Entry]:
    """Every wanted line in order, read in chunks. Raises Invalid for more than `most`."""
    scope = Scope.of(wanted, at)
    query, _key, _descending = _sorted(scope.narrow(select(scope.rows)), scope.rows, sort)
    found = db.session.execute(query.limit(most + 1)).all()
    if len(found) > most:
        raise Invalid(N_("超过 {most} 项，请先筛选"), most=most)
    for start in range(0, len(found), CHUNK):
        yield from _entries(scope, found[start : start + CHUNK])


def row_ids(wanted: Wanted, at: dt.datetime, limit: int) -> list[int]:
    """The ids of the wanted rows, the earliest date first."""
    scope = Scope.of(wanted, at)
    rows = scope.rows
    query = scope.narrow(select(rows.c.row_id))
    query = query.order_by(rows.c.due, rows.c.plan_id, rows.c.no)
    return list(db.session.scalars(query.limit(limit)))


def _entries(scope: Scope, found: Sequence[Any]) -> list[Entry]:
    return entries(found, {one.id: one for one in scope.plans}, scope.day)


def _sorted(query: Any, rows: Any, sort: str) -> tuple[Any, Any, bool]:
    """The query in order, the expression it is sorted by, and whether the greatest comes first."""
    due = func.coalesce(rows.c.due, NO_DUE)
    ranks = {"red": 0, "yellow": 1, "green": 2}
    code = select(Unit.code).where(Unit.id == rows.c.lead).scalar_subquery()
    keys: dict[str, Any] = {
        "": rows.c.plan_id,
        "due": due,
        "-due": due,
        "light": case(ranks, value=rows.c.light, else_=3),
        "lead": func.coalesce(code, ""),
    }
    key, descending = keys.get(sort, rows.c.plan_id), sort == "-due"
    ordered = query.order_by(key.desc() if descending else key, rows.c.plan_id, rows.c.no)
    return ordered, key, descending


def _beyond(rows: Any, key: Any, descending: bool, after: str) -> Any:
    """The rows behind a place that an earlier page gave out."""
    text, _, rest = after.rpartition("|")
    text, _, plan = text.rpartition("|")
    try:
        numbers = int(plan), int(rest)
        value: Any = dt.date.fromisoformat(text) if text.count("-") == 2 else text
        value = int(text) if text.isdigit() and not _is_text(key) else value
    except ValueError:
        raise Invalid(N_("这个页码已失效，请回到第一页")) from None
    further = key < value if descending else key > value
    rest_of_same = tuple_(rows.c.plan_id, rows.c.no) > tuple_(*numbers)
    return or_(further, and_(key == value, rest_of_same))


def _is_text(key: Any) -> bool:
    return isinstance(key.type, db.String)
