"""What a sweep would say on a day of the run: reminders, and what late work calls for. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sanwei_flow.accounts.models import ROLE_NAMES
from sanwei_flow.calendars.workdays import SHANGHAI, Calendar, Phrase
from sanwei_flow.engine import Decision, EngineError, decide
from sanwei_flow.errors import N_
from sanwei_flow.scenarios.steps import Given
from sanwei_flow.scenarios.values import Happening, Open
from sanwei_flow.supervision.ladder import ONE_DAY, OVERDUE, Ladder, Step

#: When the sweep runs, in Shanghai.
SWEEP = dt.time(8)
COLOURS = {"yellow": N_("黄牌"), "red": N_("红牌")}
SLIP = N_("督办单")
#: What a design about a row of a plan starts with; its row has a deadline of its own.
OF_ROW = frozenset({"plan", "row", "cooperating"})


def sweep_after(at: dt.datetime) -> dt.datetime:
    """The moment of the first sweep after `at`."""
    local = at.astimezone(SHANGHAI)
    day = local.date() if local.time() < SWEEP else local.date() + ONE_DAY
    return dt.datetime.combine(day, SWEEP, SHANGHAI).astimezone(dt.UTC)


@dataclass(frozen=True)
class Work:
    """Something with a deadline: a task of the run, or the row it is about."""

    key: str
    name: str
    unit: int
    role: str
    start: dt.date
    due: dt.date
    process: str = ""
    node: str = ""


@dataclass
class Sweeps:
    """The sweeps of one run: `taken` are the steps of the escalation already taken."""

    given: Given
    table: Decision
    calendar: Calendar
    taken: dict[str, str] = field(default_factory=dict)
    _steps: dict[tuple[str, dt.date, dt.date], dict[dt.date, Step]] = field(default_factory=dict)
    _judged: dict[tuple[int, bool, int], dict[str, Any]] = field(default_factory=dict)

    def on(self, day: dt.date, open_tasks: Iterable[Open], *, row_open: bool) -> list[Happening]:
        """What the sweep of `day` says while these tasks wait."""
        at = dt.datetime.combine(day, SWEEP, SHANGHAI).astimezone(dt.UTC)
        row = self._row() if row_open else None
        works = [_work(one) for one in open_tasks if one.due is not None]
        found = [*self._reminders(works, row, day, at)]
        found += [one for work in works if (one := self._late(work, row, day, at)) is not None]
        if row is not None and (late := self._late(row, None, day, at)) is not None:
            found.append(late)
        return found

    def _reminders(
        self, works: list[Work], row: Work | None, day: dt.date, at: dt.datetime
    ) -> Iterator[Happening]:
        for work in [*works, *([row] if row else [])]:
            step = self._rungs(work).get(day)
            if step is not None:
                yield self._reminder(work, step, day, at)

    def _rungs(self, work: Work) -> dict[dt.date, Step]:
        """The days something is said of it, and what; of two steps on a day the later counts."""
        key = (work.process, work.start, work.due)
        if key not in self._steps:
            self._steps[key] = dict(self._ladder(work).steps(work.start, work.due, self.calendar))
        return self._steps[key]

    def _ladder(self, work: Work) -> Ladder:
        if work.process:
            return self.given.ladders.of_task(work.process)
        plan = self.given.variables.get("plan")
        number = plan.get("id") if isinstance(plan, dict) else 0
        return self.given.ladders.of_row(number if isinstance(number, int) else 0)

    def _reminder(self, work: Work, step: Step, day: dt.date, at: dt.datetime) -> Happening:
        params: dict[str, object] = {"name": Phrase(work.name), "due": work.due.isoformat()}
        params |= {"unit": self.given.units.get(work.unit, str(work.unit))}
        params |= {"role": Phrase(ROLE_NAMES.get(work.role, work.role))}
        params |= {"count": self.calendar.workdays_between(day, work.due)}
        message = N_("{unit}（{role}）的“{name}”还有{count}个工作日到期（{due}）")
        if step.kind == OVERDUE:
            message = N_("{unit}（{role}）的“{name}”已于{due}到期，尚未办结")
        elif work.due == day:
            message = N_("{unit}（{role}）的“{name}”今天到期")
        kind = "overdue" if step.kind == OVERDUE else "reminder"
        return Happening(
            kind,
            at,
            Phrase(message, params),
            to=step.to,
            process=work.process,
            node=work.node,
            unit=work.unit,
            level=step.level,
        )

    @property
    def _of_row(self) -> bool:
        """Whether the design is one that rows of plans run by."""
        return self.given.variables.keys() >= OF_ROW

    def _row(self) -> Work | None:
        """The row the run is about."""
        row = self.given.variables.get("row")
        if not self._of_row or not isinstance(row, Mapping):
            return None
        try:
            due = dt.date.fromisoformat(str(row.get("due")))
        except ValueError:
            return None
        lead = row.get("lead_unit")
        start = self.given.begun.astimezone(SHANGHAI).date()
        unit = lead if isinstance(lead, int) else 0
        return Work("row", str(row.get("task") or ""), unit, "staff", start, due)

    def _late(
        self, work: Work, row: Work | None, day: dt.date, at: dt.datetime
    ) -> Happening | None:
        """The step of the escalation late work stands at, if it was not taken yet."""
        if not work.start <= work.due < day or not self._looked_at(work, day):
            return None
        # Of a late row its lead is chased once, not for each of its tasks.
        if row is not None and row.due < day and work.unit == row.unit:
            return None
        days = self.calendar.workdays_between(work.due, day)
        here = f"{work.key}/{work.due.isoformat()}/"
        before = [key for key in self.taken if key.startswith(f"{work.key}/")]
        said = self._ask(days, sum(not key.startswith(here) for key in before))
        level, opens = str(said.get("level") or ""), str(said.get("opens") or "none")
        if not level or opens == "none" or f"{here}{level}" in self.taken:
            return None
        slip = opens == "slip" and self._of_row
        if slip and SLIP in self.taken.values():
            # A second slip of one row waits until the first is answered; here nobody does.
            return None
        self.taken[f"{here}{level}"] = SLIP if slip else opens
        told = said.get("recipients") or []
        colour = COLOURS.get(str(said.get("colour")), COLOURS["red"])
        params: dict[str, object] = {"name": Phrase(work.name), "days": days}
        params |= {"unit": self.given.units.get(work.unit, str(work.unit))}
        params["what"] = Phrase(SLIP if slip else colour)
        return Happening(
            "escalation",
            at,
            Phrase(N_("{unit}的“{name}”已逾期{days}个工作日，发{what}"), params),
            to=tuple(map(str, told if isinstance(told, list) else [told])),
            process=work.process,
            node=work.node,
            unit=work.unit,
            level=level,
        )

    def _looked_at(self, work: Work, day: dt.date) -> bool:
        """Late tasks are looked at on working days, late rows every day."""
        return not work.process or self.calendar.is_workday(day)

    def _ask(self, days: int, repeated: int) -> dict[str, Any]:
        row = self.given.variables.get("row")
        major = bool(row.get("major")) if isinstance(row, Mapping) else False
        key = (days, major, repeated)
        if key not in self._judged:
            facts = {"days_past": days, "major": major, "repeated": repeated, "unanswered": 0}
            try:
                said = decide(self.table, facts)
            except EngineError:
                # The table is somebody else's to mend; here it just says nothing.
                said = {}
            self._judged[key] = said if isinstance(said, dict) else {}
        return self._judged[key]


def _work(task: Open) -> Work:
    assert task.due is not None  # noqa: S101 - the caller left the others out
    key = f"{task.path}/{task.node}/{task.unit}"
    return Work(
        key, task.name, task.unit, task.role, task.opened, task.due, task.process, task.node
    )
