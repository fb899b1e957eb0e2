"""Asking decision tables with plain values. Pure: moment and calendar come from the caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sanwei_flow.engine.decision_tables import SINGLE, Decision
from sanwei_flow.engine.evaluation import Ambient, evaluate, functions_of
from sanwei_flow.engine.model import EngineError, Functions
from sanwei_flow.engine.timers import china_day
from sanwei_flow.engine.unary import VALUE
from sanwei_flow.errors import N_


def decide(
    decision: Decision,
    inputs: Mapping[str, Any],
    *,
    at: datetime | None = None,
    functions: Functions | None = None,
) -> dict[str, Any] | list[dict[str, Any]]:
    """Ask a table. `inputs` are JSON values by name; a name that is missing counts as null.

    UNIQUE, FIRST, ANY and PRIORITY return one dict, empty if no rule fits; RULE ORDER and
    COLLECT a list of them; COLLECT with SUM, MIN, MAX or COUNT one dict with one number (SUM
    and COUNT of nothing are 0, MIN and MAX null). Raises EngineError where UNIQUE or ANY is
    contradicted, for values the cells cannot compute with, and for a table that reads the time
    when `at` is not given.
    """
    if decision.reads_time and at is None:
        raise EngineError(N_("表「{table}」要用到时间，却没有给出"), table=decision.name)
    ambient = _ambient(at, functions)
    given = {name: inputs.get(name) for name in decision.variables}
    found: list[tuple[int, dict[str, Any]]] = []
    for number in _matching(decision, given, ambient):
        row = decision.rows[number - 1]
        values = [evaluate(one, given, ambient) if one else None for one in row.outputs]
        found.append((number, dict(zip(decision.outputs, values, strict=True))))
        if decision.policy == "FIRST":
            break
    if decision.policy in SINGLE:
        return _one(decision, found)
    answers = [values for _, values in found]
    return _aggregated(decision, answers) if decision.aggregation else answers


def matching(
    decision: Decision,
    inputs: Mapping[str, Any],
    *,
    at: datetime | None = None,
    functions: Functions | None = None,
) -> list[int]:
    """The numbers (from 1) of all rules that fit, whichever of them answers. Raises EngineError."""
    given = {name: inputs.get(name) for name in decision.variables}
    return list(_matching(decision, given, _ambient(at, functions)))


def _matching(decision: Decision, given: dict[str, Any], ambient: Ambient) -> Iterator[int]:
    values = [evaluate(head, given, ambient) for head in decision.inputs]
    for number, row in enumerate(decision.rows, 1):
        if all(
            test is None or evaluate(test, {**given, VALUE: value}, ambient) is True
            for test, value in zip(row.tests, values, strict=True)
        ):
            yield number


def _one(decision: Decision, found: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    if not found:
        return {}
    numbers = "、".join(str(number) for number, _ in found)
    if decision.policy == "UNIQUE" and len(found) > 1:
        raise EngineError(
            N_("表「{table}」只许一条规则符合，却有第{numbers}条"),
            table=decision.name,
            numbers=numbers,
        )
    if decision.policy == "ANY" and any(values != found[0][1] for _, values in found):
        raise EngineError(
            N_("表「{table}」第{numbers}条规则都符合，结果却不同"),
            table=decision.name,
            numbers=numbers,
        )
    if decision.policy == "PRIORITY":
        return min(found, key=lambda one: _weight(decision, one[1]))[1]
    return found[0][1]


def _weight(decision: Decision, values: dict[str, Any]) -> tuple[int, ...]:
    """How far back a result stands, output by output; values that are not listed come last."""
    return tuple(
        listed.index(values[name]) if values[name] in listed else len(listed)
        for name, listed in zip(decision.outputs, decision.priorities, strict=True)
        if listed
    )


def _aggregated(decision: Decision, answers: list[dict[str, Any]]) -> dict[str, Any]:
    name = decision.outputs[0]
    values = [answer[name] for answer in answers]
    if decision.aggregation == "COUNT":
        return {name: len(values)}
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in values):
        raise EngineError(N_("表「{table}」要汇总的结果不是数字"), table=decision.name)
    if decision.aggregation == "SUM":
        return {name: sum(values)}
    ends = {"MIN": min, "MAX": max}
    return {name: ends[decision.aggregation](values) if values else None}


def _ambient(at: datetime | None, functions: Functions | None) -> Ambient:
    moment = at or datetime(1970, 1, 1, tzinfo=UTC)
    return Ambient(moment, china_day(moment).isoformat(), functions_of(functions))
