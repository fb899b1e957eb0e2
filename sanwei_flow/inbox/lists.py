"""My lists beside the boxes: what waits for others, what I started, was sent, my units have."""

import datetime as dt
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import ROLE_NAMES
from sanwei_flow.accounts.queries import unit_names, user_names
from sanwei_flow.inbox.deadlines import deadline
from sanwei_flow.inbox.queries import PAGE, Box, Line, plan_titles
from sanwei_flow.plans.keys import place_of
from sanwei_flow.processes import lists, people
from sanwei_flow.processes.inbox import Page, Wanted
from sanwei_flow.processes.models import NO_DUE, TaskStatus

LISTS = ("waiting", "started", "copied", "unit")


def my_list(
    actor: Actor,
    name: str,
    day: dt.date,
    *,
    after: str | None = None,
    wanted: Wanted | None = None,
    read: bool = False,
) -> Box:
    """One page of a list; `read` turns what was copied to me from to-read to read."""
    more: dict[str, Any] = {"after": after, "limit": PAGE, "wanted": wanted}
    if name == "started":
        return _started(lists.started(actor, **more), day)
    if name == "copied":
        return _lines(lists.copied(actor, read=read, **more), day, {})
    if name == "waiting":
        return _lines(lists.waiting(actor, **more), day, {})
    page = lists.of_units(actor, **more)
    names = user_names({row.owner_id for row in page.items if row.owner_id})
    return _lines(page, day, {row.id: _holder(row, names) for row in page.items})


def _holder(row: Any, names: dict[int, str]) -> str:
    """Whoever took it on, else the post it waits for."""
    if row.owner_id:
        return names.get(row.owner_id, "")
    return gettext(ROLE_NAMES[row.role]) if row.role in ROLE_NAMES else str(row.role)


def _started(page: Page, day: dt.date) -> Box:
    waiting = lists.where_now([row.id for row in page.items])
    now = {
        number: "、".join(dict.fromkeys(task.unit for task in tasks))
        for number, tasks in waiting.items()
    }
    return _lines(page, day, now)


def _lines(page: Page, day: dt.date, holders: dict[int, str]) -> Box:
    places = {row.id: place_of(row.business_key) for row in page.items}
    titles = plan_titles(plan for plan, _row in places.values() if plan)
    posts = {row.unit_id for row in page.items if "unit_id" in row._mapping}
    units = unit_names(posts) if posts else {}
    held = [row.id for row in page.items if getattr(row, "status", "") == TaskStatus.held]
    waits = people.waited_for_by(held) if held else {}
    lines = []
    for row in page.items:
        plan, row_no = places[row.id]
        due = deadline(getattr(row, "due", NO_DUE), day)
        unit = units.get(getattr(row, "unit_id", 0), "")
        holder = holders.get(row.id, "")
        who = "、".join(waits.get(row.id, ()))
        title = titles.get(plan or 0, "")
        lines.append(Line(row, due, unit, title, row_no, "", holder, waits=who))
    return Box(lines, page.next)
