"""Lets a design's service task ask a decision table."""

import datetime as dt
from typing import Any

from sanwei_flow.calendars.queries import load_calendar
from sanwei_flow.designs import queries
from sanwei_flow.engine import decide
from sanwei_flow.processes.models import ProcessInstance


def ask_table(
    arguments: dict[str, Any],
    *,
    instance: ProcessInstance,  # noqa: ARG001 - every service is called alike
    at: dt.datetime,
) -> dict[str, Any]:
    """Ask the newest version of the table `decision` (its key) with the other arguments.

    The answer becomes the variable named by `result`, `decision` if there is none: a dict, or
    a list of dicts for tables that answer with several. Raises NotFound, EngineError.
    """
    given = dict(arguments)
    key, name = str(given.pop("decision", "")), str(given.pop("result", None) or "decision")
    table = queries.decision(queries.current_decision(key))
    return {name: decide(table, given, at=at, functions=load_calendar())}
