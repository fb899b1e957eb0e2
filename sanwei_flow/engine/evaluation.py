"""Running expressions: over given variables, within bounds, with days and working days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import cel

from sanwei_flow.engine import timers
from sanwei_flow.engine.expressions import (
    AMBIENT,
    MAX_LIST,
    MAX_WORK,
    Expression,
    Template,
    detail_of,
)
from sanwei_flow.engine.guard import clean
from sanwei_flow.engine.model import EngineError, Functions
from sanwei_flow.errors import N_

_MISSING = object()


class Ambient:
    """What every expression of one step may use besides variables: the time and our functions.

    Variables are handed over to CEL once for each value, not once for each expression: that copies
    them. So a value must never be changed in place while a step goes on.
    """

    def __init__(self, now: datetime, today: str, functions: dict[str, Callable[..., Any]]) -> None:
        self._given = {"now": now, "today": today}, functions
        self._known: dict[str, Any] = {}

    @cached_property
    def _context(self) -> Any:
        return cel.Context(*self._given)

    def context(self, values: Mapping[str, Any]) -> Any:
        """Return CEL's context with these values in it."""
        for name, value in values.items():
            if name not in self._known or self._known[name] is not value:
                self._context.add_variable(name, value)
                self._known[name] = value
        return self._context


def evaluate(expression: Expression, variables: Mapping[str, Any], ambient: Ambient) -> Any:
    """Run an expression; a variable nobody has set yet is null. Returns a JSON value.

    What is only looked up is not handed to CEL and back: that copies it, twice. Raises
    EngineError for a bad value (wrong types, a missing key) or too much work.
    """
    if expression.path:
        found = _look_up(expression.path, variables)
        if found is not _MISSING:
            return found
    values = {name: variables.get(name) for name in expression.names if name not in AMBIENT}
    _check_work(expression, values)
    try:
        return to_json(expression.program.execute(ambient.context(values)))
    except EngineError:
        raise
    except Exception as error:  # noqa: BLE001 - the binding raises many kinds, all mean "bad value"
        raise EngineError(
            N_("表达式「{source}」算不出来：{detail}"),
            source=expression.source,
            detail=detail_of(error),
        ) from None


def _look_up(path: tuple[str, ...], variables: Mapping[str, Any]) -> Any:
    """The value at the end of the path; `_MISSING` where CEL has to say what is wrong."""
    value = variables.get(path[0])
    for name in path[1:]:
        if not isinstance(value, dict) or name not in value:
            return _MISSING
        value = value[name]
    return value


def _check_work(expression: Expression, values: Mapping[str, Any]) -> None:
    shape = expression.shape
    if not shape.macros:
        return
    longest, total = _measure(list(values.values()))
    if longest > MAX_LIST:
        raise EngineError(
            N_("表达式「{source}」处理的列表超过 {limit} 项"),
            source=expression.source,
            limit=MAX_LIST,
        )
    # A list written out in the source has at most one element more than it has commas.
    longest = max(longest, expression.source.count(",") + 1) * shape.growth
    total = max(total, longest) * shape.growth
    work = sum(
        longest ** (depth - 1) * (longest * total // 2 if builds else longest)
        for builds, depth in shape.macros
    )
    if work > MAX_WORK:
        raise EngineError(
            N_("表达式「{source}」的计算量太大，请拆成几步"), source=expression.source
        )


def _measure(values: list[Any]) -> tuple[int, int]:
    """Return the length of the longest list inside the values, and how many values there are."""
    longest = total = 0
    stack: list[Any] = values
    while stack:
        value = stack.pop()
        total += 1
        if isinstance(value, list):
            longest = max(longest, len(value))
            stack.extend(value)
        elif isinstance(value, dict):
            stack.extend(value.values())
    return longest, total


def to_json(value: Any) -> Any:
    """Turn what CEL returns into JSON: moments and days to ISO text, durations to `PT…S`."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{int(value.total_seconds())}S"
    return clean(value)


def fill(value: str | Template, variables: Mapping[str, Any], ambient: Ambient) -> Any:
    """Evaluate a setting."""
    if isinstance(value, str):
        return value
    if len(value.parts) == 1 and isinstance(value.parts[0], Expression):
        return evaluate(value.parts[0], variables, ambient)
    return "".join(
        part if isinstance(part, str) else _text(evaluate(part, variables, ambient))
        for part in value.parts
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


# Functions


def functions_of(given: Functions | None) -> dict[str, Callable[..., Any]]:
    """Return the functions expressions may call; the working days are the caller's."""

    def workdays_after(day: Any, n: int) -> str:
        if given is None:
            raise EngineError(N_("这里没有工作日历，不能计算工作日"))
        return given.workdays_after(_day(day), int(n)).isoformat()

    return {**DATE_FUNCTIONS, "workdays_after": workdays_after}


def _day(value: Any) -> date:
    """Accept a day or moment as CEL has it: ISO text or a timestamp."""
    if isinstance(value, datetime):
        return timers.china_day(value)
    return timers.china_day(timers.parse_moment(value))


def _end_of_month(day: Any) -> str:
    first = _day(day).replace(day=1)
    following = timers.add_months(datetime(first.year, first.month, 1, tzinfo=UTC), 1)
    return (following.date() - timedelta(days=1)).isoformat()


def _months_after(day: Any, n: int) -> str:
    start_day = _day(day)
    moment = datetime(start_day.year, start_day.month, start_day.day, tzinfo=UTC)
    return timers.add_months(moment, int(n)).date().isoformat()


DATE_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "days_after": lambda day, n: (_day(day) + timedelta(days=int(n))).isoformat(),
    "months_after": _months_after,
    "end_of_month": _end_of_month,
    "days_between": lambda first, last: (_day(last) - _day(first)).days,
    "day_of": lambda moment: _day(moment).isoformat(),
}
