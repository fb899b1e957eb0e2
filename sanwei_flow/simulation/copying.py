"""A plan in a database of its own: what a rehearsal needs to know, and nothing of its past."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, Table

from sanwei_flow.db import db

#: Copied as they are: the register, people, working days, designs and settings.
WHOLE = (
    "calendar_day",
    "collective_unit",
    "decision",
    "decision_version",
    "design_version",
    "ladder_setting",
    "light_setting",
    "process_design",
    "slip_level",
    "unit",
    "unit_alias",
    "user",
    "user_role",
)
#: Of these what belongs to the plan.
OF_PLAN = ("plan_phase", "plan_row", "unit_mention", "major_item", "target", "finding")

Content = list[tuple[str, list[dict[str, Any]]]]


def read_plan(plan_id: int, launched: dt.date) -> Content:
    """Every row a rehearsal of the plan needs, table by table, as it was before its launch.

    Dates that lie before `launched` count as past already. Nothing is written.
    """
    found = [(name, _rows(db.select(_table(name)))) for name in WHOLE]
    plan, rows = _table("plan"), _table("plan_row")
    found.append(("plan", _rows(db.select(plan).where(plan.c.id == plan_id))))
    for name in OF_PLAN:
        table = _table(name)
        found.append((name, _rows(db.select(table).where(table.c.plan_id == plan_id))))
    places = _table("row_unit")
    mine = db.select(rows.c.id).where(rows.c.plan_id == plan_id)
    found.append(("row_unit", _rows(db.select(places).where(places.c.row_id.in_(mine)))))
    db.session.rollback()
    for name, content in found:
        for row in content:
            row.update(_anew(name, row, launched))
    return found


def write_plan(content: Content) -> None:
    """Write what was read into the empty database of this context, in the caller's transaction."""
    rows = dict(content)
    # Each after those it refers to.
    tables = [table for table in db.metadata.sorted_tables if rows.get(table.name)]
    for table in reversed(tables):
        db.session.execute(table.delete())
    for table in tables:
        db.session.execute(table.insert(), rows[table.name])


def _anew(name: str, row: dict[str, Any], launched: dt.date) -> dict[str, Any]:
    """What is forgotten: who may log in, what was launched, reported and closed."""
    if name == "user":
        return {"password_hash": ""}
    if name == "plan":
        return dict.fromkeys(("process_id", "launched_at", "launched_by_id"))
    if name == "target":
        return dict.fromkeys(("reported", "reported_at"))
    if name != "plan_row":
        return {}
    ended = dict.fromkeys(
        ("written_off_at", "result", "suspended_at", "terminated_at", "basis", "added_at")
    )
    past = row["due"] is not None and row["due"] < launched
    return ended | {"basis_files": [], "due_past": past}


def _table(name: str) -> Table:
    return db.metadata.tables[name]


def _rows(query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(query).mappings()]
