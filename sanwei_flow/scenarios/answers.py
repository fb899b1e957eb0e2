"""What service operations would answer. Nothing is carried out; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sanwei_flow.calendars.workdays import Calendar, today
from sanwei_flow.engine import Decision, decide
from sanwei_flow.scenarios.steps import Data

#: Working days a slip that climbs gives for an answer, in a run.
SLIP_DAYS = 3


@dataclass(frozen=True)
class Asked:
    """A service call: its arguments, the variables it sees, and the world of the run."""

    arguments: Mapping[str, Any]
    variables: Mapping[str, Any]
    units: Mapping[int, str]
    at: dt.datetime
    calendar: Calendar
    decision: Callable[[str], Decision]


def answer(operation: str, asked: Asked) -> Data:
    """What the operation answers when all goes well; nothing for one that is not known here.

    Decision tables are truly asked: they change nothing. Raises NotFound, EngineError of theirs.
    """
    known = _ANSWERS.get(operation)
    return known(asked) if known else {}


def _decide(asked: Asked) -> Data:
    given = dict(asked.arguments)
    key, name = str(given.pop("decision", "")), str(given.pop("result", None) or "decision")
    table = asked.decision(key)
    return {name: decide(table, given, at=asked.at, functions=asked.calendar)}


def _reassigned(asked: Asked) -> Data:
    unit = asked.arguments.get("unit")
    name = asked.units.get(unit, "") if isinstance(unit, int) else ""
    known = asked.variables.get("cooperating")
    helping = [one for one in known if isinstance(one, dict)] if isinstance(known, list) else []
    others = [one for one in helping if one.get("unit") != unit]
    return {"lead_unit": unit, "lead_name": name, "cooperating": others}


def _slip(asked: Asked) -> Data:
    known = asked.variables.get("slip")
    due = asked.calendar.workdays_after(today(asked.at), SLIP_DAYS)
    slip = known if isinstance(known, dict) else {}
    return {"slip": {**slip, "due": due.isoformat()}, "slip_due": due.isoformat()}


def _applied(_asked: Asked) -> Data:
    return {"applied": True}


_ANSWERS: dict[str, Callable[[Asked], Data]] = {
    "decisions.decide": _decide,
    "plans.write_off_row": lambda asked: {"written_off_at": asked.at.isoformat()},
    "plans.reassign_row": _reassigned,
    "plans.apply_extension": _applied,
    "plans.apply_lead_change": _applied,
    "plans.suspend_row": _applied,
    "plans.resume_row": _applied,
    "plans.terminate_row": _applied,
    "supervision.raise_slip": _slip,
    "supervision.renew_slip": _slip,
    "supervision.close_slip": lambda _asked: {"closed": True},
}
