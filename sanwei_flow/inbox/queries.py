"""What the inbox and the task page show, gathered in few statements."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.queries import unit_names
from sanwei_flow.db import db
from sanwei_flow.designs import outcomes
from sanwei_flow.errors import N_, Forbidden
from sanwei_flow.inbox.deadlines import Deadline, deadline
from sanwei_flow.plans.keys import place_of
from sanwei_flow.plans.models import Plan
from sanwei_flow.processes import inbox as boxes
from sanwei_flow.processes.access import is_theirs, may_see_task
from sanwei_flow.processes.inbox import CAP, Wanted
from sanwei_flow.processes.models import InstanceStatus, Task
from sanwei_flow.processes.queries import get_task, posted_task
from sanwei_flow.processes.standing import principal_of

PAGE = 30
#: How the comparison of a target is said; `~` before one means that it is aspired to.
WORDS = {"~": N_("力争"), ">": N_("超过"), ">=": N_("不少于"), "<": N_("低于"), "<=": N_("不超过")}


@dataclass(frozen=True)
class Line:
    """A task in a list: the record, its deadline, its unit and the plan it belongs to."""

    task: Any
    deadline: Deadline
    unit: str
    plan: str
    row_no: int | None
    outcome: str
    #: Who holds it, or where a process stands.
    holder: str = ""
    #: For whom it is done, where a deputy looks.
    absent: str = ""
    #: Who has to answer first.
    waits: str = ""


@dataclass(frozen=True)
class Box:
    """A page of a box, and the key of the next one."""

    lines: list[Line]
    next: str | None


def box(
    actor: Actor, name: str, day: dt.date, *, after: str | None = None, wanted: Wanted | None = None
) -> Box:
    """One page of a person's box; three statements, however many tasks there are."""
    page = boxes.inbox(actor, name, after=after, limit=PAGE, wanted=wanted)
    units = unit_names({row.unit_id for row in page.items})
    places = {row.id: place_of(row.business_key) for row in page.items}
    titles = plan_titles(plan for plan, _row in places.values() if plan)
    lines = []
    for row in page.items:
        plan, row_no = places[row.id]
        said = outcomes.label(row.outcome) if row.outcome else ""
        stopped = row.process_status == InstanceStatus.suspended
        due = deadline(row.due, day, suspended=stopped)
        absent = principal_of(row, row.design, actor) if actor.stands_for else None
        title, who = titles.get(plan or 0, ""), absent.name if absent else ""
        lines.append(Line(row, due, units[row.unit_id], title, row_no, said, absent=who))
    return Box(lines, page.next)


def plan_titles(ids: Iterable[int]) -> dict[int, str]:
    """The titles of these plans by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = db.select(Plan.id, Plan.title).where(Plan.id.in_(wanted))
    return {row.id: row.title for row in db.session.execute(query)}


def running_plans() -> list[tuple[int, str]]:
    """The launched plans a person may narrow their box to, newest first."""
    query = db.select(Plan.id, Plan.title).where(Plan.process_id.is_not(None))
    return [(row.id, row.title) for row in db.session.execute(query.order_by(Plan.id.desc()))]


def capped(number: int) -> str:
    """A count for a badge."""
    return f"{CAP - 1}+" if number >= CAP else str(number or "")


def visible_task(task_id: int, actor: Actor) -> Task:
    """A task the actor may read. Raises NotFound, Forbidden."""
    task = get_task(task_id)
    if not may_see_task(task, actor):
        raise Forbidden(N_("这个任务由别的单位办理，您没有权限查看。"))
    return task


def answered_task(task_id: int, actor: Actor) -> Any:
    """The same for whoever only reads an answer to it: cheaper where the task is their own."""
    row = posted_task(task_id)
    mine = row is not None and is_theirs(row, actor)
    return row if mine else visible_task(task_id, actor)


def facts(task: Task, units: dict[int, str]) -> list[tuple[str, str]]:
    """What the task is about, in pairs to read; designs name the variables."""
    plan, row = _mapping(task.data, "plan"), _mapping(task.data, "row")
    part = _mapping(task.data, "part")
    figures = gettext("；").join(_figure(target) for target in row.get("targets") or [])
    return [
        (gettext("任务"), row.get("task", "") if row.get("task", "") not in task.title else ""),
        (gettext("类别"), row.get("category", "")),
        (gettext("牵头单位"), row.get("lead_name", "")),
        (gettext("本单位承担"), part.get("duty", "")),
        (gettext("完成时限"), part.get("due") or row.get("due") or ""),
        (gettext("目标"), figures),
        (gettext("重大事项"), gettext("是，办结须经领导审批") if row.get("major") else ""),
        (gettext("办理单位"), units.get(task.unit_id, "")),
        (gettext("方案"), plan.get("title", "")),
    ]


def _mapping(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _figure(target: dict[str, Any]) -> str:
    op = str(target.get("op", ""))
    signs = ["~", op[1:]] if op.startswith("~") else [op]
    said = "".join(gettext(WORDS[sign]) for sign in signs if sign in WORDS)
    parts = [
        target.get("indicator", ""),
        said,
        f"{target.get('value', '')}{target.get('unit', '')}",
    ]
    return " ".join(str(part) for part in parts if part)
