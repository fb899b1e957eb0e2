"""The settings of the ladder: reminder steps by scope, and how to change them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.actor import Actor
from sanwei_flow.accounts.models import Role
from sanwei_flow.audit.operations import record
from sanwei_flow.calendars import today
from sanwei_flow.db import db
from sanwei_flow.designs.decisions import publish_decision
from sanwei_flow.designs.models import ProcessDesign
from sanwei_flow.designs.operations import WORKFLOWS
from sanwei_flow.designs.queries import newest_decision
from sanwei_flow.engine import with_rules
from sanwei_flow.errors import N_, Forbidden, Invalid
from sanwei_flow.plans.lights import COLOURS, STATES, Rules
from sanwei_flow.plans.models import Plan
from sanwei_flow.plans.records import LightSetting
from sanwei_flow.processes.models import Task, is_open
from sanwei_flow.processes.opening import FIRST_LOOK
from sanwei_flow.supervision.ladder import (
    KINDS,
    OVERDUE,
    RECIPIENTS,
    ROW_STEPS,
    TASK_STEPS,
    Ladder,
    Step,
)
from sanwei_flow.supervision.models import LadderSetting

MOST_DAYS = 60
MOST_STEPS = 12
TASKS, ROWS = "task", "row"
SUBJECT = "settings:reminders"
#: The key of the decision table that says what late work calls for.
TABLE = "escalation"


@dataclass(frozen=True)
class Ladders:
    """Every scope's steps: a plan's or a design's own before those of all."""

    by_scope: Mapping[str, Ladder] = field(default_factory=dict)

    def of_task(self, design: str) -> Ladder:
        """For a task of this design (its key)."""
        return self.by_scope.get(f"design:{design}") or self._all(TASKS, TASK_STEPS)

    def of_row(self, plan_id: int) -> Ladder:
        """For a row of this plan."""
        return self.by_scope.get(f"plan:{plan_id}") or self._all(ROWS, ROW_STEPS)

    def of_scope(self, scope: str) -> Ladder:
        """What counts in a scope, its own or what it takes over."""
        kind, _, name = scope.partition(":")
        if kind in ("plan", ROWS):
            return self.of_row(int(name) if name else 0)
        return self.of_task(name)

    def own(self, scope: str) -> bool:
        """True if the scope has steps of its own."""
        return scope in self.by_scope

    def with_scope(self, scope: str, steps: Sequence[Step]) -> "Ladders":
        """The same with other steps for one scope: for looking ahead."""
        return Ladders({**self.by_scope, scope: Ladder(tuple(steps))})

    def _all(self, scope: str, steps: tuple[Step, ...]) -> Ladder:
        return self.by_scope.get(scope) or Ladder(steps)


def ladders() -> Ladders:
    """The settings in force; one statement."""
    rows = db.session.scalars(db.select(LadderSetting))
    return Ladders({row.scope: Ladder(tuple(map(_step, row.steps))) for row in rows})


def _step(stored: Sequence[Any]) -> Step:
    kind, days, to = stored
    return Step(str(kind), int(days), tuple(to))


def may_set(by: Actor) -> bool:
    """An office sets the ladder; so does an administrator."""
    return by.is_system or by.has_role(Role.office) or by.has_role(Role.sys_admin)


def check_steps(steps: Sequence[Step]) -> None:
    """Raise Invalid for steps nobody could follow."""
    if len(steps) > MOST_STEPS:
        raise Invalid(N_("提醒最多设{most}步"), most=MOST_STEPS)
    seen = set()
    for one in steps:
        if one.kind not in KINDS or (one.kind != OVERDUE and not 1 <= one.days <= MOST_DAYS):
            raise Invalid(N_("提醒应提前1至{most}个工作日"), most=MOST_DAYS)
        if not one.to or any(name not in RECIPIENTS for name in one.to):
            raise Invalid(N_("每一步提醒都要选择告知谁"))
        key = (one.kind, one.days)
        if key in seen:
            raise Invalid(N_("有两步提醒相同"))
        seen.add(key)


def change_settings(
    scope: str, steps: Sequence[Step] | None, *, by: Actor, at: dt.datetime
) -> None:
    """Set the steps of a scope; None gives it up, so that what counts for all counts again.

    New steps speak from tomorrow on, never for the past. Raises Forbidden for anybody but an
    office or an administrator, Invalid for odd steps or a scope that is none.
    """
    if not may_set(by):
        raise Forbidden(N_("您没有权限设置提醒"))
    if scope not in (TASKS, ROWS) and not _known(scope):
        raise Invalid(N_("没有这个适用范围"))
    row = db.session.scalar(db.select(LadderSetting).where(LadderSetting.scope == scope))
    stored = None if steps is None else [[one.kind, one.days, list(one.to)] for one in steps]
    if steps is None:
        if row is not None:
            db.session.delete(row)
    else:
        check_steps(steps)
        row = row or LadderSetting(scope=scope)
        row.steps = stored or []
        db.session.add(row)
    db.session.flush()
    _look_again(at)
    record("reminders_changed", SUBJECT, by=by, at=at, data={"scope": scope, "steps": stored})


def change_lights(wanted: Rules, *, by: Actor, at: dt.datetime) -> None:
    """Set when rows are near or behind, and the colour of each state.

    Raises Forbidden, Invalid for numbers or colours nobody could follow.
    """
    if not may_set(by):
        raise Forbidden(N_("您没有权限设置提醒"))
    if not 0 <= wanted.near <= MOST_DAYS or not 0 < wanted.behind < wanted.far_behind <= 100:
        raise Invalid(
            N_("临近天数应为0至{most}，滞后百分点应在1至100之间且先小后大"), most=MOST_DAYS
        )
    if set(wanted.colours) != set(STATES) or not set(wanted.colours.values()) <= set(COLOURS):
        raise Invalid(N_("每种状态都要选一种颜色"))
    row = db.session.scalar(db.select(LightSetting).limit(1)) or LightSetting()
    row.near, row.behind, row.far_behind = wanted.near, wanted.behind, wanted.far_behind
    row.colours = dict(wanted.colours)
    db.session.add(row)
    told = {"near": row.near, "behind": row.behind, "far_behind": row.far_behind}
    record("lights_changed", SUBJECT, by=by, at=at, data={**told, "colours": row.colours})


def change_table(
    rules: Sequence[tuple[str, Sequence[str], Sequence[str]]], *, by: Actor, at: dt.datetime
) -> None:
    """Publish the escalation table with other rules: (note, input cells, output cells) each.

    Raises Forbidden, DesignError naming rule and cell.
    """
    if not may_set(by):
        raise Forbidden(N_("您没有权限设置提醒"))
    publish_decision(with_rules(table_source(), rules), by=by, at=at, note="")


def table_source() -> bytes:
    """The escalation table in force as DMN; the shipped one where none was published."""
    version = newest_decision(TABLE)
    if version is not None:
        return version.xml.encode()
    return (WORKFLOWS / f"{TABLE}.dmn").read_bytes()


def _known(scope: str) -> bool:
    kind, _, name = scope.partition(":")
    if kind == "plan" and name.isdigit():
        return db.session.get(Plan, int(name)) is not None
    known = db.select(ProcessDesign.id).where(ProcessDesign.key == name)
    return kind == "design" and db.session.scalar(known) is not None


def _look_again(at: dt.datetime) -> None:
    """Let the next sweep look at every task that may have other days now."""
    tomorrow = today(at) + dt.timedelta(days=1)
    soon = Task.due.between(tomorrow, tomorrow + FIRST_LOOK)
    waiting = db.update(Task).where(is_open, soon, Task.remind_on.is_not(None))
    db.session.execute(waiting.values(remind_on=tomorrow))
