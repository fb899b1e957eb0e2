"""What typed decisions mean: names against the register, numbers against the plan's rows."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sanwei_flow.accounts.models import Unit
from sanwei_flow.accounts.queries import collective_members
from sanwei_flow.errors import N_, AppError, Invalid
from sanwei_flow.oversight.minutes import Wording
from sanwei_flow.plans.models import PlanRow
from sanwei_flow.plans.reader.units import unit_list
from sanwei_flow.plans.resolving import Register, similar

#: Days a decision has where the minutes state none: usual practice for minutes of meetings.
USUAL_DAYS = 20
MOST_TEXT = 2000


@dataclass(frozen=True)
class Settled:
    """A decision with its units, its day and its rows, and everything that is wrong with it.

    `due_stated` is False where the day is the usual one. `problems` are by field: `text`,
    `lead`, `helpers`, `due`, `row_nos`.
    """

    words: Wording
    unit: Unit | None
    helpers: tuple[Unit, ...]
    due: dt.date
    due_stated: bool
    rows: tuple[PlanRow, ...]
    problems: Mapping[str, AppError]


def settle(
    decisions: Iterable[Wording],
    *,
    register: Register,
    rows: Sequence[PlanRow],
    day: dt.date,
) -> list[Settled]:
    """Settle each decision as of the Shanghai day `day`; nothing is raised."""
    numbers = {row.no: row for row in rows}
    return [_settle(words, register, numbers, day) for words in decisions]


def units_named(text: str, register: Register) -> tuple[list[Unit], list[str]]:
    """The units a list of names stands for, each once, and the names nobody bears."""
    found: dict[int, Unit] = {}
    unknown = []
    for name in unit_list(text).names:
        if unit := register.units.get(name):
            found.setdefault(unit.id, unit)
        elif collective := register.collectives.get(name):
            found |= {one.id: one for one in collective_members(collective) if one.id not in found}
        else:
            unknown.append(name)
    return list(found.values()), unknown


def _settle(
    words: Wording, register: Register, numbers: Mapping[int, PlanRow], day: dt.date
) -> Settled:
    problems: dict[str, AppError] = {}
    if not 0 < len(words.text.strip()) <= MOST_TEXT:
        problems["text"] = Invalid(N_("请写明议定事项（最多{most}字）"), most=MOST_TEXT)
    unit = register.units.get(words.lead.strip())
    if unit is None:
        problems["lead"] = _no_lead(words.lead.strip(), register)
    helpers, unknown = units_named(words.helpers, register)
    if unknown:
        problems["helpers"] = _unknown(unknown[0], register)
    due = words.due or day + dt.timedelta(days=USUAL_DAYS)
    if due < day:
        problems["due"] = Invalid(N_("办结时限已过，请改为今天或以后的日期"))
    named = [int(one) for one in re.findall(r"\d{1,6}", words.row_nos)]
    missing = next((no for no in named if no not in numbers), None)
    if missing is not None:
        problems["row_nos"] = Invalid(N_("本方案没有第{no}项"), no=missing)
    return Settled(
        words,
        unit,
        tuple(one for one in helpers if unit is None or one.id != unit.id),
        due,
        words.due is not None,
        tuple(numbers[no] for no in dict.fromkeys(named) if no in numbers),
        problems,
    )


def _no_lead(name: str, register: Register) -> AppError:
    if not name:
        return Invalid(N_("请写明牵头单位"))
    if name in register.collectives or len(unit_list(name).names) > 1:
        return Invalid(N_("牵头单位只能是一个单位，几个单位分别办理的请分条写"))
    return _unknown(name, register)


def _unknown(name: str, register: Register) -> AppError:
    likely = similar(name, register.units)
    names = {unit.id: unit.name for unit in register.units.values()}
    if likely:
        return Invalid(
            N_("没有“{name}”这个单位，是不是“{likely}”？"), name=name, likely=names[likely[0]]
        )
    return Invalid(N_("没有“{name}”这个单位"), name=name)
