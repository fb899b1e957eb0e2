"""What the system knows of each unit's part in a plan, so that nobody fills it in again.

The words made here are answers of a form: they are kept with the process as they were said.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sanwei_flow.accounts.models import Role, User, UserRole
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_
from sanwei_flow.plans.figures import figures
from sanwei_flow.plans.launching import read_units
from sanwei_flow.plans.models import Plan, Side, Target
from sanwei_flow.plans.resolving import Expansion
from sanwei_flow.plans.rows import RowView, row_views
from sanwei_flow.plans.statuses import TERMINATED
from sanwei_flow.processes.models import InstanceStatus, ProcessInstance

LEADS, HELPS = "牵头", "配合"
ON_TIME, LATE, CLOSED = "按时销号", "逾期销号", "已销号"
OPEN, OVERDUE, ENDED = "未销号", "逾期未销号", "已终止"
PART_ON_TIME, PART_LATE, PART_DONE, PART_OPEN = "按时完成", "逾期完成", "已完成", "未完成"
MET, NOT_MET, UNKNOWN = N_("达到"), N_("未达到"), N_("未上报")
#: How a figure is promised, before its number.
WORDS = {"": "", "=": "", ">": "超过", ">=": "不少于", "<": "低于", "<=": "不超过"}


@dataclass
class Party:
    """A unit that takes part: the numbers of the rows it leads and helps with.

    `people` are the names of those who would fill in its form.
    """

    unit_id: int
    name: str
    leads: list[int] = field(default_factory=list)
    helps: list[int] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


def parties(plan: Plan) -> list[Party]:
    """Every unit that leads or helps with a row, in the order of the plan; leads come first."""
    read_units(plan)
    expansion = Expansion()
    found: dict[int, Party] = {}
    for row in plan.rows:
        leads = expansion.units([one for one in row.units if one.side == Side.LEAD])
        helping = expansion.units([one for one in row.units if one.side == Side.COOPERATING])
        for place, unit in enumerate([*leads, *helping]):
            party = found.setdefault(unit.id, Party(unit.id, unit.name))
            mine = party.leads if place == 0 else party.helps
            if row.no not in party.leads + party.helps:
                mine.append(row.no)
    for unit_id, names in _staff(found).items():
        found[unit_id].people = names
    return sorted(found.values(), key=lambda one: (not one.leads,))


def _staff(unit_ids: Iterable[int]) -> dict[int, list[str]]:
    query = (
        db.select(UserRole.unit_id, User.name)
        .join(User)
        .where(UserRole.unit_id.in_(list(unit_ids)), UserRole.role == Role.staff, User.active)
        .order_by(User.username)
    )
    names: dict[int, list[str]] = {}
    for one in db.session.execute(query):
        names.setdefault(one.unit_id, []).append(one.name)
    return names


def facts_of(plan: Plan, unit_id: int, day: dt.date) -> dict[str, Any]:
    """A unit's form as far as the system can fill it in on the Shanghai day.

    `rows` [{no, task, side, due, result}], `figures` [{indicator, wanted, reported, met}] of the
    rows it leads, and `counts` in a sentence.
    """
    party = next((one for one in parties(plan) if one.unit_id == unit_id), None)
    if party is None:
        return {"rows": [], "figures": [], "counts": "没有承担分工。"}
    views = {view.no: view for view in row_views(plan, day)}
    finished = _parts(views.values(), unit_id)
    rows = [_row(views[no], LEADS, result_of(views[no], day)) for no in party.leads]
    rows += [_row(views[no], HELPS, _part(views[no], finished, day)) for no in party.helps]
    mine = [one for no in party.leads for one in views[no].targets]
    return {
        "rows": sorted(rows, key=lambda one: int(one["no"])),
        "figures": [figure_of(one, one.reported) for one in mine],
        "counts": _counted(rows),
    }


def result_of(view: RowView, day: dt.date) -> str:
    """What became of a row: struck off on time or late, terminated, or open."""
    row = view.row
    if view.status == TERMINATED:
        return ENDED
    if row.written_off_at is not None:
        return _in_time(row.written_off_at, view, (ON_TIME, LATE, CLOSED))
    late = row.due is not None and row.due < day and not row.due_past
    return OVERDUE if late else OPEN


def _in_time(at: dt.datetime, view: RowView, words: tuple[str, str, str]) -> str:
    on_time, late, neither = words
    row = view.row
    if row.due is None or row.due_past:
        return neither
    return on_time if today(at) <= row.due else late


def _parts(views: Iterable[RowView], unit_id: int) -> dict[int, dt.datetime]:
    """When this unit's part of each row was finished, by the row's process."""
    query = db.select(
        ProcessInstance.parent_id, ProcessInstance.result, ProcessInstance.finished_at
    ).where(
        ProcessInstance.parent_id.in_([view.process_id for view in views if view.process_id]),
        ProcessInstance.status == InstanceStatus.finished,
    )
    return {
        one.parent_id: one.finished_at
        for one in db.session.execute(query)
        if isinstance(one.result, dict) and one.result.get("unit") == unit_id
    }


def _part(view: RowView, finished: Mapping[int, dt.datetime], day: dt.date) -> str:
    at = finished.get(view.process_id or 0)
    if at is not None:
        return _in_time(at, view, (PART_ON_TIME, PART_LATE, PART_DONE))
    return result_of(view, day) if view.closed else PART_OPEN


def _row(view: RowView, side: str, result: str) -> dict[str, str | None]:
    due = view.row.due.isoformat() if view.row.due else None
    told = {"no": str(view.no), "task": view.row.task, "side": side, "due": due}
    return told | {"result": result}


def _counted(rows: list[dict[str, str | None]]) -> str:
    said = []
    for side in (LEADS, HELPS):
        results = Counter(one["result"] for one in rows if one["side"] == side)
        if results:
            listed = "、".join(f"{name}{count}项" for name, count in results.items())
            said.append(f"{side}{results.total()}项：{listed}")
    return "；".join(said) + "。" if said else "没有承担分工。"


def targets_of(plan: Plan, day: dt.date) -> list[dict[str, Any]]:
    """Every figure the plan promises: `key`, `indicator`, `wanted`, `reported`, `met`."""
    return [
        {"key": one.target.key, **figure_of(one.target, one.reported, one.year)}
        for one in figures(plan, day)
    ]


def figure_of(
    target: Target, reported: Decimal | None, year: int | None = None
) -> dict[str, str | None]:
    """A figure in words: what was promised, what was reported, whether that is enough."""
    unit = target.unit
    year = year or target.year
    when = "每年" if target.annual else f"{year}年" if year else ""
    hoped = "力争" if target.op.startswith("~") else ""
    asked = WORDS.get(target.op.lstrip("~"), target.op)
    return {
        "indicator": target.indicator,
        "wanted": " ".join(filter(None, (when, f"{hoped}{asked}", _plain(target.value), unit))),
        "reported": None if reported is None else f"{_plain(reported)} {unit}".strip(),
        "met": met(target, reported),
    }


def met(target: Target, reported: Decimal | None) -> str:
    """Whether a reported value keeps what the target promises."""
    if reported is None:
        return UNKNOWN
    kept = {
        "<": reported < target.value,
        "<=": reported <= target.value,
        ">": reported > target.value,
    }.get(target.op.lstrip("~"), reported >= target.value)
    return MET if kept else NOT_MET


def _plain(value: Decimal) -> str:
    text = f"{value:.4f}"
    return text.rstrip("0").rstrip(".")
