"""Correcting a row before launch: words, date, importance, units. Every change is recorded."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.errors import N_, Conflict, Invalid, NotFound
from sanwei_flow.plans.access import managed_draft, record
from sanwei_flow.plans.models import (
    MentionStatus,
    Plan,
    PlanRow,
    RowUnit,
    Side,
    UnitMention,
)
from sanwei_flow.plans.resolving import Register, load_register, mention_of, resolve

#: The findings that giving a row its lead answers.
NO_LEAD = ("row_without_lead", "lead_unmarked")

MAX_TEXT = 4000
MAX_UNITS = 100

WORDS = ("category", "item", "task")
FLAGS = ("major", "open_ended")
SIDES = {"lead": Side.LEAD, "cooperating": Side.COOPERATING}
FIELDS = (*WORDS, "due", *FLAGS, *SIDES)


def correct_row(
    plan_id: int,
    no: int,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
    by: Actor,
    at: dt.datetime,
) -> PlanRow:
    """Change a row of a plan that has not been launched.

    `changes` may hold `category`, `item`, `task` (texts), `due` (date, ISO text or None),
    `major`, `open_ended` (bools), `lead`, `cooperating` (lists of unit ids or of names as the
    register knows them, collective names included; whole list, in order). `version` is the
    row's version the person saw.
    Raises NotFound, Forbidden, Conflict (launched, or changed since), Invalid with one entry
    per wrong field; then nothing is changed.
    """
    plan = managed_draft(plan_id, by)
    row = next((known for known in plan.rows if known.no == no), None)
    if row is None:
        raise NotFound(N_("本方案没有第{no}项"), no=no)
    if version is not None and version != row.version:
        raise Conflict(N_("第{no}项刚被他人修改过，请核对后再改"), no=no)
    known = frozenset(mention.name for mention in plan.mentions)
    cleaned = _cleaned(changes, load_register(), known)
    for name, value in cleaned.items():
        if value == _present(row, name):
            continue
        before = row_text(row, name)
        _set(plan, row, name, value, today(at))
        after = row_text(row, name)
        if name == "lead" and after:
            _settle_missing_lead(plan, row, after, by, at)
        record(
            plan, "correct_row", row=row.no, field=name, before=before, after=after, by=by, at=at
        )
    return row


def _settle_missing_lead(plan: Plan, row: PlanRow, after: str, by: Actor, at: dt.datetime) -> None:
    for finding in plan.findings:
        if finding.code in NO_LEAD and finding.row is row:
            finding.choice, finding.settled_at, finding.settled_by_id = after, at, by.user_id


def _present(row: PlanRow, name: str) -> Any:
    """A field's value as `_cleaned` would give it."""
    if name in SIDES:
        return [place.mention.name for place in row.units if place.side == SIDES[name]]
    return getattr(row, name)


def row_text(row: PlanRow, name: str) -> str | None:
    """A field of a row as words, for the record."""
    if name in SIDES:
        return "、".join(_present(row, name))
    value = getattr(row, name)
    if isinstance(value, bool):
        return N_("是") if value else N_("否")
    return None if value is None else str(value)


def _cleaned(
    changes: Mapping[str, Any], register: Register, known: frozenset[str]
) -> dict[str, Any]:
    cleaners: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(WORDS, _text),
        **dict.fromkeys(FLAGS, _flag),
        "due": _date,
    }
    fields: dict[str, list[object]] = {}
    cleaned: dict[str, Any] = {}
    for name, value in changes.items():
        try:
            if name in SIDES:
                cleaned[name] = _units(value, register, known)
            elif name in cleaners:
                cleaned[name] = cleaners[name](value)
            else:
                raise Invalid(N_("没有“{name}”这个字段"), name=name)
        except Invalid as error:
            fields[name] = [error]
    if not fields and "task" in cleaned and not cleaned["task"]:
        fields["task"] = [Invalid(N_("工作任务不能为空"))]
    if fields:
        raise Invalid(N_("有{count}处填写有误，未作任何修改"), fields=fields, count=len(fields))
    return cleaned


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(N_("请填写文字"))
    if len(value) > MAX_TEXT:
        raise Invalid(N_("不能超过{count}字"), count=MAX_TEXT)
    return " ".join(value.split())


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(N_("请选择是或否"))
    return value


def _date(value: Any) -> dt.date | None:
    if value is None or value == "":
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Invalid(N_("日期写法如2027-12-31")) from None


def _units(value: Any, register: Register, known: frozenset[str]) -> list[str]:
    """The names of a list of unit ids or names; `known` are those the plan uses already."""
    if not isinstance(value, list | tuple) or len(value) > MAX_UNITS:
        raise Invalid(N_("请给出单位列表（不超过{count}个）"), count=MAX_UNITS)
    by_id = {unit.id: unit.name for unit in register.units.values()}
    names: list[str] = []
    for entry in value:
        if isinstance(entry, int) and not isinstance(entry, bool) and entry in by_id:
            name = by_id[entry]
        elif isinstance(entry, str) and _is_known(entry.strip(), register, known):
            name = entry.strip()
        else:
            raise Invalid(N_("单位名册中没有“{name}”"), name=entry)
        if name not in names:
            names.append(name)
    return names


def _is_known(name: str, register: Register, known: frozenset[str]) -> bool:
    return name in known or resolve(name, register).status == MentionStatus.SETTLED


def _set(plan: Plan, row: PlanRow, name: str, value: Any, day: dt.date) -> None:
    if name in SIDES:
        place_units(plan, row, SIDES[name], value)
        return
    setattr(row, name, value)
    if name == "due":
        row.due_inferred = False
        row.due_past = value is not None and value < day


def place_units(plan: Plan, row: PlanRow, side: Side, names: list[str]) -> None:
    """Give the row these units, by name and in order, at one side."""
    kept = [place for place in row.units if place.side != side]
    row.units = kept
    db.session.flush()  # the old places must be gone before new ones take their positions
    register = load_register()
    for position, name in enumerate(names):
        mention = ensure_mention(plan, name, register)
        row.units.append(RowUnit(side=side, position=position, mention=mention))
    # A changed list of units must move the row's version although no column of it changed.
    flag_modified(row, "open_ended")


def ensure_mention(plan: Plan, name: str, register: Register) -> UnitMention:
    """The plan's entry for a name; made and resolved when the name is new to the plan."""
    for known in plan.mentions:
        if known.name == name:
            return known
    mention = mention_of(name, register)
    plan.mentions.append(mention)
    return mention
