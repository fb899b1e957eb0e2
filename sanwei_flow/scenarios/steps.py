"""What a dry run is made of: what it is given, and the steps taken since. Pure; kept as JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sanwei_flow.calendars.workdays import SHANGHAI
from sanwei_flow.errors import N_, Invalid
from sanwei_flow.supervision.ladder import Ladder
from sanwei_flow.supervision.ladder import Step as Rung
from sanwei_flow.supervision.settings import ROWS, TASKS, Ladders

#: Steps of one run, working days one step may skip, and bytes of what it is given or answered.
MOST_STEPS = 200
MOST_SKIPPED = 300
MOST_BYTES = 256 * 1024
#: When a run's working day begins, in Shanghai.
MORNING = dt.time(9)

Data = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """Somebody of `unit` completes a task with an outcome.

    The task is named by what it is, never by a number of the run, so that the step also fits
    a changed design: the process it belongs to, its node and unit, and which of several.
    `answers` are those of the form as they were entered.
    """

    process: str
    node: str
    unit: int
    outcome: str
    answers: Data = field(default_factory=dict)
    comment: str = ""
    nth: int = 0


@dataclass(frozen=True)
class Skip:
    """Time passes: `days` working days, or to whatever happens next where `days` is None."""

    days: int | None = None


Step = Act | Skip


@dataclass(frozen=True)
class Given:
    """What a run starts from.

    `begun` is an aware UTC moment. `units` are the names of the units it may speak of, by id:
    the register as it was, so that a run is the same wherever and whenever it is played.
    """

    begun: dt.datetime
    variables: Data
    units: Mapping[int, str]
    ladders: Ladders = field(default_factory=Ladders)


def moment_of(day: dt.date) -> dt.datetime:
    """The beginning of work on a Shanghai day, as a moment in UTC."""
    return dt.datetime.combine(day, MORNING, SHANGHAI).astimezone(dt.UTC)


def given_as_json(given: Given) -> Data:
    """`Given` as the database keeps it."""
    return {
        "begun": given.begun.isoformat(),
        "variables": given.variables,
        "units": {str(key): name for key, name in given.units.items()},
        "reminders": {
            scope: [[rung.kind, rung.days, list(rung.to)] for rung in ladder.rungs]
            for scope, ladder in given.ladders.by_scope.items()
        },
    }


def read_given(source: Any) -> Given:
    """The inverse; `begun` may be a day alone. Raises Invalid for anything else."""
    try:
        stated = str(source["begun"])
        begun = (
            moment_of(dt.date.fromisoformat(stated))
            if len(stated) == len("2026-01-01")
            else dt.datetime.fromisoformat(stated).astimezone(dt.UTC)
        )
        variables = dict(source["variables"])
        units = {int(key): str(name) for key, name in source.get("units", {}).items()}
        reminders = source.get("reminders", {})
        ladders = Ladders({str(scope): _ladder(rungs) for scope, rungs in reminders.items()})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Invalid(N_("试运行的起始内容看不懂")) from None
    check_size(variables)
    return Given(begun, variables, units, ladders)


def _ladder(rungs: Sequence[Any]) -> Ladder:
    return Ladder(tuple(Rung(str(kind), int(days), tuple(to)) for kind, days, to in rungs))


def reminders_of(ladders: Ladders) -> Ladders:
    """What a run keeps of the settings: the steps of all tasks and rows, and of designs."""
    kept = {TASKS: ladders.of_task(""), ROWS: ladders.of_row(0)}
    own = {k: v for k, v in ladders.by_scope.items() if k.startswith(("design:", "plan:"))}
    return Ladders(kept | own)


def as_json(step: Step) -> Data:
    """A step as the database keeps it."""
    if isinstance(step, Skip):
        return {"do": "skip", "days": step.days}
    stated: Data = {"do": "act", "process": step.process, "node": step.node, "unit": step.unit}
    stated |= {"outcome": step.outcome, "answers": step.answers, "comment": step.comment}
    return stated | ({"nth": step.nth} if step.nth else {})


def read_steps(source: Any) -> list[Step]:
    """The inverse for a whole list. Raises Invalid for what is no step, or for too many."""
    if not isinstance(source, list):
        raise Invalid(N_("试运行的步骤看不懂"))
    if len(source) > MOST_STEPS:
        raise Invalid(N_("试运行最多 {most} 步"), most=MOST_STEPS)
    return [_read(one, number) for number, one in enumerate(source, start=1)]


def _read(source: Any, number: int) -> Step:
    try:
        if source["do"] == "skip":
            return skip(source.get("days"))
        if source["do"] != "act":
            raise ValueError
        answers = dict(source.get("answers") or {})
        check_size(answers)
        return Act(
            str(source["process"]),
            str(source["node"]),
            int(source["unit"]),
            str(source["outcome"]),
            answers,
            str(source.get("comment") or ""),
            int(source.get("nth") or 0),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Invalid(N_("试运行的第 {number} 步看不懂"), number=number) from None


def skip(days: int | str | None) -> Skip:
    """Pass over working days, or to the next event for None. Raises Invalid for too many."""
    if days is None:
        return Skip()
    try:
        count = int(days)
    except (TypeError, ValueError):
        count = 0
    if not 1 <= count <= MOST_SKIPPED:
        raise Invalid(N_("一次可以跳过 1 至 {most} 个工作日"), most=MOST_SKIPPED)
    return Skip(count)


def check_size(data: Data) -> None:
    """Raise Invalid for data no run should carry."""
    try:
        size = len(json.dumps(data, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError, UnicodeEncodeError):
        raise Invalid(N_("试运行的内容不能保存")) from None
    if size > MOST_BYTES:
        raise Invalid(N_("试运行的内容超过 {most} KB"), most=MOST_BYTES // 1024)


Status = Literal["running", "finished", "cancelled", "incident"]
