"""A burn-up as coordinates: what was reported, the goal, and the even way to it.

Nothing here knows the page: the template draws the shapes, and a table says the same.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sanwei_flow.reports.figures import Line, Point

WIDTH, HEIGHT = 480, 190
LEFT, RIGHT, TOP, BOTTOM = 8, 472, 22, 164
#: The goal's line stays clear of the upper edge.
HEADROOM = 1.12


@dataclass(frozen=True)
class Chart:
    """Places on a drawing of WIDTH by HEIGHT; years are (x, year)."""

    path: str
    dots: tuple[tuple[float, float], ...]
    goal: float
    even: tuple[float, float] | None
    today: float | None
    years: tuple[tuple[float, int], ...]


def chart(line: Line, day: dt.date) -> Chart | None:
    """Draw the reported values; None where nothing was reported or no time is set."""
    figure, points = line.figure, line.points
    start, end = figure.start, figure.end
    if not points or start is None or end is None:
        return None
    first, last = min(start, points[0].day), max(end, points[-1].day)
    span = max((last - first).days, 1)
    highest = max(float(figure.target.value), *(float(one.value) for one in points)) * HEADROOM

    def x(when: dt.date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (when - first).days / span, 1)

    def y(value: float) -> float:
        share = max(value, 0) / highest if highest > 0 else 0
        return round(BOTTOM - (BOTTOM - TOP) * share, 1)

    goal = y(float(figure.target.value))
    shown = min(max(day, points[-1].day), last)
    steady = not figure.ceiling and not figure.target.annual and end > start
    return Chart(
        path=_steps(points, x, y) + f" H{x(shown)}",
        dots=tuple((x(one.day), y(float(one.value))) for one in points),
        goal=goal,
        even=(x(start), x(end)) if steady else None,
        today=x(day) if first <= day <= last else None,
        years=_years(first, last, x),
    )


def _steps(
    points: Sequence[Point], x: Callable[[dt.date], float], y: Callable[[float], float]
) -> str:
    """A value holds until the next one is reported."""
    first, *rest = points
    parts = [f"M{x(first.day)},{y(float(first.value))}"]
    parts += [f"H{x(one.day)} V{y(float(one.value))}" for one in rest]
    return " ".join(parts)


def _years(
    first: dt.date, last: dt.date, x: Callable[[dt.date], float]
) -> tuple[tuple[float, int], ...]:
    """The turns of the years, no more than the drawing has room for."""
    years = range(first.year + 1, last.year + 1)
    step = len(years) // 8 + 1
    return tuple((x(dt.date(year, 1, 1)), year) for year in years[::step])
